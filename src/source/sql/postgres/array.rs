//! An array from PostgreSQL's binary form to a JSON list; of several dimensions, to lists of lists. Lower bounds are
//! not shown.

use super::binary::{Malformed, bytes};
use super::scalar::{Scalar, Shape};

/// PostgreSQL's own limit.
const MAX_DIMENSIONS: usize = 6;
/// Dimensions, flags, and the type of the elements.
const HEADER: usize = 12;
/// Length and lower bound.
const DIMENSION: usize = 8;
/// The length of an element that is null.
const NULL: i32 = -1;

/// Writes an array as JSON.
///
/// # Errors
/// [`Malformed`].
pub fn write(scalar: Scalar, raw: &[u8], out: &mut Vec<u8>) -> Result<(), Malformed> {
    let dimensions = length(raw, 0)?;
    if dimensions > MAX_DIMENSIONS {
        return Err(Malformed);
    }
    let lengths: Vec<usize> =
        (0..dimensions).map(|index| length(raw, HEADER + index * DIMENSION)).collect::<Result<_, _>>()?;
    let mut reader = Reader { raw, at: HEADER + dimensions * DIMENSION };
    if lengths.is_empty() {
        out.extend_from_slice(b"[]");
        return Ok(());
    }
    reader.write_list(scalar, &lengths, out)
}

struct Reader<'a> {
    raw: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn write_list(&mut self, scalar: Scalar, lengths: &[usize], out: &mut Vec<u8>) -> Result<(), Malformed> {
        let Some((length, inner)) = lengths.split_first() else {
            return self.write_element(scalar, out);
        };
        out.push(b'[');
        for index in 0..*length {
            if index > 0 {
                out.push(b',');
            }
            self.write_list(scalar, inner, out)?;
        }
        out.push(b']');
        Ok(())
    }

    fn write_element(&mut self, scalar: Scalar, out: &mut Vec<u8>) -> Result<(), Malformed> {
        let size = i32::from_be_bytes(bytes(self.raw, self.at)?);
        self.at += 4;
        if size == NULL {
            out.extend_from_slice(b"null");
            return Ok(());
        }
        let end = self.at + usize::try_from(size).map_err(|_| Malformed)?;
        let element = self.raw.get(self.at..end).ok_or(Malformed)?;
        self.at = end;
        match scalar.shape(element) {
            Shape::Json | Shape::Document => scalar.write(element, out),
            Shape::Plain => {
                let mut text = Vec::new();
                scalar.write(element, &mut text)?;
                let text = std::str::from_utf8(&text).map_err(|_| Malformed)?;
                serde_json::to_writer(out, text).map_err(|_| Malformed)
            }
        }
    }
}

fn length(raw: &[u8], at: usize) -> Result<usize, Malformed> {
    usize::try_from(i32::from_be_bytes(bytes(raw, at)?)).map_err(|_| Malformed)
}

#[cfg(test)]
mod tests {
    use super::write;
    use crate::source::sql::postgres::binary::Malformed;
    use crate::source::sql::postgres::scalar::Scalar;

    #[test]
    fn hostile_lengths_are_refused() {
        let huge = [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 23, 0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 1];
        assert_eq!(write(Scalar::Int4, &huge, &mut Vec::new()), Err(Malformed));
        assert_eq!(write(Scalar::Int4, &[0, 0, 0, 9], &mut Vec::new()), Err(Malformed));
        assert_eq!(write(Scalar::Int4, &[], &mut Vec::new()), Err(Malformed));
    }
}
