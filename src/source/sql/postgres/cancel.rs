//! Ends what a lease left running. Dropping a future of tokio-postgres ends nothing: the statement runs on, and whoever
//! gets the connection next waits behind it. So the server is told to cancel, and the connection is given to others
//! only after two things were seen: the server has closed the cancel request's own connection, which it does after
//! it has signalled, and everything sent before has ended. A late cancel can therefore never hit the next statement.

use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use deadpool_postgres::Object;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, ReadBuf};
use tokio::time::timeout;
use tokio_postgres::{Client, NoTls};
use tokio_util::task::TaskTracker;

use super::address::Stream;
use super::notes::Notes;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// How long a connection may keep its seat in the pool while it is cleaned up.
const SEAT: Duration = Duration::from_millis(50);
/// How long the server is still told to cancel after that, before the connection is closed over it.
const INSISTENCE: Duration = Duration::from_secs(1);
/// How long a cancel request is waited for.
const PATIENCE: Duration = Duration::from_secs(10);
/// Time for a cancelled statement to end before the next request, which then is for the next of several in a pipe.
const BETWEEN_REQUESTS: Duration = Duration::from_millis(5);

/// What becomes of a connection that was cleaned up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aftermath {
    /// It goes back to the pool.
    Keep,
    /// It is closed: what was interrupted has left it unfit for others.
    Close,
}

/// Cancels what runs on a connection, and gives the connection back or closes it. Its seat is free within 50 ms.
pub async fn clean_up(object: Object, notes: Arc<Notes>, aftermath: Aftermath, tasks: TaskTracker) {
    let heard = AtomicBool::new(false);
    match (timeout(SEAT, settle(&object, &notes, aftermath, &tasks, &heard)).await, aftermath) {
        (Ok(Ok(())), Aftermath::Keep) => drop(object),
        (Ok(Ok(()) | Err(_)), _) => drop(Object::take(object)),
        (Err(_), _) => {
            let pool = Object::pool(&object);
            let client = Object::take(object);
            let settling = timeout(INSISTENCE, settle(&client, &notes, aftermath, &tasks, &heard)).await;
            // Where no request to cancel was answered the network is dead, for those that are idle too, and nobody would be
            // told. A statement that goes on all the same is its own affair.
            if let (Err(_), Some(pool)) = (settling, pool)
                && !heard.load(Ordering::Relaxed)
            {
                pool.retain(|_, _| false);
            }
        }
    }
}

/// Cancels until everything sent before has ended; afterwards the session is as fresh as before it was lent. It is noted that
/// the server was heard.
async fn settle(
    client: &Client,
    notes: &Arc<Notes>,
    aftermath: Aftermath,
    tasks: &TaskTracker,
    heard: &AtomicBool,
) -> Result<(), BoxError> {
    let mut all_ended = pin!(client.check_connection());
    loop {
        request_cancel(client, notes, tasks).await?;
        heard.store(true, Ordering::Relaxed);
        if timeout(BETWEEN_REQUESTS, &mut all_ended).await.is_ok() {
            break;
        }
    }
    // Sent after the last request was carried out. It ends a transaction where there is one.
    let end = match aftermath {
        Aftermath::Keep => "rollback".to_owned(),
        Aftermath::Close => notes.session.end_of_preparing(),
    };
    client.batch_execute(&end).await?;
    Ok(())
}

/// Sends a cancel request and waits until the server has closed its connection: then the signal was sent. The waiting is a
/// task of its own, which goes on when nobody waits for it any more: to close a cancel request's connection early takes it
/// back from a pooler, and makes `PgBouncer` 1.18 crash.
async fn request_cancel(client: &Client, notes: &Arc<Notes>, tasks: &TaskTracker) -> Result<(), BoxError> {
    let (token, notes) = (client.cancel_token(), Arc::clone(notes));
    let requesting = tasks.spawn(timeout(PATIENCE, async move {
        let mut stream = KeptOpen(notes.address.connect(&notes.config).await?);
        token.cancel_query_raw(&mut stream, NoTls).await?;
        let mut rest = [0; 64];
        loop {
            match stream.0.read(&mut rest).await {
                Ok(0) => return Ok(()),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
    }));
    requesting.await??
}

/// A stream that is not shut down when everything is written, which is how tokio-postgres ends a cancel request: a pooler
/// takes it for a client that has left.
struct KeptOpen(Box<dyn Stream>);

impl AsyncRead for KeptOpen {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl AsyncWrite for KeptOpen {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
