//! A connection lent to the calls of one fetch. It counts what was sent and has not been seen to end; when the last
//! user leaves, the connection goes back to the pool only if that is nothing. Otherwise a task of its own cleans up.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use deadpool_postgres::Object;
use tokio::runtime::Handle;
use tokio::sync::{Mutex, MutexGuard};
use tokio_postgres::Client;
use tokio_util::task::TaskTracker;

use super::cancel::{Aftermath, clean_up};
use super::notes::Notes;

/// A connection in use.
#[derive(Debug)]
pub struct Lease {
    object: Option<Object>,
    notes: Arc<Notes>,
    reused: bool,
    unfinished: AtomicUsize,
    unfit: AtomicBool,
    turns: Mutex<()>,
    tasks: TaskTracker,
    runtime: Handle,
}

/// Something that was sent and has not ended. Dropped without [`InFlight::finish`], it counts for ever.
#[derive(Debug)]
#[must_use]
pub struct InFlight<'a> {
    lease: &'a Lease,
}

impl InFlight<'_> {
    /// Notes that its end was seen.
    pub fn finish(self) {
        self.lease.unfinished.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Lease {
    /// Lends a connection out; what it leaves behind is cleaned up by one of `tasks`.
    pub fn new(object: Object, notes: Arc<Notes>, tasks: TaskTracker) -> Lease {
        Lease {
            reused: Object::metrics(&object).recycle_count > 0,
            object: Some(object),
            notes,
            unfinished: AtomicUsize::new(0),
            unfit: AtomicBool::new(false),
            turns: Mutex::new(()),
            tasks,
            runtime: Handle::current(),
        }
    }

    /// Sends statements; what is sent while others run is pipelined.
    pub fn client(&self) -> &Client {
        self.object.as_ref().expect("only the end of a lease takes its connection away")
    }

    /// What is noted about the connection.
    pub fn notes(&self) -> &Notes {
        &self.notes
    }

    /// Whether it had been used before, and so may have died unseen.
    pub fn is_reused(&self) -> bool {
        self.reused
    }

    /// Notes that something is about to be sent.
    pub fn begin(&self) -> InFlight<'_> {
        self.unfinished.fetch_add(1, Ordering::AcqRel);
        InFlight { lease: self }
    }

    /// Waits until nobody else is within a transaction on the connection, or sending one. Whoever needs no transaction needs
    /// no turn.
    pub async fn turn(&self) -> MutexGuard<'_, ()> {
        self.turns.lock().await
    }

    /// Notes whether what is under way would leave the session unfit for others, were it interrupted: a statement that is being
    /// prepared, which would stay on the server under a name that nobody knows, or one that may leave something behind its
    /// commit. Such a connection is closed and not used again.
    pub fn set_unfit(&self, unfit: bool) {
        self.unfit.store(unfit, Ordering::Release);
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(object) = self.object.take() else { return };
        if self.unfinished.load(Ordering::Acquire) == 0 {
            return drop(object);
        }
        if object.is_closed() {
            return drop(Object::take(object));
        }
        let aftermath = if self.unfit.load(Ordering::Acquire) { Aftermath::Close } else { Aftermath::Keep };
        let cleaning_up = clean_up(object, Arc::clone(&self.notes), aftermath, self.tasks.clone());
        self.tasks.spawn_on(cleaning_up, &self.runtime);
    }
}
