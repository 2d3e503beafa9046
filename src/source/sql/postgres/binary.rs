//! The bytes of PostgreSQL's binary forms: reading them without trusting their length, and writing text.

use std::io::Write as _;

use serde::Serialize;

/// Bytes that are not what their type says.
#[derive(Debug, PartialEq, Eq)]
pub struct Malformed;

/// So many bytes from a place.
///
/// # Errors
/// [`Malformed`] where there are fewer.
pub fn bytes<const N: usize>(raw: &[u8], at: usize) -> Result<[u8; N], Malformed> {
    raw.get(at..at + N).and_then(|slice| slice.try_into().ok()).ok_or(Malformed)
}

/// Writes a number as JSON, in the fewest digits that tell it from others. It must be finite.
pub fn print_number(out: &mut Vec<u8>, number: impl Serialize) {
    let _ = serde_json::to_writer(out, &number);
}

/// Writes formatted text; writing into memory cannot fail.
pub fn print(out: &mut Vec<u8>, words: std::fmt::Arguments<'_>) {
    let _ = out.write_fmt(words);
}
