//! Text from outside, made harmless for a log that people read.

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

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn nothing_from_outside_forges_a_line() {
        assert_eq!(escaped("a\nb\x1b[31m\u{9b}é"), r"a\nb\u{1b}[31m\u{9b}é");
    }
}
