//! The tokens of a document, and what is said where one cannot stand.

use std::ops::Range;

/// Longest piece of a document that a message repeats, in characters.
const MAX_QUOTED: usize = 40;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::operation) enum TokenKind {
    /// A punctuator of one character.
    Sign(char),
    /// `...`
    Spread,
    /// A name or a keyword.
    Name,
    /// A number of either form.
    Number,
    /// A string of either form.
    Text,
    /// The end of the document.
    End,
}

/// A token and its bytes.
#[derive(Debug, Clone)]
pub(in crate::operation) struct Token {
    pub(in crate::operation) kind: TokenKind,
    pub(in crate::operation) range: Range<usize>,
}

/// Where a document stops being one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::operation) enum SyntaxError {
    /// Something that cannot stand at a byte.
    Wrong(usize, String),
    /// More levels than are followed begin at a byte.
    TooDeep(usize),
    /// More levels of a value than values have begin at a byte.
    ValueTooDeep(usize),
}

impl SyntaxError {
    /// Something at a byte that another parser does not take, and does not say in these words.
    pub(in crate::operation) fn unknown(offset: usize) -> SyntaxError {
        SyntaxError::at(offset, "this cannot stand here")
    }

    /// Something that cannot stand at a byte, in words.
    pub(super) fn at(offset: usize, message: impl Into<String>) -> SyntaxError {
        SyntaxError::Wrong(offset, message.into())
    }
}

impl Token {
    /// The token as a message names it: in the document's own characters, but for strings, which may have any.
    pub(super) fn found(&self, text: &str) -> String {
        match self.kind {
            TokenKind::End => "the end of the document".to_owned(),
            TokenKind::Text => "a string".to_owned(),
            TokenKind::Sign(_) | TokenKind::Spread | TokenKind::Name | TokenKind::Number => {
                quoted(text.get(self.range.clone()).unwrap_or_default())
            }
        }
    }
}

/// Whether a character may stand in a name.
pub(super) fn is_of_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

/// A piece of a document in a message, not longer than part of a line.
pub(super) fn quoted(piece: &str) -> String {
    match piece.char_indices().nth(MAX_QUOTED) {
        None => format!("\"{piece}\""),
        Some((end, _)) => format!("\"{}…\"", piece.get(..end).unwrap_or_default()),
    }
}

/// A character in a message: itself where it can be seen, else its code point.
pub(super) fn shown(character: Option<char>) -> String {
    match character {
        None => "the end of the document".to_owned(),
        Some('"') => "'\"'".to_owned(),
        Some(seen @ ' '..='~') => format!("\"{seen}\""),
        Some(other) => format!("U+{:04X}", u32::from(other)),
    }
}
