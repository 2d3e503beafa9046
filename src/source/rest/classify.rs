//! What an error of reqwest's means: which of our causes it is. By types, never by words.

use std::error::Error;
use std::io;

use super::resolver::Unresolved;
use crate::source::{Cause, Reason};

/// The cause of a call that got no answer.
pub(super) fn cause_without_answer(error: &reqwest::Error, is_secure: bool) -> Cause {
    if let Some(error) = find::<hyper::Error>(error) {
        if error.is_parse_too_large() {
            return Cause::BadResponse("has too many or too large headers");
        }
        if error.is_parse() {
            return Cause::BadResponse("is not HTTP");
        }
    }
    Cause::Unavailable(reason(error, is_secure))
}

/// Whether a connection was there and broke before a byte of an answer.
pub(super) fn is_lost(error: &reqwest::Error) -> bool {
    error.is_request() && !error.is_connect() && !find::<hyper::Error>(error).is_some_and(hyper::Error::is_parse)
}

fn reason(error: &reqwest::Error, is_secure: bool) -> Reason {
    if find::<Unresolved>(error).is_some() {
        return Reason::Dns;
    }
    if is_secure && (find::<rustls::Error>(error).is_some() || error.is_connect() && broke_in_handshake(error)) {
        return Reason::Tls;
    }
    if error.is_connect() { Reason::Connect } else { Reason::Lost }
}

/// A connection that was made and ended while the handshake ran.
fn broke_in_handshake(error: &reqwest::Error) -> bool {
    find::<io::Error>(error).is_some_and(|error| {
        matches!(
            error.kind(),
            io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe
        )
    })
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
