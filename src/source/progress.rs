//! How far a call has come: it tells, when its deadline passes, whether the source was slow or was never asked.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::time::Instant;

use super::{Cause, Deadline, DeadlineScope, Detail, Failure, Meter, Retry, with_retry};

/// Counts the attempts of one call, for itself and for the fetch that makes it.
#[derive(Debug, Clone, Default)]
pub struct Progress {
    attempts: Arc<AtomicU32>,
    /// Those of the call that this is a part of.
    of_the_whole: Option<Arc<AtomicU32>>,
    meter: Meter,
}

impl Progress {
    /// Notes that something is being sent to the source.
    pub fn attempt(&self) {
        self.attempts.fetch_add(1, Ordering::Relaxed);
        if let Some(whole) = &self.of_the_whole {
            whole.fetch_add(1, Ordering::Relaxed);
        }
        self.meter.attempt();
    }

    /// The progress of a part of the call, whose attempts are counted for themselves as well.
    #[must_use]
    pub fn of_a_part(&self) -> Progress {
        Progress { attempts: Arc::default(), of_the_whole: Some(Arc::clone(&self.attempts)), meter: self.meter.clone() }
    }

    /// Attempts noted so far.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts.load(Ordering::Relaxed)
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
}

/// Runs a call until its deadline, again where its terms allow that. The call notes its attempts in the [`Progress`] that it
/// is given, and they and the time taken are written into whatever failure comes out.
///
/// # Errors
/// The call's own failure. At the deadline: `TimedOut`, or `Overloaded` where nothing was sent by a fetch's timeout,
/// which then is no fault of the source's.
pub async fn run_call<T, C>(terms: Terms, mut call: impl FnMut(Progress) -> C) -> Result<T, Failure>
where
    C: Future<Output = Result<T, Failure>>,
{
    let Terms { deadline, meter, retry } = terms;
    let progress = Progress { meter, ..Progress::default() };
    let called = Instant::now();
    let mut took = None;
    let attempts = with_retry(retry.as_ref(), deadline, || call(progress.clone()));
    let result = match deadline.run(attempts).await {
        Ok(result) => result,
        Err(expired) => {
            // A fetch's timeout counts from its own start, which was before this call's.
            took = (expired.scope == DeadlineScope::Fetch).then(|| deadline.elapsed());
            let cause = match (progress.attempts(), expired.scope) {
                (0, DeadlineScope::Fetch) => Cause::Overloaded,
                _ => Cause::TimedOut(expired),
            };
            Err(Failure::unsent(cause, Detail::new("ended at its deadline")))
        }
    };
    result.map_err(|failure| Failure {
        attempts: progress.attempts(),
        elapsed: took.unwrap_or_else(|| called.elapsed()),
        ..failure
    })
}
