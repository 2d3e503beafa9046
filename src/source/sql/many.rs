//! The keys of one fetch, answered together: on PostgreSQL by one statement, on SQLite, which has no way to go, by one hop
//! to a thread that runs the statement for each. Either is one call.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{FutureExt as _, StreamExt as _, stream};
use tokio::time::Instant;

use super::postgres::{Asked, Batch};
use super::sql_source::{Engine, Sent, SqlSource, chosen, internal, scripted_rows, sql_binding};
use super::sqlite::{Runs, SqliteDatabase};
use super::statement::{Cut, Statement, push_list};
use crate::graphql::Value;
use crate::source::{
    Access, CallAnswer, CallResult, Cause, DeadlineScope, Detail, Expired, Failure, Fetch, FetchResults, Key,
    KeyResult, KeyRows, Progress, Terms, Turn, meeting, run_call,
};

/// At its deadline a call for many keeps what it has, and tells of the rest: that is done well before this is over.
const GRACE: Duration = Duration::from_millis(100);

/// What each of many keys has, in their order.
type OfEach = Vec<Result<KeyRows, Failure>>;

/// A call for many keys.
#[derive(Debug)]
struct ForMany {
    sent: Sent,
    cut: Cut,
    values: Vec<Vec<Value>>,
    fetch: Arc<Fetch>,
}

impl SqlSource {
    /// Answers many keys together.
    pub(super) fn many(self: Arc<Self>, fetch: Arc<Fetch>, sent: Sent, keys: Vec<Key>) -> FetchResults {
        let cut = match sql_binding(&fetch) {
            Ok(sql) => Cut::of(&sql.statement, &fetch.binding.inputs),
            Err(failure) => return stream::iter(all_failed(keys.len(), &failure)).boxed(),
        };
        if self.is_refused(&sent.text, &cut) {
            return self.each(fetch, sent, keys);
        }
        async move {
            match Arc::clone(&self).together(Arc::clone(&fetch), sent.clone(), cut, &keys).await {
                Some(results) => stream::iter(results).boxed(),
                None => self.each(fetch, sent, keys),
            }
        }
        .flatten_stream()
        .boxed()
    }

    /// The results of one call for all keys; nothing where the statement can be run only for one at a time.
    async fn together(
        self: Arc<Self>,
        fetch: Arc<Fetch>,
        sent: Sent,
        cut: Cut,
        keys: &[Key],
    ) -> Option<Vec<KeyResult>> {
        let sql = match sql_binding(&fetch) {
            Ok(sql) => sql,
            Err(failure) => return Some(all_failed(keys.len(), &failure)),
        };
        let values: Vec<Vec<Value>> =
            keys.iter().map(|key| Statement::new(Arc::clone(&sent.text), &sql.statement, key).parameters).collect();
        let key = sent.key(&fetch, words(&sent.text, &values));
        let asked = Arc::new(ForMany { sent, cut, values, fetch: Arc::clone(&fetch) });
        let terms = self.terms(&fetch);
        let terms = Terms { deadline: terms.deadline.later_by(GRACE), ..terms };
        let (source, calling) = (Arc::clone(&self), Arc::clone(&asked));
        let call = run_call(terms, move |progress| Arc::clone(&source).call_for_many(Arc::clone(&calling), progress));
        match fetch.scope.call(key, fetch.access, &fetch.meter, call).await {
            Ok(CallAnswer::Each(rows)) => {
                let result =
                    |rows: &Result<KeyRows, Failure>| chosen(rows.as_ref().map_err(Clone::clone)?, sql, &fetch);
                Some(rows.iter().map(result).enumerate().collect())
            }
            // Nothing was run.
            Ok(CallAnswer::Refused) => {
                self.refuse(&asked.sent.text, &asked.cut);
                None
            }
            Ok(CallAnswer::Rows(_) | CallAnswer::Http { .. }) => {
                Some(all_failed(keys.len(), &internal("rows of many keys were expected")))
            }
            Err(failure) => Some(all_failed(keys.len(), &failure)),
        }
    }

    /// Makes the call in a place of its own.
    async fn call_for_many(self: Arc<Self>, asked: Arc<ForMany>, progress: Progress) -> CallResult {
        let _turn = self.turn(&asked.fetch).await?;
        progress.may_go()?;
        let fault = meeting(self.faults.as_deref());
        if let Some(answer) = fault.instead(&progress) {
            return answer;
        }
        let result = self.run_for_many(&asked, &progress).await;
        fault.after(result, asked.fetch.deadline).await
    }

    async fn run_for_many(&self, asked: &ForMany, progress: &Progress) -> CallResult {
        let started = Instant::now();
        let of_each = match &self.engine {
            Engine::Postgres(database) => {
                let ForMany { sent, cut, values, fetch } = asked;
                let for_many = Some(Arc::new(cut.clone()));
                let statement = Asked { text: Arc::clone(&sent.text), columns: sent.columns.clone(), for_many };
                let batch = Batch {
                    asked: &statement,
                    cut,
                    keys: values,
                    max_answer: self.max_answer,
                    max_kept: fetch.scope.max_kept(),
                    deadline: fetch.deadline,
                    progress,
                };
                Box::pin(database.run_many(&batch)).await
            }
            Engine::Sqlite(database) => Some(self.hop(database, asked, progress).await?),
            Engine::Scripted { source, script } => {
                progress.attempt();
                let answering = scripted_rows(source, script, words(&asked.sent.text, &asked.values));
                let rows = asked.fetch.deadline.run(answering).await;
                let rows = rows.map_err(timed_out)??;
                Some(rows.by_first_column(asked.values.len()).into_iter().map(Ok).collect())
            }
        };
        // What failed as a whole is one failure, and may be tried again.
        if let Some(failure) = of_each.as_deref().and_then(common_failure) {
            return Err(failure);
        }
        let told = |result: Result<KeyRows, Failure>| {
            result.map_err(|failure| Failure { elapsed: started.elapsed(), ..failure })
        };
        Ok(of_each.map_or(CallAnswer::Refused, |of_each| CallAnswer::Each(of_each.into_iter().map(told).collect())))
    }

    /// Runs the statement for each key on a thread that may block. What has come back by the deadline stays.
    async fn hop(&self, database: &SqliteDatabase, asked: &ForMany, progress: &Progress) -> Result<OfEach, Failure> {
        let ForMany { sent, values, fetch, .. } = asked;
        let (text, columns) = (Arc::clone(&sent.text), sent.columns.clone());
        let runs = Runs { text, columns, keys: values.clone(), access: Access::Read };
        let beginning = database.run(runs, self.max_answer, fetch.deadline, progress);
        let mut running = fetch.deadline.run(beginning).await.map_err(|expired| found_no_place(&expired))??;
        let (mut of_each, mut kept) = (OfEach::with_capacity(values.len()), 0);
        while of_each.len() < values.len() {
            let ended = match fetch.deadline.run(running.next()).await {
                _ if kept > fetch.scope.max_kept() => {
                    let cause = Cause::TooLarge(fetch.scope.max_kept());
                    Failure::unsent(cause, Detail::new("the rest was not asked for"))
                }
                Ok(Some(result)) => {
                    kept += result.as_ref().map_or(0, crate::source::Rows::size);
                    of_each.push(result.map(KeyRows::all).map_err(|failure| Failure { attempts: 1, ..failure }));
                    continue;
                }
                Ok(None) => internal("the statement ended without a result"),
                Err(expired) => timed_out(expired),
            };
            of_each.resize(values.len(), Err(Failure { attempts: 1, ..ended }));
        }
        Ok(of_each)
    }

    /// A place of the source's, until the fetch's own deadline.
    async fn turn(&self, fetch: &Fetch) -> Result<Turn, Failure> {
        let taking = fetch.scope.turns().take(fetch.source, &self.places);
        fetch.deadline.run(taking).await.map_err(|expired| found_no_place(&expired))?
    }
}

fn found_no_place(expired: &Expired) -> Failure {
    let cause = match expired.scope {
        DeadlineScope::Fetch => Cause::Overloaded,
        DeadlineScope::Operation => Cause::TimedOut(*expired),
    };
    Failure::unsent(cause, Detail::new("ended at its deadline"))
}

fn timed_out(expired: Expired) -> Failure {
    Failure::unsent(Cause::TimedOut(expired), Detail::new("ended at its deadline"))
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
