//! A layer around reqwest's connector. It tells whether a call went over a connection of its own making, because one
//! that fails while it is reused may have been closed before the call reached it; and it lets a call wait for a
//! connection that is on its way back before it makes one more.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::time::Instant;
use tower::{BoxError, Layer, Service};

/// What a call's connection was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Connection {
    /// Made for this call.
    Fresh,
    /// One that other calls had used; or none was made.
    Reused,
}

/// How many turns everybody else has before a further connection is made.
const TURNS: usize = 16;

struct Waiting {
    connection: Cell<Connection>,
    for_another_until: Option<Instant>,
}

tokio::task_local! {
    static WAITING: Waiting;
}

/// Another connection became free while this one was to be made.
#[derive(Debug, thiserror::Error)]
#[error("no longer needed")]
struct NoLongerNeeded;

/// Runs a call, and tells what its connection was. A new one is not begun before the given time.
pub(super) async fn noting<F: Future>(for_another_until: Option<Instant>, call: F) -> (F::Output, Connection) {
    let waiting = Waiting { connection: Cell::new(Connection::Reused), for_another_until };
    WAITING
        .scope(waiting, async {
            let output = call.await;
            (output, WAITING.with(|waiting| waiting.connection.get()))
        })
        .await
}

/// Notes each connection that is made while its call waits for it.
#[derive(Debug, Clone, Copy)]
pub(super) struct NoteConnections;

/// A connector whose connections are noted.
#[derive(Debug, Clone)]
pub(super) struct Noting<S>(S);

impl<S> Layer<S> for NoteConnections {
    type Service = Noting<S>;

    fn layer(&self, connector: S) -> Noting<S> {
        Noting(connector)
    }
}

impl<S, R> Service<R> for Noting<S>
where
    S: Service<R, Error = BoxError> + Clone + Send + 'static,
    S::Future: Send + 'static,
    R: Send + 'static,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: R) -> Self::Future {
        let mut connector = self.0.clone();
        std::mem::swap(&mut connector, &mut self.0);
        Box::pin(async move {
            let until = WAITING.try_with(|waiting| waiting.for_another_until).ok().flatten();
            if let Some(until) = until {
                tokio::time::sleep_until(until).await;
                // Where there is much to do, time passes before those who bring it back have had their turn.
                for _ in 0..TURNS {
                    tokio::task::yield_now().await;
                }
                // A call that was given another connection leaves the rest of this to a task in which no call waits.
                WAITING.try_with(|_| ()).map_err(|_| NoLongerNeeded)?;
            }
            let connection = connector.call(request).await?;
            let _ = WAITING.try_with(|waiting| waiting.connection.set(Connection::Fresh));
            Ok(connection)
        })
    }
}
