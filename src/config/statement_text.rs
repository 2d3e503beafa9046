//! A statement as it stands in a schema file, cut into what a database reads and what it does not: for rules that look
//! at its text. No statement is understood here, and no template is resolved.

use std::ops::Range;

use super::literal::Literal;
use super::sql_text::quoted_length;
use super::template_parser::well_formed_slot;
use super::{SourceMap, Span};

/// A statement's text, and where each byte of it was written.
pub struct StatementText {
    literal: Literal,
    text: String,
    parts: Vec<(StatementPart, Range<usize>)>,
}

/// What a part of a statement is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatementPart {
    /// What the database reads as it is.
    Plain,
    /// A string, a quoted name or a dollar quote.
    Quoted,
    /// A comment.
    Comment,
    /// A template.
    Slot,
}

impl StatementText {
    /// Reads the statement whose literal stands at `span`; nothing where none is there.
    #[must_use]
    pub fn read(sources: &SourceMap, span: Span) -> Option<StatementText> {
        let (literal, text) = Literal::read(sources, span)?;
        let parts = cut(&text);
        Some(StatementText { literal, text, parts })
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The parts in order, each with its bytes.
    pub fn parts(&self) -> impl Iterator<Item = (StatementPart, Range<usize>)> {
        self.parts.iter().cloned()
    }

    /// The templates that stand in quotes, where braces are plain text. A comment is left out: what is put into one is
    /// not meant to be read.
    pub fn quoted_templates(&self) -> impl Iterator<Item = Range<usize>> {
        let quoted = self.parts.iter().filter(|(part, _)| *part == StatementPart::Quoted);
        quoted.flat_map(|(_, range)| slots_in(&self.text, range))
    }

    /// The place of a range of the text.
    #[must_use]
    pub fn span(&self, range: &Range<usize>) -> Span {
        self.literal.span_of(range)
    }
}

fn cut(text: &str) -> Vec<(StatementPart, Range<usize>)> {
    let mut parts: Vec<(StatementPart, Range<usize>)> = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let (part, length) = first_part(rest, text.get(..at).and_then(|before| before.chars().next_back()));
        let end = at + length.max(1);
        match parts.last_mut() {
            Some((StatementPart::Plain, last)) if part == StatementPart::Plain => last.end = end,
            _ => parts.push((part, at..end)),
        }
        at = end;
    }
    parts
}

/// What the text starts with; what is plain is taken character by character.
fn first_part(text: &str, before: Option<char>) -> (StatementPart, usize) {
    if let Some(length) = quoted_length(text, before) {
        let is_comment = text.starts_with("--") || text.starts_with("/*");
        return (if is_comment { StatementPart::Comment } else { StatementPart::Quoted }, length);
    }
    if text.starts_with("{{") || text.starts_with("}}") {
        return (StatementPart::Plain, 2);
    }
    match well_formed_slot(text) {
        Some(length) => (StatementPart::Slot, length),
        None => (StatementPart::Plain, text.chars().next().map_or(1, char::len_utf8)),
    }
}

fn slots_in(text: &str, range: &Range<usize>) -> Vec<Range<usize>> {
    let quoted = text.get(range.clone()).unwrap_or_default();
    let braces = quoted.match_indices('{').map(|(at, _)| at);
    let slot = |at: usize| {
        let length = well_formed_slot(quoted.get(at..)?)?;
        Some(range.start + at..range.start + at + length)
    };
    braces.filter_map(slot).collect()
}

#[cfg(test)]
mod tests {
    use super::{StatementPart, cut};

    #[test]
    fn statements_are_cut() {
        let shown = |text: &str| {
            let letter = |part| match part {
                StatementPart::Plain => 'p',
                StatementPart::Quoted => 'q',
                StatementPart::Comment => 'c',
                StatementPart::Slot => 's',
            };
            let parts = cut(text).into_iter().map(|(part, range)| format!("{}<{}>", letter(part), &text[range]));
            parts.collect::<String>()
        };
        for (text, parts) in [
            ("a '{args.b}' {args.c}", "p<a >q<'{args.b}'>p< >s<{args.c}>"),
            ("a -- b\n; /* c */", "p<a >c<-- b>p<\n; >c</* c */>"),
            ("{{a}} {nothing}é", "p<{{a}} {nothing}é>"),
            ("$$ x $$", "q<$$ x $$>"),
            ("", ""),
        ] {
            assert_eq!(shown(text), parts, "{text}");
        }
    }
}
