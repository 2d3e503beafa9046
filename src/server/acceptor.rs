//! The accept loop. It never spins: a connection that fails costs one turn, and a process out of descriptors waits
//! before it asks again, with its connections served meanwhile.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

/// How long to wait when the system gives no connection: by then others may have closed.
const STARVED_WAIT: Duration = Duration::from_millis(250);

/// A listener with a bounded number of places.
pub(super) struct Acceptor {
    listener: TcpListener,
    places: Arc<Semaphore>,
    starved: bool,
}

impl Acceptor {
    /// An acceptor of at most that many connections at once.
    pub(super) fn new(listener: TcpListener, places: usize) -> Acceptor {
        Acceptor { listener, places: Arc::new(Semaphore::new(places)), starved: false }
    }

    /// Hands each connection with its place to `begin`, until `stop`; then closes the listener. Who had connected by
    /// then is still handed over.
    pub(super) async fn accept_until(
        mut self,
        stop: &CancellationToken,
        mut begin: impl FnMut(TcpStream, OwnedSemaphorePermit),
    ) {
        loop {
            let accepted = tokio::select! {
                biased;
                () = stop.cancelled() => break,
                accepted = self.accept() => accepted,
            };
            if let Some((stream, place)) = accepted {
                begin(stream, place);
            }
        }
        while let Some(Some((stream, place))) = self.accept().now_or_never() {
            begin(stream, place);
        }
    }

    /// The next connection, once there is a place for it; nothing when the system gave none.
    async fn accept(&mut self) -> Option<(TcpStream, OwnedSemaphorePermit)> {
        let place = Arc::clone(&self.places).acquire_owned().await.ok()?;
        match self.listener.accept().await {
            Ok((stream, _)) => {
                self.starved = false;
                // Without it a response in two packets waits for the client's delayed acknowledgement.
                let _ = stream.set_nodelay(true);
                Some((stream, place))
            }
            Err(error) if is_the_clients(&error) => None,
            Err(error) => {
                self.wait_out(&error).await;
                None
            }
        }
    }

    /// Out of descriptors or memory: told once, and waited out.
    async fn wait_out(&mut self, error: &io::Error) {
        if !self.starved {
            tracing::warn!(error = %error, "connections cannot be accepted");
        }
        self.starved = true;
        tokio::time::sleep(STARVED_WAIT).await;
    }
}

/// Whether the connection had ended before it was accepted.
fn is_the_clients(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionRefused
    )
}
