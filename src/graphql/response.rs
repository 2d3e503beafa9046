//! A response: bytes, and the little that a transport must know to send them.

use bytes::Bytes;

use super::{Error, ErrorCode, Report};

/// What a transport needs to know of a response to choose a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Executed; no field failed.
    Complete,
    /// Executed; at least one field failed, and `data` may be null.
    Partial,
    /// Not executed; there is no `data`.
    RequestError(ErrorCode),
    /// Not executed, because the request is read-only and the operation is no query; there is no `data`.
    NotReadOnly,
}

/// A whole response, ready to be sent as it is.
#[derive(Debug, Clone)]
pub struct Response {
    /// The JSON text.
    pub body: Bytes,
    /// What it says.
    pub outcome: Outcome,
    /// What it cost, where somebody asked.
    pub report: Option<Box<Report>>,
}

impl Response {
    /// A response to a request that was not executed: `errors` and no `data` (specification, section 7.1).
    ///
    /// The code of the first error chooses the status.
    #[must_use]
    pub fn request_errors(errors: &[Error]) -> Response {
        #[derive(serde::Serialize)]
        struct Body<'a> {
            errors: &'a [Error],
        }
        let body = serde_json::to_vec(&Body { errors }).unwrap_or_default();
        let code = errors.first().map_or(ErrorCode::Internal, |error| error.extensions.code);
        Response { body: body.into(), outcome: Outcome::RequestError(code), report: None }
    }

    /// A response to a read-only request whose operation is no query.
    #[must_use]
    pub fn not_read_only(error: &Error) -> Response {
        Response { outcome: Outcome::NotReadOnly, ..Response::request_errors(std::slice::from_ref(error)) }
    }
}
