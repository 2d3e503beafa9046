//! How often each kind of error was told, since the start. What tells them apart is bounded by the schema: a source, a
//! coordinate, a code; and by a number, since schemas may change while they are served.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::graphql::ErrorCode;

/// Most kinds that are told apart; those beyond it are counted by their code alone.
const MOST: usize = 10_000;

/// What kind of error it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ErrorKind {
    /// The source that it is about.
    pub source: Option<Arc<str>>,
    /// The field that it stands at.
    pub coordinate: Option<Arc<str>>,
    /// Its code.
    pub code: ErrorCode,
    /// Whether a value stood in for what failed, so that it was told in `extensions.degraded`.
    pub is_degraded: bool,
}

/// Errors of responses, by their kind; those that `maxErrors` left out too.
#[derive(Debug, Default)]
pub struct ErrorCounts(Mutex<HashMap<ErrorKind, u64>>);

impl ErrorCounts {
    /// Counts one.
    pub fn note(&self, kind: ErrorKind) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&kind) {
            *count += 1;
            return;
        }
        let kind = if counts.len() < MOST { kind } else { ErrorKind { source: None, coordinate: None, ..kind } };
        *counts.entry(kind).or_default() += 1;
    }

    /// All of them.
    #[must_use]
    pub fn read(&self) -> Vec<(ErrorKind, u64)> {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.iter().map(|(kind, count)| (kind.clone(), *count)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{ErrorCounts, ErrorKind, MOST};
    use crate::graphql::ErrorCode;

    #[test]
    fn kinds_are_bounded_and_none_is_lost() {
        let counts = ErrorCounts::default();
        for number in 0..MOST + 500 {
            let coordinate = Some(format!("Query.f{number}").into());
            counts.note(ErrorKind { source: None, coordinate, code: ErrorCode::SourceTimeout, is_degraded: false });
        }
        let read = counts.read();
        assert_eq!(read.len(), MOST + 1);
        assert_eq!(read.iter().map(|(_, count)| count).sum::<u64>(), MOST as u64 + 500);
    }
}
