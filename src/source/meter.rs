//! What a fetch costs, counted while it runs by whoever makes its calls. It tells and never decides: the bounds of an
//! operation are counted in its scope.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// The counts of one fetch. Each stands alone, so relaxed additions are enough.
#[derive(Debug, Clone, Default)]
pub struct Meter(Arc<Counters>);

#[derive(Debug, Default)]
struct Counters {
    calls: AtomicU32,
    hits: AtomicU32,
    attempts: AtomicU32,
}

/// What was counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Calls made for this fetch, also those that found no place at the source.
    pub calls: u32,
    /// Results taken from a call that was made already, for this fetch or another one of the operation.
    pub hits: u32,
    /// How often something was sent to the source.
    pub attempts: u32,
}

impl Meter {
    /// Notes that a call is made.
    pub fn call(&self) {
        self.0.calls.fetch_add(1, Ordering::Relaxed);
    }

    /// Takes a call back that was not made.
    pub fn take_back(&self) {
        self.0.calls.fetch_sub(1, Ordering::Relaxed);
    }

    /// Notes that an identical call answers.
    pub fn hit(&self) {
        self.0.hits.fetch_add(1, Ordering::Relaxed);
    }

    /// Notes that something is sent.
    pub fn attempt(&self) {
        self.0.attempts.fetch_add(1, Ordering::Relaxed);
    }

    /// What was counted so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let Counters { calls, hits, attempts } = &*self.0;
        let read = |counter: &AtomicU32| counter.load(Ordering::Relaxed);
        Counts { calls: read(calls), hits: read(hits), attempts: read(attempts) }
    }
}
