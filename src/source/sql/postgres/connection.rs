//! One connection and what is kept with it: where it goes, and its prepared statements. It closes at once when the last
//! who holds it lets go, whatever the server is doing.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::task::AbortHandle;
use tokio_postgres::{Client, Error};

use super::address::Address;
use super::prepared::PreparedStatements;

/// The server ends a statement by itself after this long, should every other way have failed: a net, and no timeout.
const NET: Duration = Duration::from_secs(60);
/// How far the net stays behind the deadline of the longest statement.
const SLACK: Duration = Duration::from_secs(5);
/// How often the server looks, while it runs a statement, whether we are still there.
const CHECK: Duration = Duration::from_millis(100);

/// A connection.
#[derive(Debug)]
pub struct Connection {
    /// Sends statements; what is sent while others run is pipelined.
    pub client: Client,
    /// The server's own address.
    pub address: Address,
    /// What is prepared on it.
    pub prepared: PreparedStatements,
    net_ms: AtomicU64,
    driver: AbortHandle,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

impl Connection {
    /// A connection whose bytes are moved by a task of its own, `driver`.
    pub fn new(client: Client, address: Address, driver: AbortHandle) -> Connection {
        let (prepared, net_ms) = (PreparedStatements::default(), AtomicU64::new(0));
        Connection { client, address, prepared, net_ms, driver }
    }

    /// Whether nothing can be sent any more.
    pub fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Sets what a server can only be told after its version is known.
    ///
    /// # Errors
    /// The connection broke.
    pub async fn set_up(&self, version: u32) -> Result<(), Error> {
        if version >= 11 {
            self.client.batch_execute("set jit = off").await?;
        }
        if version >= 14 {
            let set = format!("set client_connection_check_interval = {}", CHECK.as_millis());
            // Some systems cannot tell whether a client is there, and refuse; they then notice later.
            if let Err(error) = self.client.batch_execute(&set).await
                && self.is_closed()
            {
                return Err(error);
            }
        }
        self.spread_net(Duration::ZERO).await
    }

    /// Makes sure that the server's own timeout lies behind this one.
    ///
    /// # Errors
    /// The connection broke.
    pub async fn spread_net(&self, timeout: Duration) -> Result<(), Error> {
        let needed = u64::try_from((timeout + SLACK).max(NET).as_millis()).unwrap_or(u64::MAX).min(i32::MAX as u64);
        if self.net_ms.load(Ordering::Relaxed) < needed {
            self.client.batch_execute(&format!("set statement_timeout = {needed}")).await?;
            self.net_ms.store(needed, Ordering::Relaxed);
        }
        Ok(())
    }
}
