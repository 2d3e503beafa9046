//! Lengths of time as an author writes them: `250ms`, `2s`, `1m30s`. Whole numbers only; a second point of view on the
//! same length would have to be learnt.

use std::time::Duration;

/// Units from the longest to the shortest, with their milliseconds; in a length each stands at most once, in this order.
const UNITS: [(&str, u64); 4] = [("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

/// The longest that is believed: a day.
const MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// Reads a length of time above zero, of at most a day; nothing where the text is none.
#[must_use]
pub fn parse_duration(text: &str) -> Option<Duration> {
    let mut rest = text;
    let mut next_unit = 0;
    let mut milliseconds: u64 = 0;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let amount: u64 = rest.get(..digits)?.parse().ok()?;
        rest = rest.get(digits..)?;
        let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let unit = rest.get(..letters)?;
        let place = UNITS.iter().position(|(name, _)| *name == unit).filter(|place| *place >= next_unit)?;
        milliseconds = milliseconds.checked_add(amount.checked_mul(UNITS[place].1)?)?;
        next_unit = place + 1;
        rest = rest.get(letters..)?;
    }
    let duration = Duration::from_millis(milliseconds);
    (!duration.is_zero() && duration <= MAX).then_some(duration)
}

/// How a length was probably meant that could not be read: `0.5s`, `500 ms`, `2 sec`. Nothing where its unit is not known,
/// because a number alone could be any.
pub(super) fn meant_duration(text: &str) -> Option<String> {
    let text = text.trim().to_lowercase();
    let digits = text.find(|next: char| !next.is_ascii_digit() && next != '.').filter(|digits| *digits > 0)?;
    let (amount, unit) = text.split_at(digits);
    let factor = match unit.trim() {
        "ms" | "msec" | "msecs" | "millis" | "millisecond" | "milliseconds" => 1.0,
        "s" | "sec" | "secs" | "second" | "seconds" => 1_000.0,
        "m" | "min" | "mins" | "minute" | "minutes" => 60_000.0,
        "h" | "hr" | "hour" | "hours" => 3_600_000.0,
        _ => return None,
    };
    let whole = Duration::try_from_secs_f64(amount.parse::<f64>().ok()? * factor / 1_000.0).ok()?.as_millis();
    let shown = match whole {
        whole if whole >= 60_000 && whole % 60_000 == 0 => format!("{}m", whole / 60_000),
        whole if whole >= 1_000 && whole % 1_000 == 0 => format!("{}s", whole / 1_000),
        whole => format!("{whole}ms"),
    };
    parse_duration(&shown).map(|_| shown)
}

#[cfg(test)]
mod tests {
    use super::{meant_duration, parse_duration};

    #[test]
    fn lengths_are_guessed_by_their_unit() {
        for (text, meant) in [
            ("0.5s", Some("500ms")),
            ("500 ms", Some("500ms")),
            ("2sec", Some("2s")),
            ("90 seconds", Some("90s")),
            ("1.5H", Some("90m")),
            ("500", None),
            ("2d", None),
            ("0s", None),
            ("s", None),
            ("", None),
        ] {
            assert_eq!(meant_duration(text).as_deref(), meant, "{text}");
        }
    }

    #[test]
    fn lengths_of_time() {
        for (text, milliseconds) in [
            ("250ms", 250),
            ("2s", 2_000),
            ("1m30s", 90_000),
            ("1h", 3_600_000),
            ("1s500ms", 1_500),
            ("24h", 86_400_000),
        ] {
            assert_eq!(parse_duration(text).map(|duration| duration.as_millis()), Some(milliseconds), "{text}");
        }
        for text in ["", "0s", "2", "s", "1.5s", "-1s", "30s1m", "1s1s", "25h", "2 s", "99999999999999999999s", "2é"] {
            assert_eq!(parse_duration(text), None, "{text}");
        }
    }
}
