//! SQL sources: PostgreSQL and embedded SQLite behind one closed enum.

use std::sync::Arc;

use futures_util::StreamExt as _;

use super::{Fetch, FetchResults, Script};
use crate::schema::{SourceDefinition, SourceId};

/// One database.
#[derive(Debug)]
pub struct SqlSource;

impl SqlSource {
    /// Makes a pool for a database; connects with the first statement.
    ///
    /// # Errors
    /// What is wrong with the definition, without secrets.
    pub fn connect(_id: SourceId, _definition: &SourceDefinition) -> Result<SqlSource, String> {
        Ok(SqlSource)
    }

    /// A database that answers from a script.
    #[must_use]
    pub fn scripted(_id: SourceId, _definition: &SourceDefinition, _script: Script) -> SqlSource {
        SqlSource
    }

    /// One statement for each key.
    pub fn fetch(self: Arc<Self>, _fetch: Fetch) -> FetchResults {
        futures_util::stream::empty().boxed()
    }

    /// Ends every connection, and waits for what was being cleaned up.
    pub async fn close(&self) {}
}
