//! Numbers (specification, sections 2.9.1 and 2.9.2): how far one goes, or the character that may not stand in it.

use super::token::{SyntaxError, is_of_name, shown};

/// The length of the number that begins at a byte.
///
/// # Errors
/// The place of the first character that makes it none.
pub(super) fn number_length(text: &str, start: usize) -> Result<usize, SyntaxError> {
    let next = |at: usize| text.get(at..).and_then(|rest| rest.chars().next());
    let mut at = start + usize::from(next(start) == Some('-'));
    if next(at) == Some('0') {
        at += 1;
        if next(at).is_some_and(|digit| digit.is_ascii_digit()) {
            return Err(SyntaxError::at(
                at,
                format!("no digit follows the first 0 of a number, found {}", shown(next(at))),
            ));
        }
    } else {
        at = behind_digits(text, at)?;
    }
    if next(at) == Some('.') {
        at = behind_digits(text, at + 1)?;
    }
    if matches!(next(at), Some('e' | 'E')) {
        at += 1;
        at = behind_digits(text, at + usize::from(matches!(next(at), Some('+' | '-'))))?;
    }
    match next(at) {
        Some(other) if other == '.' || is_of_name(other) => Err(expected_digit(at, Some(other))),
        _ => Ok(at - start),
    }
}

fn behind_digits(text: &str, at: usize) -> Result<usize, SyntaxError> {
    let rest = text.get(at..).unwrap_or_default();
    let length = rest.find(|next: char| !next.is_ascii_digit()).unwrap_or(rest.len());
    if length == 0 { Err(expected_digit(at, rest.chars().next())) } else { Ok(at + length) }
}

fn expected_digit(at: usize, found: Option<char>) -> SyntaxError {
    SyntaxError::at(at, format!("expected a digit of a number, found {}", shown(found)))
}
