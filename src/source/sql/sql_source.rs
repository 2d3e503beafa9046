//! A SQL source: PostgreSQL and SQLite behind one closed enum. Each key of a fetch is one statement; identical
//! statements of one operation are run once. How a database is reached stands in `postgres` and `sqlite`.

use std::sync::Arc;

use futures_util::{StreamExt as _, stream};

use super::postgres::{self, PostgresDatabase};
use super::sqlite::SqliteDatabase;
use super::statement::{Dialect, Statement};
use crate::graphql::SourceKind;
use crate::schema::{BindingRequest, SourceDefinition, SourceTarget, SqlBinding};
use crate::source::{
    Access, Answer, CallAnswer, CallKey, CallResult, Cause, Detail, Failure, Fetch, FetchResults, Key, Places,
    Progress, Rows, Script, ScriptedAnswer, ScriptedCall, decode_rows, run_call,
};

/// One database.
#[derive(Debug)]
pub struct SqlSource {
    dialect: Dialect,
    places: Places,
    max_answer: u64,
    engine: Engine,
}

/// What runs the statements.
#[derive(Debug)]
enum Engine {
    Postgres(PostgresDatabase),
    Sqlite(SqliteDatabase),
    Scripted { source: Arc<str>, script: Script },
}

/// What the calls of one fetch run on. PostgreSQL gives them one connection, so that they are pipelined.
#[derive(Debug, Clone)]
enum Line {
    Postgres(Arc<postgres::Line>),
    Shared,
}

impl SqlSource {
    /// Makes a pool for a database; PostgreSQL is connected with the first statement, a SQLite file is opened at once.
    ///
    /// # Errors
    /// What is wrong with the definition, without secrets.
    pub fn connect(definition: &SourceDefinition) -> Result<SqlSource, String> {
        let engine = match &definition.target {
            SourceTarget::Postgres(target) => Engine::Postgres(PostgresDatabase::new(target)?),
            SourceTarget::Sqlite(target) => Engine::Sqlite(SqliteDatabase::open(target)?),
            SourceTarget::Rest(_) => return Err("is no database".to_owned()),
        };
        Ok(SqlSource::with(definition, engine))
    }

    /// A database that answers from a script.
    #[must_use]
    pub fn scripted(definition: &SourceDefinition, script: Script) -> SqlSource {
        SqlSource::with(definition, Engine::Scripted { source: Arc::clone(&definition.name), script })
    }

    fn with(definition: &SourceDefinition, engine: Engine) -> SqlSource {
        let dialect = match definition.kind() {
            SourceKind::Sqlite => Dialect::Sqlite,
            SourceKind::Postgres | SourceKind::Rest => Dialect::Postgres,
        };
        let places = Places::new(definition.concurrency, definition.queue);
        SqlSource { dialect, places, max_answer: definition.max_answer, engine }
    }

    /// One statement for each key, made when its turn comes: a list may be long, and its operation may make few calls.
    pub fn fetch(self: Arc<Self>, mut fetch: Fetch) -> FetchResults {
        let mut keys = std::mem::take(&mut fetch.keys).into_iter().enumerate();
        let fetch = Arc::new(fetch);
        let text = match sql_binding(&fetch) {
            Ok(sql) => self.dialect.text(&sql.statement),
            Err(failure) => return stream::iter(keys.map(move |(index, _)| (index, Err(failure.clone())))).boxed(),
        };
        let at_once = self.places.for_one_fetch();
        let mut shared = Some(self.line(&text));
        let calls = std::iter::from_fn(move || {
            let (index, key) = keys.next()?;
            let line = match fetch.access {
                // Each call holds the line, and after the last key nothing else does: the connection is free as soon
                // as the last call has ended.
                Access::Read if keys.len() == 0 => shared.take()?,
                Access::Read => shared.clone()?,
                // What writes is a transaction of its own, which no other statement may stand in.
                Access::Write => self.line(&text),
            };
            let (source, fetch, text) = (Arc::clone(&self), Arc::clone(&fetch), Arc::clone(&text));
            Some(async move { (index, source.answer(fetch, &key, text, line).await) })
        });
        stream::iter(calls).buffer_unordered(at_once).boxed()
    }

    /// Whether what it is connected to is still what its definition names.
    pub fn is_there(&self) -> bool {
        match &self.engine {
            Engine::Sqlite(database) => database.is_there(),
            Engine::Postgres(_) | Engine::Scripted { .. } => true,
        }
    }

    /// Ends every connection, and waits for what was being cleaned up.
    pub async fn close(&self) {
        match &self.engine {
            Engine::Postgres(database) => database.close().await,
            Engine::Sqlite(database) => database.close().await,
            Engine::Scripted { .. } => {}
        }
    }

    fn line(&self, text: &Arc<str>) -> Line {
        match &self.engine {
            Engine::Postgres(database) => Line::Postgres(Arc::new(database.line(Arc::clone(text)))),
            Engine::Sqlite(_) | Engine::Scripted { .. } => Line::Shared,
        }
    }

    /// The result of one key: its rows, or those of an identical statement, chosen from by projection.
    async fn answer(
        self: Arc<Self>,
        fetch: Arc<Fetch>,
        key: &Key,
        text: Arc<str>,
        line: Line,
    ) -> Result<Answer, Failure> {
        let sql = sql_binding(&fetch)?;
        let statement = Statement::new(text, &sql.statement, key);
        let words = statement.words().into_bytes().into();
        let key = CallKey { source: fetch.source, timeout: fetch.binding.timeout, words };
        let asked = Arc::clone(&fetch);
        let meter = fetch.meter.clone();
        let call = run_call(fetch.deadline, meter, move |progress| self.call(statement, line, asked, progress));
        match fetch.scope.call(key, fetch.access, &fetch.meter, call).await? {
            CallAnswer::Rows(rows) => decode_rows(&rows, sql.take, &fetch.wanted)
                .map_err(|failure| Failure { attempts: failure.attempts.max(1), ..failure }),
            CallAnswer::Http { .. } => Err(internal("rows were expected")),
        }
    }

    /// Runs a statement in a place of its own.
    async fn call(
        self: Arc<Self>,
        statement: Statement,
        line: Line,
        fetch: Arc<Fetch>,
        progress: Progress,
    ) -> CallResult {
        let (access, deadline) = (fetch.access, fetch.deadline);
        let _turn = fetch.scope.turns().take(fetch.source, &self.places).await?;
        let rows = match (&self.engine, line) {
            (Engine::Postgres(_), Line::Postgres(line)) => {
                line.run(&statement.parameters, access, self.max_answer, deadline, &progress).await?
            }
            (Engine::Sqlite(database), _) => {
                database.run(statement, access, self.max_answer, deadline, &progress).await?
            }
            (Engine::Scripted { source, script }, _) => {
                progress.attempt();
                scripted_rows(source, script, &statement).await?
            }
            (Engine::Postgres(_), Line::Shared) => return Err(internal("a fetch without a line")),
        };
        Ok(CallAnswer::Rows(Arc::new(rows)))
    }
}

fn sql_binding(fetch: &Fetch) -> Result<&SqlBinding, Failure> {
    match &fetch.binding.request {
        BindingRequest::Sql(_, binding) => Ok(binding),
        BindingRequest::Rest(..) | BindingRequest::Value(_) => Err(internal("the binding is not SQL")),
    }
}

async fn scripted_rows(source: &Arc<str>, script: &Script, statement: &Statement) -> Result<Rows, Failure> {
    let call = ScriptedCall { source: Arc::clone(source), words: statement.words() };
    match script.answer(&call).await {
        ScriptedAnswer::Rows(rows) => Ok(rows),
        ScriptedAnswer::Failure(failure) => Err(failure),
        ScriptedAnswer::Http { .. } => Err(internal("the script answers a statement with HTTP")),
        ScriptedAnswer::Hang => std::future::pending().await,
    }
}

fn internal(words: &'static str) -> Failure {
    Failure::unsent(Cause::Internal, Detail::new(words))
}
