//! A fault on purpose: what a source does wrong because somebody wants to see what becomes of a page then. How one is
//! typed stands in `cli`; when one is met, in `source_faults`.

use std::fmt;
use std::time::Duration;

use crate::graphql::SourceKind;

/// One fault of one source.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// The name of the source.
    pub source: Box<str>,
    /// What it does.
    pub kind: FaultKind,
    /// The share of attempts that meet it: more than 0, at most 1.
    pub share: f64,
}

/// What a source does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// It gets the call at once, and its answer comes so much later.
    Latency(Duration),
    /// It gets the call, and no answer ever comes.
    Hang,
    /// It gets no call: something in front of it answers with this status.
    Status(u16),
    /// It gets the call, and the connection is lost before the answer.
    Reset,
    /// It gets no call: nobody takes the connection.
    Down,
    /// It gets no call: something in front of it answers 200 with a page of HTML.
    Garbage,
    /// It gets the call, and the body of a success takes so much longer.
    SlowBody(Duration),
}

impl FaultKind {
    /// Whether a source of this kind can have it: a database has neither statuses nor bodies.
    #[must_use]
    pub fn fits(self, source: SourceKind) -> bool {
        match (self, source) {
            (FaultKind::Latency(_) | FaultKind::Hang | FaultKind::Reset | FaultKind::Down, _)
            | (_, SourceKind::Rest) => true,
            (
                FaultKind::Status(_) | FaultKind::Garbage | FaultKind::SlowBody(_),
                SourceKind::Postgres | SourceKind::Sqlite,
            ) => false,
        }
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FaultKind::Latency(length) => write!(formatter, "latency={length:?}"),
            FaultKind::Hang => formatter.write_str("hang"),
            FaultKind::Status(status) => write!(formatter, "status={status}"),
            FaultKind::Reset => formatter.write_str("reset"),
            FaultKind::Down => formatter.write_str("down"),
            FaultKind::Garbage => formatter.write_str("garbage"),
            FaultKind::SlowBody(length) => write!(formatter, "slow-body={length:?}"),
        }
    }
}

impl fmt::Display for Fault {
    /// `reviews:latency=2s@30%`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Fault { source, kind, share } = self;
        write!(formatter, "{source}:{kind}")?;
        if *share < 1.0 { write!(formatter, "@{}%", (share * 1e8).round() / 1e6) } else { Ok(()) }
    }
}
