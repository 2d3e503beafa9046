//! How many operations are let in. There is a bound on those in flight, for memory's sake. And where tasks that could go
//! on have waited for a thread of ours all through a window, every thread busy, no more are let in than were done in it: what is
//! turned away at the door costs little, and what is let in is done in time. Slow sources do not bring that about: who waits
//! for a source keeps no thread.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long tasks may wait for a thread, at the least in a window, where clients are many.
const STANDING: Duration = Duration::from_millis(10);

/// The same where they are few: a connection has one operation at a time, or a hundred with HTTP/2, so that there is an end
/// to it, and whoever is turned away would only come again the sooner.
const STANDING_OF_FEW: Duration = Duration::from_millis(250);

/// More connections than this are many clients.
const FEW: usize = 256;

/// So many times too long is very long.
const VERY: f64 = 5.0;

/// Large bodies that may be on their way at once.
const MOST_UPLOADS: usize = 256;

/// No rate at all: whoever comes is let in.
const FREE: u64 = u64::MAX;

/// Operations a second that are let in in any case.
const LEAST: u64 = 10;

/// A rate that no machine needs to be kept from.
const MORE_THAN_ENOUGH: u64 = 1_000_000;

/// So much of a second's operations may come at once.
const BURST_MICROS: u64 = 20_000;

/// Where operations come in.
#[derive(Debug)]
pub(super) struct FrontDoor {
    most: usize,
    in_flight: AtomicUsize,
    uploads: Arc<Semaphore>,
    opened: Instant,
    /// Operations a second that can be done, as far as that is known.
    capacity: AtomicU64,
    /// Operations a second that are let in.
    rate: AtomicU64,
    /// When the next operation is due at this rate, in microseconds since the door was opened.
    due: AtomicU64,
    /// Operations done in this window.
    done: AtomicU64,
    turned_away: AtomicU64,
    /// Those of them that were so before this window.
    turned_away_before: AtomicU64,
}

/// An operation that was let in; it is out again when this is dropped.
#[derive(Debug)]
pub(super) struct Entry(Arc<FrontDoor>);

impl Entry {
    /// Notes that it was done; what was given up says nothing of what can be done.
    pub(super) fn done(self) {
        self.0.done.fetch_add(1, Ordering::Relaxed);
    }
}

/// What was seen of a window of time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    /// How long it was.
    pub(super) length: Duration,
    /// The shortest time for which a task that could go on waited for a thread.
    pub(super) wait: Duration,
    /// Whether every thread was busy all the time.
    pub(super) is_busy: bool,
    /// Clients that are connected.
    pub(super) clients: usize,
}

impl Window {
    /// How many times too long was waited; nothing where it was not.
    fn lateness(self) -> Option<f64> {
        let standing = if self.clients > FEW { STANDING } else { STANDING_OF_FEW };
        (self.is_busy && self.wait > standing).then(|| self.wait.div_duration_f64(standing))
    }
}

impl FrontDoor {
    /// A door for at most so many operations at once.
    pub(super) fn new(most: usize) -> FrontDoor {
        FrontDoor {
            most,
            in_flight: AtomicUsize::new(0),
            uploads: Arc::new(Semaphore::new(MOST_UPLOADS)),
            opened: Instant::now(),
            capacity: AtomicU64::new(FREE),
            rate: AtomicU64::new(FREE),
            due: AtomicU64::new(0),
            done: AtomicU64::new(0),
            turned_away: AtomicU64::new(0),
            turned_away_before: AtomicU64::new(0),
        }
    }

    /// Lets an operation in; nothing where there are too many.
    pub(super) fn enter(self: &Arc<Self>) -> Option<Entry> {
        if self.in_flight.fetch_add(1, Ordering::Relaxed) < self.most && self.is_due() {
            return Some(Entry(Arc::clone(self)));
        }
        self.in_flight.fetch_sub(1, Ordering::Relaxed);
        self.turned_away.fetch_add(1, Ordering::Relaxed);
        None
    }

    /// A place for a large body that is being sent; nothing where too many are.
    pub(super) fn upload(&self) -> Option<OwnedSemaphorePermit> {
        let place = Arc::clone(&self.uploads).try_acquire_owned().ok();
        if place.is_none() {
            self.turned_away.fetch_add(1, Ordering::Relaxed);
        }
        place
    }

    /// Whether the rate allows one more now (the generic cell rate algorithm).
    fn is_due(&self) -> bool {
        let rate = self.rate.load(Ordering::Relaxed);
        if rate == FREE {
            return true;
        }
        let now = u64::try_from(self.opened.elapsed().as_micros()).unwrap_or(u64::MAX);
        let step = 1_000_000 / rate.max(1);
        let next = |due: u64| (due <= now + BURST_MICROS).then(|| due.max(now) + step);
        self.due.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next).is_ok()
    }

    /// Operations in flight.
    pub(super) fn in_flight(&self) -> usize {
        self.in_flight.load(Ordering::Relaxed)
    }

    /// Operations a second that are let in, where that is bounded now.
    pub(super) fn rate(&self) -> Option<u64> {
        Some(self.rate.load(Ordering::Relaxed)).filter(|rate| *rate != FREE)
    }

    /// Operations that were not let in.
    pub(super) fn turned_away(&self) -> u64 {
        self.turned_away.load(Ordering::Relaxed)
    }

    /// Draws the conclusion of a window that is over.
    pub(super) fn learn(&self, window: Window) {
        let turned_away = self.turned_away();
        let is_crowded = self.turned_away_before.swap(turned_away, Ordering::Relaxed) < turned_away;
        let done = u128::from(self.done.swap(0, Ordering::Relaxed));
        let done = u64::try_from(done * 1_000_000 / window.length.as_micros().max(1)).unwrap_or(FREE);
        let (known, late) = (self.capacity.load(Ordering::Relaxed), window.lateness());
        // Where every thread is busy, what was done is what can be done.
        let capacity = match (late, known) {
            (Some(_), FREE) => done.max(LEAST),
            (Some(_), known) => known / 4 * 3 + done / 4,
            (None, known) => known,
        };
        let rate = self.rate.load(Ordering::Relaxed);
        let next = match (late, rate) {
            // What stands there already has to be done too, the more of it the sooner.
            (Some(late), rate) if late > VERY => (rate.min(capacity) / 2).max(LEAST),
            (Some(_), rate) => (rate.min(capacity) / 8 * 7).max(LEAST),
            (None, FREE) => FREE,
            // Back to what is known to be possible, and from there on step by step.
            (None, rate) if is_crowded && rate < capacity / 10 * 9 => rate + (rate / 5).max(1),
            (None, rate) if is_crowded => rate + (rate / 100).max(LEAST / 2),
            (None, rate) => rate.saturating_mul(2),
        };
        let next = if next > MORE_THAN_ENOUGH { FREE } else { next };
        match (rate, next) {
            (FREE, next) if next != FREE => {
                tracing::warn!(rate = next, "there is more to do than can be done: operations are turned away");
            }
            (rate, FREE) if rate != FREE => tracing::info!("all operations are let in again"),
            _ => {}
        }
        self.capacity.store(if next == FREE { FREE } else { capacity }, Ordering::Relaxed);
        self.rate.store(next, Ordering::Relaxed);
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

    const IDLE: Window =
        Window { length: Duration::from_millis(100), wait: Duration::ZERO, is_busy: false, clients: 1_000 };
    const LATE: Window = Window { wait: Duration::from_millis(30), is_busy: true, ..IDLE };
    const VERY_LATE: Window = Window { wait: Duration::from_millis(300), ..LATE };

    #[test]
    fn no_more_than_the_bound_come_in() {
        let door = Arc::new(FrontDoor::new(3));
        let inside: Vec<_> = (0..3).map(|_| door.enter().expect("room")).collect();
        assert!(door.enter().is_none());
        assert_eq!((door.in_flight(), door.turned_away()), (3, 1));
        drop(inside);
        assert_eq!(door.in_flight(), 0);
        assert!(door.enter().is_some());
    }

    #[test]
    fn no_more_are_let_in_than_were_done() {
        let door = Arc::new(FrontDoor::new(4_096));
        for _ in 0..50 {
            door.enter().expect("room").done();
        }
        // Who has given up was not served.
        drop(door.enter());
        door.learn(LATE);
        assert_eq!(door.rate(), Some(434), "less than 50 in a tenth of a second, until the others are done");
        // At once only a small part of what a second may bring.
        let inside = (0..500).filter_map(|_| door.enter()).count();
        assert!((8..=30).contains(&inside), "{inside}");
        door.learn(VERY_LATE);
        assert!(door.rate().is_some_and(|rate| rate <= 217), "{:?}", door.rate());
        door.learn(IDLE);
        assert!(door.rate().is_some_and(|rate| rate < 500), "{:?}", door.rate());
        for _ in 0..100 {
            door.learn(LATE);
        }
        assert_eq!(door.rate(), Some(10), "it never closes");
        let windows = std::iter::repeat_with(|| door.learn(IDLE)).take_while(|()| door.rate().is_some()).count();
        assert!(windows < 50, "{windows} windows until everybody is let in again");
    }

    #[test]
    fn few_clients_wait_for_each_other() {
        let door = Arc::new(FrontDoor::new(4_096));
        drop(door.enter());
        door.learn(Window { clients: 256, ..LATE });
        assert_eq!(door.rate(), None);
        door.learn(Window { clients: 256, ..VERY_LATE });
        assert!(door.rate().is_some());
    }

    #[test]
    fn slow_sources_keep_nobody_out() {
        let door = Arc::new(FrontDoor::new(4_096));
        let _inside: Vec<_> = (0..4_000).map(|_| door.enter().expect("room")).collect();
        door.learn(IDLE);
        // A thread that comes late now and then, as on a machine that others use too, has rested.
        door.learn(Window { is_busy: false, ..LATE });
        assert_eq!(door.rate(), None);
    }
}
