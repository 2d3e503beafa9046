//! What may follow from what was told already: a mistake round the place of another one, and a mistake about names that
//! a file holds which could not be read. Telling those too would bury the ones that an author can mend.

use std::collections::HashSet;

use super::Span;

/// Mistakes of which others are consequences.
#[derive(Debug, Clone, Default)]
pub(super) struct Causes {
    /// Where something was told, in order.
    places: Vec<Span>,
    /// Every word of the files that have a syntax error.
    pub unread: HashSet<String>,
}

impl Causes {
    /// Whether a mistake may be there only because of another one. A mistake inside a place that was told is not: there
    /// it was the whole that was wrong.
    pub(super) fn explain(&self, span: Option<Span>, message: &str) -> bool {
        span.map_or(!self.unread.is_empty(), |span| self.is_around(span)) || self.may_be_unread(message)
    }

    /// Takes the places where something was told.
    pub(super) fn set_places(&mut self, mut places: Vec<Span>) {
        places.sort_unstable();
        self.places = places;
    }

    /// Whether something was told just here.
    pub(super) fn is_told(&self, span: Span) -> bool {
        self.places.binary_search(&span).is_ok()
    }

    /// Whether something was told here or inside.
    pub(super) fn is_around(&self, span: Span) -> bool {
        let first = self.places.partition_point(|place| (place.file, place.start) < (span.file, span.start));
        let from_here = self.places.iter().skip(first);
        let mut starting_inside = from_here.take_while(|place| place.file == span.file && place.start <= span.end);
        starting_inside.any(|place| place.end <= span.end)
    }

    /// Whether every name in the message, which stands in backticks there, is a word of a file that could not be read.
    fn may_be_unread(&self, message: &str) -> bool {
        let names = message.split('`').skip(1).step_by(2);
        let mut words = names.flat_map(words_of).peekable();
        words.peek().is_some() && words.all(|word| self.unread.contains(word))
    }
}

/// The words of a text: what could be names in it.
pub(super) fn words_of(text: &str) -> impl Iterator<Item = &str> {
    text.split(|character: char| !character.is_alphanumeric() && character != '_').filter(|word| !word.is_empty())
}
