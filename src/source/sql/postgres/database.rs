//! A PostgreSQL database: what the rest of the program sees of it.

use std::time::Duration;

use super::connections::Connections;
use super::line::{Asked, Line};
use super::settings::Settings;
use crate::schema::PostgresTarget;

/// Longest wait at the end for connections that are still in use.
const FAREWELL: Duration = Duration::from_secs(5);

/// One database.
#[derive(Debug)]
pub struct PostgresDatabase {
    connections: Connections,
}

impl PostgresDatabase {
    /// A database that is connected when it must be.
    ///
    /// # Errors
    /// What is wrong with the URL.
    pub fn new(target: &PostgresTarget, max_answer: u64) -> Result<PostgresDatabase, String> {
        let settings = Settings::from_url(&target.url.0)?;
        let connections = Connections::new(settings, target.pool.max(1), target.acquire, max_answer)?;
        Ok(PostgresDatabase { connections })
    }

    /// A line for the calls of one fetch.
    pub fn line(&self, asked: Asked) -> Line {
        Line::new(self.connections.clone(), asked)
    }

    /// How many connections there are, and how many of them are idle.
    pub fn connections(&self) -> (usize, usize) {
        self.connections.count()
    }

    /// Closes every idle connection, and waits for those in use and for what is being cleaned up.
    pub async fn close(&self) {
        if tokio::time::timeout(FAREWELL, self.connections.close()).await.is_err() {
            tracing::warn!("some connections to PostgreSQL were still in use at the end");
        }
    }
}
