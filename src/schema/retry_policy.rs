//! How often a call that is safe to repeat is tried, and when: `retry` with every default filled in.

use std::time::Duration;

use crate::config::{Mistakes, RetryObject};

/// Most attempts that make sense: who wants more wants another source.
const MOST_ATTEMPTS: usize = 10;

/// `retry`, resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct RetryPolicy {
    /// Attempts in all, the first one counted.
    pub attempts: u32,
    /// Longest one attempt may take; the rest of the timeout where there is nothing.
    pub attempt_timeout: Option<Duration>,
    /// The wait before the second attempt is at most this, that before the third at most three times this, and so on.
    pub backoff: Duration,
    /// No wait is longer.
    pub max_backoff: Duration,
    /// Share of calls that may be retries.
    pub budget: f64,
}

/// What was written, with the defaults that `directives.graphql` states.
pub(super) fn resolve_retry(
    written: Option<&RetryObject>,
    timeout: Duration,
    mistakes: &mut Mistakes,
) -> Option<RetryPolicy> {
    let written = written?;
    let attempts = written.attempts.as_ref().map_or(2, |attempts| attempts.value);
    if attempts > MOST_ATTEMPTS
        && let Some(attempts) = &written.attempts
    {
        let hint = format!("write `attempts: {MOST_ATTEMPTS}`");
        mistakes.error_with_hint(attempts.span, format!("`attempts` is at most {MOST_ATTEMPTS}"), hint);
    }
    if let Some(attempt) = written.attempt_timeout.as_ref().filter(|attempt| attempt.value >= timeout) {
        let hint = "a field's timeout holds all of its attempts: give each a part of it".to_owned();
        mistakes.warning(
            attempt.span,
            "an attempt may take as long as the whole timeout, so that no second one follows",
            hint,
        );
    }
    Some(RetryPolicy {
        attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
        attempt_timeout: written.attempt_timeout.as_ref().map(|length| length.value),
        backoff: written.backoff.as_ref().map_or(Duration::from_millis(25), |length| length.value),
        max_backoff: written.max_backoff.as_ref().map_or(Duration::from_millis(250), |length| length.value),
        budget: written.budget.as_ref().map_or(0.2, |share| share.value),
    })
}
