//! Ends what a lease left running. Dropping a future of tokio-postgres ends nothing: the statement runs on, and whoever
//! gets the connection next waits behind it. So the server is told to cancel, and the connection is given to others
//! only after two things were seen: the server has closed the cancel request's own connection, which it does after
//! it has signalled, and everything sent before has ended. A late cancel can therefore never hit the next statement.

use std::io;
use std::pin::pin;
use std::time::Duration;

use deadpool_postgres::Object;
use tokio::io::AsyncReadExt as _;
use tokio::time::timeout;
use tokio_postgres::{Client, NoTls};

use super::address::Address;

/// How long a connection may keep its seat in the pool while it is cleaned up.
const SEAT: Duration = Duration::from_millis(50);
/// How long the server is still told to cancel after that, before the connection is closed over it.
const INSISTENCE: Duration = Duration::from_secs(1);
/// Time for a cancelled statement to end before the next request, which then is for the next of several in a pipe.
const BETWEEN_REQUESTS: Duration = Duration::from_millis(5);

/// What becomes of a connection that was cleaned up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aftermath {
    /// It goes back to the pool.
    Keep,
    /// It is closed.
    Close,
}

/// Cancels what runs on a connection, and gives the connection back or closes it. Its seat is free within 50 ms.
pub async fn clean_up(object: Object, address: Address, aftermath: Aftermath) {
    match (timeout(SEAT, settle(&object, &address)).await, aftermath) {
        (Ok(Ok(())), Aftermath::Keep) => drop(object),
        (Ok(Ok(()) | Err(_)), _) => drop(Object::take(object)),
        (Err(_), _) => {
            let client = Object::take(object);
            let _ = timeout(INSISTENCE, settle(&client, &address)).await;
        }
    }
}

/// Cancels until everything sent before has ended; afterwards the session is as fresh as before it was lent.
async fn settle(client: &Client, address: &Address) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let mut all_ended = pin!(client.check_connection());
    loop {
        request_cancel(client, address).await?;
        if timeout(BETWEEN_REQUESTS, &mut all_ended).await.is_ok() {
            break;
        }
    }
    // Sent after the last request was carried out. It ends a transaction where there is one.
    client.batch_execute("rollback").await?;
    Ok(())
}

/// Sends a cancel request and waits until the server has closed its connection: then the signal was sent.
async fn request_cancel(client: &Client, address: &Address) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let mut stream = address.connect().await?;
    client.cancel_token().cancel_query_raw(&mut stream, NoTls).await?;
    let mut rest = [0; 64];
    loop {
        match stream.read(&mut rest).await {
            Ok(0) => return Ok(()),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
}
