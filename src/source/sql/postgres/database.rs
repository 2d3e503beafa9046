//! A PostgreSQL database: a pool of connections, and the tasks that move their bytes and clean up after them.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use deadpool::Runtime;
use deadpool::managed::{Pool, QueueMode, Timeouts};
use tokio_util::task::TaskTracker;

use super::connector::Connector;
use super::line::Line;
use super::settings::Settings;
use crate::schema::PostgresTarget;

/// Longest time for making a connection, with everything that belongs to it.
const CREATE: Duration = Duration::from_secs(5);
/// Longest time for finding that a connection is still good, which needs no answer from the server.
const RECYCLE: Duration = Duration::from_secs(1);
/// Longest wait at the end for connections that are still in use.
const FAREWELL: Duration = Duration::from_secs(5);

/// One database.
pub struct PostgresDatabase {
    pool: Pool<Connector>,
    tasks: TaskTracker,
}

impl fmt::Debug for PostgresDatabase {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("PostgresDatabase").field("pool", &self.pool.status()).finish_non_exhaustive()
    }
}

impl PostgresDatabase {
    /// A pool that connects when it must.
    ///
    /// # Errors
    /// What is wrong with the URL.
    pub fn new(target: &PostgresTarget) -> Result<PostgresDatabase, String> {
        let tasks = TaskTracker::new();
        let connector = Connector::new(Settings::from_url(&target.url.0)?, tasks.clone());
        let timeouts = Timeouts { wait: Some(target.acquire), create: Some(CREATE), recycle: Some(RECYCLE) };
        let pool = Pool::builder(connector)
            .max_size(target.pool.max(1))
            .timeouts(timeouts)
            // The connection used last is the one whose statements are prepared and whose caches are warm.
            .queue_mode(QueueMode::Lifo)
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|error| error.to_string())?;
        Ok(PostgresDatabase { pool, tasks })
    }

    /// A line for the calls of one fetch.
    pub fn line(&self, text: Arc<str>) -> Line {
        Line::new(self.pool.clone(), self.tasks.clone(), text)
    }

    /// Closes every idle connection, and waits for those in use and for what is being cleaned up.
    pub async fn close(&self) {
        self.pool.close();
        self.tasks.close();
        if tokio::time::timeout(FAREWELL, self.tasks.wait()).await.is_err() {
            tracing::warn!("some connections to PostgreSQL were still in use at the end");
        }
    }
}
