//! What happens on one connection, so that it can be told when the client takes too long. The protocol's own timers do
//! not serve: before the first byte there are none, and one timeout for headers and for idleness cannot be right for both.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use axum::http::Version;

/// No moment.
const NEVER: u64 = u64::MAX;

/// What was seen on a connection. Each value stands alone, so relaxed loads and stores are enough.
#[derive(Debug)]
pub(super) struct Activity {
    started: Instant,
    /// Requests whose answer is being made.
    in_flight: AtomicUsize,
    /// Requests that have come.
    requests: AtomicUsize,
    /// The number of the request whose head can be read in two ways; none is numbered 0.
    ambiguous: AtomicUsize,
    /// HTTP/2 reads frames between requests, so a byte there is not the start of a header.
    multiplexed: AtomicBool,
    /// When something last went well: a request answered, bytes sent. Milliseconds from the start.
    progress: AtomicU64,
    /// When the task that reads was last told that there is something to read, in microseconds from the start.
    roused: AtomicU64,
    /// When the first byte came after the last request, in milliseconds from the start.
    header_began: AtomicU64,
    /// The answers that are handed over piece by piece.
    handovers: Mutex<Vec<Weak<Handover>>>,
}

/// An answer that is handed over piece by piece; ends when dropped.
#[derive(Debug)]
pub(super) struct Handover {
    /// When its connection was accepted.
    started: Instant,
    /// When the last piece went, in milliseconds from the start.
    progress: AtomicU64,
}

/// The times that a client may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// For a header.
    pub(super) header: Duration,
    /// Between two requests.
    pub(super) idle: Duration,
    /// For taking nothing of an answer.
    pub(super) unread: Duration,
}

/// Why a connection is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Overdue {
    /// A request's header took too long.
    Header,
    /// Nothing happened for too long.
    Idle,
    /// An answer is not taken.
    Unread,
}

/// A request that is being answered; ends when dropped.
pub(super) struct Exchange<'a> {
    activity: &'a Activity,
    /// Counted from one.
    number: usize,
}

impl Activity {
    /// A connection that was accepted just now.
    pub(super) fn new() -> Activity {
        Activity {
            started: Instant::now(),
            in_flight: AtomicUsize::new(0),
            requests: AtomicUsize::new(0),
            ambiguous: AtomicUsize::new(0),
            multiplexed: AtomicBool::new(false),
            progress: AtomicU64::new(0),
            roused: AtomicU64::new(NEVER),
            header_began: AtomicU64::new(NEVER),
            handovers: Mutex::default(),
        }
    }

    /// A request's header has come whole.
    pub(super) fn begin(&self, version: Version) -> Exchange<'_> {
        self.in_flight.fetch_add(1, Ordering::Relaxed);
        let number = self.requests.fetch_add(1, Ordering::Relaxed) + 1;
        self.multiplexed.store(version == Version::HTTP_2, Ordering::Relaxed);
        self.header_began.store(NEVER, Ordering::Relaxed);
        Exchange { activity: self, number }
    }

    /// The head of that number, counted from one, can be read in two ways. It is told before its request begins.
    pub(super) fn found_ambiguous(&self, number: usize) {
        self.ambiguous.store(number, Ordering::Relaxed);
    }

    /// Whether the connection has shown that it is HTTP/2.
    pub(super) fn is_multiplexed(&self) -> bool {
        self.multiplexed.load(Ordering::Relaxed)
    }

    /// There is something to read.
    pub(super) fn rouse(&self) {
        self.roused.store(self.micros(), Ordering::Relaxed);
    }

    /// For how long what was read last has waited for a thread that takes it up, from the moment at which the runtime saw that it
    /// had come. Of HTTP/2, that is the last frame.
    pub(super) fn waited(&self) -> Duration {
        self.waited_for(self.requests.load(Ordering::Relaxed))
    }

    /// The same of a request that has not begun.
    pub(super) fn next_has_waited(&self) -> Duration {
        self.waited_for(self.requests.load(Ordering::Relaxed) + 1)
    }

    fn waited_for(&self, request: usize) -> Duration {
        let since = match self.roused.load(Ordering::Relaxed) {
            // What came along with the connection has waited since it was accepted.
            NEVER if request <= 1 => 0,
            // What stood behind another request has not begun to wait for a thread of its own.
            NEVER => return Duration::ZERO,
            moment => moment,
        };
        Duration::from_micros(self.micros().saturating_sub(since))
    }

    /// Whether the request that begins now stood behind another one, so that its thread has not been shared with others.
    pub(super) fn has_stood_behind(&self) -> bool {
        self.requests.load(Ordering::Relaxed) > 1 && self.roused.load(Ordering::Relaxed) == NEVER
    }

    /// Bytes have come.
    pub(super) fn received(&self) {
        if self.in_flight.load(Ordering::Relaxed) == 0 && self.header_began.load(Ordering::Relaxed) == NEVER {
            self.header_began.store(self.now(), Ordering::Relaxed);
        }
    }

    /// Bytes have gone.
    pub(super) fn sent(&self) {
        self.progress.store(self.now(), Ordering::Relaxed);
    }

    /// An answer begins to go out piece by piece.
    pub(super) fn hand_over(&self) -> Arc<Handover> {
        let handover = Arc::new(Handover { started: self.started, progress: AtomicU64::new(self.now()) });
        self.handovers.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::downgrade(&handover));
        handover
    }

    /// When the answer that has waited longest went on.
    fn slowest_handover(&self) -> Option<u64> {
        let mut handovers = self.handovers.lock().unwrap_or_else(PoisonError::into_inner);
        handovers.retain(|handover| handover.strong_count() > 0);
        let waiting = handovers.iter().filter_map(Weak::upgrade);
        waiting.map(|handover| handover.progress.load(Ordering::Relaxed)).min()
    }

    /// Whether the client has taken too long by now. While a request is being answered, it is the
    /// client only where another answer waits for it.
    pub(super) fn overdue(&self, patience: Patience) -> Option<Overdue> {
        let since = |moment: u64| Duration::from_millis(self.now().saturating_sub(moment));
        if self.slowest_handover().is_some_and(|moment| since(moment) >= patience.unread) {
            return Some(Overdue::Unread);
        }
        if self.in_flight.load(Ordering::Relaxed) > 0 {
            return None;
        }
        let progress = self.progress.load(Ordering::Relaxed);
        let header_began = match self.header_began.load(Ordering::Relaxed) {
            _ if self.requests.load(Ordering::Relaxed) == 0 => 0,
            _ if self.multiplexed.load(Ordering::Relaxed) => NEVER,
            NEVER => NEVER,
            // While the last answer still goes out, the next header cannot be asked for.
            moment => moment.max(progress),
        };
        if header_began != NEVER && since(header_began) >= patience.header {
            return Some(Overdue::Header);
        }
        (since(progress) >= patience.idle).then_some(Overdue::Idle)
    }

    fn now(&self) -> u64 {
        milliseconds_since(self.started)
    }

    fn micros(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_micros()).unwrap_or(NEVER)
    }
}

impl Handover {
    /// A further piece has gone.
    pub(super) fn went_on(&self) {
        self.progress.store(milliseconds_since(self.started), Ordering::Relaxed);
    }
}

fn milliseconds_since(started: Instant) -> u64 {
    u64::try_from(started.elapsed().as_millis()).unwrap_or(NEVER)
}

impl Exchange<'_> {
    /// Whether the request's head can be read in two ways.
    pub(super) fn is_ambiguous(&self) -> bool {
        self.activity.ambiguous.load(Ordering::Relaxed) == self.number
    }
}

impl Drop for Exchange<'_> {
    fn drop(&mut self) {
        if !self.activity.is_multiplexed() {
            self.activity.roused.store(NEVER, Ordering::Relaxed);
        }
        self.activity.sent();
        self.activity.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::http::Version;

    use super::{Activity, Overdue, Patience};

    const AT_ONCE: Duration = Duration::ZERO;
    const LATER: Duration = Duration::from_secs(60);
    const MOMENT: Duration = Duration::from_millis(50);

    #[test]
    fn a_client_that_never_asks_is_overdue_by_its_header() {
        let activity = Activity::new();
        assert_eq!(activity.overdue(Patience { header: AT_ONCE, idle: LATER, unread: LATER }), Some(Overdue::Header));
        assert_eq!(activity.overdue(Patience { header: LATER, idle: LATER, unread: LATER }), None);
    }

    #[test]
    fn nobody_is_overdue_while_we_work() {
        let activity = Activity::new();
        let exchange = activity.begin(Version::HTTP_11);
        assert_eq!(activity.overdue(Patience { header: AT_ONCE, idle: AT_ONCE, unread: LATER }), None);
        drop(exchange);
        assert_eq!(activity.overdue(Patience { header: AT_ONCE, idle: AT_ONCE, unread: LATER }), Some(Overdue::Idle));
    }

    #[test]
    fn a_second_header_has_its_own_time() {
        let activity = Activity::new();
        drop(activity.begin(Version::HTTP_11));
        assert_eq!(activity.overdue(Patience { header: AT_ONCE, idle: LATER, unread: LATER }), None);
        activity.received();
        assert_eq!(activity.overdue(Patience { header: AT_ONCE, idle: LATER, unread: LATER }), Some(Overdue::Header));
    }

    #[test]
    fn what_was_read_has_waited_since_it_could_be_read() {
        let activity = Activity::new();
        std::thread::sleep(MOMENT);
        let exchange = activity.begin(Version::HTTP_11);
        assert!(activity.waited() >= MOMENT && !activity.has_stood_behind(), "it came along with the connection");
        activity.rouse();
        assert!(activity.waited() < MOMENT, "its body came");
        drop(exchange);
        activity.rouse();
        std::thread::sleep(MOMENT);
        let exchange = activity.begin(Version::HTTP_11);
        assert!(activity.waited() >= MOMENT);
        drop(exchange);
        let _exchange = activity.begin(Version::HTTP_11);
        assert_eq!((activity.waited(), activity.has_stood_behind()), (Duration::ZERO, true));
    }

    #[test]
    fn an_answer_that_is_not_taken_is_told_while_it_lasts() {
        let activity = Activity::new();
        let _exchange = activity.begin(Version::HTTP_2);
        let patience = Patience { header: LATER, idle: LATER, unread: AT_ONCE };
        assert_eq!(activity.overdue(patience), None);
        let handover = activity.hand_over();
        assert_eq!(activity.overdue(patience), Some(Overdue::Unread));
        drop(handover);
        assert_eq!(activity.overdue(patience), None);
    }

    #[test]
    fn a_header_waits_for_the_answer_before_it() {
        let activity = Activity::new();
        drop(activity.begin(Version::HTTP_11));
        activity.received();
        std::thread::sleep(Duration::from_millis(200));
        activity.sent();
        let patience = Patience { header: Duration::from_millis(200), idle: LATER, unread: LATER };
        assert_eq!(activity.overdue(patience), None);
    }

    #[test]
    fn frames_between_streams_are_no_header() {
        let activity = Activity::new();
        drop(activity.begin(Version::HTTP_2));
        activity.received();
        assert_eq!(activity.overdue(Patience { header: AT_ONCE, idle: LATER, unread: LATER }), None);
    }
}
