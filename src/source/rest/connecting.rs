//! Whether a call went over a connection of its own making: a layer around reqwest's connector notes it in the task
//! that waits. A connection that fails while it is reused may have been closed before the call reached it.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use tower::{Layer, Service};

/// What a call's connection was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Connection {
    /// Made for this call.
    Fresh,
    /// One that other calls had used; or none was made.
    Reused,
}

tokio::task_local! {
    static MADE: Cell<Connection>;
}

/// Runs a call, and tells what its connection was.
pub(super) async fn noting<F: Future>(call: F) -> (F::Output, Connection) {
    MADE.scope(Cell::new(Connection::Reused), async {
        let output = call.await;
        (output, MADE.with(Cell::get))
    })
    .await
}

/// Notes each connection that is made while its call waits for it. One that is finished behind the call's back, because
/// another became free first, is not the call's and is not noted.
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
    S: Service<R>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: R) -> Self::Future {
        let connecting = self.0.call(request);
        Box::pin(async move {
            let connection = connecting.await?;
            // No call waits in this task when the connection is finished in the background.
            let _ = MADE.try_with(|made| made.set(Connection::Fresh));
            Ok(connection)
        })
    }
}
