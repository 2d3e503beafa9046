//! Reads a request's body within a number of bytes and a time. What is compressed is counted twice, as it comes and as it
//! unfolds, so that neither is held beyond the limit.

use std::time::Duration;

use axum::body::Body;
use axum::http::StatusCode;
use bytes::Bytes;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::Body as _;
use tokio::time::{sleep, timeout};

use super::content_coding::ContentCoding;
use super::decompress::{UnfoldError, unfold};
use super::edge::Edge;
use super::refusal::Refusal;
use crate::source::Interest;

/// Longest time for what is missing of a body when the server is told to stop: a body that still comes is no operation
/// in flight.
const STOPPING_TIMEOUT: Duration = Duration::from_secs(2);

/// The whole body as it comes, or why it is refused: larger than `max_body` (told by its length before a byte is read, or once
/// that much was read), slower than the edge allows, or cut off.
pub(super) async fn collect(body: Body, edge: &Edge) -> Result<Bytes, Refusal> {
    let max_body = edge.gateway.limits().max_body;
    if body.size_hint().lower() > max_body {
        return Err(too_large(max_body));
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
        Err(error) if error.is::<LengthLimitError>() => Err(too_large(max_body)),
        Err(_) => Err(Refusal::malformed("the body was cut off")),
    }
}

/// The body as it was before it was compressed, or why it is refused: not compressed like that, or larger than `max_body`. It
/// is unfolded on a thread that serves nobody meanwhile: a few bytes may be much work.
pub(super) async fn unfold_beside(coding: ContentCoding, body: Bytes, edge: &Edge) -> Result<Bytes, Refusal> {
    let max_body = edge.gateway.limits().max_body;
    let work = move |interest: &Interest| unfold(coding, &body, max_body, &|| interest.is_lost());
    match edge.gateway.heavy_work().run_within(edge.body_timeout, work).await {
        Some(Ok(unfolded)) => Ok(unfolded.into()),
        Some(Err(UnfoldError::TooLarge(limit))) => Err(too_large(limit)),
        Some(Err(UnfoldError::Malformed(_) | UnfoldError::GivenUp)) => {
            Err(Refusal::malformed(format!("the body is not what {} makes of one", coding.name())))
        }
        None => Err(Refusal::overloaded()),
    }
}

fn too_large(limit: u64) -> Refusal {
    Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, format!("the body is larger than {limit} bytes"))
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
