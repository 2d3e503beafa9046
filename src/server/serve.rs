//! A server from its binding to its end. It owns every task that it starts: when [`Server::serve`] returns, no
//! connection is left.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::ServerSettings;
use super::acceptor::{Accepted, Acceptor};
use super::connection::{ConnectionBounds, Stop, serve_connection};
use super::routes::{Routes, admin_routes, public_routes};
use super::served::Served;
use super::turned_away::turn_away;
use crate::gateway::Gateway;

/// What an operation may take longer than its deadline to be written out, when the server is told to stop.
const GRACE_AFTER_DEADLINE: Duration = Duration::from_secs(5);

/// Connections at once on the admin address: probes and people, no clients.
const ADMIN_CONNECTIONS: usize = 256;

/// A bound server that does not serve yet.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    admin_listener: Option<TcpListener>,
    settings: ServerSettings,
    served: Served,
    /// A token for each client that is connected.
    connected: TaskTracker,
    clients: Stop,
}

/// An address that cannot be listened at.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen at {address}: {reason}", reason = .source.kind())]
pub struct BindError {
    /// The address.
    pub address: SocketAddr,
    /// Why.
    pub source: io::Error,
}

impl Server {
    /// Listens; connections wait until [`Server::serve`].
    ///
    /// # Errors
    /// [`BindError`] for the first address that cannot be had.
    pub async fn bind(settings: ServerSettings, gateway: Arc<Gateway>) -> Result<Server, BindError> {
        let listener = listen(settings.listen).await?;
        let admin_listener = match settings.admin_listen {
            Some(address) => Some(listen(address).await?),
            None => None,
        };
        let clients = Stop::default();
        let connected = TaskTracker::new();
        let served = Served::new(gateway, settings.clone(), connected.clone(), clients.draining.clone());
        Ok(Server { listener, admin_listener, settings, served, connected, clients })
    }

    /// Where operations are served; the port is the real one even where 0 was asked for.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.listener.local_addr().unwrap_or(self.settings.listen)
    }

    /// Where health and metrics are served, if not beside the operations.
    #[must_use]
    pub fn admin_addr(&self) -> Option<SocketAddr> {
        self.admin_listener.as_ref().and_then(|listener| listener.local_addr().ok())
    }

    /// What it serves, to be changed while it serves.
    #[must_use]
    pub fn served(&self) -> Served {
        self.served.clone()
    }

    /// Serves until `shutdown` completes; then takes no more connections, closes those on which nothing is in
    /// flight and nothing comes, lets operations in flight finish within the grace, and returns.
    pub async fn serve(self, shutdown: impl Future<Output = ()>) {
        let Server { listener, admin_listener, settings, served, connected, clients } = self;
        let probes = Stop::default();
        let routes = public_routes(&served, &settings.tabs, admin_listener.is_none());
        let bounds = Arc::new(ConnectionBounds::new(&settings));
        let public = Accepting { tasks: TaskTracker::new(), connected, bounds: Arc::clone(&bounds) };
        public.start(listener, routes, settings.max_connections, &clients);
        let admin = admin_listener.map(|listener| {
            let admin = Accepting { tasks: TaskTracker::new(), connected: TaskTracker::new(), bounds };
            admin.start(listener, admin_routes(&served), ADMIN_CONNECTIONS, &probes);
            admin
        });
        shutdown.await;
        let grace = settings.grace.unwrap_or_else(|| served.longest_deadline() + GRACE_AFTER_DEADLINE);
        public.drain(&clients, grace).await;
        // Probes see the draining until the last operation has ended.
        if let Some(admin) = admin {
            probes.ended.cancel();
            admin.drain(&probes, grace).await;
        }
    }
}

/// An accept loop with the connections that it began.
struct Accepting {
    tasks: TaskTracker,
    connected: TaskTracker,
    bounds: Arc<ConnectionBounds>,
}

impl Accepting {
    fn start(&self, listener: TcpListener, routes: Arc<Routes>, places: usize, stop: &Stop) {
        let (bounds, stop, connections) = (Arc::clone(&self.bounds), stop.clone(), self.tasks.clone());
        let connected = self.connected.clone();
        self.tasks.spawn(async move {
            let draining = stop.draining.clone();
            let begin = |accepted| match accepted {
                Accepted::Welcome(stream, place) => {
                    let connection = serve_connection(stream, Arc::clone(&routes), Arc::clone(&bounds), stop.clone());
                    let client = connected.token();
                    connections.spawn(async move {
                        connection.await;
                        drop((place, client));
                    });
                }
                Accepted::NoPlace(stream, place) => {
                    connections.spawn(async move {
                        turn_away(stream).await;
                        drop(place);
                    });
                }
            };
            Acceptor::new(listener, places).accept_until(&draining, begin).await;
        });
        self.tasks.close();
    }

    async fn drain(self, stop: &Stop, grace: Duration) {
        stop.draining.cancel();
        if timeout(grace, self.tasks.wait()).await.is_err() {
            tracing::warn!(?grace, "connections were cut at the end of the grace");
            stop.ended.cancel();
            self.tasks.wait().await;
        }
    }
}

impl Default for Stop {
    fn default() -> Stop {
        Stop { draining: CancellationToken::new(), ended: CancellationToken::new() }
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, BindError> {
    TcpListener::bind(address).await.map_err(|source| BindError { address, source })
}
