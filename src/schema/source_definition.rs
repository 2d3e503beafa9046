//! A source as the author described it, with every default filled in. Connections are made from it in `source`.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::{BreakerPolicy, HeaderTemplate, RetryPolicy};
use crate::config::Naming;
use crate::graphql::SourceKind;

/// One database or one service. Two that are equal can share their connections.
#[derive(Debug, PartialEq)]
pub struct SourceDefinition {
    /// Its name.
    pub name: Arc<str>,
    /// Where it is.
    pub target: SourceTarget,
    /// Calls in flight at once.
    pub concurrency: usize,
    /// Calls that may wait for a place.
    pub queue: usize,
    /// Largest answer in bytes, after decompression.
    pub max_answer: u64,
    /// How calls that are safe to repeat are tried, where a field does not say otherwise; nothing for once.
    pub retry: Option<RetryPolicy>,
    /// When it is no longer called; nothing for never.
    pub breaker: Option<BreakerPolicy>,
    /// How property names become field names.
    pub naming: Naming,
}

/// Where a source is and how it is reached.
#[derive(Debug, PartialEq)]
pub enum SourceTarget {
    /// PostgreSQL.
    Postgres(PostgresTarget),
    /// Embedded SQLite.
    Sqlite(SqliteTarget),
    /// An HTTP service.
    Rest(RestTarget),
}

/// A PostgreSQL server.
#[derive(Debug, PartialEq)]
pub struct PostgresTarget {
    /// `postgres://…`.
    pub url: Secret,
    /// Connections kept at most.
    pub pool: usize,
    /// Longest wait for a free connection.
    pub acquire: Duration,
}

/// A SQLite database.
#[derive(Debug, PartialEq)]
pub struct SqliteTarget {
    /// The file; nothing for `sqlite::memory:`.
    pub file: Option<PathBuf>,
    /// Connections kept at most.
    pub pool: usize,
    /// Longest wait for a free connection.
    pub acquire: Duration,
    /// Each file's text, run once in order when the database is new.
    pub init: Vec<InitScript>,
}

impl SqliteTarget {
    /// Most connections, whatever the author asks for: SQLite gains nothing by more, and each may hold a thread.
    pub const MOST_CONNECTIONS: usize = 16;
}

/// A SQL file.
#[derive(Debug, PartialEq)]
pub struct InitScript {
    /// Its name, for messages.
    pub name: Box<str>,
    /// What it holds.
    pub text: Box<str>,
}

/// An HTTP service.
#[derive(Debug, PartialEq)]
pub struct RestTarget {
    /// Scheme, host, port and path prefix.
    pub url: Secret,
    /// Headers of every call.
    pub headers: Vec<HeaderTemplate>,
    /// The inputs that those headers name, under their own numbers: client headers alone.
    pub header_inputs: Vec<Box<str>>,
    /// Client headers passed on, in lower case.
    pub forward: Vec<Box<str>>,
    /// Longest wait for a connection.
    pub connect: Duration,
    /// Redirects followed, to the same origin only.
    pub redirects: usize,
    /// Extra certificate authorities, as PEM.
    pub ca: Option<Vec<u8>>,
}

/// Text that must not be shown: a URL can hold a password.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("***")
    }
}

impl SourceDefinition {
    /// What kind of source it is, as errors say it.
    #[must_use]
    pub fn kind(&self) -> SourceKind {
        match self.target {
            SourceTarget::Postgres(_) => SourceKind::Postgres,
            SourceTarget::Sqlite(_) => SourceKind::Sqlite,
            SourceTarget::Rest(_) => SourceKind::Rest,
        }
    }
}
