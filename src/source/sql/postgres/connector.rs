//! Makes connections for the pool, and tells it which of them are still good. There is no test query before each use: a
//! closed connection is seen by its task, and one that dies in between is replaced by `line`.

use std::sync::Arc;

use deadpool::managed::{Manager, Metrics, RecycleError, RecycleResult};
use tokio_postgres::NoTls;
use tokio_util::task::TaskTracker;

use super::address::Address;
use super::connection::Connection;
use super::failure::not_connected;
use super::settings::Settings;
use crate::source::{Cause, Detail, Failure, Reason};

/// Makes connections to one server.
#[derive(Debug)]
pub struct Connector {
    settings: Settings,
    tasks: TaskTracker,
}

impl Connector {
    /// A connector; each connection's task is one of `tasks`.
    pub fn new(settings: Settings, tasks: TaskTracker) -> Connector {
        Connector { settings, tasks }
    }

    /// Connects to the first address that answers.
    async fn connect(&self) -> Result<Connection, Failure> {
        let mut failure = Failure::unsent(Cause::Unavailable(Reason::Dns), Detail::new("the host has no address"));
        for (host, port) in &self.settings.hosts {
            match Address::of_host(host, *port).await {
                Err(error) => failure = not_connected(Reason::Dns, &error),
                Ok(addresses) => {
                    for address in addresses {
                        match self.connect_to(address).await {
                            Ok(connection) => return Ok(connection),
                            Err(error) => failure = not_connected(Reason::Connect, &error),
                        }
                    }
                }
            }
        }
        Err(failure)
    }

    async fn connect_to(&self, address: Address) -> Result<Connection, tokio_postgres::Error> {
        let mut config = self.settings.config();
        address.write_to(&mut config);
        let (client, connection) = config.connect(NoTls).await?;
        let version = connection.parameter("server_version").map_or(0, major_version);
        let driver = self.tasks.spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(error = %Detail::of(&error).for_operators(), "a connection to PostgreSQL ended");
            }
        });
        let connection = Connection::new(client, address, driver.abort_handle());
        connection.set_up(version).await?;
        Ok(connection)
    }
}

impl Manager for Connector {
    type Type = Arc<Connection>;
    type Error = Failure;

    async fn create(&self) -> Result<Arc<Connection>, Failure> {
        self.connect().await.map(Arc::new)
    }

    async fn recycle(&self, connection: &mut Arc<Connection>, _: &Metrics) -> RecycleResult<Failure> {
        if connection.is_closed() { Err(RecycleError::message("closed")) } else { Ok(()) }
    }
}

/// `16.4 (Debian 16.4-1)` → 16.
fn major_version(words: &str) -> u32 {
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
