//! What apollo-compiler found, with everything that it is told with, and what it becomes.

use apollo_compiler::Schema;

use super::Span;
use super::reader::Places;
use super::tokens::{Spot, Token, TokenKind};

/// A mistake as it is told.
pub(super) struct ValidationError {
    pub span: Option<Span>,
    pub message: String,
    pub hint: Option<String>,
}

/// What a mistake is told with: the parser's message and place, the files, and what could be made of them.
pub(super) struct Found<'a> {
    pub message: &'a str,
    pub span: Option<Span>,
    pub places: Places<'a>,
    pub schema: &'a Schema,
}

/// The language's own input types, and what an author calls a value of each.
const INPUTS: [(&str, &str); 10] = [
    ("tributary__Sql", "`sql` of `@source`"),
    ("tributary__Rest", "`rest` of `@source`"),
    ("tributary__Header", "a header"),
    ("tributary__Setting", "a setting"),
    ("tributary__Jwt", "`jwt`"),
    ("tributary__PersistedOperations", "`persisted`"),
    ("tributary__CacheStore", "`cache` of `@gateway`"),
    ("tributary__Retry", "`retry`"),
    ("tributary__Breaker", "`breaker`"),
    ("tributary__Cache", "`cache`"),
];

/// What an author calls a value of an input type.
pub(super) fn input_noun(type_: &str) -> String {
    let known = INPUTS.iter().find(|(name, _)| *name == type_);
    known.map_or_else(|| format!("`{type_}`"), |(_, noun)| (*noun).to_owned())
}

impl<'a> Found<'a> {
    /// The names in backticks of a message that has these words.
    pub(super) fn names(&self, words: &str) -> Option<Vec<&'a str>> {
        self.message.contains(words).then(|| self.message.split('`').skip(1).step_by(2).collect())
    }

    /// About the place itself.
    pub(super) fn told(&self, message: impl Into<String>, hint: impl Into<Option<String>>) -> ValidationError {
        ValidationError { span: self.span, message: message.into(), hint: hint.into() }
    }

    /// The name before the colon before the place, where a value stands, and the place of that name.
    pub(super) fn key(&self) -> Option<(&'a str, Span)> {
        let span = self.span?;
        let file = self.places.sources.files().get(span.file)?;
        let spot = Spot::new(&file.text, span.start);
        let colon = spot.back(0).filter(|token| token.kind == TokenKind::Sign(':'));
        let name = spot.back(1).filter(|token| token.kind == TokenKind::Name && colon.is_some())?;
        Some((spot.word(name), Span { start: name.range.start, end: name.range.end, ..span }))
    }

    /// About the first name of the place; a description stands before it.
    pub(super) fn told_at_name(&self, message: impl Into<String>, hint: impl Into<Option<String>>) -> ValidationError {
        let text = self.span.map(|span| self.places.sources.text(span)).unwrap_or_default();
        let spot = Spot::new(text, 0);
        let is_name = |token: &&Token| token.kind == TokenKind::Name;
        let name = spot.here().filter(is_name).or_else(|| spot.next().filter(is_name));
        let span = match (self.span, name.map(|token| token.range.clone())) {
            (Some(span), Some(name)) => {
                Some(Span { start: span.start + name.start, end: span.start + name.end, ..span })
            }
            (span, _) => span,
        };
        ValidationError { span, message: message.into(), hint: hint.into() }
    }
}
