//! One value of SQLite as a cell. A value has a type of its own; the declared type of its column matters twice only:
//! `BOOLEAN` makes 0 and 1 false and true, and `JSON` makes text a document.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rusqlite::types::ValueRef;
use serde::Serialize;

use crate::source::{Cause, Cell, Detail, Failure, RowsBuilder};

/// What the declared type of a column says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Declared {
    /// `BOOLEAN` or `BOOL`.
    Boolean,
    /// `JSON`.
    Json,
    /// Any other, or none.
    Other,
}

impl Declared {
    /// Reads a declared type.
    pub fn from_name(name: Option<&str>) -> Declared {
        match name {
            Some(name) if name.eq_ignore_ascii_case("boolean") || name.eq_ignore_ascii_case("bool") => {
                Declared::Boolean
            }
            Some(name) if name.eq_ignore_ascii_case("json") => Declared::Json,
            Some(_) | None => Declared::Other,
        }
    }
}

/// Adds a value to the current row.
///
/// # Errors
/// `BadResponse` for text that is not UTF-8.
pub fn write(value: ValueRef<'_>, declared: Declared, rows: &mut RowsBuilder) -> Result<(), Failure> {
    match (value, declared) {
        (ValueRef::Null, _) => rows.null(),
        (ValueRef::Integer(0), Declared::Boolean) => rows.cell(Cell::Json, |out| out.extend_from_slice(b"false")),
        (ValueRef::Integer(1), Declared::Boolean) => rows.cell(Cell::Json, |out| out.extend_from_slice(b"true")),
        (ValueRef::Integer(integer), _) => rows.cell(Cell::Json, |out| print(out, integer)),
        (ValueRef::Real(real), _) => write_real(real, rows),
        (ValueRef::Text(bytes), declared) => write_text(bytes, declared, rows)?,
        (ValueRef::Blob(bytes), _) => {
            rows.cell(Cell::Plain, |out| out.extend_from_slice(STANDARD.encode(bytes).as_bytes()));
        }
    }
    Ok(())
}

/// SQLite has no NaN, but it has infinities, which JSON has not.
fn write_real(real: f64, rows: &mut RowsBuilder) {
    if real.is_finite() {
        rows.cell(Cell::Json, |out| print(out, real));
    } else {
        rows.cell(Cell::Plain, |out| out.extend_from_slice(if real > 0.0 { b"Infinity" } else { b"-Infinity" }));
    }
}

fn write_text(bytes: &[u8], declared: Declared, rows: &mut RowsBuilder) -> Result<(), Failure> {
    if std::str::from_utf8(bytes).is_err() {
        let words = "holds text that is not UTF-8";
        return Err(Failure::unsent(Cause::BadResponse(words), Detail::new(words)));
    }
    let kind = match declared {
        Declared::Json => Cell::Document,
        Declared::Boolean | Declared::Other => Cell::Plain,
    };
    rows.cell(kind, |out| out.extend_from_slice(bytes));
    Ok(())
}

/// Writing a finite number into memory cannot fail.
fn print(out: &mut Vec<u8>, number: impl Serialize) {
    let _ = serde_json::to_writer(out, &number);
}
