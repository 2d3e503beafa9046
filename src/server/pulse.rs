//! How long tasks that could go on wait for a thread. A beat that should come every few milliseconds comes late by that
//! time; the least of a window tells a standing queue from a crowd that comes and goes.

use std::collections::VecDeque;
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

/// Windows by whose time it is told whether the threads are busy: what a thread has done is told from time to time only.
const WINDOWS: usize = 6;

/// Threads that rest for less than this share of their time are busy.
const REST: f64 = 0.15;

/// Tells the door what was seen, window by window, and never ends. Each client has a task.
pub(super) async fn watch(door: Arc<FrontDoor>, clients: TaskTracker) {
    let mut before = VecDeque::from([(Instant::now(), busy_time())]);
    loop {
        let (began, mut wait) = (Instant::now(), Duration::MAX);
        while began.elapsed() < WINDOW {
            let due = Instant::now() + BEAT;
            sleep(BEAT).await;
            // A timer's task goes before all others; only behind them is it seen how many there are.
            yield_now().await;
            wait = wait.min(due.elapsed());
        }
        let is_busy = before.front().is_some_and(|(since, busy)| is_busy(*since, *busy));
        door.learn(Window { length: began.elapsed(), wait, is_busy, clients: clients.len() });
        if before.len() >= WINDOWS {
            before.pop_front();
        }
        before.push_back((Instant::now(), busy_time()));
    }
}

/// Whether the threads of this runtime have hardly rested since then.
fn is_busy(since: Instant, busy: Duration) -> bool {
    let threads = u32::try_from(Handle::current().metrics().num_workers()).unwrap_or(u32::MAX);
    busy_time().saturating_sub(busy).as_secs_f64() >= since.elapsed().as_secs_f64() * f64::from(threads) * (1.0 - REST)
}

/// How long the threads of this runtime have not rested, all together.
fn busy_time() -> Duration {
    let metrics = Handle::current().metrics();
    (0..metrics.num_workers()).map(|worker| metrics.worker_total_busy_duration(worker)).sum()
}
