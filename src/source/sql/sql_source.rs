//! A SQL source: PostgreSQL and SQLite behind one closed enum. The keys of a fetch are answered together where the
//! database can do that (`many`), else each by a statement of its own; identical statements of one operation are run once.
//! How a database is reached stands in `postgres` and `sqlite`.

use std::sync::Arc;

use futures_util::{StreamExt as _, stream};

use super::known_columns::KnownColumns;
use super::postgres::{self, Asked, PostgresDatabase, Ran, Values};
use super::refused::Refused;
use super::sqlite::{Runs, SqliteDatabase};
use super::statement::{Cut, Dialect, Statement};
use crate::graphql::SourceKind;
use crate::schema::{BindingRequest, RetryPolicy, SourceDefinition, SourceTarget, SqlBinding};
use crate::source::{
    Access, Answer, Breaker, CallAnswer, CallKey, CallResult, Cause, Columns, Detail, Failure, Fetch, FetchResults,
    Key, KeyRows, Places, Progress, Retry, RetryBudget, Rows, Safety, Script, ScriptedAnswer, ScriptedCall,
    SourceFaults, SourceState, Terms, Watch, decode_rows, meeting, run_call,
};

/// One database.
#[derive(Debug)]
pub struct SqlSource {
    dialect: Dialect,
    pub(super) places: Places,
    pub(super) max_answer: u64,
    pub(super) engine: Engine,
    known_columns: KnownColumns,
    refused: Refused,
    retry: Option<RetryPolicy>,
    budget: Arc<RetryBudget>,
    breaker: Option<Arc<Breaker>>,
    pub(super) faults: Option<Arc<SourceFaults>>,
    watch: Arc<Watch>,
}

/// What runs the statements.
#[derive(Debug)]
pub(super) enum Engine {
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

/// The statement of a fetch, the same for all of its keys.
#[derive(Debug, Clone)]
pub(super) struct Sent {
    pub(super) text: Arc<str>,
    pub(super) columns: Columns,
}

impl SqlSource {
    /// Makes a pool for a database; PostgreSQL is connected with the first statement, a SQLite file is opened at once.
    ///
    /// # Errors
    /// What is wrong with the definition, without secrets.
    pub fn connect(definition: &SourceDefinition) -> Result<SqlSource, String> {
        let engine = match &definition.target {
            SourceTarget::Postgres(target) => Engine::Postgres(PostgresDatabase::new(target, definition.max_answer)?),
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
        let known_columns = KnownColumns::default();
        let (retry, budget) = (definition.retry.clone(), Arc::default());
        let breaker = definition.breaker.clone().map(|policy| Arc::new(Breaker::new(policy)));
        SqlSource {
            dialect,
            places,
            max_answer: definition.max_answer,
            engine,
            known_columns,
            refused: Refused::default(),
            retry,
            budget,
            breaker,
            faults: None,
            watch: Arc::default(),
        }
    }

    /// The same with faults on purpose.
    #[must_use]
    pub fn with_faults(self, faults: Option<Arc<SourceFaults>>) -> SqlSource {
        SqlSource { faults, ..self }
    }

    /// Answers every key: together where that can be done, else each by itself. What writes is never put together.
    pub fn fetch(self: Arc<Self>, mut fetch: Fetch) -> FetchResults {
        let keys = std::mem::take(&mut fetch.keys);
        let fetch = Arc::new(fetch);
        let sent = match sql_binding(&fetch) {
            Ok(sql) => {
                let text = self.dialect.text(&sql.statement);
                let columns = self.known_columns.bound(&text, &fetch.columns);
                Sent { text, columns }
            }
            Err(failure) => {
                let failed = keys.into_iter().enumerate().map(move |(index, _)| (index, Err(failure.clone())));
                return stream::iter(failed).boxed();
            }
        };
        if keys.len() > 1 && fetch.access == Access::Read {
            return self.many(fetch, sent, keys);
        }
        self.each(fetch, sent, keys)
    }

    /// One statement for each key, made when its turn comes: a list may be long, and its operation may make few calls.
    pub(super) fn each(self: Arc<Self>, fetch: Arc<Fetch>, sent: Sent, keys: Vec<Key>) -> FetchResults {
        let mut keys = keys.into_iter().enumerate();
        let at_once = self.places.for_one_fetch();
        let mut shared = Some(self.line(&sent));
        let calls = std::iter::from_fn(move || {
            let (index, key) = keys.next()?;
            let line = match fetch.access {
                // Each call holds the line, and after the last key nothing else does: the connection is free as soon
                // as the last call has ended.
                Access::Read if keys.len() == 0 => shared.take()?,
                Access::Read => shared.clone()?,
                // What writes is a transaction of its own, which no other statement may stand in.
                Access::Write => self.line(&sent),
            };
            let (source, fetch, sent) = (Arc::clone(&self), Arc::clone(&fetch), sent.clone());
            Some(async move { (index, source.answer(fetch, &key, sent, line).await) })
        });
        stream::iter(calls).buffer_unordered(at_once).boxed()
    }

    /// How it is.
    pub fn state(&self, named: (Arc<str>, SourceKind)) -> SourceState {
        let connections = match &self.engine {
            Engine::Postgres(database) => Some(database.connections()),
            Engine::Sqlite(_) | Engine::Scripted { .. } => None,
        };
        SourceState::of(named, &self.watch, self.breaker.as_deref(), &self.places, connections)
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

    fn line(&self, sent: &Sent) -> Line {
        match &self.engine {
            Engine::Postgres(database) => {
                let asked = Asked { text: Arc::clone(&sent.text), columns: sent.columns.clone(), for_many: None };
                Line::Postgres(Arc::new(database.line(asked)))
            }
            Engine::Sqlite(_) | Engine::Scripted { .. } => Line::Shared,
        }
    }

    /// The result of one key: its rows, or those of an identical statement, chosen from by projection.
    async fn answer(self: Arc<Self>, fetch: Arc<Fetch>, key: &Key, sent: Sent, line: Line) -> Result<Answer, Failure> {
        let sql = sql_binding(&fetch)?;
        let statement = Statement::new(Arc::clone(&sent.text), &sql.statement, key);
        let key = sent.key(&fetch, statement.words());
        let (terms, asked) = (self.terms(&fetch), Arc::clone(&fetch));
        let statement = Arc::new(statement);
        let call = run_call(terms, move |progress| {
            // In a box: each future around it holds it more than once, and is moved to where it runs.
            Box::pin(Arc::clone(&self).call(
                Arc::clone(&statement),
                sent.clone(),
                line.clone(),
                Arc::clone(&asked),
                progress,
            ))
        });
        match Box::pin(fetch.scope.call(key, fetch.access, &fetch.meter, call)).await? {
            CallAnswer::Rows(rows) => chosen(&rows, sql, &fetch),
            CallAnswer::Each(_) | CallAnswer::Refused | CallAnswer::Http { .. } => Err(internal("rows were expected")),
        }
    }

    /// Whether a statement was found to run for one key at a time only.
    pub(super) fn is_refused(&self, text: &Arc<str>, cut: &Cut) -> bool {
        self.refused.contains(text, cut.differs())
    }

    /// Notes that it is so, and tells operators once: it costs a call for each parent.
    pub(super) fn refuse(&self, text: &Arc<str>, cut: &Cut) {
        if self.refused.note(text, cut.differs()) {
            tracing::warn!(statement = %text, "the database does not run this statement for many parents at once");
        }
    }

    /// What a call of a fetch runs under.
    pub(super) fn terms(&self, fetch: &Fetch) -> Terms {
        let safety = match fetch.access {
            Access::Read => Safety::Repeatable,
            Access::Write => Safety::OnlyUnsent,
        };
        let retry = self.retry.clone().map(|policy| Retry { policy, budget: Arc::clone(&self.budget), safety });
        Terms {
            deadline: fetch.deadline,
            meter: fetch.meter.clone(),
            retry,
            breaker: self.breaker.clone(),
            watch: Arc::clone(&self.watch),
        }
    }

    /// Runs a statement in a place of its own.
    async fn call(
        self: Arc<Self>,
        statement: Arc<Statement>,
        sent: Sent,
        line: Line,
        fetch: Arc<Fetch>,
        progress: Progress,
    ) -> CallResult {
        let _turn = fetch.scope.turns().take(fetch.source, &self.places).await?;
        progress.may_go()?;
        let fault = meeting(self.faults.as_deref());
        if let Some(answer) = fault.instead(&progress) {
            return answer;
        }
        let rows = self.run(&statement, sent, line, &fetch, &progress).await;
        fault.after(rows.map(|rows| CallAnswer::Rows(KeyRows::all(rows))), fetch.deadline).await
    }

    async fn run(
        &self,
        statement: &Statement,
        sent: Sent,
        line: Line,
        fetch: &Fetch,
        progress: &Progress,
    ) -> Result<Rows, Failure> {
        let (access, deadline) = (fetch.access, fetch.deadline);
        Ok(match (&self.engine, line) {
            (Engine::Postgres(_), Line::Postgres(line)) => {
                postgres::check(&statement.parameters)?;
                let values = Values::One(&statement.parameters);
                match line.run(values, access, self.max_answer, deadline, progress).await? {
                    Ran::Rows(rows) => rows.finish(),
                    Ran::Refused => return Err(internal("a statement for one key was refused")),
                }
            }
            (Engine::Sqlite(database), _) => {
                let Sent { text, columns } = sent;
                let runs = Runs { text, columns, keys: vec![statement.parameters.clone()], access };
                let mut running = database.run(runs, self.max_answer, deadline, progress).await?;
                running.next().await.unwrap_or_else(|| Err(internal("a statement ended without a result")))?
            }
            (Engine::Scripted { source, script }, _) => {
                progress.attempt();
                scripted_rows(source, script, statement.words()).await?
            }
            (Engine::Postgres(_), Line::Shared) => return Err(internal("a fetch without a line")),
        })
    }
}

impl Sent {
    /// What makes a call the same as another one: the statement with its values, and which columns it brings.
    pub(super) fn key(&self, fetch: &Fetch, statement: String) -> CallKey {
        let mut words = statement;
        match &self.columns {
            Columns::All => words.push_str("\n*"),
            Columns::First => words.push_str("\n1"),
            Columns::Named(names) => {
                words.push_str("\n=");
                for name in names.iter() {
                    // Names end there for both databases.
                    words.push_str(name);
                    words.push('\0');
                }
            }
        }
        CallKey { source: fetch.source, timeout: fetch.binding.timeout, words: words.into_bytes().into() }
    }
}

pub(super) fn sql_binding(fetch: &Fetch) -> Result<&SqlBinding, Failure> {
    match &fetch.binding.request {
        BindingRequest::Sql(_, binding) => Ok(binding),
        BindingRequest::Rest(..) | BindingRequest::Value(_) => Err(internal("the binding is not SQL")),
    }
}

/// What a field takes of its rows.
pub(super) fn chosen(rows: &KeyRows, sql: &SqlBinding, fetch: &Fetch) -> Result<Answer, Failure> {
    decode_rows(rows, sql.take, &fetch.wanted)
        .map_err(|failure| Failure { attempts: failure.attempts.max(1), ..failure })
}

pub(super) async fn scripted_rows(source: &Arc<str>, script: &Script, words: String) -> Result<Rows, Failure> {
    let call = ScriptedCall { source: Arc::clone(source), words };
    match script.answer(&call).await {
        ScriptedAnswer::Rows(rows) => Ok(rows),
        ScriptedAnswer::Failure(failure) => Err(failure),
        ScriptedAnswer::Http { .. } => Err(internal("the script answers a statement with HTTP")),
        ScriptedAnswer::Hang => std::future::pending().await,
    }
}

pub(super) fn internal(words: &'static str) -> Failure {
    Failure::unsent(Cause::Internal, Detail::new(words))
}
