//! Why a source did not deliver. A failure has two faces: [`Cause`] holds facts that anyone may read, [`Detail`] is
//! text for operators and has no way into a response but `--dev`.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use super::Expired;

/// The name of one failed call, for people outside and for the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ErrorId(Uuid);

impl fmt::Display for ErrorId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// One failed call. Whoever shared the call shares its id.
#[derive(Debug, Clone)]
pub struct Failure {
    /// Under which the log has it.
    pub id: ErrorId,
    /// What happened, in facts.
    pub cause: Cause,
    /// The whole story, for operators.
    pub detail: Detail,
    /// Attempts made; 0 when nothing was sent.
    pub attempts: u32,
    /// How long it took.
    pub elapsed: Duration,
    /// How long the source asked to be left alone.
    pub retry_after: Option<Duration>,
    /// Whether the source means it as an answer, and whoever asked takes it for one: it is not tried again, and no breaker
    /// counts it.
    pub is_answer: bool,
}

/// What can go wrong with a source. The set is closed: each becomes one code of the contract.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Cause {
    /// It was asked and did not answer in time.
    #[error("did not answer in time")]
    TimedOut(Expired),
    /// DNS, connect, TLS, or a connection that was lost.
    #[error("is not available")]
    Unavailable(Reason),
    /// An HTTP status that is not 2xx.
    #[error("answered with status {0}")]
    Status(u16),
    /// The database refused the statement, with this SQLSTATE where it has one.
    #[error("could not run the statement")]
    QueryFailed(Option<Box<str>>),
    /// A value that cannot be encoded for the source, or that it does not take as a parameter. The words say which.
    #[error("does not take the value: {0}")]
    RejectedInput(&'static str, Option<Box<str>>),
    /// The answer is not what was bound. The words say in what way.
    #[error("gave an answer that {0}")]
    BadResponse(&'static str),
    /// More bytes than allowed; holds the limit.
    #[error("gave an answer of more than {0} bytes")]
    TooLarge(u64),
    /// No place or connection in time, or the queue is full.
    #[error("has no place for this call")]
    Overloaded,
    /// It was not called, because it kept failing; holds how long it is left alone.
    #[error("is left alone for {0:?}, because it kept failing")]
    CircuitOpen(Duration),
    /// The operation has made all its calls; holds the limit.
    #[error("was not called: the operation may make {0} calls")]
    CallLimit(u32),
    /// A bug of ours.
    #[error("failed inside the gateway")]
    Internal,
}

/// Why a source is not available, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Its name does not resolve.
    Dns,
    /// No connection.
    Connect,
    /// No secure connection.
    Tls,
    /// The connection broke.
    Lost,
}

/// Text for operators: URLs, statements, causes. It goes to the log, and into a response with `--dev` alone.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Detail(Arc<str>);

impl Detail {
    /// Text for operators.
    pub fn new(text: impl Into<Arc<str>>) -> Detail {
        Detail(text.into())
    }

    /// An error and all that caused it, in one line.
    pub fn of(error: &dyn std::error::Error) -> Detail {
        let mut text = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            let words = cause.to_string();
            if !text.ends_with(&words) {
                text.push_str(": ");
                text.push_str(&words);
            }
            source = cause.source();
        }
        Detail(text.into())
    }

    /// The text, for the log.
    #[must_use]
    pub fn for_operators(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Detail {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, formatter)
    }
}

impl Cause {
    /// Whether it can be gone at another attempt.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        match self {
            Cause::TimedOut(_) | Cause::Unavailable(_) | Cause::Overloaded | Cause::CircuitOpen(_) => true,
            Cause::Status(status) => matches!(status, 429 | 502 | 503 | 504),
            Cause::QueryFailed(state) => matches!(state.as_deref(), Some("40001" | "40P01")),
            Cause::RejectedInput(..)
            | Cause::BadResponse(_)
            | Cause::TooLarge(_)
            | Cause::CallLimit(_)
            | Cause::Internal => false,
        }
    }

    /// Whether the source has seen nothing of it.
    #[must_use]
    pub fn is_unsent(&self) -> bool {
        matches!(self, Cause::Unavailable(Reason::Dns | Reason::Connect | Reason::Tls))
    }
}

impl Reason {
    /// The word that a response carries.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Reason::Dns => "dns",
            Reason::Connect => "connect",
            Reason::Tls => "tls",
            Reason::Lost => "lost",
        }
    }
}

impl Failure {
    /// A failure before anything was sent.
    #[must_use]
    pub fn unsent(cause: Cause, detail: Detail) -> Failure {
        let id = ErrorId(Uuid::new_v4());
        Failure { id, cause, detail, attempts: 0, elapsed: Duration::ZERO, retry_after: None, is_answer: false }
    }
}
