//! `numeric` from PostgreSQL's binary form to its exact digits.

use super::binary::{Malformed, bytes, print};

/// Digits, weight, sign and scale, two bytes each.
const HEADER: usize = 8;
const POSITIVE: u16 = 0x0000;
const NEGATIVE: u16 = 0x4000;
const NAN: u16 = 0xC000;
const INFINITY: u16 = 0xD000;
const NEGATIVE_INFINITY: u16 = 0xF000;

/// Whether it is a number at all.
pub fn is_finite(raw: &[u8]) -> bool {
    matches!(bytes(raw, 4).map(u16::from_be_bytes), Ok(POSITIVE | NEGATIVE))
}

/// Writes the digits: as many after the point as the value's scale has.
///
/// # Errors
/// [`Malformed`].
pub fn write(raw: &[u8], out: &mut Vec<u8>) -> Result<(), Malformed> {
    let weight = i32::from(i16::from_be_bytes(bytes(raw, 2)?));
    let scale = usize::from(u16::from_be_bytes(bytes(raw, 6)?));
    let groups = raw.get(HEADER..).unwrap_or_default();
    let sign: &[u8] = match u16::from_be_bytes(bytes(raw, 4)?) {
        POSITIVE => b"",
        NEGATIVE => b"-",
        NAN => b"NaN",
        INFINITY => b"Infinity",
        NEGATIVE_INFINITY => b"-Infinity",
        _ => return Err(Malformed),
    };
    out.extend_from_slice(sign);
    if is_finite(raw) {
        write_integer(groups, weight, out);
        write_fraction(groups, weight, scale, out);
    }
    Ok(())
}

/// The four digits at a power of ten thousand; those that were not sent are zeros.
fn group(groups: &[u8], weight: i32, power: i32) -> u16 {
    let index = usize::try_from(weight - power).ok();
    index.and_then(|index| bytes(groups, index * 2).ok()).map_or(0, u16::from_be_bytes)
}

fn write_integer(groups: &[u8], weight: i32, out: &mut Vec<u8>) {
    print(out, format_args!("{}", group(groups, weight, weight.max(0))));
    for power in (0..weight).rev() {
        print(out, format_args!("{:04}", group(groups, weight, power)));
    }
}

fn write_fraction(groups: &[u8], weight: i32, scale: usize, out: &mut Vec<u8>) {
    if scale == 0 {
        return;
    }
    out.push(b'.');
    let end = out.len() + scale;
    let mut power = -1;
    while out.len() < end {
        print(out, format_args!("{:04}", group(groups, weight, power)));
        power -= 1;
    }
    out.truncate(end);
}

#[cfg(test)]
mod tests {
    use super::write;

    fn text(weight: i16, sign: u16, scale: u16, groups: &[u16]) -> String {
        let mut raw = Vec::new();
        for part in [u16::try_from(groups.len()).expect("few"), weight.cast_unsigned(), sign, scale] {
            raw.extend_from_slice(&part.to_be_bytes());
        }
        for group in groups {
            raw.extend_from_slice(&group.to_be_bytes());
        }
        let mut out = Vec::new();
        write(&raw, &mut out).expect("well formed");
        String::from_utf8(out).expect("digits")
    }

    #[test]
    fn digits_are_exact() {
        for (weight, sign, scale, groups, expected) in [
            (0, 0, 0, &[][..], "0"),
            (0, 0, 2, &[][..], "0.00"),
            (0, 0x4000, 2, &[12, 3400][..], "-12.34"),
            (2, 0, 0, &[1][..], "100000000"),
            (-1, 0, 5, &[500, 1000][..], "0.05001"),
            (-2, 0, 8, &[7][..], "0.00000007"),
            (1, 0, 1, &[1, 2, 5000][..], "10002.5"),
        ] {
            assert_eq!(text(weight, sign, scale, groups), expected);
        }
    }
}
