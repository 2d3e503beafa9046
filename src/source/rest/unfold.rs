//! What a service has folded, unfolded while it arrives. What is counted are the unfolded bytes, as they come out: what a
//! small body would unfold to is never held. Nothing is left unread: all members of a gzip body are its content
//! (RFC 1952, section 2.2), and what follows the end of a body is a mistake. Only what we ask for is unfolded. Each member
//! costs a decoder of its own, so that there may be one for every few KiB that are allowed and no more.

use std::io::{self, Write};

use bytes::Bytes;
use flate2::write::GzDecoder;
use hyper::header::{CONTENT_ENCODING, HeaderMap};

/// What we ask for, as a value of `accept-encoding`.
pub(super) const ACCEPTED: &str = "gzip,br";

/// Members of gzip that a body may have in any case, and one more for so many bytes that are allowed. Those who make
/// several make them of 64 KiB and more.
const MEMBERS: u64 = 64;
const MEMBER: u64 = 4 * 1024;

/// As much as the decoder of Brotli gives at once.
const BUFFER: usize = 8 * 1024;

/// A way to fold a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    /// RFC 1952.
    Gzip,
    /// RFC 7932.
    Brotli,
}

/// Why a body cannot be unfolded.
#[derive(Debug, thiserror::Error)]
pub(super) enum UnfoldError {
    /// It is larger than it may be.
    #[error("larger than {0} bytes")]
    TooLarge(u64),
    /// It is not what it is said to be, or is cut off, or something follows it, or it has far too many members.
    #[error("not what it is said to be")]
    Malformed(#[source] io::Error),
}

/// A body on its way.
pub(super) struct Unfolding {
    decoder: Decoder,
    limit: u64,
}

enum Decoder {
    Gzip(Box<Members>),
    Brotli(Box<brotli::DecompressorWriter<Bounded>>),
}

/// One member after the other.
struct Members {
    current: GzDecoder<Bounded>,
    /// How many may follow.
    left: u64,
}

/// Takes so many bytes and no more.
#[derive(Default)]
struct Bounded {
    bytes: Vec<u8>,
    room: u64,
    is_full: bool,
}

impl Members {
    fn push(&mut self, mut arrived: &[u8]) -> io::Result<()> {
        while !arrived.is_empty() {
            let taken = self.current.write(arrived)?;
            arrived = &arrived[taken..];
            if taken == 0 {
                self.begin_next()?;
            }
        }
        Ok(())
    }

    fn begin_next(&mut self) -> io::Result<()> {
        self.left = self.left.checked_sub(1).ok_or(io::ErrorKind::QuotaExceeded)?;
        let next = GzDecoder::new(Bounded::default());
        let out = std::mem::replace(&mut self.current, next).finish()?;
        *self.current.get_mut() = out;
        Ok(())
    }
}

impl Write for Bounded {
    fn write(&mut self, more: &[u8]) -> io::Result<usize> {
        self.is_full |= more.len() as u64 > self.room;
        if self.is_full {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.room -= more.len() as u64;
        self.bytes.extend_from_slice(more);
        Ok(more.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Coding {
    /// How a body is folded; nothing where it is as it is.
    ///
    /// # Errors
    /// The body is folded in a way that nobody asked for, or more than once.
    pub fn of(headers: &HeaderMap) -> Result<Option<Coding>, Unasked> {
        let mut coding = None;
        for value in headers.get_all(CONTENT_ENCODING) {
            for name in value.to_str().map_err(|_| Unasked)?.split(',').map(str::trim) {
                let next = match name.to_ascii_lowercase().as_str() {
                    "" | "identity" => continue,
                    "gzip" | "x-gzip" => Coding::Gzip,
                    "br" => Coding::Brotli,
                    _ => return Err(Unasked),
                };
                if coding.replace(next).is_some() {
                    return Err(Unasked);
                }
            }
        }
        Ok(coding)
    }
}

/// A body is folded in a way that nobody asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unasked;

impl Unfolding {
    /// Nothing has arrived.
    pub fn new(coding: Coding, limit: u64) -> Unfolding {
        let out = Bounded { bytes: Vec::new(), room: limit, is_full: false };
        let decoder = match coding {
            Coding::Gzip => {
                let left = MEMBERS + limit / MEMBER;
                Decoder::Gzip(Box::new(Members { current: GzDecoder::new(out), left }))
            }
            Coding::Brotli => Decoder::Brotli(Box::new(brotli::DecompressorWriter::new(out, BUFFER))),
        };
        Unfolding { decoder, limit }
    }

    /// Takes what has arrived.
    ///
    /// # Errors
    /// [`UnfoldError`]; nothing may be pushed after that.
    pub fn push(&mut self, arrived: &[u8]) -> Result<(), UnfoldError> {
        let written = match &mut self.decoder {
            Decoder::Gzip(members) => members.push(arrived),
            Decoder::Brotli(decoder) => decoder.write_all(arrived),
        };
        written.map_err(|error| self.error(error))
    }

    /// The whole body.
    ///
    /// # Errors
    /// [`UnfoldError`] where its end has not arrived.
    pub fn end(mut self) -> Result<Bytes, UnfoldError> {
        let ended = match &mut self.decoder {
            Decoder::Gzip(members) => members.current.try_finish(),
            Decoder::Brotli(decoder) => decoder.close(),
        };
        ended.map_err(|error| self.error(error))?;
        Ok(std::mem::take(&mut self.out_mut().bytes).into())
    }

    /// Bytes that have come out.
    pub fn len(&self) -> usize {
        self.out().bytes.len()
    }

    /// What has come out of a body that may go on.
    pub fn so_far(mut self) -> Vec<u8> {
        // What the decoder still holds comes out, or was malformed.
        let _ = match &mut self.decoder {
            Decoder::Gzip(members) => members.current.flush(),
            Decoder::Brotli(decoder) => decoder.flush(),
        };
        std::mem::take(&mut self.out_mut().bytes)
    }

    fn error(&self, error: io::Error) -> UnfoldError {
        if self.out().is_full { UnfoldError::TooLarge(self.limit) } else { UnfoldError::Malformed(error) }
    }

    fn out(&self) -> &Bounded {
        match &self.decoder {
            Decoder::Gzip(members) => members.current.get_ref(),
            Decoder::Brotli(decoder) => decoder.get_ref(),
        }
    }

    fn out_mut(&mut self) -> &mut Bounded {
        match &mut self.decoder {
            Decoder::Gzip(members) => members.current.get_mut(),
            Decoder::Brotli(decoder) => decoder.get_mut(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};

    use bytes::Bytes;
    use flate2::Compression;
    use flate2::read::GzEncoder;
    use hyper::header::{CONTENT_ENCODING, HeaderMap, HeaderValue};

    use super::{Coding, Unasked, UnfoldError, Unfolding};

    fn folded(coding: Coding, text: &[u8]) -> Vec<u8> {
        let mut folded = Vec::new();
        match coding {
            Coding::Gzip => {
                GzEncoder::new(text, Compression::best()).read_to_end(&mut folded).expect("folded");
            }
            Coding::Brotli => {
                brotli::CompressorWriter::new(&mut folded, 4096, 4, 22).write_all(text).expect("folded");
            }
        }
        folded
    }

    fn unfolded(coding: Coding, body: &[u8], piece: usize, limit: u64) -> Result<Bytes, UnfoldError> {
        let mut unfolding = Unfolding::new(coding, limit);
        for piece in body.chunks(piece) {
            unfolding.push(piece)?;
        }
        unfolding.end()
    }

    const TEXT: &[u8] = b"{\"a\":[1,2,3],\"b\":\"\xc3\xa9\"}";

    #[test]
    fn what_was_folded_comes_out_in_whatever_pieces_it_arrives() {
        let long: Vec<u8> = (0..30_000_u32).flat_map(|number| (number.wrapping_mul(number)).to_le_bytes()).collect();
        for coding in [Coding::Gzip, Coding::Brotli] {
            for text in [b"".as_slice(), TEXT, &long] {
                let body = folded(coding, text);
                for piece in [1, 7, 4096, 1 << 20] {
                    assert_eq!(unfolded(coding, &body, piece, 1 << 21).expect("whole"), text, "{coding:?} {piece}");
                }
            }
        }
    }

    #[test]
    fn all_members_are_read() {
        let members = [folded(Coding::Gzip, &TEXT[..9]), folded(Coding::Gzip, &TEXT[9..])].concat();
        for piece in [1, 5, 100] {
            assert_eq!(unfolded(Coding::Gzip, &members, piece, 100).expect("whole"), TEXT);
        }
    }

    #[test]
    fn members_are_bounded() {
        let members = |count| folded(Coding::Gzip, b"").repeat(count);
        assert!(unfolded(Coding::Gzip, &members(65), 1000, 1).is_ok());
        assert!(matches!(unfolded(Coding::Gzip, &members(66), 1000, 1), Err(UnfoldError::Malformed(_))));
        assert!(unfolded(Coding::Gzip, &members(66), 1000, 4096).is_ok());
    }

    #[test]
    fn what_is_not_whole_or_not_alone_is_malformed() {
        for coding in [Coding::Gzip, Coding::Brotli] {
            let whole = folded(coding, TEXT);
            let mut broken: Vec<Vec<u8>> = (0..whole.len()).map(|end| whole[..end].to_vec()).collect();
            broken.push([&whole[..], b"more"].concat());
            broken.push(TEXT.to_vec());
            for body in broken {
                for piece in [1, 100] {
                    let refused = unfolded(coding, &body, piece, 100);
                    assert!(matches!(refused, Err(UnfoldError::Malformed(_))), "{coding:?} {body:?} {refused:?}");
                }
            }
        }
    }

    #[test]
    fn no_more_comes_out_than_is_allowed() {
        for coding in [Coding::Gzip, Coding::Brotli] {
            for limit in [1, 1000, 0x1_0000, 0x1_0001] {
                let exact = folded(coding, &vec![b' '; limit]);
                assert_eq!(unfolded(coding, &exact, 64, limit as u64).expect("fits").len(), limit);
                for more in [1, 3 << 20] {
                    let bomb = folded(coding, &vec![b' '; limit + more]);
                    let refused = unfolded(coding, &bomb, 64, limit as u64);
                    assert!(matches!(refused, Err(UnfoldError::TooLarge(_))), "{coding:?} {limit} {refused:?}");
                }
            }
        }
    }

    #[test]
    fn the_beginning_of_a_body_can_be_seen() {
        for coding in [Coding::Gzip, Coding::Brotli] {
            let mut unfolding = Unfolding::new(coding, 100);
            unfolding.push(&folded(coding, TEXT)).expect("well formed");
            assert_eq!(unfolding.so_far(), TEXT);
        }
    }

    #[test]
    fn only_what_is_asked_for_is_unfolded() {
        for (values, coding) in [
            (&[][..], Ok(None)),
            (&["identity"], Ok(None)),
            (&["GZIP"], Ok(Some(Coding::Gzip))),
            (&["x-gzip"], Ok(Some(Coding::Gzip))),
            (&["br"], Ok(Some(Coding::Brotli))),
            (&["identity, br"], Ok(Some(Coding::Brotli))),
            (&["gzip, gzip"], Err(Unasked)),
            (&["gzip", "br"], Err(Unasked)),
            (&["deflate"], Err(Unasked)),
            (&["zstd"], Err(Unasked)),
            (&["\u{e9}"], Err(Unasked)),
        ] {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(CONTENT_ENCODING, HeaderValue::from_bytes(value.as_bytes()).expect("a value"));
            }
            assert_eq!(Coding::of(&headers), coding, "{values:?}");
        }
    }
}
