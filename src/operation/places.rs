//! Where in a document something stands, in lines and columns as clients count them: a line ends with `\n`, `\r\n` or `\r`
//! (specification, section 2.1.2), and a column is a UTF-16 code unit, as in the reference implementation and the editors
//! that show it. apollo-compiler counts bytes, and other ends of lines too.

use apollo_compiler::parser::SourceSpan;

use crate::graphql::Location;

/// Bytes between two places up to which the code units are counted ahead: no look-up counts more.
const STRIDE: usize = 512;

/// The lines of one document.
#[derive(Debug)]
pub(super) struct Places {
    text: Box<str>,
    /// Where each line begins, in bytes.
    lines: Vec<usize>,
    /// Code units before each multiple of the stride.
    counted: Vec<usize>,
}

impl Places {
    /// The places of a document's text.
    pub(super) fn of(text: &str) -> Places {
        let bytes = text.as_bytes();
        let ends_line = |&(index, byte): &(usize, &u8)| match byte {
            b'\n' => true,
            b'\r' => bytes.get(index + 1) != Some(&b'\n'),
            _ => false,
        };
        let starts = bytes.iter().enumerate().filter(ends_line).map(|(index, _)| index + 1);
        let counted = bytes.chunks(STRIDE).scan(0, |sum, chunk| {
            let before = *sum;
            *sum += code_units(chunk);
            Some(before)
        });
        Places { text: text.into(), lines: std::iter::once(0).chain(starts).collect(), counted: counted.collect() }
    }

    /// The place of a byte; one behind the end is the end.
    pub(super) fn at(&self, offset: usize) -> Location {
        let offset = offset.min(self.text.len());
        let line = self.lines.partition_point(|start| *start <= offset);
        let start = self.lines[line - 1];
        Location { line, column: self.code_units_before(offset) - self.code_units_before(start) + 1 }
    }

    /// The place where a part of the document begins.
    pub(super) fn of_span(&self, span: Option<SourceSpan>) -> Option<Location> {
        span.map(|span| self.at(span.offset()))
    }

    fn code_units_before(&self, offset: usize) -> usize {
        let Some(counted) = self.counted.get(offset / STRIDE) else { return self.all_code_units() };
        counted + code_units(&self.text.as_bytes()[offset - offset % STRIDE..offset])
    }

    /// For the end of a text whose length is a multiple of the stride.
    fn all_code_units(&self) -> usize {
        let last = self.counted.len().saturating_sub(1);
        let chunk = self.text.as_bytes().get(last * STRIDE..).unwrap_or_default();
        self.counted.last().unwrap_or(&0) + code_units(chunk)
    }
}

/// The code units that a part of UTF-8 text begins: two for what takes four bytes, none for a continuation.
fn code_units(part: &[u8]) -> usize {
    let of_byte = |byte: &u8| match byte {
        0x80..0xc0 => 0,
        0xf0.. => 2,
        _ => 1,
    };
    part.iter().map(of_byte).sum()
}

#[cfg(test)]
mod tests {
    use super::{Location, Places, STRIDE};

    #[test]
    fn lines_end_as_the_specification_says_and_columns_are_utf_16() {
        let text = "{ä\n𝄞x\r\ny\rz\u{2028}w}";
        let places = Places::of(text);
        let place = |what: &str| places.at(text.find(what).expect("it is there"));
        for (what, line, column) in [("{", 1, 1), ("\n", 1, 3), ("x", 2, 3), ("y", 3, 1), ("z", 4, 1), ("w", 4, 3)] {
            assert_eq!(place(what), Location { line, column }, "{what}");
        }
        assert_eq!(places.at(usize::MAX), Location { line: 4, column: 5 });
    }

    #[test]
    fn long_lines_are_counted_from_the_nearest_stride() {
        for length in [0, 1, STRIDE - 1, STRIDE, STRIDE + 1, 3 * STRIDE, 3 * STRIDE + 7] {
            let text = "ä".repeat(length);
            let places = Places::of(&text);
            assert_eq!(places.at(text.len()), Location { line: 1, column: length + 1 }, "{length}");
        }
    }
}
