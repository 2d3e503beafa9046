//! The answer's body, read within bounds. What is counted are the decoded bytes, while they arrive: what a small
//! compressed body would unfold to is never held.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::Response;

use super::unfold::{Coding, UnfoldError, Unfolding};
use crate::source::{Cause, Detail, Failure};

/// Most bytes of a failure's body that operators see.
const EXCERPT: usize = 1024;
/// How long a failure's body is waited for: it usually comes with its headers.
const MOMENT: Duration = Duration::from_millis(10);
/// As much as is unfolded at once.
const PIECE: usize = 4 * 1024;
/// As much as goes into and comes out of the unfolding of a body before others have their turn.
const TURN: usize = 256 * 1024;

/// Reads a whole body. Where it fails the connection is closed and not read to its end.
///
/// # Errors
/// `TooLarge` as soon as more bytes than allowed are there or announced; `BadResponse` when the body ends early, or is
/// folded in a way that nobody asked for.
pub(super) async fn read_body(response: Response, limit: u64) -> Result<Bytes, Failure> {
    if response.content_length().is_some_and(|length| length > limit) {
        return Err(too_large(limit));
    }
    match Coding::of(response.headers()) {
        Ok(None) => read_as_it_is(response, limit).await,
        Ok(Some(coding)) => read_unfolding(response, coding, limit).await,
        Err(_) => {
            Err(Failure::unsent(Cause::BadResponse("is folded in a way that nobody asked for"), Detail::default()))
        }
    }
}

async fn read_as_it_is(mut response: Response, limit: u64) -> Result<Bytes, Failure> {
    let Some(first) = next(&mut response, limit).await? else { return Ok(Bytes::new()) };
    // Most answers come in one piece, and are not copied.
    let Some(second) = next(&mut response, limit).await? else { return Ok(first) };
    let mut body = BytesMut::from(first);
    // What is announced is within the limit, or ends early.
    let rest = response.content_length().and_then(|rest| usize::try_from(rest).ok());
    body.reserve(second.len() + rest.unwrap_or_default());
    append(&mut body, &second, limit)?;
    while let Some(more) = next(&mut response, limit).await? {
        append(&mut body, &more, limit)?;
    }
    Ok(body.freeze())
}

async fn read_unfolding(mut response: Response, coding: Coding, limit: u64) -> Result<Bytes, Failure> {
    let mut unfolding = Unfolding::new(coding, limit);
    let (mut arrived, mut next_turn) = (0, TURN);
    while let Some(chunk) = next(&mut response, limit).await? {
        for piece in chunk.chunks(PIECE) {
            // What unfolds to nothing is bounded too.
            arrived += piece.len();
            if arrived as u64 > limit {
                return Err(too_large(limit));
            }
            unfolding.push(piece).map_err(not_unfolded)?;
            if arrived + unfolding.len() >= next_turn {
                next_turn = arrived + unfolding.len() + TURN;
                tokio::task::yield_now().await;
            }
        }
    }
    if arrived == 0 { Ok(Bytes::new()) } else { unfolding.end().map_err(not_unfolded) }
}

fn not_unfolded(error: UnfoldError) -> Failure {
    match error {
        UnfoldError::TooLarge(limit) => too_large(limit),
        UnfoldError::Malformed(error) => {
            Failure::unsent(Cause::BadResponse("cannot be decompressed"), Detail::of(&error))
        }
    }
}

/// What has arrived of a body that nobody needs.
#[derive(Debug)]
pub(super) struct Arrived {
    /// Its beginning, for operators.
    pub excerpt: String,
    /// Whether this was all of it, so that its connection can be used again.
    pub is_whole: bool,
}

/// Takes the beginning of a body, for a moment; the rest is never waited for.
pub(super) async fn take_arrived(mut response: Response) -> Arrived {
    let mut taken = BytesMut::new();
    let end = tokio::time::timeout(MOMENT, take_beginning(&mut response, &mut taken)).await;
    let beginning = match Coding::of(response.headers()) {
        Ok(Some(coding)) => unfolded_beginning(coding, &taken),
        Ok(None) | Err(_) => taken.into(),
    };
    Arrived { excerpt: excerpt(&beginning), is_whole: end.unwrap_or(false) }
}

/// As much as can be seen of a body that may be cut off.
fn unfolded_beginning(coding: Coding, taken: &[u8]) -> Vec<u8> {
    let mut unfolding = Unfolding::new(coding, PIECE as u64);
    let _ = unfolding.push(taken);
    unfolding.so_far()
}

/// Whether the body ended within an excerpt's length.
async fn take_beginning(response: &mut Response, taken: &mut BytesMut) -> bool {
    while taken.len() < EXCERPT {
        match response.chunk().await {
            Ok(Some(chunk)) => taken.extend_from_slice(&chunk[..chunk.len().min(EXCERPT)]),
            Ok(None) => return true,
            Err(_) => return false,
        }
    }
    false
}

fn excerpt(taken: &[u8]) -> String {
    String::from_utf8_lossy(&taken[..taken.len().min(EXCERPT)]).into_owned()
}

async fn next(response: &mut Response, limit: u64) -> Result<Option<Bytes>, Failure> {
    match response.chunk().await {
        Ok(Some(chunk)) if chunk.len() as u64 > limit => Err(too_large(limit)),
        Ok(chunk) => Ok(chunk),
        Err(error) => Err(Failure::unsent(Cause::BadResponse("is cut short"), Detail::of(&error.without_url()))),
    }
}

fn append(body: &mut BytesMut, chunk: &Bytes, limit: u64) -> Result<(), Failure> {
    if (body.len() + chunk.len()) as u64 > limit {
        return Err(too_large(limit));
    }
    body.extend_from_slice(chunk);
    Ok(())
}

fn too_large(limit: u64) -> Failure {
    Failure::unsent(Cause::TooLarge(limit), Detail::default())
}
