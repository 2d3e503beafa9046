//! One value from PostgreSQL's binary form to text: numbers and booleans as JSON, everything else plain, `json` as it
//! is. Nothing is rounded. Arrays are made of these.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::binary::{Malformed, bytes, print, print_number};
use super::{calendar, numeric};

/// A type whose binary form is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scalar {
    Boolean,
    Int2,
    Int4,
    Int8,
    Oid,
    Float4,
    Float8,
    Numeric,
    /// `text`, `varchar`, `char(n)`, `name`, `citext`, and every enum.
    Text,
    /// `"char"`, a single byte.
    InternalChar,
    Json,
    Jsonb,
    Uuid,
    Date,
    Time,
    TimeTz,
    Timestamp,
    TimestampTz,
    Interval,
    Bytea,
}

/// What the text of a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// JSON that we wrote: a number or a boolean.
    Json,
    /// Text.
    Plain,
    /// JSON that someone else wrote.
    Document,
}

impl Scalar {
    /// What [`Scalar::write`] makes of these bytes. NaN and infinity have no JSON number; they are text.
    pub fn shape(self, raw: &[u8]) -> Shape {
        let finite = match self {
            Scalar::Boolean | Scalar::Int2 | Scalar::Int4 | Scalar::Int8 | Scalar::Oid => true,
            Scalar::Float4 => bytes(raw, 0).is_ok_and(|raw| f32::from_be_bytes(raw).is_finite()),
            Scalar::Float8 => bytes(raw, 0).is_ok_and(|raw| f64::from_be_bytes(raw).is_finite()),
            Scalar::Numeric => numeric::is_finite(raw),
            Scalar::Json | Scalar::Jsonb => return Shape::Document,
            _ => false,
        };
        if finite { Shape::Json } else { Shape::Plain }
    }

    /// Writes the text of a value.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn write(self, raw: &[u8], out: &mut Vec<u8>) -> Result<(), Malformed> {
        match self {
            Scalar::Boolean => out.extend_from_slice(if bytes::<1>(raw, 0)? == [0] { b"false" } else { b"true" }),
            Scalar::Int2 => print_number(out, i16::from_be_bytes(bytes(raw, 0)?)),
            Scalar::Int4 => print_number(out, i32::from_be_bytes(bytes(raw, 0)?)),
            Scalar::Int8 => print_number(out, i64::from_be_bytes(bytes(raw, 0)?)),
            Scalar::Oid => print_number(out, u32::from_be_bytes(bytes(raw, 0)?)),
            Scalar::Float4 => {
                let float = f32::from_be_bytes(bytes(raw, 0)?);
                if !write_special(f64::from(float), out) {
                    print_number(out, float);
                }
            }
            Scalar::Float8 => {
                let float = f64::from_be_bytes(bytes(raw, 0)?);
                if !write_special(float, out) {
                    print_number(out, float);
                }
            }
            Scalar::Numeric => numeric::write(raw, out)?,
            Scalar::Text | Scalar::Json => write_text(raw, out)?,
            Scalar::Jsonb => write_text(raw.strip_prefix(&[1]).ok_or(Malformed)?, out)?,
            Scalar::InternalChar => write_internal_char(raw, out),
            Scalar::Uuid => print(out, format_args!("{}", uuid::Uuid::from_bytes(bytes(raw, 0)?).hyphenated())),
            Scalar::Date => calendar::write_date(raw, out)?,
            Scalar::Time => calendar::write_time(raw, out)?,
            Scalar::TimeTz => calendar::write_time_with_zone(raw, out)?,
            Scalar::Timestamp => calendar::write_timestamp(raw, "", out)?,
            Scalar::TimestampTz => calendar::write_timestamp(raw, "Z", out)?,
            Scalar::Interval => calendar::write_interval(raw, out)?,
            Scalar::Bytea => out.extend_from_slice(STANDARD.encode(raw).as_bytes()),
        }
        Ok(())
    }
}

/// A database whose encoding is `SQL_ASCII` sends whatever it was given.
fn write_text(raw: &[u8], out: &mut Vec<u8>) -> Result<(), Malformed> {
    std::str::from_utf8(raw).map_err(|_| Malformed)?;
    out.extend_from_slice(raw);
    Ok(())
}

/// NaN and the infinities in PostgreSQL's words.
fn write_special(float: f64, out: &mut Vec<u8>) -> bool {
    let words: &[u8] = match float {
        float if float.is_nan() => b"NaN",
        f64::INFINITY => b"Infinity",
        f64::NEG_INFINITY => b"-Infinity",
        _ => return false,
    };
    out.extend_from_slice(words);
    true
}

/// One byte; above ASCII in octal, as PostgreSQL shows it.
fn write_internal_char(raw: &[u8], out: &mut Vec<u8>) {
    match raw.first() {
        None | Some(0) => {}
        Some(byte) if byte.is_ascii() => out.push(*byte),
        Some(byte) => print(out, format_args!("\\{byte:03o}")),
    }
}
