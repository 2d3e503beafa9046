//! Connections on their way back. When an answer has been read, its connection needs a moment until the client's pool
//! has it again; a call that starts in this moment would make one more than the source has places. It waits instead.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use tokio::time::Instant;

/// Longer than any way back; a call waits so long only where the connection that it expected has died.
const WAY_BACK: Duration = Duration::from_millis(20);

/// How many connections a service's pool has, or will have in a moment. It is told of every call, but not of
/// connections that die while they are idle: the count can be too high, and each such mistake costs one wait.
#[derive(Debug, Default)]
pub(super) struct Returning(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    connections: usize,
    last: Option<Instant>,
}

impl Returning {
    /// A call starts. Where a connection may still be on its way to it, this is when to stop waiting for it.
    pub fn claim(&self) -> Option<Instant> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.connections = state.connections.checked_sub(1)?;
        state.last.map(|last| last + WAY_BACK)
    }

    /// Whether a connection came back since then: a call that ran meanwhile may have been given it.
    pub fn has_come_since(&self, instant: Instant) -> bool {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.last.is_some_and(|last| last >= instant)
    }

    /// A call's answer has been read to its end.
    pub fn give_back(&self) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.connections += 1;
        state.last = Some(Instant::now());
    }
}
