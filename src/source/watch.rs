//! What is known of a source from the calls that were made anyway: how long they took, how often they were repeated, and
//! what the last one said. It asks nobody, and nothing is decided by it.

use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::verdict::Verdict;
use super::{DurationCounts, Durations};

const UNKNOWN: u8 = 0;
const WELL: u8 = 1;
const ILL: u8 = 2;

/// What is seen of one source.
#[derive(Debug, Default)]
pub struct Watch {
    durations: Durations,
    retries: AtomicU64,
    health: AtomicU8,
    /// When it was last found well or ill after it had been the other.
    changed: Mutex<Option<Instant>>,
}

/// How a source is, as the last call that says anything of it found it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// Nobody has called it yet.
    Unknown,
    /// It answers.
    Up,
    /// It does not, or answers that it cannot.
    Down,
}

impl Watch {
    /// Notes a call that was sent: what it says of the source, and how long that took.
    pub(super) fn called(&self, verdict: Verdict, took: Duration) {
        self.durations.note(took);
        let health = match verdict {
            Verdict::Well => WELL,
            Verdict::Ill => ILL,
            Verdict::Nothing => return,
        };
        if self.health.swap(health, Ordering::Relaxed) != health {
            *self.changed.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        }
    }

    /// Notes calls that repeat one that has failed.
    pub(super) fn repeated(&self, retries: u32) {
        if retries > 0 {
            self.retries.fetch_add(u64::from(retries), Ordering::Relaxed);
        }
    }

    /// How the source is.
    #[must_use]
    pub fn health(&self) -> Health {
        match self.health.load(Ordering::Relaxed) {
            UNKNOWN => Health::Unknown,
            WELL => Health::Up,
            _ => Health::Down,
        }
    }

    /// How long it has been so.
    #[must_use]
    pub fn since(&self) -> Option<Duration> {
        self.changed.lock().unwrap_or_else(PoisonError::into_inner).map(|changed| changed.elapsed())
    }

    /// How long calls took, from the moment at which they were sent.
    #[must_use]
    pub fn durations(&self) -> DurationCounts {
        self.durations.counts()
    }

    /// Calls that repeated one that had failed.
    #[must_use]
    pub fn retries(&self) -> u64 {
        self.retries.load(Ordering::Relaxed)
    }
}
