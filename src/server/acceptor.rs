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

/// Most connections at once that are told that there is no place, at most one for each eight places; further ones wait.
const TURNED_AWAY: usize = 64;
const LEAST_TURNED_AWAY: usize = 8;

/// A listener with a bounded number of places.
pub(super) struct Acceptor {
    listener: TcpListener,
    places: Arc<Semaphore>,
    places_at_the_door: Arc<Semaphore>,
    starved: bool,
}

/// A connection that was accepted, and what it holds as long as it lasts.
pub(super) enum Accepted {
    /// There is a place for it.
    Welcome(TcpStream, OwnedSemaphorePermit),
    /// There is none.
    NoPlace(TcpStream, OwnedSemaphorePermit),
}

impl Acceptor {
    /// An acceptor of at most that many connections at once.
    pub(super) fn new(listener: TcpListener, places: usize) -> Acceptor {
        let of = |places| Arc::new(Semaphore::new(places));
        Acceptor {
            listener,
            places: of(places),
            places_at_the_door: of((places / 8).clamp(LEAST_TURNED_AWAY, TURNED_AWAY)),
            starved: false,
        }
    }

    /// Hands each connection to `begin`, until `stop`; then closes the listener. Who had connected by
    /// then is still handed over.
    pub(super) async fn accept_until(mut self, stop: &CancellationToken, mut begin: impl FnMut(Accepted)) {
        loop {
            let accepted = tokio::select! {
                biased;
                () = stop.cancelled() => break,
                accepted = self.accept() => accepted,
            };
            if let Some(accepted) = accepted {
                begin(accepted);
            }
        }
        while let Some(accepted) = self.accept().now_or_never() {
            if let Some(accepted) = accepted {
                begin(accepted);
            }
        }
    }

    /// The next connection, once there is a place for it or for telling it that there is none; nothing when the system
    /// gave none.
    async fn accept(&mut self) -> Option<Accepted> {
        let (places, at_the_door) = (Arc::clone(&self.places), Arc::clone(&self.places_at_the_door));
        let place = tokio::select! {
            biased;
            place = places.acquire_owned() => Ok(place.ok()?),
            place = at_the_door.acquire_owned() => Err(place.ok()?),
        };
        match self.listener.accept().await {
            Ok((stream, _)) => {
                self.starved = false;
                // Without it a response in two packets waits for the client's delayed acknowledgement.
                let _ = stream.set_nodelay(true);
                // A place may have become free since this was begun.
                let place = place.or_else(|at_the_door| match Arc::clone(&self.places).try_acquire_owned() {
                    Ok(place) => Ok(place),
                    Err(_) => Err(at_the_door),
                });
                Some(match place {
                    Ok(place) => Accepted::Welcome(stream, place),
                    Err(place) => Accepted::NoPlace(stream, place),
                })
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
