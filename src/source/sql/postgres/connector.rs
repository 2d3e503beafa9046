//! Makes connections for the pool. deadpool-postgres has no words for where a connection goes, nor for why there is
//! none: both are told to whoever asked the pool, beside its answer.

use std::pin::Pin;
use std::sync::{Arc, OnceLock};

use deadpool_postgres::Connect;
use tokio::task::JoinHandle;
use tokio_postgres::config::Host;
use tokio_postgres::{Client, Config, Error, NoTls};
use tokio_util::task::{AbortOnDropHandle, TaskTracker};

use super::address::Address;
use super::failure::not_connected;
use super::session::{major_version, set_up};
use crate::source::{Cause, Detail, Failure, Reason};

/// What came of connecting: the address that was reached, or why none was.
pub type Outcome = Result<Address, Failure>;

tokio::task_local! {
    /// Where the outcome is put for whoever asks the pool. The pool connects inside of the future that asks, so that
    /// nobody else's outcome can come here.
    static OUTCOME: Arc<OnceLock<Outcome>>;
}

/// Asks the pool, and tells what came of connecting if it came to that.
pub async fn asking<T>(question: impl Future<Output = T>) -> (T, Option<Outcome>) {
    let outcome = Arc::new(OnceLock::new());
    let answer = OUTCOME.scope(Arc::clone(&outcome), question).await;
    (answer, outcome.get().cloned())
}

fn tell(outcome: Outcome) {
    // Nobody listens if the pool is asked in another way; and nobody is told twice.
    let _ = OUTCOME.try_with(|told| told.set(outcome));
}

/// A client, and the task that moves its bytes.
type Connected = (Client, JoinHandle<()>);

/// Makes connections to one server.
#[derive(Debug)]
pub struct Connector {
    hosts: Vec<(Host, u16)>,
    tasks: TaskTracker,
}

impl Connect for Connector {
    /// Connects with a configuration that names no host.
    fn connect(&self, config: &Config) -> Pin<Box<dyn Future<Output = Result<Connected, Error>> + Send + '_>> {
        let config = config.clone();
        Box::pin(async move {
            match self.reach(&config).await {
                Ok((address, connected)) => {
                    tell(Ok(address));
                    Ok(connected)
                }
                Err(failure) => {
                    tell(Err(failure));
                    // An error of tokio-postgres is asked for, whose errors nobody else can make: without a host it
                    // makes one.
                    self.start(&config).await
                }
            }
        })
    }
}

impl Connector {
    /// A connector; the hosts are tried in their order, and each connection's task is one of `tasks`.
    pub fn new(hosts: Vec<(Host, u16)>, tasks: TaskTracker) -> Connector {
        Connector { hosts, tasks }
    }

    /// Connects to the first address that answers.
    async fn reach(&self, config: &Config) -> Result<(Address, Connected), Failure> {
        let mut failure = Failure::unsent(Cause::Unavailable(Reason::Dns), Detail::new("the host has no address"));
        for (host, port) in &self.hosts {
            match Address::of_host(host, *port).await {
                Err(error) => failure = not_connected(Reason::Dns, &error),
                Ok(addresses) => {
                    for address in addresses {
                        let mut config = config.clone();
                        address.write_to(&mut config);
                        match self.start(&config).await {
                            Ok(connected) => return Ok((address, connected)),
                            Err(error) => failure = not_connected(Reason::Connect, &error),
                        }
                    }
                }
            }
        }
        Err(failure)
    }

    /// Connects and sets the session up. Dropped before the end, it leaves nothing behind.
    async fn start(&self, config: &Config) -> Result<Connected, Error> {
        let (client, connection) = config.connect(NoTls).await?;
        let version = connection.parameter("server_version").map_or(0, major_version);
        let driver = AbortOnDropHandle::new(self.tasks.spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(error = %Detail::of(&error).for_operators(), "a connection to PostgreSQL ended");
            }
        }));
        set_up(&client, version).await?;
        Ok((client, driver.detach()))
    }
}
