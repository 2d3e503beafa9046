//! What looks like chance and is none: the same words always give the same number, so that the demo answers the same
//! everywhere and every time.

use std::time::Duration;

/// A number below `count`, chosen by the words. `count` is not 0.
pub(super) fn below(count: usize, words: &str) -> usize {
    let choice = hash(words) % u64::try_from(count).unwrap_or(u64::MAX);
    usize::try_from(choice).unwrap_or_default()
}

/// A length of time between two, both in milliseconds, chosen by the words.
pub(super) fn pause(shortest_ms: usize, longest_ms: usize, words: &str) -> Duration {
    let length = shortest_ms + below(longest_ms - shortest_ms + 1, words);
    Duration::from_millis(u64::try_from(length).unwrap_or(u64::MAX))
}

/// FNV-1a, with its high bits, which are the better mixed ones, brought down. The standard library's hashes may change
/// with its version.
fn hash(words: &str) -> u64 {
    let folded = words
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    folded ^ (folded >> 32)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{below, pause};

    #[test]
    fn the_same_words_give_the_same() {
        assert_eq!(below(1_000, "stock 1"), below(1_000, "stock 1"));
        assert_ne!(below(1_000, "stock 1"), below(1_000, "stock 2"));
        let pauses: Vec<Duration> = (0..500).map(|number| pause(5, 40, &number.to_string())).collect();
        assert_eq!(pauses.iter().min(), Some(&Duration::from_millis(5)));
        assert_eq!(pauses.iter().max(), Some(&Duration::from_millis(40)));
    }
}
