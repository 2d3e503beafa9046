//! What apollo-compiler's parser does not take of a document, though it is one: descriptions (specification, section 2.4),
//! which mean nothing to an execution, and commas (section 2.1.6) where it looks further than one token: behind the dots of
//! a spread and before the colon of an alias. It gets the document with blanks in their places, so that everything else
//! keeps its own.

use std::ops::Range;

/// The descriptions of a document, and all that is blanked of it, in their order.
#[derive(Debug, Default)]
pub(in crate::operation) struct Descriptions {
    /// Where each begins, behind the byte at which what it describes does.
    found: Vec<(usize, usize)>,
    blanks: Vec<Range<usize>>,
}

impl Descriptions {
    /// Notes one, and where that begins which it describes.
    pub(super) fn note(&mut self, range: Range<usize>, described: usize) {
        self.found.push((described, range.start));
        self.blanks.push(range);
    }

    /// Notes what is between two tokens, behind all that was noted before, if there is a comma in it.
    pub(super) fn blank_commas(&mut self, text: &str, between: Range<usize>) {
        if text.get(between.clone()).is_some_and(|ignored| ignored.contains(',')) {
            self.blanks.push(between);
        }
    }

    /// The document without all that: as long as before, with the same lines.
    pub(in crate::operation) fn blanked(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut done = 0;
        for range in &self.blanks {
            out.push_str(text.get(done..range.start).unwrap_or_default());
            let piece = text.get(range.clone()).unwrap_or_default();
            out.extend(piece.bytes().map(|byte| match byte {
                b'\n' | b'\r' => char::from(byte),
                _ => ' ',
            }));
            done = range.end;
        }
        out + text.get(done..).unwrap_or_default()
    }

    /// Where a definition begins: with its description, if it has one.
    pub(in crate::operation) fn start_of(&self, definition: usize) -> usize {
        let place = self.found.binary_search_by_key(&definition, |(described, _)| *described);
        place.ok().and_then(|place| self.found.get(place)).map_or(definition, |(_, start)| *start)
    }
}
