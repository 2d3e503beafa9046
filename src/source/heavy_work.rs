//! Work that computes for long and waits for nothing. It is done by few at a time, at most on half of the machine, so that
//! whoever sends or asks for much costs the others little: somebody is always free to serve. Nobody queues here without a
//! bound: who finds no place is told so, or waits as long as they say.

use std::sync::{Arc, Weak};
use std::thread::available_parallelism;
use std::time::Duration;

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::{block_in_place, spawn_blocking};
use tokio::time::timeout;

use super::{Deadline, Expired};

/// Bytes to work on that are done with sooner than another thread has taken over what the thread at work leaves undone.
const QUICK: usize = 16 * 1024;

/// The places for such work.
#[derive(Debug)]
pub struct HeavyWork {
    places: Arc<Semaphore>,
}

/// Tells work that nobody waits for it any more.
#[derive(Debug)]
pub struct Interest(Weak<()>);

impl Default for HeavyWork {
    /// A place for every other thread that the machine can run, and at least one.
    fn default() -> HeavyWork {
        let threads = available_parallelism().map_or(1, std::num::NonZero::get);
        HeavyWork::with_places((threads / 2).max(1))
    }
}

impl HeavyWork {
    /// So many places.
    #[must_use]
    pub fn with_places(places: usize) -> HeavyWork {
        HeavyWork { places: Arc::new(Semaphore::new(places)) }
    }

    /// Does work on so many bytes here and now, once there is a place for it. What takes long takes its thread out of
    /// service: another one goes on with the tasks that wait for this one.
    ///
    /// # Errors
    /// No place became free until the deadline; the work was not begun.
    pub async fn run<T>(&self, bytes: usize, deadline: Deadline, work: impl FnOnce() -> T) -> Result<T, Expired> {
        let place = deadline.run(self.places.acquire()).await?;
        let done = if bytes > QUICK { out_of_service(work) } else { work() };
        drop(place);
        Ok(done)
    }

    /// The same for work that has to be done: where no place becomes free until the deadline, it is done without one, by no
    /// more threads than serve anyway.
    pub async fn run_in_any_case<T>(&self, bytes: usize, deadline: Deadline, work: impl FnOnce() -> T) -> T {
        let place = deadline.run(self.places.acquire()).await;
        let done = if place.is_ok() && bytes > QUICK { out_of_service(work) } else { work() };
        drop(place);
        done
    }

    /// What work on another thread gives; nothing where every place is taken.
    pub async fn run_now<T: Send + 'static>(&self, work: impl FnOnce(&Interest) -> T + Send + 'static) -> Option<T> {
        let place = Arc::clone(&self.places).try_acquire_owned().ok()?;
        run_beside(place, work).await
    }

    /// What work on another thread gives; nothing where no place becomes free in that time.
    pub async fn run_within<T: Send + 'static>(
        &self,
        time: Duration,
        work: impl FnOnce(&Interest) -> T + Send + 'static,
    ) -> Option<T> {
        let place = timeout(time, Arc::clone(&self.places).acquire_owned()).await.ok()?.ok()?;
        run_beside(place, work).await
    }
}

impl Interest {
    /// Whether nobody waits any more.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        self.0.strong_count() == 0
    }
}

/// A runtime of one thread has nobody who could take over.
fn out_of_service<T>(work: impl FnOnce() -> T) -> T {
    match Handle::try_current().map(|handle| handle.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => block_in_place(work),
        _ => work(),
    }
}

/// Runs the work with its place. Dropping this tells the work to end early; until then it keeps the place. Nothing comes
/// of work that panics, which was told to the log by the panic hook.
async fn run_beside<T: Send + 'static>(
    place: OwnedSemaphorePermit,
    work: impl FnOnce(&Interest) -> T + Send + 'static,
) -> Option<T> {
    let waiting = Arc::new(());
    let interest = Interest(Arc::downgrade(&waiting));
    let working = spawn_blocking(move || {
        let _place = place;
        work(&interest)
    });
    let done = working.await.ok();
    drop(waiting);
    done
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::{HeavyWork, Interest, QUICK};
    use crate::source::Deadline;

    const SHORT: Duration = Duration::from_millis(20);
    const LONG: Duration = Duration::from_secs(20);

    #[tokio::test]
    async fn work_that_nobody_waits_for_ends_and_gives_its_place_back() {
        let heavy = HeavyWork::default();
        let places = heavy.places.available_permits();
        let (begun, has_begun) = mpsc::channel();
        let mut running = Vec::new();
        for _ in 0..places {
            let begun = begun.clone();
            let work = move |interest: &Interest| {
                let _ = begun.send(());
                while !interest.is_lost() {
                    std::thread::yield_now();
                }
            };
            running.push(Box::pin(heavy.run_now(work)));
        }
        for work in &mut running {
            assert!(tokio::time::timeout(SHORT, work).await.is_err());
            has_begun.recv().expect("begun");
        }
        assert_eq!(heavy.run_now(|_| 1).await, None);
        assert_eq!(heavy.run_within(SHORT, |_| 1).await, None);
        heavy.run(0, Deadline::of_operation(SHORT), || 1).await.expect_err("every place is taken");
        assert_eq!(heavy.run_in_any_case(0, Deadline::of_operation(SHORT), || 1).await, 1);
        drop(running);
        assert_eq!(heavy.run_within(LONG, |_| 1).await, Some(1));
        assert_eq!(heavy.run(0, Deadline::of_operation(LONG), || 1).await.expect("a place"), 1);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn who_waits_for_a_thread_at_work_is_served_by_another() {
        let (served, is_served) = mpsc::channel();
        // The only worker of this runtime is this task's thread, once the task is spawned.
        let working = tokio::spawn(async move {
            tokio::spawn(async move { served.send(()).expect("somebody listens") });
            let wait = move || is_served.recv_timeout(LONG).is_ok();
            HeavyWork::with_places(1).run(QUICK + 1, Deadline::of_operation(LONG), wait).await
        });
        assert!(working.await.expect("no panic").expect("a place"), "nobody else was served meanwhile");
    }
}
