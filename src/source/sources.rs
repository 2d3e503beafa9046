//! Every source of a schema, ready to be called.

use std::fmt;
use std::sync::Arc;

use futures_util::StreamExt as _;

use super::rest::RestSource;
use super::sql::SqlSource;
use super::{Cause, Detail, Failure, Faults, Fetch, FetchResults, Key, Script, SourceState};
use crate::schema::{Schema, SourceDefinition, SourceTarget};

/// Every source, under its [`SourceId`].
#[derive(Debug)]
pub struct Sources {
    ready: Vec<(Arc<SourceDefinition>, Source)>,
    batching: Batching,
    faults: Faults,
}

/// Whether the keys of a fetch may be answered together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Batching {
    Together,
    OneByOne,
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
    connect_faulty(schema, Faults::default())
}

/// Makes every source of a schema ready, like [`connect`], with faults on purpose. One that no source can have is never
/// met.
///
/// # Errors
/// As for [`connect`].
pub fn connect_faulty(schema: &Schema, faults: Faults) -> Result<Sources, ConnectErrors> {
    let sources = connect_each(schema, &|definition| connect_one(definition, &faults))?;
    Ok(Sources { faults, ..sources })
}

/// Makes every source answer from a script instead of the network.
///
/// # Errors
/// As for [`connect`].
pub fn connect_scripted(schema: &Schema, script: &Script) -> Result<Sources, ConnectErrors> {
    connect_each(schema, &|definition| match &definition.target {
        SourceTarget::Rest(target) => {
            RestSource::scripted(definition, target, script.clone()).map(|source| Source::Rest(Arc::new(source)))
        }
        SourceTarget::Postgres(_) | SourceTarget::Sqlite(_) => {
            Ok(Source::Sql(Arc::new(SqlSource::scripted(definition, script.clone()))))
        }
    })
}

/// Makes every source of a schema ready, like [`connect`], and puts no two keys of a fetch together. It is what batching
/// must be equal to, and there for tests to see that it is.
///
/// # Errors
/// As for [`connect`].
pub fn connect_one_by_one(schema: &Schema) -> Result<Sources, ConnectErrors> {
    connect(schema).map(|sources| Sources { batching: Batching::OneByOne, ..sources })
}

/// Makes every source of a schema ready, like [`connect`]; one that was described in just the same way before goes on
/// as it is, with its connections and, if it is a database in memory, its content; but a file that was
/// replaced is another database. Faults on purpose stay; those that no source can have any more are told to operators.
///
/// # Errors
/// As for [`connect`].
pub fn reconnect(schema: &Schema, before: &Sources) -> Result<Sources, ConnectErrors> {
    let faults = before.faults.clone();
    let sources = connect_each(schema, &|definition| match before.described_as(definition) {
        Some(source) => Ok(source),
        None => connect_one(definition, &faults),
    })?;
    for misfit in faults.misfits(schema) {
        tracing::warn!(reason = %misfit, "a fault on purpose is met no more");
    }
    Ok(Sources { faults, ..sources })
}

fn connect_each(
    schema: &Schema,
    connect_one: &dyn Fn(&SourceDefinition) -> Result<Source, String>,
) -> Result<Sources, ConnectErrors> {
    let (mut ready, mut errors) = (Vec::new(), Vec::new());
    for definition in &schema.sources {
        match connect_one(definition) {
            Ok(source) => ready.push((Arc::clone(definition), source)),
            Err(reason) => errors.push(ConnectError { name: Arc::clone(&definition.name), reason }),
        }
    }
    if !errors.is_empty() {
        return Err(ConnectErrors(errors));
    }
    Ok(Sources { ready, batching: Batching::Together, faults: Faults::default() })
}

fn connect_one(definition: &SourceDefinition, faults: &Faults) -> Result<Source, String> {
    let faults = faults.of(definition);
    match &definition.target {
        SourceTarget::Rest(target) => {
            RestSource::connect(definition, target).map(|source| Source::Rest(Arc::new(source.with_faults(faults))))
        }
        SourceTarget::Postgres(_) | SourceTarget::Sqlite(_) => {
            SqlSource::connect(definition).map(|source| Source::Sql(Arc::new(source.with_faults(faults))))
        }
    }
}

impl Source {
    fn fetch(&self, fetch: Fetch) -> FetchResults {
        match self {
            Source::Rest(source) => Arc::clone(source).fetch(fetch),
            Source::Sql(source) => Arc::clone(source).fetch(fetch),
        }
    }

    fn is_there(&self) -> bool {
        match self {
            Source::Rest(_) => true,
            Source::Sql(source) => source.is_there(),
        }
    }

    /// Whether nobody else has this source.
    fn is_alone(&self) -> bool {
        match self {
            Source::Rest(source) => Arc::strong_count(source) == 1,
            Source::Sql(source) => Arc::strong_count(source) == 1,
        }
    }
}

impl Sources {
    /// Asks a source for every key of a fetch. `@value` has no source and is no fetch.
    #[must_use]
    pub fn fetch(&self, fetch: Fetch) -> FetchResults {
        let Some((_, source)) = self.ready.get(fetch.source.0 as usize) else { return failed(&fetch) };
        match self.batching {
            Batching::Together => source.fetch(fetch),
            Batching::OneByOne => one_by_one(source, &fetch),
        }
    }

    /// Ends every connection, and waits for what was being cleaned up. A source that others have taken over is theirs.
    pub async fn close(&self) {
        for (_, source) in &self.ready {
            match source {
                Source::Sql(database) if source.is_alone() => database.close().await,
                Source::Sql(_) | Source::Rest(_) => {}
            }
        }
    }

    /// How each source is, in the order of the schema.
    #[must_use]
    pub fn states(&self) -> Vec<SourceState> {
        let state = |(definition, source): &(Arc<SourceDefinition>, Source)| {
            let named = (Arc::clone(&definition.name), definition.kind());
            match source {
                Source::Rest(source) => source.state(named),
                Source::Sql(source) => source.state(named),
            }
        };
        self.ready.iter().map(state).collect()
    }

    fn described_as(&self, definition: &SourceDefinition) -> Option<Source> {
        let found = self.ready.iter().find(|(before, _)| **before == *definition);
        found.map(|(_, source)| source.clone()).filter(Source::is_there)
    }
}

fn one_by_one(source: &Source, fetch: &Fetch) -> FetchResults {
    let of_key = |(index, key): (usize, &Key)| {
        let keys = vec![key.clone()];
        source.fetch(Fetch { keys, ..fetch.clone() }).map(move |(_, result)| (index, result))
    };
    futures_util::stream::select_all(fetch.keys.iter().enumerate().map(of_key)).boxed()
}

fn failed(fetch: &Fetch) -> FetchResults {
    let failure = Failure::unsent(Cause::Internal, Detail::new("there is no such source"));
    let results: Vec<_> = (0..fetch.keys.len()).map(|index| (index, Err(failure.clone()))).collect();
    futures_util::stream::iter(results).boxed()
}
