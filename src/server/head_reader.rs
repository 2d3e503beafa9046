//! Reads along what comes in on an HTTP/1 connection, for what its parser does not tell of a request's head: a length
//! beside `Transfer-Encoding`, which the parser drops, and lines that end without a carriage return, which it allows.
//! Others before us may read such requests differently (RFC 9112, sections 2.2 and 6.3).
//!
//! It is no parser: what is no head at all is refused elsewhere, and ends the connection. It goes from head to head by
//! lengths alone, so that neither a body nor the next request in the same packet can pass for a head. Chunks are followed
//! where they are plain; behind one that is not (an extension, white space, a line without a carriage return) nobody can
//! be sure where the next head begins, so the request that follows counts as ambiguous. What is told of a head holds for
//! the request of the same number. HTTP/2 is not read.

use memchr::memchr;

/// How a connection that speaks HTTP/2 begins (RFC 9113, section 3.4).
const HTTP_2: &[u8] = b"PRI * HTTP/2.0\r\n";

/// Longest line of a chunk: the length of a body that nobody would take, and the line's end.
const MAX_CHUNK_LINE: usize = 18;

/// Most bytes behind the last chunk.
const MAX_TRAILER: usize = 4096;

/// Where in a connection's bytes its reader is.
#[derive(Debug, Default)]
pub(super) struct HeadReader {
    position: Position,
    /// The line that has not ended yet. The parser gives up on a head that is too large, and so bounds this.
    line: Vec<u8>,
    head: Head,
    /// The heads that have ended.
    heads: usize,
}

#[derive(Debug, Default)]
enum Position {
    /// Before the end of a head.
    #[default]
    Head,
    /// In a body, so many bytes before the next head.
    Body(u64),
    /// In a line that says how long the next chunk is.
    ChunkLine,
    /// In a chunk, so many bytes before the next line; the line's end behind the chunk is among them.
    Chunk(u64),
    /// Behind the last chunk, so many bytes until it is too much.
    Trailer(usize),
    /// Where nothing is read any more.
    Past,
}

/// What is known of a head by now.
#[derive(Debug, Default)]
struct Head {
    begun: bool,
    content_length: Option<u64>,
    transfer_encoding: bool,
    ambiguous: bool,
}

impl HeadReader {
    /// Reads the next bytes. Gives the number of the head that can be read in two ways, counted from one, as soon as that is
    /// seen: at its own end, or in the body before it. There is at most one on a connection.
    pub(super) fn read(&mut self, mut bytes: &[u8]) -> Option<usize> {
        while !bytes.is_empty() {
            bytes = match self.position {
                Position::Past => return None,
                Position::Body(left) => self.pass(left, bytes, Position::Head, Position::Body),
                Position::Chunk(left) => self.pass(left, bytes, Position::ChunkLine, Position::Chunk),
                Position::Head | Position::ChunkLine | Position::Trailer(_) => {
                    let end = memchr(b'\n', bytes).map_or(bytes.len(), |newline| newline + 1);
                    let (line, rest) = bytes.split_at(end);
                    if let Some(number) = self.read_line(line) {
                        return Some(number);
                    }
                    rest
                }
            };
        }
        None
    }

    /// Passes over bytes of which so many are left; behind them comes `then`, before that `still`.
    fn pass<'b>(&mut self, left: u64, bytes: &'b [u8], then: Position, still: fn(u64) -> Position) -> &'b [u8] {
        match usize::try_from(left) {
            Ok(left) if left <= bytes.len() => {
                self.position = then;
                &bytes[left..]
            }
            _ => {
                self.position = still(left - bytes.len() as u64);
                &[]
            }
        }
    }

    /// Reads a line or a part of it; gives the number of the request that this makes ambiguous.
    fn read_line(&mut self, part: &[u8]) -> Option<usize> {
        let is_whole = part.ends_with(b"\n");
        let limit = match self.position {
            Position::ChunkLine => MAX_CHUNK_LINE,
            Position::Trailer(left) => left,
            Position::Head | Position::Body(_) | Position::Chunk(_) | Position::Past => usize::MAX,
        };
        if self.line.len() + part.len() > limit {
            return Some(self.lose_chunks());
        }
        if is_whole && self.line.is_empty() {
            return self.end_line(part);
        }
        self.line.extend_from_slice(part);
        if !is_whole {
            return None;
        }
        let line = std::mem::take(&mut self.line);
        self.end_line(&line)
    }

    fn end_line(&mut self, line: &[u8]) -> Option<usize> {
        let text = line.strip_suffix(b"\r\n");
        match (&self.position, text) {
            (Position::ChunkLine, Some(digits)) => match read_chunk_length(digits) {
                Some(0) => self.position = Position::Trailer(MAX_TRAILER),
                Some(length) => self.position = Position::Chunk(length.saturating_add(2)),
                None => return Some(self.lose_chunks()),
            },
            (Position::Trailer(_), Some([])) => self.position = Position::Head,
            (Position::Trailer(left), Some(_)) => self.position = Position::Trailer(left - line.len()),
            (Position::ChunkLine | Position::Trailer(_), None) => return Some(self.lose_chunks()),
            _ => return self.end_head_line(line).then_some(self.heads),
        }
        None
    }

    /// Nothing is read any more, and whatever follows this body is ambiguous; gives its number.
    fn lose_chunks(&mut self) -> usize {
        self.position = Position::Past;
        self.line.clear();
        self.heads + 1
    }

    /// Reads a whole line of a head; whether it ended an ambiguous one.
    fn end_head_line(&mut self, line: &[u8]) -> bool {
        let text = line.strip_suffix(b"\r\n");
        self.head.ambiguous |= text.is_none();
        match text.unwrap_or(&line[..line.len() - 1]) {
            // Empty lines before a request are none of it (RFC 9112, section 2.2).
            [] if !self.head.begun => {}
            [] => return self.end_head(),
            _ if !self.head.begun => {
                self.head.begun = true;
                if self.heads == 0 && line == HTTP_2 {
                    self.position = Position::Past;
                }
            }
            field => self.head.read_field(field),
        }
        false
    }

    fn end_head(&mut self) -> bool {
        let head = std::mem::take(&mut self.head);
        let ambiguous = head.ambiguous || (head.transfer_encoding && head.content_length.is_some());
        self.heads += 1;
        self.position = match head.content_length {
            _ if ambiguous => Position::Past,
            _ if head.transfer_encoding => Position::ChunkLine,
            Some(length @ 1..) => Position::Body(length),
            Some(0) | None => Position::Head,
        };
        ambiguous
    }
}

impl Head {
    fn read_field(&mut self, field: &[u8]) {
        let Some(colon) = memchr(b':', field) else { return };
        let (name, value) = (&field[..colon], &field[colon + 1..]);
        if name.eq_ignore_ascii_case(b"transfer-encoding") {
            self.transfer_encoding = true;
        } else if name.eq_ignore_ascii_case(b"content-length") {
            let length = read_length(value.trim_ascii());
            // Without a length there is no telling where the next head begins.
            self.ambiguous |= length.is_none() || self.content_length.is_some_and(|other| Some(other) != length);
            self.content_length = length.or(Some(0));
        }
    }
}

/// A length; the sign that numbers may have elsewhere is none of it.
fn read_length(digits: &[u8]) -> Option<u64> {
    let digits = digits.iter().all(u8::is_ascii_digit).then_some(digits)?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// The length of a chunk where nothing stands beside it.
fn read_chunk_length(digits: &[u8]) -> Option<u64> {
    let digits = (!digits.is_empty() && digits.iter().all(u8::is_ascii_hexdigit)).then_some(digits)?;
    u64::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::HeadReader;

    const PLAIN: &str = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";
    const SIZED: &str = "POST / HTTP/1.1\r\ncontent-length: 32\r\n\r\n\r\n\r\ntransfer-encoding: chunked\r\n";
    const BOTH: &str = "POST / HTTP/1.1\r\nContent-Length: 0\r\nTRANSFER-ENCODING:chunked\r\n\r\n";

    /// What is told of bytes that come in pieces of a size.
    fn told(text: &str, size: usize) -> Vec<usize> {
        let mut reader = HeadReader::default();
        text.as_bytes().chunks(size).filter_map(|piece| reader.read(piece)).collect()
    }

    #[test]
    fn an_ambiguous_head_is_told_by_its_number_whatever_the_pieces() {
        let chunked = BOTH.replace("Content-Length: 0\r\n", "");
        for (text, expected) in [
            (format!("{PLAIN}{SIZED}{PLAIN}"), &[][..]),
            (format!("{PLAIN}{SIZED}\r\n{BOTH}"), &[3]),
            (format!("{BOTH}{BOTH}"), &[1]),
            (format!("{PLAIN}{chunked}5\r\n\r\n\r\n\n\r\n0\r\n\r\n{SIZED}\r\n{BOTH}"), &[4]),
            (format!("{chunked}000A\r\n0123456789\r\n00\r\na: b\r\nc: d\r\n\r\n{BOTH}"), &[2]),
            (format!("{chunked}1;a=b\r\nx\r\n0\r\n\r\n{PLAIN}"), &[2]),
            (format!("{chunked}1 \r\nx\r\n0\r\n\r\n{PLAIN}"), &[2]),
            (format!("{chunked}1\nx\r\n0\r\n\r\n{PLAIN}"), &[2]),
            (format!("{PLAIN}{chunked}0\r\na: b\n\r\n{PLAIN}"), &[3]),
            (format!("{chunked}0\r\n{}\r\n\r\n{PLAIN}", "a: b\r\n".repeat(1000)), &[2]),
            (format!("{chunked}00000000000000001\r\nx\r\n0\r\n\r\n{PLAIN}"), &[2]),
            (format!("{chunked}ffffffffffffffff\r\n{PLAIN}{BOTH}"), &[]),
            (PLAIN.replace("x\r\n", "x\n"), &[1]),
            (PLAIN.replace("\r\n\r\n", "\r\n\n"), &[1]),
            (format!("\n{PLAIN}"), &[1]),
            (SIZED.replace("32", "32x"), &[1]),
            (SIZED.replace("32", "+31"), &[1]),
            (SIZED.replace("32", ""), &[1]),
            (SIZED.replace("32", "99999999999999999999"), &[1]),
            (SIZED.replace("32", "32\r\ncontent-length: 30"), &[1]),
            (format!("{}{BOTH}", SIZED.replace("32", "\t32 \r\ncontent-length: 32")), &[2]),
            (format!("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\n\n{BOTH}"), &[]),
            (format!("{PLAIN}PRI * HTTP/2.0\r\n\r\n{BOTH}"), &[3]),
        ] {
            for size in [1, 2, 3, 16, 1000] {
                assert_eq!(told(&text, size), expected, "{text:?} in pieces of {size}");
            }
        }
    }
}
