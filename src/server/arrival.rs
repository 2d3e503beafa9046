//! When a request came, as far as the runtime has seen.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::activity::Activity;

/// How long a request has waited for a thread.
#[derive(Debug, Clone)]
pub(super) struct Arrival {
    /// When its head had come whole.
    began: Instant,
    /// For how long its head has waited.
    waited: Duration,
    pub(super) activity: Arc<Activity>,
}

impl Arrival {
    /// One that has just begun.
    pub(super) fn new(activity: &Arc<Activity>) -> Arrival {
        Arrival { began: Instant::now(), waited: activity.waited(), activity: Arc::clone(activity) }
    }

    /// A thread turns to the request. A stream of HTTP/2 has waited once more, in a task of its own, and frames that have come
    /// meanwhile say nothing of it.
    pub(super) fn turn_to(&mut self) {
        self.waited += self.began.elapsed();
    }

    /// For how long the request has waited: its head, or what came of it last.
    pub(super) fn waited(&self) -> Duration {
        self.waited.max(self.activity.waited())
    }
}
