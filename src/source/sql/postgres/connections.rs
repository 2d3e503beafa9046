//! The connections to one server: the pool, the notes on each connection, and the tasks that move bytes and clean up.
//! There is no test query before each use: a closed connection is seen by its task, and one that dies in between is
//! replaced by `line`.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{
    ClientWrapper, Hook, HookError, Manager, ManagerConfig, Object, Pool, PoolError, QueueMode, RecyclingMethod,
    Runtime, TimeoutType, Timeouts,
};
use tokio_util::task::TaskTracker;

use super::connector::{Connector, Outcome, asking};
use super::failure::not_connected;
use super::lease::Lease;
use super::notes::Notebook;
use super::settings::Settings;
use crate::source::{Cause, Detail, Failure, Reason};

/// Longest time for making a connection, with everything that belongs to it.
const CREATE: Duration = Duration::from_secs(5);
/// Longest time for finding that a connection is still good, which needs no answer from the server.
const RECYCLE: Duration = Duration::from_secs(1);

/// Where connections are borrowed.
#[derive(Clone)]
pub struct Connections {
    pool: Pool,
    notebook: Arc<Notebook>,
    tasks: TaskTracker,
}

impl fmt::Debug for Connections {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Connections").field("pool", &self.pool.status()).finish_non_exhaustive()
    }
}

impl Connections {
    /// At most so many connections, made when they are needed; whoever borrows waits for one at most `acquire`. One on
    /// which a row comes that is far longer than `max_answer` bytes is closed.
    ///
    /// # Errors
    /// The pool cannot be made.
    pub fn new(settings: Settings, max: usize, acquire: Duration, max_answer: u64) -> Result<Connections, String> {
        let tasks = TaskTracker::new();
        let config = settings.config.clone();
        let connector = Connector::new(settings, max_answer, tasks.clone());
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let pool = Pool::builder(Manager::from_connect(config, connector, recycling))
            .max_size(max)
            .timeouts(Timeouts { wait: Some(acquire), create: Some(CREATE), recycle: Some(RECYCLE) })
            // The connection used last is the one whose statements are prepared and whose caches are warm.
            .queue_mode(QueueMode::Lifo)
            .pre_recycle(Hook::sync_fn(|client, _| refuse_closed(client)))
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|error| error.to_string())?;
        Ok(Connections { pool, notebook: Arc::default(), tasks })
    }

    /// Whether whoever comes now has to wait for a seat in the pool.
    pub fn are_all_taken(&self) -> bool {
        let status = self.pool.status();
        // Those who are connecting have no connection yet, and count as waiting.
        let taken = status.size.saturating_sub(status.available) + status.waiting;
        taken >= status.max_size
    }

    /// How many there are, and how many of them are idle.
    pub fn count(&self) -> (usize, usize) {
        let status = self.pool.status();
        (status.size, status.available)
    }

    /// Borrows a connection.
    ///
    /// # Errors
    /// None was free in time, or none could be made.
    pub async fn borrow(&self) -> Result<Lease, Failure> {
        let (answer, outcome) = asking(self.pool.get()).await;
        match answer {
            Ok(object) => self.lend(object, outcome),
            Err(error) => Err(no_connection(&error, outcome)),
        }
    }

    /// Drops every idle connection, since one of them was found dead: what ended it has most likely ended them all, and each
    /// would cost a call.
    pub fn drop_idle(&self) {
        self.pool.retain(|_, _| false);
    }

    /// Drops every idle connection, and ends when those in use are gone too and everything is cleaned up.
    pub async fn close(&self) {
        self.pool.close();
        self.tasks.close();
        self.tasks.wait().await;
    }

    fn lend(&self, object: Object, outcome: Option<Outcome>) -> Result<Lease, Failure> {
        let notes = match outcome {
            Some(Ok(reached)) => Some(self.notebook.open(&object, reached)),
            Some(Err(_)) | None => self.notebook.find(&object),
        };
        let Some(notes) = notes else {
            drop(Object::take(object));
            return Err(Failure::unsent(Cause::Internal, Detail::new("a connection without notes")));
        };
        Ok(Lease::new(object, notes, self.tasks.clone()))
    }
}

/// A closed connection is replaced without a word. The pool's own look at it, which comes next, would log a warning.
fn refuse_closed(client: &ClientWrapper) -> Result<(), HookError> {
    if client.is_closed() { Err(HookError::message("closed")) } else { Ok(()) }
}

fn no_connection(error: &PoolError, outcome: Option<Outcome>) -> Failure {
    let failure = |cause, words: &str| Failure::unsent(cause, Detail::new(words));
    match (error, outcome) {
        (PoolError::Backend(_), Some(Err(failure))) => failure,
        (PoolError::Backend(error), _) => not_connected(Reason::Connect, error),
        (PoolError::Timeout(TimeoutType::Wait), _) => failure(Cause::Overloaded, "no connection was free in time"),
        (PoolError::Timeout(TimeoutType::Create | TimeoutType::Recycle), _) => {
            failure(Cause::Unavailable(Reason::Connect), "connecting took too long")
        }
        (PoolError::Closed, _) => failure(Cause::Unavailable(Reason::Lost), "the pool is closed"),
        (PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_), _) => {
            failure(Cause::Internal, "the pool was made without a runtime")
        }
    }
}
