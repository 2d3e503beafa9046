//! The services of the demo, each on a free port of this machine alone.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use axum::Router;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::service::Service;

/// Services that run until they are stopped.
pub(super) struct Services {
    addresses: Vec<(Service, SocketAddr)>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Services {
    /// Starts them all on the current runtime.
    pub(super) async fn start() -> io::Result<Services> {
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let mut addresses = Vec::new();
        for service in Service::ALL {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
            addresses.push((service, listener.local_addr()?));
            run(service.router(), listener, &stop, &tasks);
        }
        tasks.close();
        Ok(Services { addresses, stop, tasks })
    }

    /// The URL of each under the variable by which the schema asks for it.
    pub(super) fn variables(&self) -> Vec<(&'static str, String)> {
        self.addresses.iter().map(|(service, address)| (service.variable(), format!("http://{address}"))).collect()
    }

    /// Ends them, whatever they are doing.
    pub(super) async fn stop(self) {
        self.stop.cancel();
        self.tasks.wait().await;
    }
}

fn run(router: Router, listener: TcpListener, stop: &CancellationToken, tasks: &TaskTracker) {
    let stop = stop.clone();
    tasks.spawn(async move {
        tokio::select! {
            () = stop.cancelled() => {}
            ended = axum::serve(listener, router) => {
                if let Err(error) = ended {
                    tracing::warn!(error = %error, "a service of the demo ended");
                }
            }
        }
    });
}
