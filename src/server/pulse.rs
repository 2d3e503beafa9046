//! How long tasks that could go on wait for a thread. A beat that should come every few milliseconds comes late by that
//! time; the least of a window tells a standing queue from a crowd that comes and goes.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::{Instant, sleep};

use super::front_door::{FrontDoor, Window};

/// From one beat to the next.
const BEAT: Duration = Duration::from_millis(10);

/// Beats in a window.
const BEATS: u32 = 10;

/// A thread that rests for less than this share of a window is busy all the time.
const REST: f64 = 0.05;

/// Tells the door what was seen, window by window, and never ends.
pub(super) async fn watch(door: Arc<FrontDoor>) {
    loop {
        let (began, busy) = (Instant::now(), busy_time());
        let mut least = Duration::MAX;
        for _ in 0..BEATS {
            let due = Instant::now() + BEAT;
            sleep(BEAT).await;
            least = least.min(due.elapsed());
        }
        let (threads, length) = (Handle::current().metrics().num_workers(), began.elapsed());
        let possible = length.as_secs_f64() * f64::from(u32::try_from(threads).unwrap_or(u32::MAX));
        let busy = busy_time().saturating_sub(busy).as_secs_f64();
        door.learn(Window { length, wait: least, is_busy: busy >= possible * (1.0 - REST) });
    }
}

/// How long the threads of this runtime have not rested, all together.
fn busy_time() -> Duration {
    let metrics = Handle::current().metrics();
    (0..metrics.num_workers()).map(|worker| metrics.worker_total_busy_duration(worker)).sum()
}
