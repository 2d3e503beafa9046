//! A stream on which no row may be longer than a limit. A row is one message of the protocol, and tokio-postgres gathers the
//! whole of it before anybody can look at its size: here its announced length is read, and the connection ends instead.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::address::Stream;

/// A kind and the length behind it, which counts itself.
const HEADER: usize = 5;
/// The kind of a message that is a row.
const ROW: u8 = b'D';

/// Whether a connection ended because of a row that was too long.
#[derive(Debug, Clone, Default)]
pub struct TooLong(Arc<AtomicBool>);

impl TooLong {
    /// Whether it is so.
    pub fn is_so(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// What a server sends, watched.
pub struct Guarded {
    stream: Box<dyn Stream>,
    limit: u64,
    too_long: TooLong,
    header: [u8; HEADER],
    /// How much of the header is there.
    read: usize,
    /// How much of the message behind it is to come.
    left: u64,
}

impl Guarded {
    /// A stream that ends with an error when a row of more bytes is announced, which `too_long` then tells.
    pub fn new(stream: Box<dyn Stream>, limit: u64, too_long: TooLong) -> Guarded {
        Guarded { stream, limit, too_long, header: [0; HEADER], read: 0, left: 0 }
    }

    fn watch(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            if self.left > 0 {
                let passed = usize::try_from(self.left).unwrap_or(usize::MAX).min(bytes.len());
                self.left -= passed as u64;
                bytes = &bytes[passed..];
                continue;
            }
            self.header[self.read] = bytes[0];
            bytes = &bytes[1..];
            self.read += 1;
            if self.read == HEADER {
                let [kind, length @ ..] = self.header;
                self.read = 0;
                self.left = u64::from(u32::from_be_bytes(length)).saturating_sub(4);
                if kind == ROW && self.left > self.limit {
                    self.too_long.0.store(true, Ordering::Release);
                    return Err(io::Error::other(format!("a row of {} bytes", self.left)));
                }
            }
        }
        Ok(())
    }
}

impl AsyncRead for Guarded {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        Poll::Ready(self.watch(&buffer.filled()[before..]))
    }
}

impl AsyncWrite for Guarded {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::{Guarded, TooLong};

    #[test]
    fn a_row_is_measured_wherever_it_is_cut() {
        let message = |kind: u8, length: u8| {
            let mut message = vec![kind, 0, 0, 0, length + 4];
            message.resize(message.len() + usize::from(length), b'D');
            message
        };
        let told = [message(b'T', 9), message(b'D', 5), message(b'C', 0), message(b'D', 6)].concat();
        for piece in 1..told.len() {
            let too_long = TooLong::default();
            let mut guarded = Guarded::new(Box::new(tokio::io::empty()), 5, too_long.clone());
            let refused = told.chunks(piece).position(|bytes| guarded.watch(bytes).is_err());
            // The header of the last row ends six bytes before the end.
            assert_eq!((refused, too_long.is_so()), (Some((told.len() - 7) / piece), true), "{piece}");
        }
    }
}
