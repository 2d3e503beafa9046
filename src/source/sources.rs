//! Every source of a schema, ready to be called.

use std::fmt;
use std::sync::Arc;

use futures_util::StreamExt as _;

use super::rest::RestSource;
use super::sql::SqlSource;
use super::{Cause, Detail, Failure, Fetch, FetchResults, Script};
use crate::schema::{BindingRequest, Schema, SourceDefinition, SourceId, SourceTarget};

/// Every source, under its [`SourceId`].
#[derive(Debug)]
pub struct Sources {
    sources: Vec<Source>,
}

/// The closed set of sources.
#[derive(Debug, Clone)]
enum Source {
    Rest(Arc<RestSource>),
    Sql(Arc<SqlSource>),
}

/// Why a source cannot be made from its definition. A source that is down is no reason: it may come.
#[derive(Debug, thiserror::Error)]
#[error("source {name}: {reason}")]
pub struct ConnectError {
    /// The source.
    pub name: Arc<str>,
    /// What is wrong, without any secret.
    pub reason: String,
}

/// Every source that cannot be made. Never empty.
#[derive(Debug)]
pub struct ConnectErrors(pub Vec<ConnectError>);

impl fmt::Display for ConnectErrors {
    /// One line for each of them.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        formatter.write_str(&lines.join("\n"))
    }
}

impl std::error::Error for ConnectErrors {}

/// Makes every source of a schema ready. Nothing is connected yet: that happens with the first call.
///
/// # Errors
/// A [`ConnectError`] for each source whose definition cannot work: a malformed URL, a certificate that is none.
pub fn connect(schema: &Schema) -> Result<Sources, ConnectErrors> {
    connect_each(schema, &connect_one)
}

/// Makes every source answer from a script instead of the network.
///
/// # Errors
/// As for [`connect`].
pub fn connect_scripted(schema: &Schema, script: &Script) -> Result<Sources, ConnectErrors> {
    connect_each(schema, &|id, definition| match &definition.target {
        SourceTarget::Rest(target) => {
            RestSource::scripted(id, definition, target, script.clone()).map(|source| Source::Rest(Arc::new(source)))
        }
        SourceTarget::Postgres(_) | SourceTarget::Sqlite(_) => {
            Ok(Source::Sql(Arc::new(SqlSource::scripted(id, definition, script.clone()))))
        }
    })
}

fn connect_each(
    schema: &Schema,
    connect_one: &dyn Fn(SourceId, &SourceDefinition) -> Result<Source, String>,
) -> Result<Sources, ConnectErrors> {
    let (mut sources, mut errors) = (Vec::new(), Vec::new());
    for (index, definition) in schema.sources.iter().enumerate() {
        let id = SourceId(u32::try_from(index).unwrap_or(u32::MAX));
        match connect_one(id, definition) {
            Ok(source) => sources.push(source),
            Err(reason) => errors.push(ConnectError { name: Arc::clone(&definition.name), reason }),
        }
    }
    if errors.is_empty() { Ok(Sources { sources }) } else { Err(ConnectErrors(errors)) }
}

fn connect_one(id: SourceId, definition: &SourceDefinition) -> Result<Source, String> {
    match &definition.target {
        SourceTarget::Rest(target) => {
            RestSource::connect(id, definition, target).map(|source| Source::Rest(Arc::new(source)))
        }
        SourceTarget::Postgres(_) | SourceTarget::Sqlite(_) => {
            SqlSource::connect(id, definition).map(|source| Source::Sql(Arc::new(source)))
        }
    }
}

impl Sources {
    /// Asks a source for every key of a fetch. `@value` has no source and is no fetch.
    #[must_use]
    pub fn fetch(&self, fetch: Fetch) -> FetchResults {
        match &fetch.binding.request {
            BindingRequest::Rest(id, _) | BindingRequest::Sql(id, _) => match self.sources.get(id.0 as usize) {
                Some(Source::Rest(source)) => Arc::clone(source).fetch(fetch),
                Some(Source::Sql(source)) => Arc::clone(source).fetch(fetch),
                None => failed(&fetch),
            },
            BindingRequest::Value(_) => failed(&fetch),
        }
    }

    /// Ends every connection, and waits for what was being cleaned up.
    pub async fn close(&self) {
        for source in &self.sources {
            match source {
                Source::Rest(_) => {}
                Source::Sql(source) => source.close().await,
            }
        }
    }
}

fn failed(fetch: &Fetch) -> FetchResults {
    let failure = Failure::unsent(Cause::Internal, Detail::new("the binding has no source"));
    let results: Vec<_> = (0..fetch.keys.len()).map(|index| (index, Err(failure.clone()))).collect();
    futures_util::stream::iter(results).boxed()
}
