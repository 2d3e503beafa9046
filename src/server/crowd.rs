//! Whether more is asked for than the threads can do, told by how long requests wait for a thread that takes them up. Such
//! waits come and go; they are a crowd where every thread has been busy all the while and most requests had to wait. Then
//! who has waited too long is turned away, and with them the queue (as in "Fail at Scale", Ben Maurer, ACM Queue 13(8), after
//! the controlled delay of RFC 8289). No estimate of what can be done is needed: the threads are never idle for it.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;

/// As long as is looked on before a conclusion is drawn.
const WINDOW: Duration = Duration::from_millis(100);

/// Windows by whose time it is told whether the threads are busy: what a thread has done is told from time to time only.
const WINDOWS: usize = 3;

/// Threads that rest for less than this share of their time are busy.
const REST: f64 = 0.15;

/// How often a crowd is told to the log at the most.
const TOLD: Duration = Duration::from_secs(10);

/// Never.
const NEVER: u64 = u64::MAX;

/// What is known of a crowd. Times are in microseconds; each value stands alone, so relaxed loads and stores are enough.
#[derive(Debug)]
pub(super) struct Crowd {
    opened: Instant,
    /// When this window began.
    began: AtomicU64,
    /// The beginnings of the last windows, and for how long the threads had been busy by then.
    busy_before: Mutex<VecDeque<(u64, u64)>>,
    /// How long the requests of this window have waited, all together.
    waited: AtomicU64,
    requests: AtomicU64,
    is_standing: AtomicBool,
    told: AtomicU64,
}

/// What was seen of a window of time.
#[derive(Debug, Clone, Copy)]
struct Window {
    /// The share of their time for which the threads were busy, in this and the windows before it.
    busy: f64,
    /// How long a request has waited on average.
    wait: Duration,
}

impl Window {
    /// Whether it is a crowd for those who have so much patience.
    fn is_crowded(self, patience: Duration) -> bool {
        self.busy >= 1.0 - REST && self.wait > patience / 2
    }
}

impl Default for Crowd {
    fn default() -> Crowd {
        Crowd {
            opened: Instant::now(),
            began: AtomicU64::new(0),
            busy_before: Mutex::new(VecDeque::from([(0, busy_time().1)])),
            waited: AtomicU64::new(0),
            requests: AtomicU64::new(0),
            is_standing: AtomicBool::new(false),
            told: AtomicU64::new(NEVER),
        }
    }
}

impl Crowd {
    /// Notes how long a request has waited, and tells whether that is too long as things are.
    pub(super) fn is_too_late(&self, waited: Duration, patience: Duration) -> bool {
        self.waited.fetch_add(micros(waited), Ordering::Relaxed);
        self.requests.fetch_add(1, Ordering::Relaxed);
        let (now, began) = (micros(self.opened.elapsed()), self.began.load(Ordering::Relaxed));
        let is_over = now.saturating_sub(began) >= micros(WINDOW);
        if is_over && self.began.compare_exchange(began, now, Ordering::Relaxed, Ordering::Relaxed).is_ok() {
            self.conclude(now, self.window(now).is_crowded(patience));
        }
        self.is_standing() && waited > patience
    }

    /// Whether more is asked for than can be done.
    pub(super) fn is_standing(&self) -> bool {
        self.is_standing.load(Ordering::Relaxed)
    }

    /// The window that is over, and the beginning of another one.
    fn window(&self, now: u64) -> Window {
        let requests = self.requests.swap(0, Ordering::Relaxed).max(1);
        let wait = Duration::from_micros(self.waited.swap(0, Ordering::Relaxed) / requests);
        Window { busy: self.busy_share(now), wait }
    }

    fn busy_share(&self, now: u64) -> f64 {
        let (threads, busy) = busy_time();
        let mut before = self.busy_before.lock().unwrap_or_else(PoisonError::into_inner);
        before.push_back((now, busy));
        if before.len() > WINDOWS + 1 {
            before.pop_front();
        }
        let (since, busy_then) = before.front().copied().unwrap_or((now, busy));
        let possible = Duration::from_micros(now - since).as_secs_f64() * f64::from(threads);
        Duration::from_micros(busy.saturating_sub(busy_then)).as_secs_f64() / possible.max(f64::EPSILON)
    }

    fn conclude(&self, now: u64, is_crowded: bool) {
        if self.is_standing.swap(is_crowded, Ordering::Relaxed) || !is_crowded {
            return;
        }
        let told = self.told.load(Ordering::Relaxed);
        if told == NEVER || now.saturating_sub(told) >= micros(TOLD) {
            self.told.store(now, Ordering::Relaxed);
            tracing::warn!(
                "there is more to do than can be done: operations that have waited too long are turned away"
            );
        }
    }
}

/// The threads of this runtime, and for how long they have not rested, all together.
fn busy_time() -> (u32, u64) {
    let Ok(handle) = Handle::try_current() else { return (1, 0) };
    let metrics = handle.metrics();
    let busy: Duration = (0..metrics.num_workers()).map(|worker| metrics.worker_total_busy_duration(worker)).sum();
    (u32::try_from(metrics.num_workers()).unwrap_or(u32::MAX), micros(busy))
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{Crowd, WINDOW, Window};

    const PATIENCE: Duration = Duration::from_millis(10);
    const LATE: Duration = Duration::from_millis(11);

    #[test]
    fn a_crowd_is_busy_threads_and_requests_that_wait() {
        let window = |busy, wait| Window { busy, wait: Duration::from_millis(wait) }.is_crowded(PATIENCE);
        assert!(window(1.0, 9));
        assert!(window(0.9, 200));
        assert!(!window(1.0, 4), "threads that can just do it");
        assert!(!window(0.7, 200), "a machine that was away for a moment");
    }

    /// Works or rests on the only thread of a runtime, while late requests come in.
    async fn look_on(crowd: &Crowd, length: Duration, works: bool) -> usize {
        let began = Instant::now();
        let mut turned_away = 0;
        while began.elapsed() < length {
            turned_away += usize::from(crowd.is_too_late(LATE, PATIENCE));
            assert!(!crowd.is_too_late(Duration::ZERO, PATIENCE), "who has not waited is served");
            assert!(!crowd.is_too_late(LATE, LATE), "who has patience is served");
            let slice = Instant::now();
            while works && slice.elapsed() < Duration::from_millis(2) {}
            if works {
                tokio::task::yield_now().await;
            } else {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        }
        turned_away
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn who_has_waited_too_long_is_turned_away_as_long_as_it_is_a_crowd() {
        let looking = tokio::spawn(async {
            let crowd = Crowd::default();
            assert_eq!(look_on(&crowd, WINDOW * 5, false).await, 0, "threads at rest");
            assert!(look_on(&crowd, WINDOW * 8, true).await > 0, "threads that cannot follow");
            assert!(crowd.is_standing());
            look_on(&crowd, WINDOW * 3, false).await;
            assert_eq!(look_on(&crowd, WINDOW * 3, false).await, 0, "threads at rest again");
            assert!(!crowd.is_standing());
        });
        looking.await.expect("no panic");
    }
}
