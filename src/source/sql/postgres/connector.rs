//! Makes connections for the pool. deadpool-postgres has no words for where a connection goes, nor for why there is
//! none: both are told to whoever asked the pool, beside its answer.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use deadpool_postgres::Connect;
use tokio::task::JoinHandle;
use tokio_postgres::{Client, Config, Error, NoTls};
use tokio_util::task::{AbortOnDropHandle, TaskTracker};

use super::address::Address;
use super::failure::not_connected;
use super::own_session::{Own, is_own, major_version};
use super::pooled::Pooled;
use super::session::Session;
use super::settings::Settings;
use crate::source::{Cause, Detail, Failure, Reason};

/// What came of connecting: what was reached, or why nothing was.
pub type Outcome = Result<Reached, Failure>;

/// What was reached.
#[derive(Debug, Clone)]
pub struct Reached {
    /// The address that answered.
    pub address: Address,
    /// Whose the session is.
    pub session: Arc<Session>,
}

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
    settings: Settings,
    tasks: TaskTracker,
    /// Whether startup options were refused by whoever was reached last.
    refused_options: AtomicBool,
}

/// Whether startup options are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Options {
    Sent,
    LeftOut,
}

impl Connect for Connector {
    /// Connects with a configuration that names no host.
    fn connect(&self, config: &Config) -> Pin<Box<dyn Future<Output = Result<Connected, Error>> + Send + '_>> {
        let config = config.clone();
        Box::pin(async move {
            match self.reach(&config).await {
                Ok((reached, connected)) => {
                    tell(Ok(reached));
                    Ok(connected)
                }
                Err(failure) => {
                    tell(Err(failure));
                    // An error of tokio-postgres is asked for, whose errors nobody else can make: without a host it
                    // makes one.
                    self.start(&config).await.map(|(_, connected)| connected)
                }
            }
        })
    }
}

impl Connector {
    /// A connector; the hosts are tried in their order, and each connection's task is one of `tasks`.
    pub fn new(settings: Settings, tasks: TaskTracker) -> Connector {
        Connector { settings, tasks, refused_options: AtomicBool::new(false) }
    }

    /// Connects to the first address that answers.
    async fn reach(&self, config: &Config) -> Result<(Reached, Connected), Failure> {
        let mut failure = Failure::unsent(Cause::Unavailable(Reason::Dns), Detail::new("the host has no address"));
        for (host, port) in &self.settings.hosts {
            match Address::of_host(host, *port).await {
                Err(error) => failure = not_connected(Reason::Dns, &error),
                Ok(addresses) => {
                    for address in addresses {
                        let mut config = config.clone();
                        address.write_to(&mut config);
                        match self.start(&config).await {
                            Ok((session, connected)) => return Ok((Reached { address, session }, connected)),
                            Err(error) => failure = not_connected(Reason::Connect, &error),
                        }
                    }
                }
            }
        }
        Err(failure)
    }

    /// Connects with our startup options, or without them where a pooler refuses them: which is remembered until nobody is
    /// reached, so that not every connection begins with a refusal.
    async fn start(&self, config: &Config) -> Result<(Arc<Session>, Connected), Error> {
        if !self.refused_options.load(Ordering::Relaxed) {
            match self.connect_with(config, Options::Sent).await {
                Err(error) if Pooled::refuses_options(&error) => {}
                result => return result,
            }
        }
        let result = self.connect_with(config, Options::LeftOut).await;
        self.refused_options.store(result.is_ok(), Ordering::Relaxed);
        result
    }

    /// Connects and sets the session up. Dropped before the end, it leaves nothing behind.
    async fn connect_with(&self, config: &Config, options: Options) -> Result<(Arc<Session>, Connected), Error> {
        let mut config = config.clone();
        if options == Options::Sent {
            config.options(&self.settings.options);
        }
        let (client, connection) = config.connect(NoTls).await?;
        let version = connection.parameter("server_version").map_or(0, major_version);
        let driver = AbortOnDropHandle::new(self.tasks.spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(error = %Detail::of(&error).for_operators(), "a connection to PostgreSQL ended");
            }
        }));
        let session = if options == Options::Sent && is_own(&client).await? {
            Session::Own(Own::set_up(&client, version).await?)
        } else {
            Session::Lent(Pooled::new(&client, &self.settings, version).await?)
        };
        Ok((Arc::new(session), (client, driver.detach())))
    }
}
