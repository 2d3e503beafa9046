//! A socket that notes what passes through it, and fails when the other side takes nothing for too long.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use futures_util::task::AtomicWaker;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

use super::activity::Activity;
use super::head_reader::HeadReader;

/// A socket under watch.
pub(super) struct WatchedStream {
    stream: TcpStream,
    activity: Arc<Activity>,
    heads: HeadReader,
    /// Who is told that there is something to read, and tells the task.
    waker: Waker,
    reader: Arc<Reader>,
    write_timeout: Duration,
    /// Runs while the socket takes nothing.
    stalled: Option<Pin<Box<Sleep>>>,
}

/// The task that reads.
struct Reader {
    activity: Arc<Activity>,
    task: AtomicWaker,
}

impl Wake for Reader {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.activity.rouse();
        self.task.wake();
    }
}

impl WatchedStream {
    /// Watches a socket.
    pub(super) fn new(stream: TcpStream, activity: Arc<Activity>, write_timeout: Duration) -> WatchedStream {
        let reader = Arc::new(Reader { activity: Arc::clone(&activity), task: AtomicWaker::new() });
        let (waker, heads) = (Waker::from(Arc::clone(&reader)), HeadReader::default());
        WatchedStream { stream, activity, heads, waker, reader, write_timeout, stalled: None }
    }

    /// What became of a write, or the end of patience with it.
    fn note(&mut self, context: &mut Context<'_>, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if written.is_ready() {
            self.stalled = None;
            self.activity.sent();
            return written;
        }
        let write_timeout = self.write_timeout;
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(sleep(write_timeout)));
        stalled.as_mut().poll(context).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for WatchedStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        self.reader.task.register(context.waker());
        let Self { stream, waker, .. } = &mut *self;
        let read = Pin::new(stream).poll_read(&mut Context::from_waker(waker), buffer);
        let bytes = &buffer.filled()[before..];
        if !bytes.is_empty() {
            self.activity.received();
            if let Some(number) = self.heads.read(bytes) {
                self.activity.found_ambiguous(number);
            }
        }
        read
    }
}

impl AsyncWrite for WatchedStream {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.note(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.note(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
