//! A reader of JSON text that keeps nothing: it tells what comes next, walks into lists and objects, and skips the rest
//! many bytes at a time. It builds no tree: answers are decoded from it by projection, and values of
//! variables are made from it. It allocates only for a key with an escape in it.
//!
//! The whole grammar of RFC 8259 is checked, also in what is skipped. Nothing recurses on the text alone, and nothing
//! nested deeper than [`MAX_DEPTH`] is read.

use std::borrow::Cow;

use super::quoting::unquote;
use super::scan::{plain, spaces};

/// Deepest list or object that is read.
pub const MAX_DEPTH: u32 = 128;

/// A position in a JSON text.
#[derive(Debug, Clone)]
pub struct JsonReader<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    depth: u32,
}

/// What kind of value comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonKind {
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean,
    /// A number.
    Number,
    /// A string.
    String,
    /// A list.
    List,
    /// An object.
    Object,
}

/// A value as it stands in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RawJson {
    /// Its first byte.
    pub start: usize,
    /// The byte behind its last.
    pub end: usize,
    /// Whether every escape in it stands for a character: half a surrogate pair does not.
    pub is_text: bool,
}

/// Why a text is not JSON, or is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// Something else was to stand at this byte.
    #[error("not valid JSON at byte {0}")]
    Syntax(usize),
    /// The string at this byte has half of a surrogate pair, which is JSON and stands for no character.
    #[error("not text at byte {0}: half of a surrogate pair is no character")]
    NoText(usize),
    /// Deeper than [`MAX_DEPTH`].
    #[error("nested deeper than {MAX_DEPTH}")]
    TooDeep,
    /// Whoever reads has no room for more.
    #[error("holds more values than there is room for")]
    NoRoom,
}

type Read<T> = Result<T, JsonError>;

impl<'t> JsonReader<'t> {
    /// Reads from the first byte.
    #[must_use]
    pub fn new(text: &'t str) -> JsonReader<'t> {
        JsonReader { text, bytes: text.as_bytes(), at: 0, depth: 0 }
    }

    /// The byte that is read next: behind a value its end, and where the next was [peeked](JsonReader::peek) at, its start.
    #[must_use]
    pub fn place(&self) -> usize {
        self.at
    }

    /// The kind of the next value.
    ///
    /// # Errors
    /// [`JsonError::Syntax`] where no value begins.
    #[inline]
    pub fn peek(&mut self) -> Read<JsonKind> {
        match self.next_byte() {
            Some(b'"') => Ok(JsonKind::String),
            Some(b'{') => Ok(JsonKind::Object),
            Some(b'[') => Ok(JsonKind::List),
            Some(b'-' | b'0'..=b'9') => Ok(JsonKind::Number),
            Some(b't' | b'f') => Ok(JsonKind::Boolean),
            Some(b'n') => Ok(JsonKind::Null),
            _ => self.fail(),
        }
    }

    /// Calls `item` at each item of the list that comes next; it must read that item.
    ///
    /// # Errors
    /// [`JsonError`] of the list or of an item.
    pub fn list(&mut self, mut item: impl FnMut(&mut Self) -> Read<()>) -> Read<()> {
        self.enter(b'[')?;
        if self.next_byte() != Some(b']') {
            loop {
                item(self)?;
                match self.next_byte() {
                    Some(b',') => self.at += 1,
                    Some(b']') => break,
                    _ => return self.fail(),
                }
            }
        }
        self.leave();
        Ok(())
    }

    /// Calls `property` with each key of the object that comes next; it must read the value.
    ///
    /// # Errors
    /// [`JsonError`] of the object or of a value.
    pub fn object(&mut self, mut property: impl FnMut(&mut Self, &str) -> Read<()>) -> Read<()> {
        self.enter(b'{')?;
        if self.next_byte() != Some(b'}') {
            loop {
                let key = self.key()?;
                property(self, &key)?;
                match self.next_byte() {
                    Some(b',') => self.at += 1,
                    Some(b'}') => break,
                    _ => return self.fail(),
                }
            }
        }
        self.leave();
        Ok(())
    }

    /// Reads the next value and tells where it stands.
    ///
    /// # Errors
    /// [`JsonError`] where it is not JSON or too deep.
    #[inline]
    pub fn value(&mut self) -> Read<RawJson> {
        let kind = self.peek()?;
        let start = self.at;
        let is_text = match kind {
            JsonKind::String => self.string()?.is_text,
            JsonKind::Number => self.number().map(|()| true)?,
            JsonKind::Boolean | JsonKind::Null => self.literal().map(|()| true)?,
            JsonKind::List | JsonKind::Object => self.container()?,
        };
        Ok(RawJson { start, end: self.at, is_text })
    }

    /// Reads the next value and gives its text.
    ///
    /// # Errors
    /// As for [`JsonReader::value`].
    pub fn text_of_value(&mut self) -> Read<&'t str> {
        let RawJson { start, end, .. } = self.value()?;
        Ok(&self.text[start..end])
    }

    /// Makes sure that nothing but white space follows.
    ///
    /// # Errors
    /// [`JsonError::Syntax`] where something does.
    pub fn end(&mut self) -> Read<()> {
        match self.next_byte() {
            None if self.at >= self.bytes.len() => Ok(()),
            _ => self.fail(),
        }
    }

    /// A key with its colon.
    fn key(&mut self) -> Read<Cow<'t, str>> {
        let (start, end, seen) = self.skip_key()?;
        if !seen.has_escape {
            return Ok(Cow::Borrowed(&self.text[start + 1..end - 1]));
        }
        // One whose escapes stand for no characters names nothing.
        let quoted = &self.text[start..end];
        Ok(unquote(quoted).unwrap_or(Cow::Borrowed(quoted)))
    }

    /// Reads a key with its colon; gives where its quotes begin and end.
    #[inline]
    fn skip_key(&mut self) -> Read<(usize, usize, Quoted)> {
        if self.next_byte() != Some(b'"') {
            return self.fail();
        }
        let start = self.at;
        let quoted = self.string()?;
        let end = self.at;
        if self.next_byte() != Some(b':') {
            return self.fail();
        }
        self.at += 1;
        Ok((start, end, quoted))
    }

    /// A list or an object, walked with one bit for each bracket that is open.
    fn container(&mut self) -> Read<bool> {
        let (outer, mut is_text) = (self.depth, true);
        let mut objects = 0_u128;
        loop {
            match self.peek()? {
                JsonKind::List | JsonKind::Object => {
                    let (open, close) = if self.bytes[self.at] == b'[' { (b'[', b']') } else { (b'{', b'}') };
                    self.enter(open)?;
                    objects = objects << 1 | u128::from(open == b'{');
                    if self.next_byte() != Some(close) {
                        is_text &= self.key_if(open == b'{')?;
                        continue;
                    }
                    objects >>= 1;
                    self.leave();
                }
                JsonKind::String => is_text &= self.string()?.is_text,
                JsonKind::Number => self.number()?,
                JsonKind::Boolean | JsonKind::Null => self.literal()?,
            }
            while self.depth > outer {
                let in_object = objects & 1 == 1;
                match self.next_byte() {
                    Some(b',') => {
                        self.at += 1;
                        is_text &= self.key_if(in_object)?;
                        break;
                    }
                    Some(b'}') if in_object => {}
                    Some(b']') if !in_object => {}
                    _ => return self.fail(),
                }
                objects >>= 1;
                self.leave();
            }
            if self.depth == outer {
                return Ok(is_text);
            }
        }
    }

    fn key_if(&mut self, in_object: bool) -> Read<bool> {
        if in_object { self.skip_key().map(|(_, _, quoted)| quoted.is_text) } else { Ok(true) }
    }

    #[inline]
    fn enter(&mut self, open: u8) -> Read<()> {
        if self.next_byte() != Some(open) {
            return self.fail();
        }
        if self.depth >= MAX_DEPTH {
            return Err(JsonError::TooDeep);
        }
        self.depth += 1;
        self.at += 1;
        Ok(())
    }

    #[inline]
    fn leave(&mut self) {
        self.depth -= 1;
        self.at += 1;
    }

    /// Reads a string from its quote.
    #[inline]
    fn string(&mut self) -> Read<Quoted> {
        let mut quoted = Quoted { is_text: true, has_escape: false };
        self.at += 1;
        loop {
            self.at += plain(&self.bytes[self.at..]);
            match self.bytes.get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(quoted);
                }
                Some(b'\\') => {
                    self.at += 1;
                    quoted.has_escape = true;
                    quoted.is_text &= self.escape()?;
                }
                _ => return self.fail(),
            }
        }
    }

    /// Reads what follows a backslash; false for half a surrogate pair.
    fn escape(&mut self) -> Read<bool> {
        match self.bytes.get(self.at) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
                self.at += 1;
                Ok(true)
            }
            Some(b'u') => match self.code_unit()? {
                0xD800..=0xDBFF if self.bytes[self.at..].starts_with(b"\\u") => {
                    let after_first = self.at;
                    self.at += 1;
                    let is_pair = matches!(self.code_unit()?, 0xDC00..=0xDFFF);
                    if !is_pair {
                        self.at = after_first;
                    }
                    Ok(is_pair)
                }
                0xD800..=0xDFFF => Ok(false),
                _ => Ok(true),
            },
            _ => self.fail(),
        }
    }

    fn code_unit(&mut self) -> Read<u32> {
        let digits = self.text.get(self.at + 1..self.at + 5).unwrap_or_default();
        if digits.len() != 4 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return self.fail();
        }
        self.at += 5;
        u32::from_str_radix(digits, 16).or_else(|_| self.fail())
    }

    fn number(&mut self) -> Read<()> {
        self.at += usize::from(self.bytes[self.at] == b'-');
        match self.bytes.get(self.at) {
            Some(b'0') => self.at += 1,
            _ => self.digits()?,
        }
        if self.bytes.get(self.at) == Some(&b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.bytes.get(self.at) {
            self.at += 1;
            self.at += usize::from(matches!(self.bytes.get(self.at), Some(b'+' | b'-')));
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Read<()> {
        let count = self.bytes[self.at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += count;
        if count == 0 { self.fail() } else { Ok(()) }
    }

    fn literal(&mut self) -> Read<()> {
        for word in ["null", "true", "false"] {
            if self.bytes[self.at..].starts_with(word.as_bytes()) {
                self.at += word.len();
                return Ok(());
            }
        }
        self.fail()
    }

    /// Skips white space and shows what stands behind it.
    #[inline]
    fn next_byte(&mut self) -> Option<u8> {
        loop {
            let byte = *self.bytes.get(self.at)?;
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return Some(byte);
            }
            self.at += 1;
            if byte == b'\n' {
                self.at += spaces(&self.bytes[self.at..]);
            }
        }
    }

    fn fail<T>(&self) -> Read<T> {
        Err(JsonError::Syntax(self.at))
    }
}

/// What was seen of a string.
struct Quoted {
    /// Whether every escape in it stands for a character.
    is_text: bool,
    has_escape: bool,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop, proptest};

    use super::{JsonError, JsonReader};

    fn whole(text: &str) -> Result<bool, JsonError> {
        let mut reader = JsonReader::new(text);
        let raw = reader.value()?;
        reader.end()?;
        Ok(raw.is_text)
    }

    #[test]
    fn json_is_read_and_anything_else_is_not() {
        for text in
            ["1", "-0.5e+7", " [1, 2, {\"a\": []}] ", "{}", r#"{"a":{"b":null},"c":[true,false]}"#, r#""\u00e9""#]
        {
            assert_eq!(whole(text), Ok(true), "{text}");
        }
        for text in
            ["", "01", "1.", ".5", "+1", "1e", "nul", "[1,]", "[1", "{\"a\"}", "{\"a\":}", "{a:1}", "[}", "{\"a\":1]"]
        {
            assert!(whole(text).is_err(), "{text}");
        }
        for text in
            ["\"a\nb\"", r#""\x""#, r#""\u12g4""#, r#""open"#, "1 2", "\u{feff}1", "NaN", "{\"a\":1,}", "[[]", "tru"]
        {
            assert!(whole(text).is_err(), "{text}");
        }
    }

    #[test]
    fn half_a_surrogate_pair_is_json_but_no_text() {
        assert_eq!(whole(r#""\ud83d\ude00""#), Ok(true));
        for text in [r#""\ud800""#, r#""\udc00x""#, r#"["\ud800\u0041"]"#, r#""\ud800\ud800""#, r#"[{"\ud800":1}]"#] {
            assert_eq!(whole(text), Ok(false), "{text}");
        }
    }

    #[test]
    fn depth_is_bounded_without_recursion() {
        assert_eq!(whole(&format!("{}{}", "[".repeat(128), "]".repeat(128))), Ok(true));
        assert_eq!(whole(&"[".repeat(1_000_000)), Err(JsonError::TooDeep));
        assert_eq!(whole(&"{\"a\":".repeat(1_000_000)), Err(JsonError::TooDeep));
    }

    proptest! {
        #[test]
        fn agrees_with_the_reference_reader(text in r#"[\[\]{}",:\\ua0-9.eE truefalsn-]{0,24}"#) {
            let reference = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
            assert_eq!(whole(&text).is_ok(), reference, "{text}");
        }

        #[test]
        fn nothing_panics(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            if let Ok(text) = std::str::from_utf8(&bytes) {
                let _ = whole(text);
            }
        }
    }
}
