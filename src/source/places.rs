//! A source's places: how many calls may be in flight at once, and how many may wait for one. The queue is bounded, so
//! that a slow source can never gather more work than it was given room for.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{Cause, Detail, Failure};

/// The places of one source.
#[derive(Debug)]
pub struct Places {
    free: Arc<Semaphore>,
    concurrency: usize,
    waiting: AtomicUsize,
    queue: usize,
}

/// A place in use; it is free again when this is dropped.
#[derive(Debug)]
pub struct Place {
    _permit: OwnedSemaphorePermit,
}

struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Places {
    /// So many places, and so many who may wait for one.
    #[must_use]
    pub fn new(concurrency: usize, queue: usize) -> Places {
        Places { free: Arc::new(Semaphore::new(concurrency)), concurrency, waiting: AtomicUsize::new(0), queue }
    }

    /// How many places there are.
    #[must_use]
    pub fn concurrency(&self) -> usize {
        self.concurrency
    }

    /// How many are in use.
    #[must_use]
    pub fn in_use(&self) -> usize {
        self.concurrency.saturating_sub(self.free.available_permits())
    }

    /// How many may wait for a place.
    #[must_use]
    pub fn queue(&self) -> usize {
        self.queue
    }

    /// How many do wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed).min(self.queue)
    }

    /// How many places one fetch may hold: three quarters of all, and at least one.
    #[must_use]
    pub fn for_one_fetch(&self) -> usize {
        (self.concurrency * 3 / 4).max(1)
    }

    /// A place for what can do without: one that is free at once, and leaves a quarter of all places, and at least one, to
    /// others.
    #[must_use]
    pub fn take_spare(&self) -> Option<Place> {
        let left_to_others = (self.concurrency - self.for_one_fetch()).max(1);
        if self.free.available_permits() <= left_to_others {
            return None;
        }
        Arc::clone(&self.free).try_acquire_owned().ok().map(|permit| Place { _permit: permit })
    }

    /// Waits for a place. The caller's deadline ends the wait.
    ///
    /// # Errors
    /// `Overloaded` at once when the queue is full.
    pub async fn take(&self) -> Result<Place, Failure> {
        if let Ok(permit) = Arc::clone(&self.free).try_acquire_owned() {
            return Ok(Place { _permit: permit });
        }
        if self.waiting.fetch_add(1, Ordering::Relaxed) >= self.queue {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            return Err(Failure::unsent(Cause::Overloaded, Detail::new("the queue of the source is full")));
        }
        let _waiting = Waiting(&self.waiting);
        match Arc::clone(&self.free).acquire_owned().await {
            Ok(permit) => Ok(Place { _permit: permit }),
            Err(closed) => Err(Failure::unsent(Cause::Overloaded, Detail::of(&closed))),
        }
    }
}
