//! How many operations there were, by name and by what became of them, and how long they took. Names are the clients': so
//! many are told apart, and the rest is counted together.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::execution::ErrorCounts;
use crate::graphql::{ErrorCode, Outcome};
use crate::source::{DurationCounts, Durations};

/// Most names that are told apart: the first ones that come.
const MOST_NAMES: usize = 200;

/// Longest name that is told, in bytes.
const LONGEST_NAME: usize = 100;

/// What stands for an operation without a name. No name can be this.
const ANONYMOUS: &str = "(anonymous)";

/// What stands for all names beyond the bound.
const OTHER: &str = "(other)";

/// What was counted since the start. It outlives the gateway of one schema.
#[derive(Debug, Default)]
pub struct Tallies {
    names: Mutex<HashMap<Arc<str>, Arc<Tally>>>,
    refused: Mutex<HashMap<ErrorCode, u64>>,
    /// Errors of responses.
    pub errors: ErrorCounts,
}

/// The operations of one name.
#[derive(Debug, Default)]
pub struct Tally {
    complete: AtomicU64,
    partial: AtomicU64,
    durations: Durations,
}

/// What was counted of the operations of one name.
#[derive(Debug, Clone)]
pub struct TallyCounts {
    /// The name.
    pub name: Arc<str>,
    /// Those of which everything arrived.
    pub complete: u64,
    /// Those with at least one error.
    pub partial: u64,
    /// How long they took, from the request to the response.
    pub durations: DurationCounts,
}

impl Tallies {
    /// Where operations of that name are counted.
    pub(super) fn of(&self, name: Option<&str>) -> Arc<Tally> {
        let name = name.unwrap_or(ANONYMOUS);
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        let is_told = names.contains_key(name) || (names.len() < MOST_NAMES && name.len() <= LONGEST_NAME);
        Arc::clone(names.entry(if is_told { name } else { OTHER }.into()).or_default())
    }

    /// Counts a request that was not executed.
    pub(super) fn refuse(&self, code: ErrorCode) {
        *self.refused.lock().unwrap_or_else(PoisonError::into_inner).entry(code).or_default() += 1;
    }

    /// The operations by their names.
    #[must_use]
    pub fn operations(&self) -> Vec<TallyCounts> {
        let names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        let read = |(name, tally): (&Arc<str>, &Arc<Tally>)| TallyCounts {
            name: Arc::clone(name),
            complete: tally.complete.load(Ordering::Relaxed),
            partial: tally.partial.load(Ordering::Relaxed),
            durations: tally.durations.counts(),
        };
        names.iter().map(read).collect()
    }

    /// Requests that were not executed, by the code of their first error.
    #[must_use]
    pub fn refused(&self) -> Vec<(ErrorCode, u64)> {
        self.refused
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .map(|(code, count)| (*code, *count))
            .collect()
    }
}

impl Tally {
    /// Counts an operation that was executed.
    pub(super) fn note(&self, outcome: Outcome, took: Duration) {
        let count = match outcome {
            Outcome::Complete => &self.complete,
            Outcome::Partial => &self.partial,
            // It was not executed.
            Outcome::RequestError(_) | Outcome::NotReadOnly => return,
        };
        count.fetch_add(1, Ordering::Relaxed);
        self.durations.note(took);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{MOST_NAMES, Tallies};
    use crate::graphql::Outcome;

    #[test]
    fn names_are_bounded_and_no_operation_is_lost() {
        let tallies = Tallies::default();
        for number in 0..MOST_NAMES + 50 {
            tallies.of(Some(&format!("N{number}"))).note(Outcome::Complete, Duration::ZERO);
        }
        tallies.of(Some(&"N".repeat(10_000))).note(Outcome::Partial, Duration::ZERO);
        tallies.of(Some("N7")).note(Outcome::Partial, Duration::ZERO);
        let read = tallies.operations();
        assert_eq!(read.len(), MOST_NAMES + 1);
        let of =
            |name: &str| read.iter().find(|counts| &*counts.name == name).map(|seen| (seen.complete, seen.partial));
        assert_eq!((of("(other)"), of("N7")), (Some((50, 1)), Some((1, 1))));
    }
}
