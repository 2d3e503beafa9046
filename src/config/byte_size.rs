//! Numbers of bytes as an author writes them: `512B`, `64KiB`, `10MiB`, `1GiB`.

const UNITS: [(&str, u64); 4] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1)];

/// Reads a number of bytes above zero; nothing where the text is none.
pub(super) fn parse_byte_size(text: &str) -> Option<u64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let amount: u64 = text.get(..digits)?.parse().ok()?;
    let unit = text.get(digits..)?;
    let (_, bytes) = UNITS.iter().find(|(name, _)| *name == unit)?;
    amount.checked_mul(*bytes).filter(|size| *size > 0)
}

/// How a number of bytes was probably meant that could not be read: `10MB`, `64 kb`. Nothing without a unit.
pub(super) fn meant_byte_size(text: &str) -> Option<String> {
    let text = text.trim().to_lowercase();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (amount, unit) = text.split_at(digits);
    let unit = match unit.trim() {
        "b" | "bytes" | "byte" => "B",
        "k" | "kb" | "kib" => "KiB",
        "m" | "mb" | "mib" => "MiB",
        "g" | "gb" | "gib" => "GiB",
        _ => return None,
    };
    let shown = format!("{amount}{unit}");
    parse_byte_size(&shown).map(|_| shown)
}

#[cfg(test)]
mod tests {
    use super::{meant_byte_size, parse_byte_size};

    #[test]
    fn sizes_are_guessed_by_their_unit() {
        for (text, meant) in
            [("2MB", Some("2MiB")), ("64 k", Some("64KiB")), ("10", None), ("0mb", None), ("1.5mb", None)]
        {
            assert_eq!(meant_byte_size(text).as_deref(), meant, "{text}");
        }
    }

    #[test]
    fn numbers_of_bytes() {
        for (text, size) in [("1B", 1), ("64KiB", 65_536), ("10MiB", 10_485_760), ("2GiB", 2_147_483_648)] {
            assert_eq!(parse_byte_size(text), Some(size), "{text}");
        }
        for text in ["", "10", "MiB", "10MB", "1.5MiB", "0B", "-1B", "10 MiB", "99999999999GiB"] {
            assert_eq!(parse_byte_size(text), None, "{text}");
        }
    }
}
