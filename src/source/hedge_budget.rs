//! How many second calls a source can bear: a twentieth of the calls of the last ten seconds, or one a second where that is
//! more. A source that has become slow for everybody gets hardly more calls for it.

use super::RetryBudget;

/// One call in so many may be a second one.
const ONE_IN: u64 = 20;
/// So many second calls are always allowed, over ten seconds: a quiet source can be hedged too.
const ALWAYS: u64 = 10;

/// The budget of one source.
#[derive(Debug, Default)]
pub struct HedgeBudget(RetryBudget);

impl HedgeBudget {
    /// Notes a call, before it is made; second ones are none.
    pub fn note_call(&self) {
        self.0.note_call();
    }

    /// Takes a second call out of the budget; whether there was one left.
    #[must_use]
    pub fn take(&self) -> bool {
        self.0.take_within(|calls| (calls / ONE_IN).max(ALWAYS))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::HedgeBudget;

    #[tokio::test(start_paused = true)]
    async fn o15_a_twentieth_or_one_a_second_is_hedged() {
        let budget = HedgeBudget::default();
        let taken = || (0..10_000).filter(|_| budget.take()).count();
        assert_eq!(taken(), 10, "one a second over ten seconds, without any call");
        tokio::time::advance(Duration::from_secs(11)).await;
        (0..199).for_each(|_| budget.note_call());
        assert_eq!(taken(), 10, "a twentieth would be less");
        (0..801).for_each(|_| budget.note_call());
        assert_eq!(taken(), 40, "fifty in all");
        tokio::time::advance(Duration::from_secs(11)).await;
        assert_eq!(taken(), 10, "what is past is forgotten");
    }

    /// Two thousand calls a second for a minute, of which each would be hedged.
    #[tokio::test(start_paused = true)]
    async fn o15_second_calls_are_at_most_a_twentieth_at_any_time() {
        let budget = HedgeBudget::default();
        let (mut calls, mut hedges) = (0, 0);
        for _ in 0..600 {
            for _ in 0..200 {
                budget.note_call();
                calls += 1;
                hedges += usize::from(budget.take());
            }
            tokio::time::advance(Duration::from_millis(100)).await;
        }
        assert!(hedges * 20 <= calls && hedges * 22 >= calls, "{hedges} of {calls}");
    }
}
