//! Many keys in one statement. What the database refuses for one key's data is run again key by key, so that one bad row
//! costs one row; what is too large together is cut in halves.

use std::ops::Range;

use futures_util::{StreamExt as _, stream};

use super::database::PostgresDatabase;
use super::line::{Asked, Line, Ran};
use super::parameter;
use super::run::Values;
use crate::graphql::Value;
use crate::source::sql::statement::Cut;
use crate::source::{Access, Cause, Deadline, Detail, Failure, KeyRows, Progress};

/// Most keys of one statement.
pub const MOST_KEYS: usize = 10_000;

/// Statements that are under way at once on one connection, where keys are run one by one.
const PIPELINED: usize = 64;

/// The classes of SQLSTATE that no value of a key brings about: the connection, the transaction and its rights, resources,
/// the operator. Whatever else a statement fails with may be one key's doing: cardinality, a value out of range, a check,
/// what a routine of the author's raises.
const OF_NO_KEY: [&str; 9] = ["08", "25", "28", "40", "53", "55", "57", "58", "XX"];

/// What became of each key, in their order.
pub type OfEachKey = Vec<Result<KeyRows, Failure>>;

/// Everything that a batch runs under.
#[derive(Debug)]
pub struct Batch<'a> {
    /// The statement; it is cut.
    pub asked: &'a Asked,
    /// Where.
    pub cut: &'a Cut,
    /// The values of each key, one for each placeholder.
    pub keys: &'a [Vec<Value>],
    /// The limit of the rows of one statement, in bytes.
    pub max_answer: u64,
    /// The limit of all of them.
    pub max_kept: u64,
    /// Until when.
    pub deadline: Deadline,
    /// Where attempts are noted.
    pub progress: &'a Progress,
}

impl PostgresDatabase {
    /// Runs a statement for many keys; nothing where it can be run only for one at a time. What is not there at the
    /// deadline has failed, and what is there stays. Each failure has the attempts of the run that it comes from.
    pub async fn run_many(&self, batch: &Batch<'_>) -> Option<OfEachKey> {
        let mut results: Vec<Option<Result<KeyRows, Failure>>> =
            batch.keys.iter().map(|key| parameter::check(key).err().map(Err)).collect();
        let places: Vec<usize> = (0..batch.keys.len()).filter(|place| results[*place].is_none()).collect();
        let mut open: Vec<Range<usize>> =
            (0..places.len()).step_by(MOST_KEYS).map(|start| start..(start + MOST_KEYS).min(places.len())).collect();
        open.reverse();
        let mut kept = 0;
        while let Some(range) = open.pop() {
            let places = &places[range.clone()];
            let keys: Vec<&[Value]> = places.iter().map(|place| &*batch.keys[*place]).collect();
            let of_each = match self.run_chunk(batch, &keys, kept).await {
                Ok(of_each) => of_each?,
                Err(Failure { cause: Cause::TooLarge(_), .. }) if keys.len() > 1 && kept <= batch.max_kept => {
                    let middle = range.start + range.len() / 2;
                    open.extend([middle..range.end, range.start..middle]);
                    continue;
                }
                Err(failure) if keys.len() > 1 && is_of_data(&failure) => self.run_each(batch, &keys).await,
                Err(failure) => vec![Err(failure); keys.len()],
            };
            kept += of_each.iter().flatten().next().map_or(0, |rows| rows.rows.size());
            for (place, result) in places.iter().zip(of_each) {
                results[*place] = Some(result);
            }
        }
        Some(results.into_iter().map(|result| result.unwrap_or_else(|| Ok(KeyRows::default()))).collect())
    }

    /// Runs the statement once for all of these keys, unless too much has been kept already.
    async fn run_chunk(&self, batch: &Batch<'_>, keys: &[&[Value]], kept: u64) -> Result<Option<OfEachKey>, Failure> {
        if kept > batch.max_kept {
            return Err(Failure::unsent(Cause::TooLarge(batch.max_kept), Detail::new("the rest was not asked for")));
        }
        let line = self.line(batch.asked.clone());
        match run(&line, batch, Values::Many(keys, batch.cut.differs())).await {
            Ok(Ran::Rows(rows)) => Ok(Some(rows.finish_for_keys(keys.len()).into_iter().map(Ok).collect())),
            Ok(Ran::Refused) => Ok(None),
            // What cannot be prepared, for no key can.
            Err(failure) if !line.is_ready() => Ok(Some(vec![Err(failure); keys.len()])),
            Err(failure) => Err(failure),
        }
    }

    async fn run_each(&self, batch: &Batch<'_>, keys: &[&[Value]]) -> OfEachKey {
        let line = self.line(Asked { for_many: None, ..batch.asked.clone() });
        let runs: Vec<_> = keys.iter().map(|key| run_one(&line, batch, key)).collect();
        stream::iter(runs).buffered(PIPELINED).collect().await
    }
}

async fn run_one(line: &Line, batch: &Batch<'_>, key: &[Value]) -> Result<KeyRows, Failure> {
    match run(line, batch, Values::One(key)).await? {
        Ran::Rows(rows) => Ok(KeyRows::all(rows.finish())),
        Ran::Refused => Ok(KeyRows::default()),
    }
}

/// One run, until the deadline of them all. What has not begun by then is not begun.
async fn run(line: &Line, batch: &Batch<'_>, values: Values<'_>) -> Result<Ran, Failure> {
    let progress = batch.progress.of_a_part();
    let expired = |expired| Failure::unsent(Cause::TimedOut(expired), Detail::new("ended at its deadline"));
    if batch.deadline.has_passed() {
        return Err(expired(batch.deadline.expired()));
    }
    let running = line.run(values, Access::Read, batch.max_answer, batch.deadline, &progress);
    let result = batch.deadline.run(running).await.unwrap_or_else(|ended| Err(expired(ended)));
    result.map_err(|failure| Failure { attempts: progress.attempts(), ..failure })
}

fn is_of_data(failure: &Failure) -> bool {
    let state = match &failure.cause {
        Cause::QueryFailed(state) | Cause::RejectedInput(_, state) => state.as_deref(),
        _ => None,
    };
    state.is_some_and(|state| !OF_NO_KEY.iter().any(|class| state.starts_with(class)))
}
