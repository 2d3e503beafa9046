//! How long tasks that could go on wait for a thread. A beat that should come every few milliseconds comes late by that
//! time; the least of a window tells a standing queue from a crowd that comes and goes.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::yield_now;
use tokio::time::{Instant, sleep};
use tokio_util::task::TaskTracker;

use super::front_door::{FrontDoor, Window};

/// From one beat to the next, where none comes late.
const BEAT: Duration = Duration::from_millis(10);

/// As long as is looked on before a conclusion is drawn.
const WINDOW: Duration = Duration::from_millis(50);

/// A thread that rests no more often than this is busy all the time.
const REST: Duration = Duration::from_millis(25);

/// Tells the door what was seen, window by window, and never ends. Each client has a task.
pub(super) async fn watch(door: Arc<FrontDoor>, clients: TaskTracker) {
    loop {
        let (began, rests) = (Instant::now(), rests());
        let mut wait = Duration::MAX;
        while began.elapsed() < WINDOW {
            let due = Instant::now() + BEAT;
            sleep(BEAT).await;
            // A timer's task goes before all others; only behind them is it seen how many there are.
            yield_now().await;
            wait = wait.min(due.elapsed());
        }
        let (length, threads) = (began.elapsed(), Handle::current().metrics().num_workers());
        let rested = self::rests().saturating_sub(rests);
        let possible = length.as_millis() / REST.as_millis() * threads as u128;
        door.learn(Window { length, wait, is_busy: u128::from(rested) <= possible, clients: clients.len() });
    }
}

/// How often the threads of this runtime have had nothing to do, all together.
fn rests() -> u64 {
    let metrics = Handle::current().metrics();
    (0..metrics.num_workers()).map(|worker| metrics.worker_park_count(worker)).sum()
}
