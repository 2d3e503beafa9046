//! Reads a request's body within a number of bytes and a time. Nothing is decompressed, so that a byte read is a byte
//! held.

use std::time::Duration;

use axum::body::Body;
use axum::http::StatusCode;
use bytes::Bytes;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::Body as _;
use tokio::time::{sleep, timeout};

use super::edge::Edge;
use super::refusal::Refusal;

/// Longest time for what is missing of a body when the server is told to stop: a body that still comes is no operation
/// in flight.
const STOPPING_TIMEOUT: Duration = Duration::from_secs(2);

/// The whole body, or why it is refused: larger than `max_body` (told by its length before a byte is read, or once that
/// much was read), slower than the edge allows, or cut off.
pub(super) async fn read_body(body: Body, edge: &Edge) -> Result<Bytes, Refusal> {
    let max_body = edge.gateway.limits().max_body;
    let too_large = || Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, format!("the body is larger than {max_body} bytes"));
    if body.size_hint().lower() > max_body {
        return Err(too_large());
    }
    let limited = Limited::new(body, usize::try_from(max_body).unwrap_or(usize::MAX));
    let collected = tokio::select! {
        biased;
        collected = limited.collect() => collected,
        () = too_slow(edge) => {
            return Err(Refusal::new(StatusCode::REQUEST_TIMEOUT, "the body took too long to arrive"));
        }
    };
    match collected {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(too_large()),
        Err(_) => Err(Refusal::malformed("the body was cut off")),
    }
}

/// Completes when a body has taken too long.
async fn too_slow(edge: &Edge) {
    let stopping = async {
        edge.draining.cancelled().await;
        sleep(STOPPING_TIMEOUT).await;
    };
    // Either end will do.
    let _ = timeout(edge.body_timeout, stopping).await;
}
