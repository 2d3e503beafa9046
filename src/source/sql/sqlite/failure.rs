//! What SQLite's errors mean. Its words are for operators alone.

use rusqlite::ErrorCode;

use crate::source::{Cause, Detail, Failure};

/// The failure of a statement.
pub fn failure_of(error: &rusqlite::Error) -> Failure {
    let cause = match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Cause::Overloaded,
        Some(ErrorCode::CannotOpen | ErrorCode::SystemIoFailure) => Cause::Unavailable(crate::source::Reason::Lost),
        _ => Cause::QueryFailed(None),
    };
    Failure::unsent(cause, Detail::of(error))
}

/// A value that SQLite has no place for.
pub fn rejected(words: &'static str) -> Failure {
    Failure::unsent(Cause::RejectedInput(words, None), Detail::new(words))
}
