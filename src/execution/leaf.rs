//! Result coercion of leaves (specification, sections 3.5 and 3.9), as the reference implementation does it. A leaf that
//! is right as it stands is copied; nothing is decoded that need not be.

use crate::graphql::{
    LONGEST_ESCAPE, number_text, shortest, unquote, whole_number_text, write_quoted, write_quoted_bytes,
};
use crate::plan::Leaf;
use crate::schema::{Scalar, Schema, TypeKind};
use crate::source::{Answer, Slot};

/// A leaf that does not fit its type; the words complete "gave an answer that …".
pub(super) type WrongLeaf = &'static str;

/// How many bytes a leaf takes at most that is right as it stands, as far as that can be seen at once; nothing for any other.
#[inline]
pub(super) fn most_bytes_standing(leaf: Leaf, answer: &Answer, slot: Slot) -> Option<usize> {
    match slot {
        Slot::Json(span) => {
            let json = answer.bytes(span);
            stands(leaf, json).then_some(json.len())
        }
        Slot::Plain(span) => is_text(leaf).then(|| answer.bytes(span).len() * LONGEST_ESCAPE + 2),
        _ => None,
    }
}

/// Writes a leaf that is right as it stands.
#[inline]
pub(super) fn write_standing(out: &mut Vec<u8>, answer: &Answer, slot: Slot) {
    match slot {
        Slot::Json(span) => out.extend_from_slice(answer.bytes(span)),
        Slot::Plain(span) => write_quoted_bytes(answer.bytes(span), out),
        _ => {}
    }
}

/// Whether a leaf that stands as JSON text is written as it is.
#[inline]
fn stands(leaf: Leaf, json: &[u8]) -> bool {
    let Leaf::Scalar(scalar) = leaf else { return false };
    match (scalar, json.first()) {
        (Scalar::Custom, _)
        | (Scalar::String | Scalar::Id | Scalar::ExactNumber, Some(b'"'))
        | (Scalar::Boolean, Some(b't' | b'f')) => true,
        (Scalar::Int, Some(b'1'..=b'9')) => json.len() < 10 && json.iter().all(u8::is_ascii_digit),
        (Scalar::Float, Some(b'1'..=b'9')) => {
            json.len() < 300 && json.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.')
        }
        _ => false,
    }
}

/// Whether a leaf that stands as plain text is written as that text.
fn is_text(leaf: Leaf) -> bool {
    matches!(leaf, Leaf::Scalar(Scalar::String | Scalar::Id | Scalar::ExactNumber | Scalar::Custom))
}

/// Writes a leaf that stands as JSON text.
pub(super) fn write_json_leaf(out: &mut Vec<u8>, schema: &Schema, leaf: Leaf, json: &[u8]) -> Result<(), WrongLeaf> {
    if stands(leaf, json) {
        out.extend_from_slice(json);
        return Ok(());
    }
    convert_json_leaf(out, schema, leaf, str::from_utf8(json).unwrap_or_default())
}

/// The same for a leaf that is not written as it stands, or not without a further look.
fn convert_json_leaf(out: &mut Vec<u8>, schema: &Schema, leaf: Leaf, json: &str) -> Result<(), WrongLeaf> {
    match (leaf, json.as_bytes().first().copied().unwrap_or_default()) {
        (_, b'"') => match unquote(json) {
            Some(text) => write_text_leaf(out, schema, leaf, &text),
            None => Err("holds half a character"),
        },
        (_, b'{' | b'[') => Err("has an object or a list where a leaf is to be"),
        (Leaf::Scalar(scalar), b't' | b'f') => write_boolean(out, scalar, json),
        (Leaf::Scalar(scalar), _) => write_number(out, scalar, json),
        (Leaf::Enum(_), _) => Err("has no such enum value"),
    }
}

/// Writes a leaf that stands as plain text.
pub(super) fn write_text_leaf(out: &mut Vec<u8>, schema: &Schema, leaf: Leaf, text: &str) -> Result<(), WrongLeaf> {
    match leaf {
        Leaf::Scalar(Scalar::String | Scalar::Id | Scalar::ExactNumber | Scalar::Custom) => {
            write_quoted(text, out);
            Ok(())
        }
        Leaf::Scalar(Scalar::Int | Scalar::Float) if text.is_empty() => Err("has no number where one is to be"),
        Leaf::Scalar(Scalar::Int) => write_integer(out, text),
        Leaf::Scalar(Scalar::Float) => write_float(out, text),
        Leaf::Scalar(Scalar::Boolean) => Err("has no boolean where one is to be"),
        Leaf::Enum(id) => match &schema.type_(id).kind {
            TypeKind::Enum(values) if values.iter().any(|value| **value == *text) => {
                write_quoted(text, out);
                Ok(())
            }
            _ => Err("has no such enum value"),
        },
    }
}

fn write_boolean(out: &mut Vec<u8>, scalar: Scalar, json: &str) -> Result<(), WrongLeaf> {
    match scalar {
        Scalar::Int | Scalar::Float => out.push(if json == "true" { b'1' } else { b'0' }),
        Scalar::String => write_quoted(json, out),
        Scalar::Boolean | Scalar::Custom => out.extend_from_slice(json.as_bytes()),
        Scalar::Id | Scalar::ExactNumber => return Err("has a boolean where none is to be"),
    }
    Ok(())
}

fn write_number(out: &mut Vec<u8>, scalar: Scalar, json: &str) -> Result<(), WrongLeaf> {
    match scalar {
        Scalar::Int => return write_integer(out, json),
        Scalar::Float => return write_float(out, json),
        Scalar::Boolean => {
            let is_zero =
                json.bytes().take_while(|byte| !matches!(byte, b'e' | b'E')).all(|byte| !matches!(byte, b'1'..=b'9'));
            out.extend_from_slice(if is_zero { b"false" } else { b"true" });
        }
        Scalar::Id => write_quoted(&whole_number_text(json).ok_or("has no whole number where an ID is to be")?, out),
        Scalar::String => write_quoted(&number_text(json).ok_or("has no finite number where a String is to be")?, out),
        Scalar::ExactNumber => write_quoted(json, out),
        Scalar::Custom => out.extend_from_slice(json.as_bytes()),
    }
    Ok(())
}

fn write_integer(out: &mut Vec<u8>, text: &str) -> Result<(), WrongLeaf> {
    const RANGE: WrongLeaf = "has a number beyond 32 bits where an Int is to be";
    let digits = text.strip_prefix('-').unwrap_or(text);
    if is_digits(text) && (text == "0" || !digits.starts_with('0')) {
        return match text.parse::<i32>() {
            Ok(_) => {
                out.extend_from_slice(text.as_bytes());
                Ok(())
            }
            Err(_) => Err(RANGE),
        };
    }
    let number: f64 = text.trim().parse().map_err(|_| "has no number where an Int is to be")?;
    if number.fract() != 0.0 {
        return Err("has no whole number where an Int is to be");
    }
    if number < f64::from(i32::MIN) || number > f64::from(i32::MAX) {
        return Err(RANGE);
    }
    #[expect(clippy::cast_possible_truncation, reason = "whole and in range")]
    out.extend_from_slice((number as i32).to_string().as_bytes());
    Ok(())
}

fn write_float(out: &mut Vec<u8>, text: &str) -> Result<(), WrongLeaf> {
    if is_plain_decimal(text) && !is_negative_zero(text) {
        out.extend_from_slice(text.as_bytes());
        return Ok(());
    }
    match text.trim().parse::<f64>() {
        Ok(number) if number.is_finite() => {
            out.extend_from_slice(shortest(number).as_bytes());
            Ok(())
        }
        _ => Err("has no finite number where a Float is to be"),
    }
}

fn is_digits(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// JSON has two zeros; the reference implementation writes one.
fn is_negative_zero(text: &str) -> bool {
    text.starts_with('-') && !text.contains(|digit: char| matches!(digit, '1'..='9'))
}

/// Digits with at most one point between them, short enough to be finite: JSON as it stands.
fn is_plain_decimal(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = whole.strip_prefix('-').unwrap_or(whole);
    is_digits(whole)
        && (digits.len() == 1 || !digits.starts_with('0'))
        && digits.len() < 300
        && !fraction.is_empty()
        && fraction.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::proptest;

    use super::{write_float, write_integer, write_number};
    use crate::schema::Scalar;

    fn written(write: impl FnOnce(&mut Vec<u8>) -> Result<(), &'static str>) -> Option<String> {
        let mut out = Vec::new();
        write(&mut out).ok().map(|()| String::from_utf8(out).expect("UTF-8"))
    }

    #[test]
    fn integers() {
        let table = [
            ("1", Some("1")),
            ("-0", Some("0")),
            ("1.0", Some("1")),
            ("1e2", Some("100")),
            ("2147483647", Some("2147483647")),
            ("2147483648", None),
            ("-2147483648", Some("-2147483648")),
            ("1.5", None),
            ("x", None),
            ("007", Some("7")),
            ("1e400", None),
            ("NaN", None),
            ("-007", Some("-7")),
            ("-00", Some("0")),
        ];
        for (text, expected) in table {
            assert_eq!(written(|out| write_integer(out, text)).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn floats() {
        let table = [
            ("1", Some("1")),
            ("1.10", Some("1.10")),
            ("-0.5", Some("-0.5")),
            ("1e3", Some("1000")),
            (" 1 ", Some("1")),
            ("-0e0", Some("0")),
            ("-0", Some("0")),
            ("-0.0", Some("0")),
            ("1.5e-5", Some("0.000015")),
            ("1e20", Some("100000000000000000000")),
            ("1E21", Some("1e+21")),
            ("1e-7", Some("1e-7")),
            ("1e999", None),
            ("NaN", None),
            ("inf", None),
            ("", None),
            (".5", Some("0.5")),
            ("1.", Some("1")),
        ];
        for (text, expected) in table {
            assert_eq!(written(|out| write_float(out, text)).as_deref(), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_accepted_is_json(text in "[-+]?[0-9]{0,4}[.]?[0-9]{0,3}(e[-+]?[0-9]{1,3})?") {
            for accepted in [written(|out| write_integer(out, &text)), written(|out| write_float(out, &text))] {
                let is_json = |written: &str| serde_json::from_str::<serde::de::IgnoredAny>(written).is_ok();
                assert!(accepted.as_deref().is_none_or(is_json), "{text} is written as {accepted:?}");
            }
        }
    }

    #[test]
    fn numbers_in_other_places() {
        let table = [
            (Scalar::Id, "12", Some("\"12\"")),
            (Scalar::Id, "1.5", None),
            (Scalar::Id, "1.0", Some("\"1\"")),
            (Scalar::Id, "1e2", Some("\"100\"")),
            (Scalar::Id, "9007199254740993", Some("\"9007199254740993\"")),
            (Scalar::String, "1.10", Some("\"1.1\"")),
            (Scalar::String, "1.0", Some("\"1\"")),
            (Scalar::String, "1e2", Some("\"100\"")),
            (Scalar::String, "1e400", None),
            (Scalar::ExactNumber, "1.10", Some("\"1.10\"")),
            (Scalar::Boolean, "0.0", Some("false")),
            (Scalar::Boolean, "2", Some("true")),
            (Scalar::ExactNumber, "9007199254740993", Some("\"9007199254740993\"")),
            (Scalar::Custom, "1e400", Some("1e400")),
        ];
        for (scalar, text, expected) in table {
            assert_eq!(written(|out| write_number(out, scalar, text)).as_deref(), expected, "{scalar:?} {text}");
        }
    }
}
