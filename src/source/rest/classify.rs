//! Why a call got no answer, and which of our causes that is. By types, never by words.

use std::error::Error;
use std::io;

use super::resolver::Unresolved;
use crate::source::{Cause, Reason};

/// Why a call got no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoAnswer {
    /// No connection was made.
    #[error("no connection")]
    Connect(#[source] Box<dyn Error + Send + Sync>),
    /// None was made within the time for it.
    #[error("no connection in time")]
    Slow,
    /// The connection could not be secured.
    #[error("no secure connection")]
    Handshake(#[source] io::Error),
    /// There was a connection, and nothing was sent over it.
    #[error("the connection had ended")]
    Unsent(#[source] hyper::Error),
    /// There was a connection.
    #[error("the call broke")]
    Exchange(#[source] hyper::Error),
}

impl NoAnswer {
    /// What clients are told.
    pub fn cause(&self) -> Cause {
        let reason = match self {
            NoAnswer::Connect(error) if find::<Unresolved>(error.as_ref()).is_some() => Reason::Dns,
            NoAnswer::Connect(_) | NoAnswer::Slow => Reason::Connect,
            NoAnswer::Handshake(_) => Reason::Tls,
            NoAnswer::Exchange(error) if error.is_parse_too_large() => {
                return Cause::BadResponse("has too many or too large headers");
            }
            NoAnswer::Exchange(error) if error.is_parse() => return Cause::BadResponse("is not HTTP"),
            // Also where it broke in TLS: what was sent by then may have been done.
            NoAnswer::Exchange(_) | NoAnswer::Unsent(_) => Reason::Lost,
        };
        Cause::Unavailable(reason)
    }

    /// Whether the call may have reached the service, and broke before an answer.
    pub fn is_lost(&self) -> bool {
        matches!(self, NoAnswer::Exchange(error) if !error.is_parse())
    }

    /// Whether the service has seen nothing of the call, because the connection had ended.
    pub fn is_unsent(&self) -> bool {
        matches!(self, NoAnswer::Unsent(_))
    }
}

/// The last error of a type among an error and its causes; what an I/O error wraps counts too.
fn find<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    let mut found = None;
    let mut next = Some(error);
    while let Some(error) = next {
        found = error.downcast_ref::<T>().or(found);
        next = match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    found
}
