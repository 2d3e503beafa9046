//! Makes connections for the pool. deadpool-postgres has no words for where a connection goes, nor for why there is
//! none: both are told to whoever asked the pool, beside its answer.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use deadpool_postgres::Connect;
use tokio::task::JoinHandle;
use tokio_postgres::config::TargetSessionAttrs;
use tokio_postgres::tls::NoTlsStream;
use tokio_postgres::{Client, Config, Connection, Error, NoTls, SimpleQueryMessage};
use tokio_util::task::{AbortOnDropHandle, TaskTracker};

use super::address::{Address, Stream};
use super::failure::not_connected;
use super::guarded::{Guarded, TooLong};
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
    /// How it is connected to.
    pub config: Arc<Config>,
    /// Whether the connection ended with a row that was too long.
    pub too_long: TooLong,
    /// Whose the session is.
    pub session: Arc<Session>,
}

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// How much longer a value may be as the server sends it than as JSON: an array of zeros has twelve bytes for each.
const BINARY: u64 = 6;
/// What a row may have beside its values: the lengths of its columns.
const OVERHEAD: u64 = 16 * 1024;

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
    longest_row: u64,
    tasks: TaskTracker,
    /// Whether startup options were refused by whoever was reached last.
    refused_options: AtomicBool,
}

/// Whether a server is one that is wanted. Our sessions are read-only everywhere, so that it is asked whether it is a standby.
async fn is_wanted(client: &Client, wanted: TargetSessionAttrs) -> Result<bool, Error> {
    let standby = match wanted {
        TargetSessionAttrs::ReadWrite => "f",
        TargetSessionAttrs::ReadOnly => "t",
        _ => return Ok(true),
    };
    let told = client.simple_query("select pg_is_in_recovery()").await?;
    Ok(told.iter().any(|told| matches!(told, SimpleQueryMessage::Row(row) if row.get(0) == Some(standby))))
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
                    let (client, connection) = config.connect(NoTls).await?;
                    Ok((client, self.drive(connection).detach()))
                }
            }
        })
    }
}

impl Connector {
    /// A connector; the hosts are tried in their order, and each connection's task is one of `tasks`.
    pub fn new(settings: Settings, max_answer: u64, tasks: TaskTracker) -> Connector {
        let longest_row = max_answer.saturating_mul(BINARY).saturating_add(OVERHEAD);
        Connector { settings, longest_row, tasks, refused_options: AtomicBool::new(false) }
    }

    /// Connects to the first address that answers.
    async fn reach(&self, config: &Config) -> Result<(Reached, Connected), Failure> {
        let mut failure = Failure::unsent(Cause::Unavailable(Reason::Dns), Detail::new("the host has no address"));
        for (host, port) in &self.settings.hosts {
            match Address::of_host(host, *port).await {
                Err(error) => failure = not_connected(Reason::Dns, &error),
                Ok(addresses) => {
                    for address in addresses {
                        match self.start(address, config).await {
                            Ok(reached) => return Ok(reached),
                            Err(error) => failure = not_connected(Reason::Connect, &*error),
                        }
                    }
                }
            }
        }
        Err(failure)
    }

    /// Connects with our startup options, or without them where a pooler refuses them: which is remembered until nobody is
    /// reached, so that not every connection begins with a refusal.
    async fn start(&self, address: Address, config: &Config) -> Result<(Reached, Connected), BoxError> {
        if !self.refused_options.load(Ordering::Relaxed) {
            match self.connect_with(address.clone(), config, Options::Sent).await {
                Err(error) if error.downcast_ref().is_some_and(Pooled::refuses_options) => {}
                result => return result,
            }
        }
        let result = self.connect_with(address, config, Options::LeftOut).await;
        self.refused_options.store(result.is_ok(), Ordering::Relaxed);
        result
    }

    /// Connects and sets the session up. Dropped before the end, it leaves nothing behind.
    async fn connect_with(
        &self,
        address: Address,
        config: &Config,
        options: Options,
    ) -> Result<(Reached, Connected), BoxError> {
        let mut config = config.clone();
        if options == Options::Sent {
            config.options(&self.settings.options);
        }
        let too_long = TooLong::default();
        let stream = Guarded::new(address.connect(&config).await?, self.longest_row, too_long.clone());
        let (client, connection) = config.connect_raw(stream, NoTls).await?;
        let version = connection.parameter("server_version").map_or(0, major_version);
        let driver = self.drive(connection);
        if !is_wanted(&client, config.get_target_session_attrs()).await? {
            return Err("the server is not what target_session_attrs asks for".into());
        }
        let session = if options == Options::Sent && is_own(&client).await? {
            Session::Own(Own::set_up(&client, version).await?)
        } else {
            Session::Lent(Pooled::new(&client, &self.settings, version).await?)
        };
        let reached = Reached { address, config: Arc::new(config), too_long, session: Arc::new(session) };
        Ok((reached, (client, driver.detach())))
    }

    /// Moves the bytes of a connection.
    fn drive<S: Stream + 'static>(&self, connection: Connection<S, NoTlsStream>) -> AbortOnDropHandle<()> {
        AbortOnDropHandle::new(self.tasks.spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(error = %Detail::of(&error).for_operators(), "a connection to PostgreSQL ended");
            }
        }))
    }
}
