//! A stream whose reader pauses. A peer that sends without a pause keeps whoever reads as long as that finds something to do
//! with what came, which may be nothing but interim answers (RFC 9110, section 15.2): all the while the thread is theirs.

use std::io::{IoSlice, Result};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// After so many bytes of heads others have their turn, and no more are read at once: each byte of a head costs more than
/// fifty of a body. Most answers are smaller, and come with their head.
const OF_HEADS: usize = 32 * 1024;

/// After so many bytes of a body.
const OF_A_BODY: usize = 128 * 1024;

/// A stream that seems to have nothing to read now and then.
#[derive(Debug)]
pub(super) struct Paced<S> {
    stream: S,
    pace: Pace,
    /// What was read since others had their turn.
    taken: usize,
}

/// What is read at present: heads, until told otherwise.
#[derive(Clone, Debug, Default)]
pub(super) struct Pace {
    reads_a_body: Arc<AtomicBool>,
}

impl Pace {
    /// The head of an answer is awaited.
    pub fn of_heads(&self) {
        self.reads_a_body.store(false, Ordering::Relaxed);
    }

    /// The head of an answer is there.
    pub fn of_a_body(&self) {
        self.reads_a_body.store(true, Ordering::Relaxed);
    }

    /// As much as is read before others have their turn.
    fn turn(&self) -> usize {
        if self.reads_a_body.load(Ordering::Relaxed) { OF_A_BODY } else { OF_HEADS }
    }
}

impl<S> Paced<S> {
    /// A stream that is read at a pace.
    pub fn new(stream: S, pace: Pace) -> Paced<S> {
        Paced { stream, pace, taken: 0 }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Paced<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        let turn = self.pace.turn();
        if self.taken >= turn {
            self.taken = 0;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let read = poll_read_at_most(turn, Pin::new(&mut self.stream), context, buffer);
        if read.is_pending() {
            self.taken = 0;
        }
        self.taken += ready!(read)?;
        Poll::Ready(Ok(()))
    }
}

/// Gives how many bytes were read.
fn poll_read_at_most<S: AsyncRead>(
    most: usize,
    stream: Pin<&mut S>,
    context: &mut Context<'_>,
    buffer: &mut ReadBuf<'_>,
) -> Poll<Result<usize>> {
    let before = buffer.filled().len();
    if buffer.remaining() <= most {
        ready!(stream.poll_read(context, buffer))?;
    } else {
        let mut part = ReadBuf::new(buffer.initialize_unfilled_to(most));
        ready!(stream.poll_read(context, &mut part))?;
        let count = part.filled().len();
        buffer.advance(count);
    }
    Poll::Ready(Ok(buffer.filled().len() - before))
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Paced<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
