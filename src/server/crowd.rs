//! Whether more is asked for than the threads can do, told by how long requests wait for a thread that takes them up. Such
//! waits come and go; they are a crowd where most requests have to wait, and go on having to. Then who has waited too long is
//! turned away, and the queue with them (as in "Fail at Scale", Ben Maurer, ACM Queue 13(8), after the controlled delay of
//! RFC 8289). No rate is estimated, and no thread is idle for it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// As long as is looked on before a conclusion is drawn.
const WINDOW: Duration = Duration::from_millis(100);

/// A window that took so long had hardly any requests.
const TOO_LONG: Duration = Duration::from_millis(400);

/// Of fewer requests in a window nothing is concluded: each of them is so dear that others wait for it on a normal day.
const FEWEST: u64 = 10;

/// So many windows on end make a crowd.
const WINDOWS: u64 = 2;

/// One of so many that are too late is served all the same: where those who are turned away come again at once, there may be
/// nobody who is not late.
const SERVED_LATE: u64 = 32;

/// How often a crowd is told to the log at the most.
const TOLD: Duration = Duration::from_secs(10);

/// What is known of a crowd. Times are in microseconds since it was made; each value stands alone, so relaxed loads and stores
/// are enough.
#[derive(Debug)]
pub(super) struct Crowd {
    made: Instant,
    /// When this window began.
    began: AtomicU64,
    /// The requests of this window.
    requests: AtomicU64,
    /// Those of them that had to wait.
    waiting: AtomicU64,
    /// Windows on end in which most had to wait.
    windows: AtomicU64,
    /// Requests that were too late.
    late: AtomicU64,
    /// Until when the log has enough of it.
    told_until: AtomicU64,
}

impl Default for Crowd {
    fn default() -> Crowd {
        Crowd {
            made: Instant::now(),
            began: AtomicU64::new(0),
            requests: AtomicU64::new(0),
            waiting: AtomicU64::new(0),
            windows: AtomicU64::new(0),
            late: AtomicU64::new(0),
            told_until: AtomicU64::new(0),
        }
    }
}

impl Crowd {
    /// Notes how long a request has waited, and tells whether that is too long as things are.
    pub(super) fn turns_away(&self, waited: Duration, patience: Duration) -> bool {
        self.turns_away_at(micros(self.made.elapsed()), waited, patience)
    }

    /// Whether more is asked for than can be done.
    pub(super) fn is_standing(&self) -> bool {
        self.is_standing_at(micros(self.made.elapsed()))
    }

    fn turns_away_at(&self, now: u64, waited: Duration, patience: Duration) -> bool {
        let began = self.began.load(Ordering::Relaxed);
        let is_over = now.saturating_sub(began) >= micros(WINDOW);
        if is_over && self.began.compare_exchange(began, now, Ordering::Relaxed, Ordering::Relaxed).is_ok() {
            self.conclude(now, now - began);
        }
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.waiting.fetch_add(u64::from(waited > patience / 2), Ordering::Relaxed);
        waited > patience
            && self.is_standing_at(now)
            && !(self.late.fetch_add(1, Ordering::Relaxed) + 1).is_multiple_of(SERVED_LATE)
    }

    /// A crowd is over at the latest when nobody comes any more.
    fn is_standing_at(&self, now: u64) -> bool {
        self.windows.load(Ordering::Relaxed) >= WINDOWS
            && now.saturating_sub(self.began.load(Ordering::Relaxed)) < micros(TOO_LONG)
    }

    fn conclude(&self, now: u64, length: u64) {
        let (requests, waiting) = (self.requests.swap(0, Ordering::Relaxed), self.waiting.swap(0, Ordering::Relaxed));
        if length > micros(TOO_LONG) || requests < FEWEST || waiting <= requests / 2 {
            self.windows.store(0, Ordering::Relaxed);
            return;
        }
        let windows = self.windows.fetch_add(1, Ordering::Relaxed) + 1;
        if windows == WINDOWS && now >= self.told_until.load(Ordering::Relaxed) {
            self.told_until.store(now + micros(TOLD), Ordering::Relaxed);
            let milliseconds = length / 1_000;
            tracing::warn!(
                requests,
                waiting,
                milliseconds,
                "there is more to do than can be done: operations that have waited too long for a thread are turned away"
            );
        }
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Crowd, SERVED_LATE};

    const PATIENCE: Duration = Duration::from_millis(10);
    const LATE: Duration = Duration::from_millis(11);

    /// A crowd and what time it is, in milliseconds.
    #[derive(Default)]
    struct Scene(Crowd, u64);

    impl Scene {
        /// A request each so many milliseconds, of which the given ones have waited for long; how many are turned away.
        fn pass(&mut self, milliseconds: u64, each: u64, is_late: impl Fn(u64) -> bool) -> u64 {
            let mut turned_away = 0;
            for number in 0..milliseconds / each {
                self.1 += each;
                let waited = if is_late(number) { LATE } else { Duration::ZERO };
                turned_away += u64::from(self.0.turns_away_at(self.1 * 1_000, waited, PATIENCE));
            }
            turned_away
        }
    }

    #[test]
    fn who_is_late_in_a_crowd_is_turned_away() {
        let mut scene = Scene::default();
        assert_eq!(scene.pass(1_000, 1, |number| number % 2 == 0), 0, "only half of them wait");
        assert!(!scene.0.is_standing_at(scene.1 * 1_000));
        assert_eq!(scene.pass(150, 1, |_| true), 0, "it may be over in a moment");
        let turned_away = scene.pass(1_000, 1, |number| number % 4 != 0);
        assert!((600..740).contains(&turned_away), "{turned_away} of the 750 who are late");
        assert!(scene.0.is_standing_at(scene.1 * 1_000));
        assert_eq!(scene.pass(1_000, 1, |number| number > 300 && number % 4 == 0), 0, "it is over");
        assert!(!scene.0.is_standing_at(scene.1 * 1_000));
    }

    #[test]
    fn some_are_served_where_all_are_late() {
        let mut scene = Scene::default();
        scene.pass(300, 1, |_| true);
        assert_eq!(scene.pass(SERVED_LATE * 10, 1, |_| true), (SERVED_LATE - 1) * 10);
    }

    #[test]
    fn who_has_patience_is_served() {
        let mut scene = Scene::default();
        scene.pass(300, 1, |_| true);
        assert!(!scene.0.turns_away_at(scene.1 * 1_000, LATE, LATE));
    }

    #[test]
    fn a_few_dear_requests_are_no_crowd() {
        assert_eq!(Scene::default().pass(3_000, 20, |_| true), 0);
    }

    #[test]
    fn nobody_is_no_crowd() {
        let mut scene = Scene::default();
        scene.pass(300, 1, |_| true);
        assert!(scene.0.is_standing_at(scene.1 * 1_000));
        scene.1 += 1_000;
        assert!(!scene.0.is_standing_at(scene.1 * 1_000));
        assert_eq!(scene.pass(150, 1, |_| true), 0, "it has to stand for some time again");
    }
}
