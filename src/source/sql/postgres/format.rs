//! How a column is read: which types are known in their binary form. A type that has no format here is asked for as
//! text (`wrapped`).

use tokio_postgres::types::{Kind, Type};

use super::array;
use super::binary::Malformed;
use super::scalar::{Scalar, Shape};
use crate::source::{Cell, RowsBuilder};

/// How a column is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A single value.
    Scalar(Scalar),
    /// An array of them, of any number of dimensions.
    Array(Scalar),
    /// `void`: nothing at all.
    Void,
}

impl Format {
    /// Text as it is.
    pub const TEXT: Format = Format::Scalar(Scalar::Text);

    /// The format of a type, if its binary form is known here.
    pub fn of(type_: &Type) -> Option<Format> {
        if *type_ == Type::VOID {
            return Some(Format::Void);
        }
        match type_.kind() {
            Kind::Domain(base) => Format::of(base),
            Kind::Array(element) => match Format::of(element)? {
                Format::Scalar(scalar) => Some(Format::Array(scalar)),
                Format::Array(_) | Format::Void => None,
            },
            Kind::Enum(_) => Some(Format::TEXT),
            Kind::Simple => scalar_of(type_).map(Format::Scalar),
            _ => None,
        }
    }

    /// Adds a value to the current row.
    ///
    /// # Errors
    /// The bytes are not what the type says.
    pub fn write(self, raw: Option<&[u8]>, rows: &mut RowsBuilder) -> Result<(), Malformed> {
        let (Some(raw), Format::Scalar(_) | Format::Array(_)) = (raw, self) else {
            rows.null();
            return Ok(());
        };
        let mut result = Ok(());
        rows.cell(self.cell(raw), |out| {
            result = match self {
                Format::Scalar(scalar) => scalar.write(raw, out),
                Format::Array(scalar) => array::write(scalar, raw, out),
                Format::Void => Ok(()),
            };
        });
        result
    }

    fn cell(self, raw: &[u8]) -> fn(crate::source::Span) -> Cell {
        match self {
            Format::Scalar(scalar) => match scalar.shape(raw) {
                Shape::Json => Cell::Json,
                Shape::Plain => Cell::Plain,
                Shape::Document => Cell::Document,
            },
            Format::Array(_) | Format::Void => Cell::Document,
        }
    }
}

fn scalar_of(type_: &Type) -> Option<Scalar> {
    let scalar = match *type_ {
        Type::BOOL => Scalar::Boolean,
        Type::INT2 => Scalar::Int2,
        Type::INT4 => Scalar::Int4,
        Type::INT8 => Scalar::Int8,
        Type::OID => Scalar::Oid,
        Type::FLOAT4 => Scalar::Float4,
        Type::FLOAT8 => Scalar::Float8,
        Type::NUMERIC => Scalar::Numeric,
        Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME => Scalar::Text,
        Type::CHAR => Scalar::InternalChar,
        Type::JSON => Scalar::Json,
        Type::JSONB => Scalar::Jsonb,
        Type::UUID => Scalar::Uuid,
        Type::DATE => Scalar::Date,
        Type::TIME => Scalar::Time,
        Type::TIMETZ => Scalar::TimeTz,
        Type::TIMESTAMP => Scalar::Timestamp,
        Type::TIMESTAMPTZ => Scalar::TimestampTz,
        Type::INTERVAL => Scalar::Interval,
        Type::BYTEA => Scalar::Bytea,
        // An extension's type has no fixed number; this one sends text.
        _ if type_.name() == "citext" => Scalar::Text,
        _ => return None,
    };
    Some(scalar)
}
