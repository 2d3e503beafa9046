//! Dates, times and intervals from PostgreSQL's binary form: dates and times as ISO 8601, intervals in PostgreSQL's own
//! words (`1 year 2 mons 3 days 04:05:06`). Years beyond 0 to 9999 have a sign and six digits, which is how ISO 8601
//! and JavaScript write them. A calendar library is not used: none covers PostgreSQL's range, and this is short.

use super::binary::{Malformed, bytes, print};

const MICROSECONDS_OF_A_SECOND: i64 = 1_000_000;
const MICROSECONDS_OF_A_DAY: i64 = 86_400 * MICROSECONDS_OF_A_SECOND;
/// From 0000-03-01 to 2000-01-01, with which PostgreSQL's days begin.
const DAYS_TO_2000: i64 = 730_425;

/// `2024-02-29`.
///
/// # Errors
/// [`Malformed`], as for all of these.
pub fn write_date(raw: &[u8], out: &mut Vec<u8>) -> Result<(), Malformed> {
    match i32::from_be_bytes(bytes(raw, 0)?) {
        i32::MAX => out.extend_from_slice(b"infinity"),
        i32::MIN => out.extend_from_slice(b"-infinity"),
        days => print_date(i64::from(days), out),
    }
    Ok(())
}

/// `2024-02-29T12:00:00.5`, and what stands for the zone.
pub fn write_timestamp(raw: &[u8], zone: &str, out: &mut Vec<u8>) -> Result<(), Malformed> {
    match i64::from_be_bytes(bytes(raw, 0)?) {
        i64::MAX => out.extend_from_slice(b"infinity"),
        i64::MIN => out.extend_from_slice(b"-infinity"),
        microseconds => {
            print_date(microseconds.div_euclid(MICROSECONDS_OF_A_DAY), out);
            out.push(b'T');
            print_time(microseconds.rem_euclid(MICROSECONDS_OF_A_DAY), out);
            out.extend_from_slice(zone.as_bytes());
        }
    }
    Ok(())
}

/// `12:00:00.5`.
pub fn write_time(raw: &[u8], out: &mut Vec<u8>) -> Result<(), Malformed> {
    print_time(i64::from_be_bytes(bytes(raw, 0)?), out);
    Ok(())
}

/// `12:00:00.5+02:00`.
pub fn write_time_with_zone(raw: &[u8], out: &mut Vec<u8>) -> Result<(), Malformed> {
    print_time(i64::from_be_bytes(bytes(raw, 0)?), out);
    // Seconds to the west.
    let west = i32::from_be_bytes(bytes(raw, 8)?);
    let (sign, seconds) = (if west > 0 { '-' } else { '+' }, west.unsigned_abs());
    print(out, format_args!("{sign}{:02}:{:02}", seconds / 3600, seconds / 60 % 60));
    if seconds % 60 != 0 {
        print(out, format_args!(":{:02}", seconds % 60));
    }
    Ok(())
}

/// `1 year 2 mons 3 days 04:05:06.7`, as `IntervalStyle = postgres` writes it.
pub fn write_interval(raw: &[u8], out: &mut Vec<u8>) -> Result<(), Malformed> {
    let microseconds = i64::from_be_bytes(bytes(raw, 0)?);
    let days = i32::from_be_bytes(bytes(raw, 8)?);
    let months = i32::from_be_bytes(bytes(raw, 12)?);
    match (microseconds, days, months) {
        (i64::MAX, i32::MAX, i32::MAX) => out.extend_from_slice(b"infinity"),
        (i64::MIN, i32::MIN, i32::MIN) => out.extend_from_slice(b"-infinity"),
        _ => print_interval(&[(months / 12, "year"), (months % 12, "mon"), (days, "day")], microseconds, out),
    }
    Ok(())
}

/// A part behind a negative one shows its plus.
fn print_interval(parts: &[(i32, &str)], microseconds: i64, out: &mut Vec<u8>) {
    let (mut space, mut after_negative) = ("", false);
    for (value, unit) in parts.iter().filter(|(value, _)| *value != 0) {
        let plus = if after_negative && *value > 0 { "+" } else { "" };
        let plural = if *value == 1 { "" } else { "s" };
        print(out, format_args!("{space}{plus}{value} {unit}{plural}"));
        (space, after_negative) = (" ", *value < 0);
    }
    if microseconds != 0 || space.is_empty() {
        let sign = match (microseconds < 0, after_negative) {
            (true, _) => "-",
            (false, true) => "+",
            (false, false) => "",
        };
        print(out, format_args!("{space}{sign}"));
        print_unsigned_time(microseconds.unsigned_abs(), out);
    }
}

fn print_time(microseconds: i64, out: &mut Vec<u8>) {
    print_unsigned_time(microseconds.unsigned_abs(), out);
}

fn print_unsigned_time(microseconds: u64, out: &mut Vec<u8>) {
    let second = MICROSECONDS_OF_A_SECOND.unsigned_abs();
    let (seconds, mut fraction) = (microseconds / second, microseconds % second);
    print(out, format_args!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60));
    if fraction != 0 {
        let mut digits = 6;
        while fraction % 10 == 0 {
            (fraction, digits) = (fraction / 10, digits - 1);
        }
        print(out, format_args!(".{fraction:0digits$}"));
    }
}

/// Days since 2000-01-01 in the Gregorian calendar. A year is counted from March, so that the leap day is its last.
fn print_date(days: i64, out: &mut Vec<u8>) {
    let days = days + DAYS_TO_2000;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    match year {
        0..=9999 => print(out, format_args!("{year:04}-{month:02}-{day:02}")),
        _ => print(out, format_args!("{year:+07}-{month:02}-{day:02}")),
    }
}

#[cfg(test)]
mod tests {
    use super::{print_date, write_interval, write_timestamp};

    fn date(days: i64) -> String {
        let mut out = Vec::new();
        print_date(days, &mut out);
        String::from_utf8(out).expect("digits")
    }

    #[test]
    fn days_become_dates() {
        for (days, expected) in [
            (0, "2000-01-01"),
            (-1, "1999-12-31"),
            (59, "2000-02-29"),
            (-10_957, "1970-01-01"),
            (8_825, "2024-02-29"),
            (2_921_939, "9999-12-31"),
            (2_921_940, "+010000-01-01"),
            (-730_485, "0000-01-01"),
            (-730_486, "-000001-12-31"),
            (2_145_031_948, "+5874897-12-31"),
        ] {
            assert_eq!(date(days), expected, "{days}");
        }
    }

    #[test]
    fn the_ends_of_time_do_not_panic() {
        for microseconds in [i64::MIN, i64::MIN + 1, -1, i64::MAX - 1, i64::MAX] {
            write_timestamp(&microseconds.to_be_bytes(), "Z", &mut Vec::new()).expect("well formed");
        }
    }

    #[test]
    fn intervals_read_as_postgresql_writes_them() {
        for (microseconds, days, months, expected) in [
            (0_i64, 0_i32, 0_i32, "00:00:00"),
            (14_706_700_000, 3, 14, "1 year 2 mons 3 days 04:05:06.7"),
            (-1, 0, 0, "-00:00:00.000001"),
            (3_600_000_000, -1, 1, "1 mon -1 days +01:00:00"),
            (0, 0, -13, "-1 years -1 mons"),
        ] {
            let mut raw = microseconds.to_be_bytes().to_vec();
            raw.extend_from_slice(&days.to_be_bytes());
            raw.extend_from_slice(&months.to_be_bytes());
            let mut out = Vec::new();
            write_interval(&raw, &mut out).expect("well formed");
            assert_eq!(String::from_utf8(out).expect("text"), expected);
        }
    }
}
