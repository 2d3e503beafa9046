//! Text as a JSON string, and back.

use std::borrow::Cow;

use super::scan::plain;

/// The text of a quoted JSON string; nothing where an escape stands for no character.
#[must_use]
pub fn unquote(quoted: &str) -> Option<Cow<'_, str>> {
    let inner = quoted.strip_prefix('"')?.strip_suffix('"')?;
    if !inner.contains('\\') {
        return Some(Cow::Borrowed(inner));
    }
    serde_json::from_str(quoted).ok().map(Cow::Owned)
}

/// Most bytes that a byte of a text takes in a quoted string.
pub const LONGEST_ESCAPE: usize = 6;

/// Writes text as a quoted JSON string behind what `out` holds.
pub fn write_quoted(text: &str, out: &mut Vec<u8>) {
    write_quoted_bytes(text.as_bytes(), out);
}

/// The same for what is known to be UTF-8.
pub fn write_quoted_bytes(mut rest: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    loop {
        let plain = plain(rest);
        out.extend_from_slice(&rest[..plain]);
        let Some((special, behind)) = rest[plain..].split_first() else { break };
        write_escaped(*special, out);
        rest = behind;
    }
    out.push(b'"');
}

fn write_escaped(special: u8, out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let short = match special {
        b'"' | b'\\' => special,
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        0x08 => b'b',
        0x0c => b'f',
        _ => {
            let digit = |place: u8| HEX[usize::from(special >> place & 15)];
            return out.extend_from_slice(&[b'\\', b'u', b'0', b'0', digit(4), digit(0)]);
        }
    };
    out.extend_from_slice(&[b'\\', short]);
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
