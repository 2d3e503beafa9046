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
    /// One whose head has come whole, before it begins.
    pub(super) fn new(activity: &Arc<Activity>) -> Arrival {
        Arrival { began: Instant::now(), waited: activity.next_has_waited(), activity: Arc::clone(activity) }
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use axum::http::Version;

    use super::Arrival;
    use crate::server::activity::Activity;

    const MOMENT: Duration = Duration::from_millis(20);

    #[test]
    fn the_first_has_waited_since_its_connection_came_and_what_stood_behind_it_has_not() {
        let activity = Arc::new(Activity::new());
        std::thread::sleep(MOMENT);
        let mut first = Arrival::new(&activity);
        let exchange = activity.begin(Version::HTTP_11);
        first.turn_to();
        assert!(first.waited() >= MOMENT);
        drop(exchange);
        let mut second = Arrival::new(&activity);
        let _exchange = activity.begin(Version::HTTP_11);
        second.turn_to();
        assert!(second.waited() < MOMENT, "{:?}", second.waited());
    }
}
