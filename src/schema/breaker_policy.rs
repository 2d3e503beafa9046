//! When a source that keeps failing is no longer called: `breaker` with every default filled in.

use std::time::Duration;

use crate::config::BreakerObject;

/// `breaker`, resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct BreakerPolicy {
    /// Share of failed calls at which it opens.
    pub failure_rate: f64,
    /// Calls in the window before it may open.
    pub min_calls: usize,
    /// What is looked back on.
    pub window: Duration,
    /// How long it stays open at first; each probe that fails doubles it.
    pub cooldown: Duration,
}

/// What was written, with the defaults that `directives.graphql` states.
pub(super) fn resolve_breaker(written: &BreakerObject) -> BreakerPolicy {
    BreakerPolicy {
        failure_rate: written.failure_rate.as_ref().map_or(0.5, |rate| rate.value),
        min_calls: written.min_calls.unwrap_or(20),
        window: written.window.as_ref().map_or(Duration::from_secs(10), |length| length.value),
        cooldown: written.cooldown.as_ref().map_or(Duration::from_secs(5), |length| length.value),
    }
}
