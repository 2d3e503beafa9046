//! Which byte of a file each byte of a string literal's text comes from, so that a mistake inside a template is
//! underlined there and not at the whole string (specification, section 2.9.4).

use super::{SourceMap, Span};

/// A string literal: what it stands for, and where its bytes come from.
pub(super) struct Literal {
    span: Span,
    origins: Option<Vec<usize>>,
}

impl Literal {
    /// Reads the literal at `span` again; `text` is what it stands for.
    pub(super) fn new(sources: &SourceMap, span: Span, text: &str) -> Literal {
        let decoded = decode(sources.text(span));
        // Where the two readings differ the whole literal is underlined, which is never wrong.
        let origins = decoded.filter(|decoded| decoded.text == text).map(|decoded| decoded.origins);
        Literal { span, origins }
    }

    /// The literal at `span` with what it stands for; nothing where none is there.
    pub(super) fn read(sources: &SourceMap, span: Span) -> Option<(Literal, String)> {
        let Decoded { text, origins } = decode(sources.text(span))?;
        Some((Literal { span, origins: Some(origins) }, text))
    }

    /// The place of a range of the text.
    pub(super) fn span_of(&self, range: &std::ops::Range<usize>) -> Span {
        let Some(origins) = &self.origins else { return self.span };
        match (origins.get(range.start), range.end.checked_sub(1).and_then(|last| origins.get(last))) {
            (Some(start), Some(last)) => {
                Span { start: self.span.start + start, end: self.span.start + last + 1, ..self.span }
            }
            _ => self.span,
        }
    }
}

/// The place of a text in the string literal at a place, where it first stands there.
#[must_use]
pub fn find_in_literal(sources: &SourceMap, span: Span, text: &str) -> Option<Span> {
    let (literal, whole) = Literal::read(sources, span)?;
    let start = whole.find(text)?;
    Some(literal.span_of(&(start..start + text.len())))
}

#[derive(Default)]
struct Decoded {
    text: String,
    origins: Vec<usize>,
}

impl Decoded {
    fn push(&mut self, character: char, origin: usize, length: usize) {
        self.text.push(character);
        for byte in 0..character.len_utf8() {
            self.origins.push(origin + byte.min(length - 1));
        }
    }
}

fn decode(raw: &str) -> Option<Decoded> {
    if raw.starts_with("\"\"\"") { decode_block(raw) } else { decode_plain(raw) }
}

fn decode_plain(raw: &str) -> Option<Decoded> {
    let inner = raw.strip_prefix('"')?.strip_suffix('"')?;
    let mut decoded = Decoded::default();
    let mut at = 0;
    while let Some(character) = inner.get(at..)?.chars().next() {
        let (character, length) =
            if character == '\\' { decode_escape(inner.get(at + 1..)?)? } else { (character, character.len_utf8()) };
        decoded.push(character, at + 1, length);
        at += length;
    }
    Some(decoded)
}

/// The character behind a backslash, and the length of the escape with it; a pair of surrogates is one escape.
fn decode_escape(rest: &str) -> Option<(char, usize)> {
    let simple = |character| Some((character, 2));
    match rest.chars().next()? {
        'n' => simple('\n'),
        't' => simple('\t'),
        'r' => simple('\r'),
        'b' => simple('\u{8}'),
        'f' => simple('\u{c}'),
        'u' if rest.get(1..2) == Some("{") => {
            let end = rest.find('}')?;
            let code = u32::from_str_radix(rest.get(2..end)?, 16).ok()?;
            Some((char::from_u32(code)?, end + 2))
        }
        'u' => {
            let leading = u32::from_str_radix(rest.get(1..5)?, 16).ok()?;
            if !(0xD800..0xDC00).contains(&leading) {
                return Some((char::from_u32(leading)?, 6));
            }
            let trailing = u32::from_str_radix(rest.get(5..)?.strip_prefix("\\u")?.get(..4)?, 16).ok()?;
            let code = 0x10000 + ((leading - 0xD800) << 10) + trailing.checked_sub(0xDC00)?;
            Some((char::from_u32(code)?, 12))
        }
        other => simple(other),
    }
}

/// `BlockStringValue()` of the specification, with the origin of each byte.
fn decode_block(raw: &str) -> Option<Decoded> {
    let inner = raw.strip_prefix("\"\"\"")?.strip_suffix("\"\"\"")?;
    let lines = lines_with_offsets(inner);
    let blank = |line: &str| line.chars().all(|character| character == ' ' || character == '\t');
    let indent = lines.iter().skip(1).filter(|(_, line)| !blank(line)).map(|(_, line)| indent_of(line)).min();
    let first = lines.iter().position(|(_, line)| !blank(line))?;
    let last = lines.iter().rposition(|(_, line)| !blank(line))?;
    let mut decoded = Decoded::default();
    for (number, (offset, line)) in lines.iter().enumerate().take(last + 1).skip(first) {
        if number > first {
            decoded.push('\n', offset + 2, 1);
        }
        let cut = if number == 0 { 0 } else { indent.unwrap_or(0).min(line.len()) };
        push_block_line(&mut decoded, line.get(cut..)?, offset + 3 + cut);
    }
    Some(decoded)
}

fn push_block_line(decoded: &mut Decoded, line: &str, origin: usize) {
    let mut at = 0;
    while let Some(character) = line.get(at..).and_then(|rest| rest.chars().next()) {
        if line.get(at..).is_some_and(|rest| rest.starts_with("\\\"\"\"")) {
            for quote in 1..4 {
                decoded.push('"', origin + at + quote, 1);
            }
            at += 4;
        } else {
            decoded.push(character, origin + at, character.len_utf8());
            at += character.len_utf8();
        }
    }
}

fn indent_of(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '\t']).len()
}

fn lines_with_offsets(text: &str) -> Vec<(usize, &str)> {
    let mut offset = 0;
    let mut lines = Vec::new();
    for line in text.split('\n') {
        lines.push((offset, line.strip_suffix('\r').unwrap_or(line)));
        offset += line.len() + 1;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::{decode_block, decode_plain};

    #[test]
    fn bytes_know_where_they_come_from() {
        let plain = decode_plain(r#""a\n\u0041é{x}""#).expect("a string");
        assert_eq!((plain.text.as_str(), plain.origins[1], plain.origins[2], plain.origins[5]), ("a\nAé{x}", 2, 4, 12));
        let pair = decode_plain(r#""\uD83D\uDE00x""#).expect("a string");
        assert_eq!((pair.text.as_str(), pair.origins[4]), ("😀x", 13));
        let raw = "\"\"\"\n    one\n      {two}\n    \"\"\"";
        let block = decode_block(raw).expect("a block string");
        assert_eq!(block.text, "one\n  {two}");
        let brace = block.text.find('{').expect("there");
        assert_eq!(&raw[block.origins[brace]..=block.origins[brace + 4]], "{two}");
        let raw = "\"\"\"  {one}\n    two\"\"\"";
        let block = decode_block(raw).expect("a block string");
        assert_eq!((block.text.as_str(), block.origins[0]), ("  {one}\ntwo", 3));
    }
}
