//! The services of the demo, each on a free port of this machine alone.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use axum::Router;
use tokio::net::{TcpListener, TcpSocket};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::fault::Fault;
use super::service::Service;

/// Connections that may wait to be accepted.
const BACKLOG: u32 = 1024;

/// Services that run until they are stopped.
pub(super) struct Services {
    addresses: Vec<(Service, SocketAddr)>,
    /// The ports of services that are down: taken, so that nobody else gets them, and without anybody who listens.
    _silent: Vec<TcpSocket>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Services {
    /// Starts them all on the current runtime, each with its fault where it has one. Of several faults of one service the
    /// last one counts.
    pub(super) fn start(faults: &[Fault]) -> io::Result<Services> {
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let (mut addresses, mut silent) = (Vec::new(), Vec::new());
        for service in Service::ALL {
            let fault = faults.iter().rfind(|fault| fault.service == service);
            let router = fault.map_or_else(|| Some(service.router()), |fault| fault.misbehaviour.router());
            let socket = TcpSocket::new_v4()?;
            socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
            addresses.push((service, socket.local_addr()?));
            match router {
                Some(router) => run(router, socket.listen(BACKLOG)?, &stop, &tasks),
                None => silent.push(socket),
            }
        }
        tasks.close();
        Ok(Services { addresses, _silent: silent, stop, tasks })
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
