//! Text from outside, made harmless for a log that people read.

use std::borrow::Cow;
use std::fmt::Write as _;

/// The text with its control characters spelled out.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() {
            let _ = write!(out, "{}", character.escape_default());
        } else {
            out.push(character);
        }
    }
    out
}

/// A line of JSON with the control characters spelled out that may stand in its strings as they are: some terminals take
/// them for the beginning of a command.
pub(super) fn escaped_json(line: &str) -> Cow<'_, str> {
    let is_control = |character: char| character >= '\u{7f}' && character.is_control();
    if !line.contains(is_control) {
        return Cow::Borrowed(line);
    }
    let spell = |out: &mut String, character: char| {
        let _ = if is_control(character) {
            write!(out, "\\u{:04x}", u32::from(character))
        } else {
            out.write_char(character)
        };
    };
    let mut out = String::with_capacity(line.len());
    line.chars().for_each(|character| spell(&mut out, character));
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::{escaped, escaped_json};

    #[test]
    fn nothing_from_outside_forges_a_line() {
        assert_eq!(escaped("a\nb\x1b[31m\u{9b}é"), r"a\nb\u{1b}[31m\u{9b}é");
        assert_eq!(escaped_json("{\"a\":\"\\n\u{7f}\u{9b}31mé\"}\n"), "{\"a\":\"\\n\\u007f\\u009b31mé\"}\n");
    }
}
