//! Numbers in JSON's digits as the text that they become where text is to be: as JavaScript writes the same number. Digits
//! that a double does not hold stay as they are, so that no identifier and no amount is rounded.

use std::borrow::Cow;

/// Digits that every double holds.
const EXACT_DIGITS: usize = 15;

/// The text of a number; nothing for one that is not finite.
#[must_use]
pub fn number_text(digits: &str) -> Option<Cow<'_, str>> {
    if is_whole(digits) {
        return Some(if digits == "-0" { "0".into() } else { digits.into() });
    }
    let number: f64 = digits.parse().ok().filter(|number: &f64| number.is_finite())?;
    let has_exponent = digits.contains(['e', 'E']);
    if has_exponent || significant_digits(digits) <= EXACT_DIGITS {
        return Some(shortest(number).into());
    }
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    Some(if fraction.bytes().all(|digit| digit == b'0') { whole.into() } else { digits.into() })
}

/// The text of a whole number, `1.0` and `1e2` among them; nothing for any other.
#[must_use]
pub fn whole_number_text(digits: &str) -> Option<Cow<'_, str>> {
    let is_whole_number = is_whole(digits)
        || match digits.split_once('.') {
            Some((_, fraction)) if !fraction.contains(['e', 'E']) => fraction.bytes().all(|digit| digit == b'0'),
            _ => digits.parse::<f64>().is_ok_and(|number| number.fract() == 0.0),
        };
    if is_whole_number { number_text(digits) } else { None }
}

/// A finite double as JavaScript writes it: with an exponent from 1e21 up, and below 1e-6.
#[must_use]
pub fn shortest(number: f64) -> String {
    // Of the two zeros JavaScript writes one.
    let number = number + 0.0;
    let size = number.abs();
    if size == 0.0 || (1e-6..1e21).contains(&size) {
        return number.to_string();
    }
    let text = format!("{number:e}");
    if size < 1.0 { text } else { text.replace('e', "e+") }
}

fn is_whole(digits: &str) -> bool {
    digits.strip_prefix('-').unwrap_or(digits).bytes().all(|digit| digit.is_ascii_digit())
}

fn significant_digits(digits: &str) -> usize {
    let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
    digits.trim_matches('0').len()
}

#[cfg(test)]
mod tests {
    use super::{number_text, whole_number_text};

    #[test]
    fn numbers_as_javascript_writes_them() {
        for (digits, text) in [
            ("1", Some("1")),
            ("-0", Some("0")),
            ("1.0", Some("1")),
            ("-0.0", Some("0")),
            ("1e2", Some("100")),
            ("1.10", Some("1.1")),
            ("1.5e-5", Some("0.000015")),
            ("1e-6", Some("0.000001")),
            ("1e-7", Some("1e-7")),
            ("1E21", Some("1e+21")),
            ("123456789012345678901e0", Some("123456789012345680000")),
            ("9007199254740993", Some("9007199254740993")),
            ("9007199254740993.0", Some("9007199254740993")),
            ("0.12345678901234567890", Some("0.12345678901234567890")),
            ("1e400", None),
        ] {
            assert_eq!(number_text(digits).as_deref(), text, "{digits}");
        }
    }

    #[test]
    fn whole_numbers() {
        for (digits, text) in [
            ("7", Some("7")),
            ("1.0", Some("1")),
            ("1e2", Some("100")),
            ("1.5e1", Some("15")),
            ("9007199254740993.0", Some("9007199254740993")),
            ("9007199254740993.5", None),
            ("1.5", None),
            ("1e-1", None),
            ("1e400", None),
        ] {
            assert_eq!(whole_number_text(digits).as_deref(), text, "{digits}");
        }
    }
}
