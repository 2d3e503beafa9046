//! The answer's body, read within bounds. What is counted are the decoded bytes, while they arrive: what a small
//! compressed body would unfold to is never held.

use std::time::Duration;

use bytes::{Bytes, BytesMut};

use super::answer::Answer;
use super::unfold::{Coding, UnfoldError, Unfolding};
use crate::source::{Cause, Detail, Failure};

/// Most bytes of a failure's body that operators see.
const EXCERPT: usize = 1024;
/// How long a failure's body is waited for: it usually comes with its headers.
const MOMENT: Duration = Duration::from_millis(10);
/// What is allocated at first for a body whose length is not known, and at the most at once.
const BLOCK: usize = 64 * 1024;
const LARGEST_BLOCK: usize = 1024 * 1024;
/// Half of what a connection has room for while it waits for an answer.
const SMALL: usize = 4 * 1024;
/// As much as is unfolded at once.
const PIECE: usize = 4 * 1024;
/// As much as goes into and comes out of the unfolding of a body before others have their turn.
const TURN: usize = 128 * 1024;

/// Reads a whole body. Where it fails it is not read to its end.
///
/// # Errors
/// `TooLarge` as soon as more bytes than allowed are there or announced; `BadResponse` when the body ends early, or is
/// folded in a way that nobody asked for.
pub(super) async fn read_body(answer: &mut Answer, limit: u64) -> Result<Bytes, Failure> {
    if answer.length_left().is_some_and(|length| length > limit) {
        return Err(too_large(limit));
    }
    match Coding::of(answer.headers()) {
        Ok(None) => read_as_it_is(answer, limit).await,
        Ok(Some(coding)) => read_unfolding(answer, coding, limit).await,
        Err(_) => {
            Err(Failure::unsent(Cause::BadResponse("is folded in a way that nobody asked for"), Detail::default()))
        }
    }
}

async fn read_as_it_is(answer: &mut Answer, limit: u64) -> Result<Bytes, Failure> {
    let Some(first) = next(answer, limit).await? else { return Ok(Bytes::new()) };
    // Most answers come in one piece. What is small is copied, so that it does not hold the buffer that it was read into.
    let first = if first.len() <= SMALL { Bytes::copy_from_slice(&first) } else { first };
    let Some(second) = next(answer, limit).await? else { return Ok(first) };
    // What is announced is within the limit, or ends early.
    let rest = answer.length_left().and_then(|rest| usize::try_from(rest).ok());
    let mut gathered = Gathered::new(first.len() + second.len() + rest.unwrap_or_default());
    gathered.push(&first);
    let mut piece = Some(second);
    while let Some(bytes) = piece {
        if (gathered.length + bytes.len()) as u64 > limit {
            return Err(too_large(limit));
        }
        gathered.push(&bytes);
        piece = next(answer, limit).await?;
    }
    Ok(gathered.whole())
}

/// A body in blocks, so that nothing is copied again while more arrives.
struct Gathered {
    full: Vec<BytesMut>,
    last: BytesMut,
    length: usize,
}

impl Gathered {
    /// Room for what is expected.
    fn new(expected: usize) -> Gathered {
        Gathered { full: Vec::new(), last: BytesMut::with_capacity(expected), length: 0 }
    }

    fn push(&mut self, mut bytes: &[u8]) {
        self.length += bytes.len();
        while !bytes.is_empty() {
            if self.last.len() == self.last.capacity() {
                let block = BytesMut::with_capacity(self.length.clamp(BLOCK, LARGEST_BLOCK));
                self.full.push(std::mem::replace(&mut self.last, block));
            }
            let room = (self.last.capacity() - self.last.len()).min(bytes.len());
            self.last.extend_from_slice(&bytes[..room]);
            bytes = &bytes[room..];
        }
    }

    fn whole(self) -> Bytes {
        if self.full.is_empty() {
            return self.last.freeze();
        }
        let mut whole = BytesMut::with_capacity(self.length);
        for block in self.full.iter().chain([&self.last]) {
            whole.extend_from_slice(block);
        }
        whole.freeze()
    }
}

async fn read_unfolding(answer: &mut Answer, coding: Coding, limit: u64) -> Result<Bytes, Failure> {
    let mut unfolding = Unfolding::new(coding, limit);
    let (mut arrived, mut next_turn) = (0, TURN);
    while let Some(chunk) = next(answer, limit).await? {
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

/// Takes the beginning of a body that nobody needs, for operators; the rest is waited for no longer than a moment.
pub(super) async fn take_arrived(answer: &mut Answer) -> String {
    let mut taken = BytesMut::new();
    let _ = tokio::time::timeout(MOMENT, take_beginning(answer, &mut taken)).await;
    let beginning = match Coding::of(answer.headers()) {
        Ok(Some(coding)) => unfolded_beginning(coding, &taken),
        Ok(None) | Err(_) => taken.into(),
    };
    excerpt(&beginning)
}

/// As much as can be seen of a body that may be cut off.
fn unfolded_beginning(coding: Coding, taken: &[u8]) -> Vec<u8> {
    let mut unfolding = Unfolding::new(coding, PIECE as u64);
    let _ = unfolding.push(taken);
    unfolding.so_far()
}

/// Stops at an excerpt's length.
async fn take_beginning(answer: &mut Answer, taken: &mut BytesMut) {
    while taken.len() < EXCERPT
        && let Ok(Some(chunk)) = answer.chunk().await
    {
        taken.extend_from_slice(&chunk[..chunk.len().min(EXCERPT)]);
    }
}

fn excerpt(taken: &[u8]) -> String {
    String::from_utf8_lossy(&taken[..taken.len().min(EXCERPT)]).into_owned()
}

async fn next(answer: &mut Answer, limit: u64) -> Result<Option<Bytes>, Failure> {
    match answer.chunk().await {
        Ok(Some(chunk)) if chunk.len() as u64 > limit => Err(too_large(limit)),
        Ok(chunk) => Ok(chunk),
        Err(error) => Err(Failure::unsent(Cause::BadResponse("is cut short"), Detail::of(&error))),
    }
}

fn too_large(limit: u64) -> Failure {
    Failure::unsent(Cause::TooLarge(limit), Detail::default())
}
