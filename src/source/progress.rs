//! How far a call has come: it tells, when its deadline passes, whether the source was slow or was never asked.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use super::verdict::verdict;
use super::{
    Admission, Breaker, CallResult, Cause, Deadline, DeadlineScope, Detail, Failure, Meter, Pass, Retry, Watch,
    with_retry,
};

/// Counts the attempts of one call, for itself and for the fetch that makes it.
#[derive(Debug, Clone, Default)]
pub struct Progress {
    sent: Arc<Sent>,
    /// What was sent for the call that this belongs to.
    of_the_whole: Option<Whole>,
    meter: Meter,
    pass: Option<Pass>,
}

/// How something that is sent belongs to a whole call.
#[derive(Debug, Clone)]
enum Whole {
    /// It is a part of it.
    OfPart(Arc<Sent>),
    /// It stands beside what was sent before, and does not begin anew.
    OfHedge(Arc<Sent>),
}

/// What was sent for a call.
#[derive(Debug)]
struct Sent {
    began: Instant,
    attempts: AtomicU32,
    /// When the last attempt was sent, in microseconds since it began.
    last: AtomicU64,
}

impl Default for Sent {
    fn default() -> Sent {
        Sent { began: Instant::now(), attempts: AtomicU32::new(0), last: AtomicU64::new(0) }
    }
}

impl Sent {
    fn note(&self) {
        self.last.store(self.now(), Ordering::Relaxed);
        self.count();
    }

    fn count(&self) {
        self.attempts.fetch_add(1, Ordering::Relaxed);
    }

    /// How long ago the last attempt was sent.
    fn since_last(&self) -> Duration {
        Duration::from_micros(self.now().saturating_sub(self.last.load(Ordering::Relaxed)))
    }

    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}

impl Progress {
    /// Whether the call may still be made, now that it has found its place.
    ///
    /// # Errors
    /// Its source has failed too often meanwhile.
    pub fn may_go(&self) -> Result<(), Failure> {
        self.pass.as_ref().map_or(Ok(()), Pass::check).map_err(left_alone)
    }

    /// Whether its source is well, as far as is known, so that a second call can be made beside this one.
    #[must_use]
    pub fn may_be_hedged(&self) -> bool {
        self.pass.as_ref().is_none_or(Pass::is_of_a_closed_breaker)
    }

    /// Notes that something is being sent to the source.
    pub fn attempt(&self) {
        self.sent.note();
        match &self.of_the_whole {
            Some(Whole::OfPart(whole)) => whole.note(),
            Some(Whole::OfHedge(whole)) => whole.count(),
            None => {}
        }
        self.meter.attempt();
    }

    /// The progress of a part of the call, whose attempts are counted for themselves as well.
    #[must_use]
    pub fn of_a_part(&self) -> Progress {
        self.within(Whole::OfPart(Arc::clone(&self.sent)))
    }

    /// The progress of a second call beside this one. It is another attempt, but what was sent first was sent when it was.
    #[must_use]
    pub fn of_a_hedge(&self) -> Progress {
        self.within(Whole::OfHedge(Arc::clone(&self.sent)))
    }

    fn within(&self, whole: Whole) -> Progress {
        let (meter, pass) = (self.meter.clone(), self.pass.clone());
        Progress { sent: Arc::default(), of_the_whole: Some(whole), meter, pass }
    }

    /// Attempts noted so far.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.sent.attempts.load(Ordering::Relaxed)
    }
}

/// What a call runs under.
#[derive(Debug, Clone)]
pub struct Terms {
    /// Until when it must have ended, with all of its attempts.
    pub deadline: Deadline,
    /// Where it is counted.
    pub meter: Meter,
    /// How it may be repeated; nothing where it is made once.
    pub retry: Option<Retry>,
    /// What keeps it from a source that keeps failing.
    pub breaker: Option<Arc<Breaker>>,
    /// What is seen of its source.
    pub watch: Arc<Watch>,
}

/// Runs a call until its deadline, again where its terms allow that. The call notes its attempts in the [`Progress`] that it
/// is given, and they and the time taken are written into whatever failure comes out.
///
/// # Errors
/// The call's own failure. At the deadline: `TimedOut`, or `Overloaded` where nothing was sent by a fetch's timeout,
/// which then is no fault of the source's.
pub async fn run_call<C>(terms: Terms, mut call: impl FnMut(Progress) -> C) -> CallResult
where
    C: Future<Output = CallResult>,
{
    let Terms { deadline, meter, retry, breaker, watch } = terms;
    let progress = Progress { meter, ..Progress::default() };
    let (called, mut tries) = (Instant::now(), 0_u32);
    let result = with_retry(retry.as_ref(), deadline, |until| {
        tries += 1;
        let admission = breaker.as_ref().map(Breaker::admit).transpose();
        let admitted = admission.map(|admission| {
            let pass = admission.as_ref().map(Admission::pass);
            (call(Progress { pass, ..progress.clone() }), admission)
        });
        run_attempt(admitted, until, &progress, &watch)
    })
    .await;
    watch.repeated(tries.saturating_sub(1));
    // A fetch's timeout counts from its own start, which was before this call's.
    let is_over = deadline.has_passed() && deadline.expired().scope == DeadlineScope::Fetch;
    result.map_err(|failure| Failure {
        attempts: progress.attempts(),
        elapsed: if is_over { deadline.elapsed() } else { called.elapsed() },
        ..failure
    })
}

/// One attempt, until its own deadline, where the breaker lets it through.
async fn run_attempt(
    admitted: Result<(impl Future<Output = CallResult>, Option<Admission>), Duration>,
    until: Deadline,
    progress: &Progress,
    watch: &Watch,
) -> CallResult {
    let (attempt, admission) = admitted.map_err(left_alone)?;
    let sent_before = progress.attempts();
    let result = until.run(attempt).await.unwrap_or_else(|expired| {
        let was_sent = progress.attempts() > sent_before;
        let cause = match expired.scope {
            DeadlineScope::Fetch if !was_sent => Cause::Overloaded,
            _ => Cause::TimedOut(expired),
        };
        Err(Failure::unsent(cause, Detail::new("ended at its deadline")))
    });
    if progress.attempts() > sent_before {
        watch.called(verdict(&result), progress.sent.since_last());
    }
    if let Some(admission) = admission {
        admission.note(&result);
    }
    result
}

fn left_alone(left: Duration) -> Failure {
    Failure::unsent(Cause::CircuitOpen(left), Detail::new("the breaker is open"))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use tokio::time::sleep;

    use super::{Terms, run_call};
    use crate::source::{CallAnswer, Deadline, Meter, Watch};

    #[tokio::test(start_paused = true)]
    async fn a_call_took_as_long_as_it_was_waited_for_and_not_as_long_as_its_hedge() {
        let (meter, watch) = (Meter::default(), Arc::<Watch>::default());
        let deadline = Deadline::of_operation(Duration::from_secs(5));
        let terms = Terms { deadline, meter: meter.clone(), retry: None, breaker: None, watch: Arc::clone(&watch) };
        let answered = run_call(terms, |progress| async move {
            sleep(Duration::from_millis(5)).await;
            progress.attempt();
            sleep(Duration::from_millis(50)).await;
            progress.of_a_hedge().attempt();
            sleep(Duration::from_millis(10)).await;
            Ok(CallAnswer::Refused)
        });
        answered.await.expect("an answer");
        assert_eq!((meter.counts().attempts, watch.retries(), watch.durations().count()), (2, 0, 1));
        assert!((watch.durations().sum - 0.06).abs() < 1e-9, "{:?}", watch.durations());
    }
}
