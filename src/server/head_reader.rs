//! Reads along what comes in on an HTTP/1 connection, for what its parser does not tell of a request's head: a length
//! beside `Transfer-Encoding`, which the parser drops, and lines that end without a carriage return, which it allows.
//! Others before us may read such requests differently (RFC 9112, sections 2.2 and 6.3).
//!
//! It is no parser: what is no head at all is refused elsewhere, and ends the connection. It goes from head to head by
//! lengths alone, so that neither a body nor the next request in the same packet can pass for a head. Nothing may follow
//! a body in chunks, and what is told of a head holds for the request of the same number. HTTP/2 is not read.

use memchr::memchr;

/// How a connection that speaks HTTP/2 begins (RFC 9113, section 3.4).
const HTTP_2: &[u8] = b"PRI * HTTP/2.0\r\n";

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
    /// Reads the next bytes. Gives the number of the head that ended in them and can be read in two ways, counted from
    /// one; there is at most one on a connection.
    pub(super) fn read(&mut self, mut bytes: &[u8]) -> Option<usize> {
        while !bytes.is_empty() {
            bytes = match self.position {
                Position::Past => return None,
                Position::Body(left) => self.pass_body(left, bytes),
                Position::Head => {
                    let end = memchr(b'\n', bytes).map_or(bytes.len(), |newline| newline + 1);
                    let (line, rest) = bytes.split_at(end);
                    if self.read_line(line) {
                        return Some(self.heads);
                    }
                    rest
                }
            };
        }
        None
    }

    fn pass_body<'b>(&mut self, left: u64, bytes: &'b [u8]) -> &'b [u8] {
        match usize::try_from(left) {
            Ok(left) if left <= bytes.len() => {
                self.position = Position::Head;
                &bytes[left..]
            }
            _ => {
                self.position = Position::Body(left - bytes.len() as u64);
                &[]
            }
        }
    }

    /// Reads a line or a part of it; whether it ended an ambiguous head.
    fn read_line(&mut self, part: &[u8]) -> bool {
        let whole = part.ends_with(b"\n");
        if whole && self.line.is_empty() {
            return self.end_line(part);
        }
        self.line.extend_from_slice(part);
        whole && {
            let line = std::mem::take(&mut self.line);
            self.end_line(&line)
        }
    }

    fn end_line(&mut self, line: &[u8]) -> bool {
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
            _ if ambiguous || head.transfer_encoding => Position::Past,
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
            (format!("{PLAIN}{chunked}{BOTH}"), &[]),
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
