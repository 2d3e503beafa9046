//! A circuit breaker: a source that keeps failing is left alone for a while, and then asked by one call at a time until it
//! answers. What it is not to blame for never counts.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::CallResult;
use super::verdict::{Verdict, verdict};
use crate::schema::BreakerPolicy;

/// The window is counted in so many slices.
const SLICES: u32 = 10;
/// However often probes fail, it is looked after the source so often.
const LONGEST_COOLDOWN: Duration = Duration::from_secs(60);

/// The breaker of one source.
#[derive(Debug)]
pub struct Breaker {
    policy: BreakerPolicy,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    phase: Phase,
    window: VecDeque<Slice>,
    /// How often it has opened.
    opened: u64,
}

#[derive(Debug, Clone, Copy)]
enum Phase {
    /// Calls are made, and counted.
    Closed,
    /// No call is made before that.
    Open { until: Instant, cooldown: Duration },
    /// One call is under way, to see whether the source is back.
    Probing { cooldown: Duration },
}

#[derive(Debug)]
struct Slice {
    start: Instant,
    calls: usize,
    failures: usize,
}

/// Whether a breaker lets calls through, as it is told to operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakerState {
    /// It does.
    Closed,
    /// It does not, for so long.
    Open(Duration),
    /// One call is under way, or may be made, to see whether the source is back.
    Probing,
}

/// A call that may be made. Dropped without [`Admission::note`] it counts for nothing, and a probe is made by the next one.
#[derive(Debug)]
#[must_use]
pub struct Admission {
    pass: Pass,
    role: Role,
}

/// The word that a call was let through, which stands until the breaker opens.
#[derive(Debug, Clone)]
pub struct Pass {
    breaker: Arc<Breaker>,
    opened: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Ordinary,
    Probe,
    /// It has been noted.
    Done,
}

impl Breaker {
    /// A breaker that lets calls through.
    #[must_use]
    pub fn new(policy: BreakerPolicy) -> Breaker {
        Breaker { policy, state: Mutex::new(State { phase: Phase::Closed, window: VecDeque::new(), opened: 0 }) }
    }

    /// Lets a call through.
    ///
    /// # Errors
    /// How long to leave the source alone.
    pub fn admit(self: &Arc<Self>) -> Result<Admission, Duration> {
        let mut state = self.state();
        let role = match state.phase {
            Phase::Closed => Role::Ordinary,
            Phase::Open { cooldown, .. } if state.phase.left().is_zero() => {
                state.phase = Phase::Probing { cooldown };
                Role::Probe
            }
            Phase::Open { .. } | Phase::Probing { .. } => return Err(state.phase.left()),
        };
        Ok(Admission { pass: Pass { breaker: Arc::clone(self), opened: state.opened }, role })
    }

    /// Whether it lets calls through, and how often it has opened.
    #[must_use]
    pub fn look(&self) -> (BreakerState, u64) {
        let state = self.state();
        let seen = match state.phase {
            Phase::Closed => BreakerState::Closed,
            Phase::Open { .. } if !state.phase.left().is_zero() => BreakerState::Open(state.phase.left()),
            Phase::Open { .. } | Phase::Probing { .. } => BreakerState::Probing,
        };
        (seen, state.opened)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, verdict: Verdict, opened: u64) {
        let mut state = self.state();
        // What was under way when it opened has nothing more to say.
        let is_stale = state.opened != opened;
        if is_stale || !matches!(state.phase, Phase::Closed) || verdict == Verdict::Nothing {
            return;
        }
        let now = Instant::now();
        let slice = self.policy.window / SLICES;
        while state.window.front().is_some_and(|oldest| now.duration_since(oldest.start) >= self.policy.window) {
            state.window.pop_front();
        }
        if state.window.back().is_none_or(|latest| now.duration_since(latest.start) >= slice) {
            state.window.push_back(Slice { start: now, calls: 0, failures: 0 });
        }
        if let Some(latest) = state.window.back_mut() {
            latest.calls += 1;
            latest.failures += usize::from(verdict == Verdict::Ill);
        }
        let (calls, failures) =
            state.window.iter().fold((0, 0), |sum, slice| (sum.0 + slice.calls, sum.1 + slice.failures));
        #[expect(clippy::cast_precision_loss, reason = "a share of a count")]
        let is_too_much = failures as f64 >= self.policy.failure_rate * calls as f64;
        if verdict == Verdict::Ill && calls >= self.policy.min_calls && is_too_much {
            state.open(self.policy.cooldown);
        }
    }

    fn probed(&self, verdict: Verdict) {
        let mut state = self.state();
        let Phase::Probing { cooldown } = state.phase else { return };
        match verdict {
            Verdict::Well => state.phase = Phase::Closed,
            Verdict::Ill => state.open(cooldown.saturating_mul(2).min(LONGEST_COOLDOWN.max(cooldown))),
            // The next call probes.
            Verdict::Nothing => state.phase = Phase::Open { until: Instant::now(), cooldown },
        }
    }
}

impl State {
    fn open(&mut self, cooldown: Duration) {
        self.phase = Phase::Open { until: Instant::now() + cooldown, cooldown };
        self.window.clear();
        self.opened += 1;
    }
}

impl Phase {
    /// How long no call is made.
    fn left(self) -> Duration {
        match self {
            Phase::Closed => Duration::ZERO,
            Phase::Open { until, .. } => until.saturating_duration_since(Instant::now()),
            // A probe may take long; who asks again this much later finds the source back, or a breaker that has opened anew.
            Phase::Probing { cooldown } => cooldown,
        }
    }
}

impl Pass {
    /// Whether it still stands.
    ///
    /// # Errors
    /// The breaker has opened meanwhile and is not closed again: how long to leave the source alone.
    pub fn check(&self) -> Result<(), Duration> {
        let state = self.breaker.state();
        match state.phase {
            Phase::Closed => Ok(()),
            Phase::Probing { .. } if state.opened == self.opened => Ok(()),
            Phase::Open { .. } | Phase::Probing { .. } => Err(state.phase.left()),
        }
    }

    /// Whether calls are made as ever: none is kept away, and this one is no probe.
    #[must_use]
    pub fn is_of_a_closed_breaker(&self) -> bool {
        matches!(self.breaker.state().phase, Phase::Closed)
    }
}

impl Admission {
    /// What the call carries into the queue.
    pub fn pass(&self) -> Pass {
        self.pass.clone()
    }

    /// Notes what became of the call.
    pub fn note(mut self, result: &CallResult) {
        self.end(verdict(result));
    }

    fn end(&mut self, verdict: Verdict) {
        match std::mem::replace(&mut self.role, Role::Done) {
            Role::Ordinary => self.pass.breaker.note(verdict, self.pass.opened),
            Role::Probe => self.pass.breaker.probed(verdict),
            Role::Done => {}
        }
    }
}

impl Drop for Admission {
    fn drop(&mut self) {
        self.end(Verdict::Nothing);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::Breaker;
    use crate::schema::BreakerPolicy;
    use crate::source::{CallAnswer, CallResult, Cause, Deadline, Detail, Failure, Reason};

    const COOLDOWN: Duration = Duration::from_secs(5);

    fn breaker() -> Arc<Breaker> {
        let window = Duration::from_secs(10);
        Arc::new(Breaker::new(BreakerPolicy { failure_rate: 0.5, min_calls: 20, window, cooldown: COOLDOWN }))
    }

    const WELL: &CallResult = &Ok(CallAnswer::Refused);

    fn failed(cause: Cause) -> CallResult {
        Err(Failure::unsent(cause, Detail::default()))
    }

    fn call(breaker: &Arc<Breaker>, result: &CallResult) -> Result<(), Duration> {
        breaker.admit().map(|admission| admission.note(result))
    }

    fn opened() -> Arc<Breaker> {
        let breaker = breaker();
        for _ in 0..20 {
            call(&breaker, &failed(Cause::Status(503))).expect("it is closed");
        }
        breaker
    }

    #[tokio::test(start_paused = true)]
    async fn c2_nineteen_failures_of_nineteen_open_nothing() {
        let breaker = breaker();
        for _ in 0..19 {
            call(&breaker, &failed(Cause::Status(503))).expect("closed");
        }
        call(&breaker, WELL).expect("19 of 19 are too few calls");
    }

    #[tokio::test(start_paused = true)]
    async fn c1_it_opens_at_enough_calls_and_enough_failures() {
        let breaker = breaker();
        for _ in 0..19 {
            call(&breaker, &failed(Cause::Status(503))).expect("19 of 19 are too few calls");
        }
        call(&breaker, &failed(Cause::Unavailable(Reason::Connect))).expect("the twentieth is made");
        assert_eq!(call(&breaker, WELL), Err(COOLDOWN));
        // Half of the calls are enough, less than half are not.
        let breaker = super::tests::breaker();
        for _ in 0..50 {
            call(&breaker, WELL).expect("closed");
        }
        for _ in 0..49 {
            call(&breaker, &failed(Cause::Status(500))).expect("closed");
        }
        call(&breaker, &failed(Cause::Status(500))).expect("closed");
        assert!(call(&breaker, WELL).is_err());
        // What is long past does not count.
        let breaker = super::tests::breaker();
        for _ in 0..19 {
            call(&breaker, &failed(Cause::Status(500))).expect("closed");
        }
        tokio::time::advance(Duration::from_secs(11)).await;
        call(&breaker, &failed(Cause::Status(500))).expect("closed");
        call(&breaker, WELL).expect("closed");
    }

    #[tokio::test(start_paused = true)]
    async fn c1_what_waits_for_its_place_when_it_opens_is_not_sent() {
        let breaker = breaker();
        let waiting = breaker.admit().expect("closed");
        let pass = waiting.pass();
        pass.check().expect("closed");
        for _ in 0..20 {
            call(&breaker, &failed(Cause::Status(503))).expect("closed");
        }
        assert_eq!(pass.check(), Err(COOLDOWN));
        tokio::time::advance(COOLDOWN).await;
        let probe = breaker.admit().expect("a probe");
        probe.pass().check().expect("the probe goes");
        pass.check().expect_err("nobody else does");
        probe.note(WELL);
        pass.check().expect("the source is back");
    }

    #[tokio::test(start_paused = true)]
    async fn c6_what_was_under_way_when_it_opened_says_nothing_of_the_source_now() {
        let breaker = breaker();
        let under_way: Vec<_> = (0..40).map(|_| breaker.admit().expect("closed")).collect();
        for _ in 0..20 {
            call(&breaker, &failed(Cause::Status(503))).expect("closed");
        }
        tokio::time::advance(COOLDOWN).await;
        breaker.admit().expect("a probe").note(WELL);
        for admission in under_way {
            admission.note(&failed(Cause::Status(503)));
        }
        call(&breaker, WELL).expect("closed");
    }

    #[tokio::test(start_paused = true)]
    async fn c3_one_of_many_keys_that_timed_out_is_a_failure() {
        let breaker = breaker();
        let timeout = Deadline::of_operation(Duration::from_secs(9)).within(Duration::from_secs(1)).expired();
        let late = Failure::unsent(Cause::TimedOut(timeout), Detail::default());
        for _ in 0..20 {
            call(&breaker, &Ok(CallAnswer::Each([Err(late.clone())].into()))).expect("closed");
        }
        assert!(call(&breaker, WELL).is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn c4_one_probe_at_a_time_and_a_longer_rest_after_each() {
        let breaker = opened();
        let mut cooldown = COOLDOWN;
        for _ in 0..6 {
            tokio::time::advance(cooldown).await;
            let probe = breaker.admit().expect("one probe");
            assert!((0..200).all(|_| breaker.admit().is_err()), "exactly one");
            probe.note(&failed(Cause::Status(503)));
            cooldown = (cooldown * 2).min(Duration::from_secs(60));
            assert_eq!(call(&breaker, WELL), Err(cooldown));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn c5_a_probe_that_is_given_up_is_made_by_the_next() {
        let breaker = opened();
        tokio::time::advance(COOLDOWN).await;
        drop(breaker.admit().expect("a probe"));
        breaker.admit().expect("another one").note(&failed(Cause::Overloaded));
        breaker.admit().expect("another one").note(WELL);
        call(&breaker, WELL).expect("closed");
    }

    #[tokio::test(start_paused = true)]
    async fn c6_a_source_that_is_back_is_used_at_once() {
        let breaker = opened();
        tokio::time::advance(COOLDOWN).await;
        breaker.admit().expect("a probe").note(WELL);
        for _ in 0..19 {
            call(&breaker, &failed(Cause::Status(503))).expect("it has forgotten what was");
        }
        call(&breaker, WELL).expect("closed");
    }

    #[tokio::test(start_paused = true)]
    async fn c8_what_the_source_is_not_to_blame_for_never_counts() {
        let ended = Cause::TimedOut(Deadline::of_operation(Duration::from_secs(1)).expired());
        let causes = [Cause::RejectedInput("a", None), Cause::Overloaded, Cause::CallLimit(1), Cause::Internal, ended];
        let breaker = breaker();
        for cause in causes.iter().cycle().take(100) {
            call(&breaker, &failed(cause.clone())).expect("closed");
        }
        for _ in 0..100 {
            drop(breaker.admit().expect("closed"));
        }
        for status in [400, 401, 404, 422].into_iter().cycle().take(100) {
            call(&breaker, &failed(Cause::Status(status))).expect("closed");
        }
        for _ in 0..100 {
            call(&breaker, &failed(Cause::QueryFailed(Some("42P01".into())))).expect("closed");
        }
        // None of those made up for failures either, but the answers did.
        call(&breaker, &failed(Cause::Status(503))).expect("closed");
        call(&breaker, WELL).expect("closed");
    }
}
