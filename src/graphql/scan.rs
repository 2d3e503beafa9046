//! Searches in JSON text, many bytes at a time: for the end of what may stand in a string as it is, and of what a line is
//! indented by. They know nothing of what comes before or behind.

use memchr::memchr2;

/// Bytes that are looked at together.
const WORD: usize = 8;
/// The same where there are many: compilers have instructions for it.
const BLOCK: usize = 16;

/// How many bytes stand before the first quote, backslash or control character, or before the end. Most strings end within a
/// block, and are looked at by words.
#[inline]
pub(super) fn plain(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(word) = bytes[at..].first_chunk() {
        let found = special(u64::from_le_bytes(*word));
        if found != 0 {
            return at + first_of(found);
        }
        at += WORD;
        if at == BLOCK {
            return plain_of_many(bytes);
        }
    }
    at + bytes[at..].iter().take_while(|byte| is_plain(**byte)).count()
}

/// The same behind a block that is plain: the end is searched for, and then whether a control character stands before it.
fn plain_of_many(bytes: &[u8]) -> usize {
    let bytes = &bytes[BLOCK..];
    let end = memchr2(b'"', b'\\', bytes).unwrap_or(bytes.len());
    let least = bytes[..end].iter().fold(u8::MAX, |least, byte| least.min(*byte));
    if least >= 0x20 { BLOCK + end } else { BLOCK + bytes.iter().take_while(|byte| is_plain(**byte)).count() }
}

#[inline]
fn is_plain(byte: u8) -> bool {
    byte >= 0x20 && byte != b'"' && byte != b'\\'
}

/// How many spaces come first: what a line is indented by.
#[inline]
pub(super) fn spaces(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(word) = bytes[at..].first_chunk() {
        let others = u64::from_le_bytes(*word) ^ every(b' ');
        if others != 0 {
            return at + first_of(others);
        }
        at += WORD;
    }
    at
}

/// A bit of the first byte of a word that is a quote, a backslash or a control character; nothing of it says which bytes behind
/// it are ("Determine if a word has a byte less than n", Bit Twiddling Hacks, Sean Eron Anderson).
#[inline]
fn special(word: u64) -> u64 {
    let below = |word: u64, limit: u8| word.wrapping_sub(every(limit)) & !word;
    let equal = |byte| below(word ^ every(byte), 1);
    (below(word, 0x20) | equal(b'"') | equal(b'\\')) & every(0x80)
}

const fn every(byte: u8) -> u64 {
    u64::from_le_bytes([byte; WORD])
}

/// The place of the first byte of a word that has a bit.
#[inline]
fn first_of(bits: u64) -> usize {
    bits.trailing_zeros() as usize / 8
}

#[cfg(test)]
mod tests {
    use proptest::prelude::proptest;

    use super::{is_plain, plain, spaces};

    proptest! {
        #[test]
        fn a_string_ends_where_it_ends(before in "[ -~é\u{7ff}]{0,200}", after in ".{0,40}", special in 0..35_u8) {
            let special = [b'"', b'\\'].get(usize::from(special)).copied().unwrap_or(special.saturating_sub(2));
            let plain_length = |text: &[u8]| text.iter().take_while(|byte| is_plain(**byte)).count();
            let text = [before.as_bytes(), &[special], after.as_bytes()].concat();
            proptest::prop_assert_eq!(plain(&text), plain_length(&text));
            proptest::prop_assert_eq!(plain(before.as_bytes()), plain_length(before.as_bytes()));
        }

        #[test]
        fn spaces_end_where_they_end(indent in " {0,40}", after in "[a !]{0,20}") {
            let text = format!("{indent}{after}");
            let expected = text.bytes().take_while(|byte| *byte == b' ').count();
            // Spaces within the last word of a text are left to whoever looks next.
            let seen = spaces(text.as_bytes());
            proptest::prop_assert!(seen == expected || (seen < expected && text.len() - seen < 8));
        }
    }
}
