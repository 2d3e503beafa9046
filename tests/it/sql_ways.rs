//! A database of the test's own, and the way on which a source comes to it: straight, or through a pooler.

use std::time::Duration;

use tokio_postgres::Client;

use crate::pgbouncer::Bouncer;
use crate::postgres_cluster::{connect, new_database};
use crate::sql_calls::Source;
use crate::sql_postgres::source;

/// A new, empty database, and a way to it.
pub struct Way {
    url: String,
    /// What a source is told.
    pub through: String,
    /// What stands on it.
    pub bouncer: Option<Bouncer>,
}

impl Way {
    /// To the server itself.
    pub async fn straight() -> Way {
        let url = new_database().await;
        Way { through: url.clone(), url, bouncer: None }
    }

    /// Through a `PgBouncer` in transaction mode, with further lines of configuration.
    pub async fn pooled(settings: &str) -> Way {
        let url = new_database().await;
        let bouncer = Bouncer::start(&url, settings).await;
        Way { through: bouncer.url(&url), url, bouncer: Some(bouncer) }
    }

    /// A source with so many connections.
    pub fn source(&self, pool: usize) -> Source {
        source(&self.through, pool)
    }

    /// So many milliseconds and what a machine with other work takes; a pooler has work of its own, and another hop.
    pub fn within(&self, milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds + if self.bouncer.is_some() { 1_000 } else { 50 })
    }

    /// A connection on the same way that is none of ours.
    pub async fn stranger(&self) -> Client {
        connect(&self.through).await
    }

    /// A connection to the server itself.
    pub async fn administrator(&self) -> Client {
        connect(&self.url).await
    }
}
