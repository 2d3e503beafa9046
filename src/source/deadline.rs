//! A deadline: the instant at which waiting ends, and whose it is. No source can be called without one.

use std::future::Future;
use std::time::Duration;

use tokio::time::Instant;

/// The instant at which a wait ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline {
    at: Instant,
    started: Instant,
    timeout: Duration,
    scope: DeadlineScope,
}

/// Whose budget a deadline is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeadlineScope {
    /// The timeout of one fetch.
    Fetch,
    /// The whole operation's.
    Operation,
}

/// A wait that reached its deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expired {
    /// Whose budget was spent.
    pub scope: DeadlineScope,
    /// How long that budget was.
    pub timeout: Duration,
}

impl Deadline {
    /// The deadline of an operation that starts now.
    #[must_use]
    pub fn of_operation(timeout: Duration) -> Deadline {
        let started = Instant::now();
        Deadline { at: started + timeout, started, timeout, scope: DeadlineScope::Operation }
    }

    /// The deadline of a fetch that starts now: its own timeout, or this deadline where that comes first.
    #[must_use]
    pub fn within(&self, timeout: Duration) -> Deadline {
        let started = Instant::now();
        match started.checked_add(timeout) {
            Some(at) if at < self.at => Deadline { at, started, timeout, scope: DeadlineScope::Fetch },
            _ => *self,
        }
    }

    /// The same budget with a little time behind it, for whoever ends at this deadline and has something to say then.
    #[must_use]
    pub fn later_by(&self, grace: Duration) -> Deadline {
        Deadline { at: self.at + grace, ..*self }
    }

    /// What is left; zero when it has passed.
    #[must_use]
    pub fn remaining(&self) -> Duration {
        self.at.saturating_duration_since(Instant::now())
    }

    /// How long its budget has been running.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// The instant itself.
    #[must_use]
    pub fn at(&self) -> Instant {
        self.at
    }

    /// Whether it has passed.
    #[must_use]
    pub fn has_passed(&self) -> bool {
        Instant::now() >= self.at
    }

    /// What to say when it has passed.
    #[must_use]
    pub fn expired(&self) -> Expired {
        Expired { scope: self.scope, timeout: self.timeout }
    }

    /// Waits for a future until the deadline; then drops it.
    ///
    /// # Errors
    /// [`Expired`] when the deadline came first.
    pub async fn run<F: Future>(&self, future: F) -> Result<F::Output, Expired> {
        tokio::time::timeout_at(self.at, future).await.map_err(|_| self.expired())
    }
}
