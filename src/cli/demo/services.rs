//! The services of the demo, each on a free port of this machine alone.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use axum::Router;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::{reviews, shipping};
use crate::config::Environment;

/// Services that run until they are stopped.
pub(super) struct Services {
    reviews: SocketAddr,
    shipping: SocketAddr,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Services {
    /// Starts them all.
    pub(super) async fn start() -> io::Result<Services> {
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let reviews = start_one(reviews::router(), &stop, &tasks).await?;
        let shipping = start_one(shipping::router(), &stop, &tasks).await?;
        tasks.close();
        Ok(Services { reviews, shipping, stop, tasks })
    }

    /// Their addresses under the names by which the schema asks for them. The process's own environment does not reach
    /// the demo: it shows the same everywhere.
    pub(super) fn environment(&self) -> Environment {
        let (reviews, shipping) = (self.reviews, self.shipping);
        Environment::new(move |name| match name {
            "REVIEWS_URL" => Some(format!("http://{reviews}")),
            "SHIPPING_URL" => Some(format!("http://{shipping}")),
            _ => None,
        })
    }

    /// Ends them, whatever they are doing.
    pub(super) async fn stop(self) {
        self.stop.cancel();
        self.tasks.wait().await;
    }
}

async fn start_one(router: Router, stop: &CancellationToken, tasks: &TaskTracker) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
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
    Ok(address)
}
