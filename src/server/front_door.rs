//! How many operations are let in. There is a bound on those in flight, for memory's sake. And in a crowd, whoever has waited
//! too long for a thread is turned away: that costs little, so that the others are served in time. Slow sources do not bring
//! that about: who waits for a source keeps no thread.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::task::TaskTracker;

use super::crowd::Crowd;

/// Large bodies that may be on their way at once.
const MOST_UPLOADS: usize = 256;

/// How long an operation may wait for a thread in a crowd, where clients are many.
const PATIENCE: Duration = Duration::from_millis(5);

/// The same where they are few: a connection has one operation at a time, or a hundred with HTTP/2, so that there is an end
/// to it, and whoever is turned away would only come again the sooner.
const PATIENCE_OF_FEW: Duration = Duration::from_millis(250);

/// More connections than this are many clients.
const FEW: usize = 256;

/// Where operations come in.
#[derive(Debug)]
pub(super) struct FrontDoor {
    most: usize,
    in_flight: AtomicUsize,
    uploads: Arc<Semaphore>,
    /// A token for each client that is connected.
    clients: TaskTracker,
    crowd: Crowd,
    turned_away: AtomicU64,
}

/// An operation that was let in; it is out again when this is dropped.
#[derive(Debug)]
pub(super) struct Entry(Arc<FrontDoor>);

impl FrontDoor {
    /// A door for at most so many operations at once, of these clients.
    pub(super) fn new(most: usize, clients: TaskTracker) -> FrontDoor {
        FrontDoor {
            most,
            in_flight: AtomicUsize::new(0),
            uploads: Arc::new(Semaphore::new(MOST_UPLOADS)),
            clients,
            crowd: Crowd::default(),
            turned_away: AtomicU64::new(0),
        }
    }

    /// Lets an operation in that has waited so long for a thread; nothing where there are too many.
    pub(super) fn enter(self: &Arc<Self>, waited: Duration) -> Option<Entry> {
        let is_late = self.crowd.turns_away(waited, self.patience());
        if !is_late && self.in_flight.fetch_add(1, Ordering::Relaxed) < self.most {
            return Some(Entry(Arc::clone(self)));
        }
        if !is_late {
            self.in_flight.fetch_sub(1, Ordering::Relaxed);
        }
        self.turned_away.fetch_add(1, Ordering::Relaxed);
        None
    }

    /// How long an operation may wait for a thread in a crowd.
    fn patience(&self) -> Duration {
        if self.clients.len() > FEW { PATIENCE } else { PATIENCE_OF_FEW }
    }

    /// A place for a large body that is being sent; nothing where too many are.
    pub(super) fn upload(&self) -> Option<OwnedSemaphorePermit> {
        let place = Arc::clone(&self.uploads).try_acquire_owned().ok();
        if place.is_none() {
            self.turned_away.fetch_add(1, Ordering::Relaxed);
        }
        place
    }

    /// Operations in flight.
    pub(super) fn in_flight(&self) -> usize {
        self.in_flight.load(Ordering::Relaxed)
    }

    /// Whether more is asked for than can be done.
    pub(super) fn is_crowded(&self) -> bool {
        self.crowd.is_standing()
    }

    /// Operations that were not let in.
    pub(super) fn turned_away(&self) -> u64 {
        self.turned_away.load(Ordering::Relaxed)
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
    use std::time::{Duration, Instant};

    use tokio_util::task::TaskTracker;

    use super::FrontDoor;

    #[test]
    fn no_more_than_the_bound_come_in() {
        let door = Arc::new(FrontDoor::new(3, TaskTracker::new()));
        let inside: Vec<_> = (0..3).map(|_| door.enter(Duration::ZERO).expect("room")).collect();
        assert!(door.enter(Duration::ZERO).is_none());
        assert_eq!((door.in_flight(), door.turned_away()), (3, 1));
        drop(inside);
        assert_eq!(door.in_flight(), 0);
        assert!(door.enter(Duration::ZERO).is_some());
    }

    /// Requests that have waited for so long, while so many clients are connected; how many are turned away.
    fn turned_away(clients: usize, waited: Duration) -> u64 {
        let tasks = TaskTracker::new();
        let _clients: Vec<_> = (0..clients).map(|_| tasks.token()).collect();
        let door = Arc::new(FrontDoor::new(4_096, tasks));
        let began = Instant::now();
        while began.elapsed() < Duration::from_millis(500) {
            drop(door.enter(waited));
            std::thread::sleep(Duration::from_millis(1));
        }
        door.turned_away()
    }

    #[test]
    fn few_clients_wait_for_each_other() {
        assert_eq!(turned_away(256, Duration::from_millis(200)), 0);
        assert!(turned_away(257, Duration::from_millis(200)) > 0);
        assert!(turned_away(256, Duration::from_millis(300)) > 0, "but not for ever");
    }
}
