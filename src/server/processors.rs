//! Work that keeps a processor busy and waits for nothing. It runs beside the threads that serve, on at most half of the
//! processors at once, so that whoever sends or asks for much costs the others little. Nobody queues here without a
//! bound: who finds no place is told so, or waits as long as they say.

use std::sync::{Arc, Weak};
use std::thread::available_parallelism;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

/// The places for such work.
#[derive(Debug)]
pub(super) struct Processors {
    places: Arc<Semaphore>,
}

/// Tells work that nobody waits for it any more.
pub(super) struct Interest(Weak<()>);

impl Processors {
    /// Half of the processors, and at least one.
    pub(super) fn half() -> Processors {
        let processors = available_parallelism().map_or(1, std::num::NonZero::get);
        Processors { places: Arc::new(Semaphore::new((processors / 2).max(1))) }
    }

    /// None at all.
    #[cfg(test)]
    pub(super) fn none() -> Processors {
        Processors { places: Arc::new(Semaphore::new(0)) }
    }

    /// What the work gives; nothing where every place is taken.
    pub(super) async fn run_now<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Interest) -> T + Send + 'static,
    ) -> Option<T> {
        let place = Arc::clone(&self.places).try_acquire_owned().ok()?;
        run(place, work).await
    }

    /// What the work gives; nothing where no place becomes free in that time.
    pub(super) async fn run_within<T: Send + 'static>(
        &self,
        time: Duration,
        work: impl FnOnce(&Interest) -> T + Send + 'static,
    ) -> Option<T> {
        let place = timeout(time, Arc::clone(&self.places).acquire_owned()).await.ok()?.ok()?;
        run(place, work).await
    }
}

impl Interest {
    /// Whether nobody waits any more.
    pub(super) fn is_lost(&self) -> bool {
        self.0.strong_count() == 0
    }
}

/// Runs the work with its place. Dropping this tells the work to end early; until then it keeps the place. Nothing comes
/// of work that panics, which was told to the log by the panic hook.
async fn run<T: Send + 'static>(
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

    use super::Processors;

    const SHORT: Duration = Duration::from_millis(20);
    const LONG: Duration = Duration::from_secs(20);

    #[tokio::test]
    async fn work_that_nobody_waits_for_ends_and_gives_its_place_back() {
        let processors = Processors::half();
        let places = processors.places.available_permits();
        let (begun, has_begun) = mpsc::channel();
        let mut running = Vec::new();
        for _ in 0..places {
            let begun = begun.clone();
            let work = move |interest: &super::Interest| {
                let _ = begun.send(());
                while !interest.is_lost() {
                    std::thread::yield_now();
                }
            };
            running.push(Box::pin(processors.run_now(work)));
        }
        for work in &mut running {
            assert!(tokio::time::timeout(SHORT, work).await.is_err());
            has_begun.recv().expect("begun");
        }
        assert_eq!(processors.run_now(|_| 1).await, None);
        assert_eq!(processors.run_within(SHORT, |_| 1).await, None);
        drop(running);
        assert_eq!(processors.run_within(LONG, |_| 1).await, Some(1));
    }
}
