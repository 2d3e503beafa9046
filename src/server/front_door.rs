//! How many operations are in flight, and whether one more is taken. There is a bound for memory's sake, and below it one
//! that follows what the machine can do: when tasks that could go on have waited for a thread of ours all through a window,
//! every thread busy, fewer are let in than before; when they wait no longer, more. Slow sources do not lower it: who waits for a
//! source keeps no thread.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

/// How long tasks may wait for a thread, at the least in a window.
const STANDING: Duration = Duration::from_millis(10);

/// However busy the machine is, so many operations are let in for each thread.
const LEAST_OF_A_THREAD: usize = 32;

/// Where operations come in.
#[derive(Debug)]
pub(super) struct FrontDoor {
    most: usize,
    least: usize,
    limit: AtomicUsize,
    in_flight: AtomicUsize,
    /// The most that were in flight at once in this window.
    peak: AtomicUsize,
    turned_away: AtomicU64,
}

/// An operation that was let in; it is out again when this is dropped.
#[derive(Debug)]
pub(super) struct Entry(Arc<FrontDoor>);

/// What was seen of a window of time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    /// The shortest time for which a task that could go on waited for a thread.
    pub(super) wait: Duration,
    /// Whether every thread was busy all the time.
    pub(super) is_busy: bool,
}

impl FrontDoor {
    /// A door for at most so many operations at once, served by so many threads.
    pub(super) fn new(most: usize, threads: usize) -> FrontDoor {
        FrontDoor {
            most,
            least: (LEAST_OF_A_THREAD * threads).min(most),
            limit: AtomicUsize::new(most),
            in_flight: AtomicUsize::new(0),
            peak: AtomicUsize::new(0),
            turned_away: AtomicU64::new(0),
        }
    }

    /// Lets an operation in; nothing where there are too many.
    pub(super) fn enter(self: &Arc<Self>) -> Option<Entry> {
        let in_flight = self.in_flight.fetch_add(1, Ordering::Relaxed) + 1;
        let entry = Entry(Arc::clone(self));
        if in_flight > self.limit.load(Ordering::Relaxed) {
            self.turned_away.fetch_add(1, Ordering::Relaxed);
            return None;
        }
        self.peak.fetch_max(in_flight, Ordering::Relaxed);
        Some(entry)
    }

    /// Operations in flight.
    pub(super) fn in_flight(&self) -> usize {
        self.in_flight.load(Ordering::Relaxed)
    }

    /// How many may be in flight now.
    pub(super) fn limit(&self) -> usize {
        self.limit.load(Ordering::Relaxed)
    }

    /// Operations that were not let in.
    pub(super) fn turned_away(&self) -> u64 {
        self.turned_away.load(Ordering::Relaxed)
    }

    /// Draws the conclusion of a window that is over.
    pub(super) fn learn(&self, window: Window) {
        let limit = self.limit.load(Ordering::Relaxed);
        let peak = self.peak.swap(self.in_flight(), Ordering::Relaxed);
        let next = if window.is_busy && window.wait > STANDING {
            (peak.min(limit) * 3 / 4).max(self.least)
        } else {
            (limit + (limit / 8).max(1)).min(self.most)
        };
        if next < limit && limit == self.most {
            tracing::warn!(in_flight = peak, "there is more to do than can be done: operations are turned away");
        }
        self.limit.store(next, Ordering::Relaxed);
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::{FrontDoor, Window};

    const IDLE: Window = Window { wait: Duration::ZERO, is_busy: false };
    const LATE: Window = Window { wait: Duration::from_millis(30), is_busy: true };

    #[test]
    fn no_more_than_the_bound_come_in() {
        let door = Arc::new(FrontDoor::new(3, 2));
        let inside: Vec<_> = (0..3).map(|_| door.enter().expect("room")).collect();
        assert!(door.enter().is_none());
        assert_eq!((door.in_flight(), door.turned_away()), (3, 1));
        drop(inside);
        assert_eq!(door.in_flight(), 0);
        assert!(door.enter().is_some());
    }

    #[test]
    fn what_cannot_be_done_in_time_lowers_the_bound_and_its_end_raises_it() {
        let door = Arc::new(FrontDoor::new(4_096, 2));
        let inside: Vec<_> = (0..1_000).map(|_| door.enter().expect("room")).collect();
        door.learn(LATE);
        assert_eq!(door.limit(), 750);
        assert!(door.enter().is_none());
        for _ in 0..20 {
            door.learn(LATE);
        }
        assert_eq!(door.limit(), 64, "it never closes");
        drop(inside);
        let windows = std::iter::repeat_with(|| door.learn(IDLE)).take_while(|()| door.limit() < 4_096).count();
        assert!(windows < 50, "{windows} windows until everybody is let in again");
    }

    #[test]
    fn slow_sources_keep_nobody_out() {
        let door = Arc::new(FrontDoor::new(4_096, 2));
        let _inside: Vec<_> = (0..4_000).map(|_| door.enter().expect("room")).collect();
        door.learn(IDLE);
        // A thread that comes late now and then, as on a machine that others use too, has rested.
        door.learn(Window { is_busy: false, ..LATE });
        assert_eq!(door.limit(), 4_096);
    }
}
