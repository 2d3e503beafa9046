//! A session of our own, and what it is told once the connection is there: how to plan, how to notice that we are gone, and
//! when to end a statement by itself. It stays so; `pooled` is for sessions that are lent.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::future::join3;
use tokio_postgres::{Client, Error, SimpleQueryMessage};

use super::settings::{MARK, MARKED};

/// The server ends a statement by itself after this long, should every other way have failed: a net, and no timeout.
pub const NET_MS: u64 = 60_000;
/// How far the net stays behind the deadline of the longest statement.
const SLACK: Duration = Duration::from_secs(5);
/// What takes back whatever a statement may leave in a session, but for what the session was told before.
pub const AFRESH: &str = "close all; unlisten *; select pg_catalog.pg_advisory_unlock_all(); discard temp; \
                          reset session authorization; reset role; reset all;";
/// How often the server looks, while it runs a statement, whether we are still there.
pub const CHECK: Duration = Duration::from_millis(100);

/// A session of our own.
#[derive(Debug)]
pub struct Own {
    /// When the server ends a statement by itself, in milliseconds.
    net_ms: AtomicU64,
    /// What it was told beside that.
    told: String,
}

impl Own {
    /// Tells a session what a server can only be told after its version is known, and the net.
    ///
    /// # Errors
    /// The connection broke.
    pub async fn set_up(client: &Client, version: u32) -> Result<Own, Error> {
        let mut told = if version >= 11 { "set jit = off;".to_owned() } else { String::new() };
        let check = format!("set client_connection_check_interval = {};", CHECK.as_millis());
        let check = if version >= 14 { check.as_str() } else { "" };
        let (plain, checks, net) =
            join3(client.batch_execute(&told), client.batch_execute(check), set_net(client, NET_MS)).await;
        plain?;
        net?;
        // Some systems cannot tell whether a client is there, and refuse; they then notice later.
        if checks.is_ok() {
            told.push_str(check);
        }
        Ok(Own { net_ms: AtomicU64::new(NET_MS), told })
    }

    /// What makes a session as fresh as when it was set up, whatever a statement has set in it.
    pub fn afresh(&self) -> String {
        format!("{AFRESH} {} set statement_timeout = {};", self.told, self.net_ms.load(Ordering::Relaxed))
    }

    /// Makes sure that the server's own timeout lies behind this one.
    ///
    /// # Errors
    /// The connection broke.
    pub async fn spread(&self, client: &Client, timeout: Duration) -> Result<(), Error> {
        let needed = net_behind(timeout);
        if self.net_ms.load(Ordering::Relaxed) < needed {
            set_net(client, needed).await?;
            self.net_ms.store(needed, Ordering::Relaxed);
        }
        Ok(())
    }
}

/// When the server ends a statement of this timeout by itself, in milliseconds.
pub fn net_behind(timeout: Duration) -> u64 {
    u64::try_from((timeout + SLACK).as_millis()).unwrap_or(u64::MAX).clamp(NET_MS, i32::MAX as u64)
}

/// Whether a session has got our startup options, and so is ours. A pooler may take them and pass them on to nobody.
///
/// # Errors
/// The connection broke.
pub async fn is_own(client: &Client) -> Result<bool, Error> {
    let told = client.simple_query(&format!("select current_setting('{MARK}', true)")).await?;
    Ok(told.iter().any(|told| matches!(told, SimpleQueryMessage::Row(row) if row.get(0) == Some(MARKED))))
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
