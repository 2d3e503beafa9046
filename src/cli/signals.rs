//! The signals that end the process: the first one asks, the second one insists.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// What a shell reports of a process that a signal ended.
const KILLED: i32 = 130;

/// SIGTERM and ctrl-c, listened for.
pub(super) struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// Listens from now on, so that no signal is missed between the start and the first wait.
    pub(super) fn listen() -> io::Result<Signals> {
        Ok(Signals { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Completes with the first signal. The second one ends the process at once, whatever is still in flight; the task
    /// that waits for it ends with the process.
    pub(super) async fn stop(mut self) {
        self.next().await;
        tracing::info!("stopping; operations in flight finish first");
        tokio::spawn(async move {
            self.next().await;
            std::process::exit(KILLED);
        });
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
