//! Where a document has descriptions (specification, section 2.4). They mean nothing to an execution, and apollo-compiler's
//! parser does not know them: it gets the document with blanks in their places, so that everything else keeps its own.

use std::ops::Range;

/// The descriptions of a document, in their order.
#[derive(Debug, Default)]
pub(in crate::operation) struct Descriptions {
    /// Each with the byte at which what it describes begins.
    found: Vec<(Range<usize>, usize)>,
}

impl Descriptions {
    /// Notes one, and where that begins which it describes.
    pub(super) fn note(&mut self, range: Range<usize>, described: usize) {
        self.found.push((range, described));
    }

    /// The document without them: as long as before, with the same lines.
    pub(in crate::operation) fn blanked(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut done = 0;
        for (range, _) in &self.found {
            out.push_str(text.get(done..range.start).unwrap_or_default());
            let description = text.get(range.clone()).unwrap_or_default();
            out.extend(description.bytes().map(|byte| match byte {
                b'\n' | b'\r' => char::from(byte),
                _ => ' ',
            }));
            done = range.end;
        }
        out + text.get(done..).unwrap_or_default()
    }

    /// Where a definition begins: with its description, if it has one.
    pub(in crate::operation) fn start_of(&self, definition: usize) -> usize {
        let place = self.found.binary_search_by_key(&definition, |(_, described)| *described);
        place.ok().and_then(|place| self.found.get(place)).map_or(definition, |(range, _)| range.start)
    }
}
