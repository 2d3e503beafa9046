//! Trying again. A call is repeated only where that is safe and may help, after a wait that no two calls share, within its
//! deadline and its source's budget. It knows nothing of what a call is.

use std::sync::Arc;
use std::time::Duration;

use super::{Cause, Deadline, Failure, Reason, RetryBudget};
use crate::schema::RetryPolicy;

/// How a call may be repeated.
#[derive(Debug, Clone)]
pub struct Retry {
    /// How often and when.
    pub policy: RetryPolicy,
    /// What its source can bear.
    pub budget: Arc<RetryBudget>,
    /// What may be repeated.
    pub safety: Safety,
}

/// Whether sending something twice does it twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Safety {
    /// It does not: a GET, or a statement that only reads.
    Repeatable,
    /// It may: only what was never sent is sent again.
    OnlyUnsent,
}

/// Runs attempts until one succeeds or no further one is allowed; each is told until when it may run.
///
/// # Errors
/// The failure of the last attempt.
pub async fn with_retry<T, A>(
    retry: Option<&Retry>,
    deadline: Deadline,
    mut attempt: impl FnMut(Deadline) -> A,
) -> Result<T, Failure>
where
    A: Future<Output = Result<T, Failure>>,
{
    if let Some(Retry { budget, .. }) = retry {
        budget.note_call();
    }
    let mut number = 1;
    loop {
        let timeout = retry.and_then(|retry| retry.policy.attempt_timeout);
        let until = timeout.map_or(deadline, |timeout| deadline.within(timeout));
        let failure = match attempt(until).await {
            Ok(value) => return Ok(value),
            Err(failure) => failure,
        };
        let Some(Retry { policy, budget, safety }) = retry else { return Err(failure) };
        let wait = wait_before(policy, number, failure.retry_after);
        let is_worth_it = number < policy.attempts && may_repeat(*safety, &failure) && wait < deadline.remaining();
        if !is_worth_it || !budget.take(policy.budget) {
            return Err(failure);
        }
        tokio::time::sleep(wait).await;
        number += 1;
    }
}

/// Full jitter: anything from nothing to the backoff, which doubles with each attempt; or what the source asked for.
fn wait_before(policy: &RetryPolicy, number: u32, asked_for: Option<Duration>) -> Duration {
    if let Some(asked_for) = asked_for {
        return asked_for;
    }
    let factor = 2_u32.saturating_pow(number).saturating_sub(1);
    policy.backoff.saturating_mul(factor).min(policy.max_backoff).mul_f64(fastrand::f64())
}

fn may_repeat(safety: Safety, failure: &Failure) -> bool {
    let cause = &failure.cause;
    match safety {
        _ if failure.is_answer => false,
        // What found no place has waited for one already, and a lost connection may have lost what was done.
        Safety::Repeatable => {
            let is_in_vain =
                matches!(cause, Cause::Overloaded | Cause::CircuitOpen(_) | Cause::Unavailable(Reason::Lost));
            cause.may_pass() && !is_in_vain
        }
        Safety::OnlyUnsent => cause.is_unsent(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::Duration;

    use super::{Retry, Safety, wait_before, with_retry};
    use crate::schema::RetryPolicy;
    use crate::source::{Cause, Deadline, Detail, Failure};

    fn policy(attempts: u32) -> RetryPolicy {
        let (backoff, max_backoff) = (Duration::from_millis(25), Duration::from_millis(60));
        RetryPolicy { attempts, attempt_timeout: None, backoff, max_backoff, budget: 0.2 }
    }

    #[test]
    fn r5_waits_are_anything_up_to_the_backoff_and_no_two_are_alike() {
        for (number, most) in [(1, 25.0), (2, 60.0), (3, 60.0)] {
            let waits: Vec<f64> =
                (0..500).map(|_| wait_before(&policy(4), number, None).as_secs_f64() * 1000.0).collect();
            assert!(waits.iter().all(|wait| (0.0..=most).contains(wait)), "{number}");
            let mean = waits.iter().sum::<f64>() / 500.0;
            let variance = waits.iter().map(|wait| (wait - mean).powi(2)).sum::<f64>() / 500.0;
            assert!(variance.sqrt() / mean >= 0.3, "{number}: all come at the same time");
        }
        assert_eq!(wait_before(&policy(4), 1, Some(Duration::from_secs(2))), Duration::from_secs(2));
    }

    /// 200 calls a second for 30 seconds, of which each fails.
    #[tokio::test(start_paused = true)]
    async fn r6_an_outage_is_not_made_worse() {
        let retry = Retry { policy: policy(3), budget: Arc::default(), safety: Safety::Repeatable };
        let attempts = AtomicU32::new(0);
        for _ in 0..30 {
            for _ in 0..200 {
                let failed = with_retry::<(), _>(Some(&retry), Deadline::of_operation(Duration::from_secs(5)), |_| {
                    attempts.fetch_add(1, Ordering::Relaxed);
                    std::future::ready(Err(Failure::unsent(Cause::Status(503), Detail::default())))
                });
                // The clock is moved by the waits themselves and by what is left of the second.
                drop(failed.await);
            }
            tokio::time::advance(Duration::from_millis(200)).await;
        }
        let made = attempts.load(Ordering::Relaxed);
        assert!((6_000..=6_000 + 1_200 + 400).contains(&made), "{made} attempts");
    }
}
