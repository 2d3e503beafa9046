//! A SQLite database: a bounded set of connections, each lent to one job at a time. A job runs on a blocking thread and
//! brings its connection back itself, so that whoever waits for it can leave at any moment.

use std::os::unix::fs::MetadataExt as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::task::TaskTracker;

use super::connection::{Connection, Job, Location};
use super::failure::failure_of;
use crate::schema::SqliteTarget;
use crate::source::sql::statement::Statement;
use crate::source::{Access, Cause, Deadline, Detail, Failure, Progress, Rows};

/// One database.
#[derive(Debug)]
pub struct SqliteDatabase {
    location: Location,
    idle: Arc<Mutex<Vec<Connection>>>,
    free: Arc<Semaphore>,
    acquire: Duration,
    jobs: TaskTracker,
    /// Which file was opened: the same path may lead to another one later.
    opened: Option<(u64, u64)>,
    /// A database in memory lives as long as one connection to it: this one is lent to nobody.
    _keeper: Mutex<Connection>,
}

/// Tells a job that nobody waits for it any more.
struct CancelOnDrop(Arc<AtomicBool>);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl SqliteDatabase {
    /// Opens a database and, if it is new, runs its scripts.
    ///
    /// # Errors
    /// The file that is wrong, and what SQLite says.
    pub fn open(target: &SqliteTarget) -> Result<SqliteDatabase, String> {
        let (location, name) = match &target.file {
            Some(file) => (Location::File(file.clone()), file.display().to_string()),
            None => (Location::Memory(format!("tributary-{}", uuid::Uuid::new_v4())), "sqlite::memory:".to_owned()),
        };
        let mut keeper = Connection::open(&location).map_err(|error| format!("{name}: {error}"))?;
        keeper.initialize(&target.init)?;
        let opened = identity(&location);
        Ok(SqliteDatabase {
            location,
            opened,
            idle: Arc::default(),
            free: Arc::new(Semaphore::new(target.pool.clamp(1, SqliteTarget::MOST_CONNECTIONS))),
            acquire: target.acquire,
            jobs: TaskTracker::new(),
            _keeper: Mutex::new(keeper),
        })
    }

    /// Runs a statement on a connection of its own. Dropping this ends the statement within some microseconds of its
    /// next step; the connection is given to others only after that.
    ///
    /// # Errors
    /// Why there are no rows.
    pub async fn run(
        &self,
        statement: Statement,
        access: Access,
        max_answer: u64,
        deadline: Deadline,
        progress: &Progress,
    ) -> Result<Rows, Failure> {
        let permit = self.acquire().await?;
        progress.attempt();
        let cancelled = CancelOnDrop(Arc::new(AtomicBool::new(false)));
        let flag = Arc::clone(&cancelled.0);
        let (location, idle) = (self.location.clone(), Arc::clone(&self.idle));
        let job = self.jobs.spawn_blocking(move || {
            let connection = lock(&idle).pop();
            // A panic below closes the connection and frees its place, and whoever comes next opens another: what state
            // it was left in is not for others to find out.
            let mut connection = match connection {
                Some(connection) => connection,
                None => Connection::open(&location).map_err(|error| failure_of(&error))?,
            };
            let Statement { text, parameters } = &statement;
            let job = Job { text, parameters, access, max_answer, deadline, cancelled: flag };
            let result = connection.run(&job);
            lock(&idle).push(connection);
            drop(permit);
            result
        });
        job.await.unwrap_or_else(|error| Err(Failure::unsent(Cause::Internal, Detail::of(&error))))
    }

    /// Whether its path still leads to the file that was opened.
    pub fn is_there(&self) -> bool {
        identity(&self.location) == self.opened
    }

    /// Waits for the jobs that are still running; each ends with whoever waits for it.
    pub async fn close(&self) {
        self.free.close();
        self.jobs.close();
        self.jobs.wait().await;
        lock(&self.idle).clear();
    }

    async fn acquire(&self) -> Result<OwnedSemaphorePermit, Failure> {
        match tokio::time::timeout(self.acquire, Arc::clone(&self.free).acquire_owned()).await {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(closed)) => Err(Failure::unsent(Cause::Overloaded, Detail::of(&closed))),
            Err(_) => {
                let words = format!("no connection was free within {:?}", self.acquire);
                Err(Failure::unsent(Cause::Overloaded, Detail::new(words)))
            }
        }
    }
}

/// Device and number of a database's file; nothing of one in memory, or that is gone.
fn identity(location: &Location) -> Option<(u64, u64)> {
    let Location::File(file) = location else { return None };
    let file = std::fs::metadata(file).ok()?;
    Some((file.dev(), file.ino()))
}

fn lock(idle: &Mutex<Vec<Connection>>) -> std::sync::MutexGuard<'_, Vec<Connection>> {
    idle.lock().unwrap_or_else(PoisonError::into_inner)
}
