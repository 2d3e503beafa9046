//! How a source is at this moment, for operators: read from what is there, without asking anybody.

use std::sync::Arc;
use std::time::Duration;

use super::{Breaker, BreakerState, DurationCounts, Health, Places, Watch};
use crate::graphql::SourceKind;

/// What is known of a source.
#[derive(Debug, Clone)]
pub struct SourceState {
    /// Its name.
    pub name: Arc<str>,
    /// What it is.
    pub kind: SourceKind,
    /// How the last call that says anything of it found it.
    pub health: Health,
    /// How long that has been so; nothing where nobody has called it.
    pub since: Option<Duration>,
    /// Whether its breaker lets calls through, and how often it has opened; nothing where it has none.
    pub breaker: Option<(BreakerState, u64)>,
    /// Calls that may be in flight at once.
    pub places: usize,
    /// Calls that hold a place.
    pub in_use: usize,
    /// Calls that may wait for a place.
    pub queue: usize,
    /// Calls that wait for one.
    pub waiting: usize,
    /// Connections of a pool: open, and of these idle; nothing where it has none.
    pub connections: Option<(usize, usize)>,
    /// How long calls took, from the moment at which they were sent.
    pub durations: DurationCounts,
    /// Calls that repeated one that had failed.
    pub retries: u64,
}

impl SourceState {
    /// What a source's own parts tell.
    pub(super) fn of(
        (name, kind): (Arc<str>, SourceKind),
        watch: &Watch,
        breaker: Option<&Breaker>,
        places: &Places,
        connections: Option<(usize, usize)>,
    ) -> SourceState {
        SourceState {
            name,
            kind,
            health: watch.health(),
            since: watch.since(),
            breaker: breaker.map(Breaker::look),
            places: places.concurrency(),
            in_use: places.in_use(),
            queue: places.queue(),
            waiting: places.waiting(),
            connections,
            durations: watch.durations(),
            retries: watch.retries(),
        }
    }
}
