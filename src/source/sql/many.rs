//! The keys of one fetch, answered together: on PostgreSQL by one statement, on SQLite, which has no way to go, by one hop
//! to a thread that runs the statement for each. Either is one call.

use std::collections::VecDeque;
use std::sync::Arc;

use futures_util::{FutureExt as _, StreamExt as _, stream};
use tokio::time::Instant;

use super::postgres::{Asked, Batch};
use super::sql_source::{Engine, Sent, SqlSource, chosen, internal, scripted_rows, sql_binding};
use super::sqlite::{Running, Runs, SqliteDatabase};
use super::statement::{Cut, Statement, push_list};
use crate::graphql::Value;
use crate::source::{
    Access, CallAnswer, CallResult, Cause, Detail, Failure, Fetch, FetchResults, Key, KeyResult, KeyRows, Progress,
    Turn, run_call,
};

impl SqlSource {
    /// Answers many keys together.
    pub(super) fn many(self: Arc<Self>, fetch: Arc<Fetch>, sent: Sent, keys: Vec<Key>) -> FetchResults {
        if let Engine::Sqlite(_) = self.engine {
            return self.hop(fetch, sent, keys).flatten_stream().boxed();
        }
        async move {
            match Arc::clone(&self).together(Arc::clone(&fetch), sent.clone(), &keys).await {
                Some(results) => stream::iter(results).boxed(),
                None => self.each(fetch, sent, keys),
            }
        }
        .flatten_stream()
        .boxed()
    }

    /// The results of one call for all keys; nothing where the statement can be run only for one at a time.
    async fn together(self: Arc<Self>, fetch: Arc<Fetch>, sent: Sent, keys: &[Key]) -> Option<Vec<KeyResult>> {
        let sql = match sql_binding(&fetch) {
            Ok(sql) => sql,
            Err(failure) => return Some(all_failed(keys.len(), &failure)),
        };
        let values: Vec<Vec<Value>> =
            keys.iter().map(|key| Statement::new(Arc::clone(&sent.text), &sql.statement, key).parameters).collect();
        let key = sent.key(&fetch, &words(&sent.text, &values));
        let cut = Arc::new(Cut::of(&sql.statement, &fetch.binding.inputs));
        let (terms, asked, values) = (self.terms(&fetch), Arc::clone(&fetch), Arc::new(values));
        let call = run_call(terms, move |progress| {
            let (cut, values, asked) = (Arc::clone(&cut), Arc::clone(&values), Arc::clone(&asked));
            Arc::clone(&self).call_for_many(sent.clone(), cut, values, asked, progress)
        });
        match fetch.scope.call(key, fetch.access, &fetch.meter, call).await {
            Ok(CallAnswer::Each(rows)) => {
                let result =
                    |rows: &Result<KeyRows, Failure>| chosen(rows.as_ref().map_err(Clone::clone)?, sql, &fetch);
                Some(rows.iter().map(result).enumerate().collect())
            }
            Ok(CallAnswer::Refused) => None,
            Ok(CallAnswer::Rows(_) | CallAnswer::Http { .. }) => {
                Some(all_failed(keys.len(), &internal("rows of many keys were expected")))
            }
            Err(failure) => Some(all_failed(keys.len(), &failure)),
        }
    }

    /// Makes the call in a place of its own.
    async fn call_for_many(
        self: Arc<Self>,
        sent: Sent,
        cut: Arc<Cut>,
        values: Arc<Vec<Vec<Value>>>,
        fetch: Arc<Fetch>,
        progress: Progress,
    ) -> CallResult {
        let _turn = fetch.scope.turns().take(fetch.source, &self.places).await?;
        let started = Instant::now();
        let of_each = match &self.engine {
            Engine::Postgres(database) => {
                let asked = Asked { text: sent.text, columns: sent.columns, for_many: Some(Arc::clone(&cut)) };
                let (max_answer, deadline) = (self.max_answer, fetch.deadline);
                let batch =
                    Batch { asked: &asked, cut: &cut, keys: &values, max_answer, deadline, progress: &progress };
                Box::pin(database.run_many(&batch)).await
            }
            Engine::Scripted { source, script } => {
                progress.attempt();
                let rows = scripted_rows(source, script, words(&sent.text, &values)).await?;
                Some(rows.by_first_column(values.len()).into_iter().map(Ok).collect())
            }
            Engine::Sqlite(_) => return Err(internal("SQLite has a way of its own")),
        };
        // What failed as a whole is one failure, and may be tried again.
        if let Some(failure) = of_each.as_deref().and_then(common_failure) {
            return Err(failure);
        }
        let told = |result: Result<KeyRows, Failure>| {
            let (attempts, elapsed) = (progress.attempts(), started.elapsed());
            result.map_err(|failure| Failure { attempts, elapsed, ..failure })
        };
        Ok(of_each.map_or(CallAnswer::Refused, |of_each| CallAnswer::Each(of_each.into_iter().map(told).collect())))
    }

    /// One hop for all keys. What has come back by the deadline stays.
    async fn hop(self: Arc<Self>, fetch: Arc<Fetch>, sent: Sent, keys: Vec<Key>) -> FetchResults {
        let count = keys.len();
        let failed = |failure: &Failure| stream::iter(all_failed(count, failure)).boxed();
        if let Err(failure) = fetch.scope.count(&fetch.meter) {
            return failed(&failure);
        }
        let (source, asked) = (Arc::clone(&self), Arc::clone(&fetch));
        let begun = run_call(self.terms(&fetch), move |progress| {
            let (source, asked, sent) = (Arc::clone(&source), Arc::clone(&asked), sent.clone());
            let sql = sql_binding(&asked).map(|sql| {
                let values = |key: &Key| Statement::new(Arc::clone(&sent.text), &sql.statement, key).parameters;
                keys.iter().map(values).collect()
            });
            async move {
                let turn = asked.scope.turns().take(asked.source, &source.places).await?;
                let runs = Runs { text: sent.text, columns: sent.columns, keys: sql?, access: Access::Read };
                let running = source.sqlite()?.run(runs, source.max_answer, asked.deadline, &progress).await?;
                Ok((turn, running, progress))
            }
        });
        match begun.await {
            Ok((turn, running, progress)) => Arriving::new(turn, running, progress, fetch, count).stream(),
            Err(failure) => failed(&failure),
        }
    }

    fn sqlite(&self) -> Result<&SqliteDatabase, Failure> {
        match &self.engine {
            Engine::Sqlite(database) => Ok(database),
            Engine::Postgres(_) | Engine::Scripted { .. } => Err(internal("no SQLite database")),
        }
    }
}

/// Results that come back from a hop, until the deadline.
struct Arriving {
    _turn: Turn,
    running: Running,
    progress: Progress,
    fetch: Arc<Fetch>,
    started: Instant,
    /// The keys without a result yet, in order.
    open: VecDeque<usize>,
    /// What ended the hop early.
    ended: Option<Failure>,
}

impl Arriving {
    fn new(turn: Turn, running: Running, progress: Progress, fetch: Arc<Fetch>, count: usize) -> Arriving {
        let open = (0..count).collect();
        Arriving { _turn: turn, running, progress, fetch, started: Instant::now(), open, ended: None }
    }

    fn stream(self) -> FetchResults {
        stream::unfold(self, |mut this| async move {
            let index = this.open.pop_front()?;
            let result = this.next().await;
            Some(((index, result), this))
        })
        .boxed()
    }

    async fn next(&mut self) -> Result<crate::source::Answer, Failure> {
        if let Some(failure) = &self.ended {
            return Err(failure.clone());
        }
        let rows = match self.fetch.deadline.run(self.running.next()).await {
            Ok(Some(Ok(rows))) => KeyRows::all(rows),
            Ok(Some(Err(failure))) => return Err(self.told(failure)),
            Ok(None) => return Err(self.end(internal("the statement ended without a result"))),
            Err(expired) => {
                let failure = Failure::unsent(Cause::TimedOut(expired), Detail::new("ended at its deadline"));
                return Err(self.end(failure));
            }
        };
        chosen(&rows, sql_binding(&self.fetch)?, &self.fetch)
    }

    /// One failure for all that is still open.
    fn end(&mut self, failure: Failure) -> Failure {
        self.ended.insert(self.told(failure)).clone()
    }

    fn told(&self, failure: Failure) -> Failure {
        Failure { attempts: self.progress.attempts(), elapsed: self.started.elapsed(), ..failure }
    }
}

/// A statement with the values of each key, a line each.
fn words(text: &str, values: &[Vec<Value>]) -> String {
    let mut words = text.to_owned();
    for key in values {
        words.push('\n');
        push_list(key, &mut words);
    }
    words
}

/// The failure that all keys share.
fn common_failure(of_each: &[Result<KeyRows, Failure>]) -> Option<Failure> {
    let first = of_each.first()?.as_ref().err()?;
    let is_it = |result: &Result<KeyRows, Failure>| result.as_ref().is_err_and(|failure| failure.id == first.id);
    of_each.iter().all(is_it).then(|| first.clone())
}

fn all_failed(count: usize, failure: &Failure) -> Vec<KeyResult> {
    (0..count).map(|index| (index, Err(failure.clone()))).collect()
}
