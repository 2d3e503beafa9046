//! A SQLite database: a bounded set of connections, each lent to one job at a time. A job runs on a blocking thread and
//! brings its connection back itself, so that whoever waits for it can leave at any moment.

use std::os::unix::fs::MetadataExt as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio_util::task::TaskTracker;

use super::connection::{Connection, Job, Location};
use super::failure::failure_of;
use crate::graphql::Value;
use crate::schema::SqliteTarget;
use crate::source::{Access, Cause, Columns, Deadline, Detail, Failure, Progress, Rows};

/// Most results that wait to be taken; the job waits with the next one.
const ARRIVING: usize = 64;

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

/// A statement and the keys that it is run for.
#[derive(Debug)]
pub struct Runs {
    /// The statement.
    pub text: Arc<str>,
    /// What is read of its columns.
    pub columns: Columns,
    /// Its parameters for each key.
    pub keys: Vec<Vec<Value>>,
    /// Whether it may write.
    pub access: Access,
}

/// Results of runs, in the order of the keys.
#[derive(Debug)]
pub struct Running {
    arriving: mpsc::Receiver<Result<Rows, Failure>>,
    _cancelled: CancelOnDrop,
}

impl Running {
    /// The next result; nothing after the last one, or where the job has ended early.
    pub async fn next(&mut self) -> Option<Result<Rows, Failure>> {
        self.arriving.recv().await
    }
}

/// Tells a job that nobody waits for it any more.
#[derive(Debug)]
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

    /// Runs a statement for each of these keys, one after the other, on one connection of its own and in one hop to a thread
    /// that may block. Results arrive as they are made. Dropping what is given ends the statement within some microseconds of
    /// its next step; the connection is given to others only after that.
    ///
    /// # Errors
    /// Why nothing was begun.
    pub async fn run(
        &self,
        runs: Runs,
        max_answer: u64,
        deadline: Deadline,
        progress: &Progress,
    ) -> Result<Running, Failure> {
        let permit = self.acquire().await?;
        progress.attempt();
        let cancelled = CancelOnDrop(Arc::new(AtomicBool::new(false)));
        let flag = Arc::clone(&cancelled.0);
        let (location, idle) = (self.location.clone(), Arc::clone(&self.idle));
        let (results, arriving) = mpsc::channel(ARRIVING);
        self.jobs.spawn_blocking(move || {
            let connection = lock(&idle).pop();
            let Runs { text, columns, keys, access } = &runs;
            let job = Job { text, columns, access: *access, max_answer, deadline, cancelled: flag };
            // A panic below closes the connection and frees its place, and whoever comes next opens another: what state
            // it was left in is not for others to find out.
            let connection = match connection {
                Some(connection) => Ok(connection),
                None => Connection::open(&location).map_err(|error| failure_of(&error)),
            };
            let begun = connection.and_then(|mut connection| connection.begin(&job).map(|()| connection));
            match begun {
                Err(failure) => keys.iter().for_each(|_| drop(results.blocking_send(Err(failure.clone())))),
                Ok(mut connection) => {
                    for key in keys {
                        if job.cancelled.load(Ordering::Relaxed)
                            || results.blocking_send(connection.run(&job, key)).is_err()
                        {
                            break;
                        }
                    }
                    lock(&idle).push(connection);
                }
            }
            drop(permit);
        });
        Ok(Running { arriving, _cancelled: cancelled })
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
