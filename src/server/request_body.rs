//! Reads a request's body within a number of bytes and a time. Nothing is decompressed, so that a byte read is a byte
//! held.

use std::time::Duration;

use axum::body::Body;
use axum::http::StatusCode;
use bytes::Bytes;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::Body as _;
use tokio::time::timeout;

use super::refusal::Refusal;

/// The whole body, or why it is refused: larger than `max_body` (told by its length before a byte is read, or once that
/// much was read), slower than `body_timeout`, or cut off.
pub(super) async fn read_body(body: Body, max_body: u64, body_timeout: Duration) -> Result<Bytes, Refusal> {
    let too_large = || Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, format!("the body is larger than {max_body} bytes"));
    if body.size_hint().lower() > max_body {
        return Err(too_large());
    }
    let limited = Limited::new(body, usize::try_from(max_body).unwrap_or(usize::MAX));
    match timeout(body_timeout, limited.collect()).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
        Ok(Err(_)) => Err(Refusal::malformed("the body was cut off")),
        Err(_) => Err(Refusal::new(StatusCode::REQUEST_TIMEOUT, "the body took too long to arrive")),
    }
}
