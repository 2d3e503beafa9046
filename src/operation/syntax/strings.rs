//! Strings of both forms (specification, section 2.9.4): how far one goes, or the place where it cannot go on.

use super::token::{SyntaxError, quoted};

/// The length of the string that begins at a byte.
///
/// # Errors
/// The place of a wrong escape, or of the end of a line or of the text where none may be.
pub(super) fn string_length(text: &str, start: usize) -> Result<usize, SyntaxError> {
    let mut at = start + 1;
    loop {
        match text.get(at..).and_then(|rest| rest.chars().next()) {
            Some('"') => return Ok(at + 1 - start),
            Some('\\') => at += escape_length(text, at)?,
            None | Some('\n' | '\r') => return Err(SyntaxError::at(at, "this string is not closed")),
            Some(other) => at += other.len_utf8(),
        }
    }
}

/// The length of the block string that begins at a byte.
///
/// # Errors
/// The end of the text, where it is not closed.
pub(super) fn block_string_length(text: &str, start: usize) -> Result<usize, SyntaxError> {
    let mut at = start + 3;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        if rest.starts_with("\"\"\"") {
            return Ok(at + 3 - start);
        }
        at += match rest.chars().next() {
            None => return Err(SyntaxError::at(at, "this block string is not closed")),
            Some('\\') if rest.starts_with("\\\"\"\"") => 4,
            Some(other) => other.len_utf8(),
        };
    }
}

fn escape_length(text: &str, at: usize) -> Result<usize, SyntaxError> {
    let rest = text.get(at..).unwrap_or_default();
    let length = match rest.chars().nth(1) {
        Some('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't') => Some(2),
        Some('u') if rest.starts_with("\\u{") => braced_length(rest),
        Some('u') => fixed_length(rest),
        _ => None,
    };
    length.ok_or_else(|| {
        let seen = rest.chars().take(2).collect::<String>();
        let seen = if seen.ends_with(['\n', '\r']) { "\\".to_owned() } else { seen };
        SyntaxError::at(at, format!("{} begins no escape of a string", quoted(&seen)))
    })
}

/// `\u{1F600}`, of a code point that is no surrogate.
fn braced_length(rest: &str) -> Option<usize> {
    let digits = rest.strip_prefix("\\u{")?.split_once('}')?.0;
    let point = digits.bytes().try_fold(0_u32, |point, digit| {
        let digit = char::from(digit).to_digit(16)?;
        point.checked_mul(16)?.checked_add(digit)
    })?;
    (!digits.is_empty() && digits.len() <= 8 && char::from_u32(point).is_some()).then_some(digits.len() + 4)
}

/// `\u00E4`, or two of them for a pair of surrogates.
fn fixed_length(rest: &str) -> Option<usize> {
    let unit = |rest: &str| {
        let digits = rest.strip_prefix("\\u")?.get(..4)?;
        digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
    };
    match unit(rest)? {
        0xd800..0xdc00 => matches!(rest.get(6..).and_then(unit), Some(0xdc00..0xe000)).then_some(12),
        0xdc00..0xe000 => None,
        _ => Some(6),
    }
}
