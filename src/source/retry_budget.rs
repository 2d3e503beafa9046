//! How many retries a source can bear: a share of the calls of the last ten seconds, and ten a second in any case. In an
//! outage it keeps retries from becoming the load that holds the source down.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// What is looked back on.
const WINDOW: Duration = Duration::from_secs(10);
/// The window is counted in slices of this length.
const SLICE: Duration = Duration::from_millis(500);
/// Retries a second that are always allowed.
const ALWAYS: u64 = 10;

/// The budget of one source.
#[derive(Debug, Default)]
pub struct RetryBudget(Mutex<VecDeque<Slice>>);

#[derive(Debug)]
struct Slice {
    start: Instant,
    calls: u64,
    retries: u64,
}

impl RetryBudget {
    /// Notes a call, before its first attempt.
    pub fn note_call(&self) {
        self.with_now(|slices| {
            if let Some(now) = slices.back_mut() {
                now.calls += 1;
            }
        });
    }

    /// Takes a retry out of the budget; whether there was one left. `share` is that of calls that may be retries.
    #[must_use]
    pub fn take(&self, share: f64) -> bool {
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share of a count"
        )]
        self.take_within(|calls| (calls as f64 * share) as u64 + ALWAYS * WINDOW.as_secs())
    }

    /// The same where so many are allowed for a number of calls.
    #[must_use]
    pub(super) fn take_within(&self, allowed: impl Fn(u64) -> u64) -> bool {
        self.with_now(|slices| {
            let (calls, retries) =
                slices.iter().fold((0, 0), |sum, slice| (sum.0 + slice.calls, sum.1 + slice.retries));
            let is_left = retries < allowed(calls);
            if let Some(now) = slices.back_mut().filter(|_| is_left) {
                now.retries += 1;
            }
            is_left
        })
    }

    fn with_now<T>(&self, look: impl FnOnce(&mut VecDeque<Slice>) -> T) -> T {
        let now = Instant::now();
        let mut slices = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while slices.front().is_some_and(|oldest| now.duration_since(oldest.start) >= WINDOW) {
            slices.pop_front();
        }
        if slices.back().is_none_or(|latest| now.duration_since(latest.start) >= SLICE) {
            slices.push_back(Slice { start: now, calls: 0, retries: 0 });
        }
        look(&mut slices)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::RetryBudget;

    #[tokio::test(start_paused = true)]
    async fn a_share_of_the_calls_and_ten_a_second_may_be_retries() {
        let budget = RetryBudget::default();
        let taken = |share| (0..10_000).filter(|_| budget.take(share)).count();
        assert_eq!(taken(0.2), 100, "ten a second over the window, without any call");
        tokio::time::advance(Duration::from_secs(11)).await;
        for _ in 0..1_000 {
            budget.note_call();
        }
        assert_eq!(taken(0.2), 300);
        assert_eq!(taken(0.2), 0);
        tokio::time::advance(Duration::from_secs(11)).await;
        assert_eq!(taken(0.0), 100, "what is past is forgotten");
    }
}
