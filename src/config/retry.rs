//! `tributary__Retry`: how often a call that is safe to repeat is tried, as it was written.

use std::time::Duration;

use super::arguments::Arguments;
use super::reader::Reader;
use super::{Span, Written};

/// `retry` as it was written.
#[derive(Debug)]
pub struct RetryObject {
    /// `attempts`.
    pub attempts: Option<Written<usize>>,
    /// `attemptTimeout`.
    pub attempt_timeout: Option<Written<Duration>>,
    /// `backoff`.
    pub backoff: Option<Written<Duration>>,
    /// `maxBackoff`.
    pub max_backoff: Option<Written<Duration>>,
    /// `budget`.
    pub budget: Option<Written<f64>>,
    /// The whole object.
    pub span: Span,
}

/// Reads it; nothing where it was not written.
pub(super) fn read_retry(reader: &mut Reader<'_>, owner: &Arguments<'_>) -> Option<RetryObject> {
    let arguments = owner.object(reader, "retry")?;
    Some(RetryObject {
        attempts: arguments.written_count(reader, "attempts", 1),
        attempt_timeout: arguments.duration(reader, "attemptTimeout"),
        backoff: arguments.duration(reader, "backoff"),
        max_backoff: arguments.duration(reader, "maxBackoff"),
        budget: arguments.share(reader, "budget"),
        span: arguments.span,
    })
}
