//! Text as a JSON string, and back.

use std::borrow::Cow;

/// The text of a quoted JSON string; nothing where an escape stands for no character.
#[must_use]
pub fn unquote(quoted: &str) -> Option<Cow<'_, str>> {
    let inner = quoted.strip_prefix('"')?.strip_suffix('"')?;
    if !inner.contains('\\') {
        return Some(Cow::Borrowed(inner));
    }
    serde_json::from_str(quoted).ok().map(Cow::Owned)
}

/// Writes text as a quoted JSON string behind what `out` holds.
pub fn write_quoted(text: &str, out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    out.push(b'"');
    let bytes = text.as_bytes();
    let mut copied = 0;
    for (place, byte) in bytes.iter().enumerate() {
        let short = match byte {
            b'"' => b'"',
            b'\\' => b'\\',
            b'\n' => b'n',
            b'\r' => b'r',
            b'\t' => b't',
            0x08 => b'b',
            0x0c => b'f',
            0..0x20 => b'u',
            _ => continue,
        };
        out.extend_from_slice(&bytes[copied..place]);
        out.extend_from_slice(&[b'\\', short]);
        if short == b'u' {
            out.extend_from_slice(&[b'0', b'0', HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
        }
        copied = place + 1;
    }
    out.extend_from_slice(&bytes[copied..]);
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::{unquote, write_quoted};

    #[test]
    fn text_is_quoted_as_javascript_does() {
        let mut out = Vec::new();
        write_quoted("\u{1}\u{8}\t\n\u{b}\u{c}\r\"\\/\u{7f}\u{2028}", &mut out);
        let expected = "\"\\u0001\\b\\t\\n\\u000b\\f\\r\\\"\\\\/\u{7f}\u{2028}\"";
        assert_eq!(String::from_utf8(out).as_deref(), Ok(expected));
    }

    proptest! {
        #[test]
        fn quoting_and_unquoting_are_inverse(text in any::<String>()) {
            let mut out = Vec::new();
            write_quoted(&text, &mut out);
            let quoted = String::from_utf8(out).expect("it was text");
            assert_eq!(unquote(&quoted).as_deref(), Some(text.as_str()));
            assert_eq!(serde_json::from_str::<String>(&quoted).ok().as_deref(), Some(text.as_str()));
        }
    }
}
