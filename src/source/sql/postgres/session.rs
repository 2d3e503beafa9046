//! What a session is told once the connection is there: how to plan, how to notice that we are gone, and when to end a
//! statement by itself.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio_postgres::{Client, Error};

/// The server ends a statement by itself after this long, should every other way have failed: a net, and no timeout.
const NET_MS: u64 = 60_000;
/// How far the net stays behind the deadline of the longest statement.
const SLACK: Duration = Duration::from_secs(5);
/// How often the server looks, while it runs a statement, whether we are still there.
const CHECK: Duration = Duration::from_millis(100);

/// Where the net of one session hangs.
#[derive(Debug)]
pub struct Net(AtomicU64);

impl Default for Net {
    /// The net of a session that was set up.
    fn default() -> Net {
        Net(AtomicU64::new(NET_MS))
    }
}

impl Net {
    /// Makes sure that the server's own timeout lies behind this one.
    ///
    /// # Errors
    /// The connection broke.
    pub async fn spread(&self, client: &Client, timeout: Duration) -> Result<(), Error> {
        let needed = u64::try_from((timeout + SLACK).as_millis()).unwrap_or(u64::MAX).min(i32::MAX as u64);
        if self.0.load(Ordering::Relaxed) < needed {
            set_net(client, needed).await?;
            self.0.store(needed, Ordering::Relaxed);
        }
        Ok(())
    }
}

/// Sets what a server can only be told after its version is known, and the net.
///
/// # Errors
/// The connection broke.
pub async fn set_up(client: &Client, version: u32) -> Result<(), Error> {
    if version >= 11 {
        client.batch_execute("set jit = off").await?;
    }
    if version >= 14 {
        let set = format!("set client_connection_check_interval = {}", CHECK.as_millis());
        // Some systems cannot tell whether a client is there, and refuse; they then notice later.
        if let Err(error) = client.batch_execute(&set).await
            && client.is_closed()
        {
            return Err(error);
        }
    }
    set_net(client, NET_MS).await
}

async fn set_net(client: &Client, net_ms: u64) -> Result<(), Error> {
    client.batch_execute(&format!("set statement_timeout = {net_ms}")).await
}

/// `16.4 (Debian 16.4-1)` → 16.
pub fn major_version(words: &str) -> u32 {
    words
        .split(|character: char| !character.is_ascii_digit())
        .next()
        .and_then(|digits| digits.parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::major_version;

    #[test]
    fn versions_are_read() {
        for (words, version) in [("16.4 (Debian 16.4-1)", 16), ("9.6.24", 9), ("18beta1", 18), ("", 0)] {
            assert_eq!(major_version(words), version);
        }
    }
}
