//! The tokens of a text round a place, as far as they can be told apart: for saying what an author meant where the
//! parser stopped. It decides about nothing that is valid; that is the parser's.

use std::ops::Range;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// A name or a keyword.
    Name,
    /// A string of either form.
    Text,
    /// A number.
    Number,
    /// Any other character.
    Sign(char),
}

/// A token and its bytes.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub kind: TokenKind,
    pub range: Range<usize>,
}

/// A place in a text with what stands round it.
#[derive(Debug)]
pub(super) struct Spot<'a> {
    text: &'a str,
    before: Vec<Token>,
    from_here: Vec<Token>,
}

impl<'a> Spot<'a> {
    /// The place at a byte of a text.
    pub(super) fn new(text: &'a str, at: usize) -> Spot<'a> {
        let mut before = tokens(text);
        let first = before.partition_point(|token| token.range.start < at);
        let from_here = before.split_off(first);
        Spot { text, before, from_here }
    }

    /// The token at the place; nothing at the end of the text.
    pub(super) fn here(&self) -> Option<&Token> {
        self.from_here.first()
    }

    /// The token behind that one.
    pub(super) fn next(&self) -> Option<&Token> {
        self.from_here.get(1)
    }

    /// The token so many before the place; the last one is 0.
    pub(super) fn back(&self, amount: usize) -> Option<&Token> {
        self.before.iter().rev().nth(amount)
    }

    /// How many tokens stand before the place.
    pub(super) fn depth(&self) -> usize {
        self.before.len()
    }

    /// A token as it is written.
    pub(super) fn word(&self, token: &Token) -> &'a str {
        self.text.get(token.range.clone()).unwrap_or_default()
    }

    /// The innermost bracket that is open at the place, with what stands before it.
    pub(super) fn open_bracket(&self) -> Option<(&Token, &[Token])> {
        let mut open = Vec::new();
        for (place, token) in self.before.iter().enumerate() {
            match token.kind {
                TokenKind::Sign('(' | '[' | '{') => open.push(place),
                TokenKind::Sign(')' | ']' | '}') => {
                    open.pop();
                }
                _ => {}
            }
        }
        let place = open.pop()?;
        Some((self.before.get(place)?, self.before.get(..place)?))
    }

    /// The number of the line of a token, from 1.
    pub(super) fn line(&self, token: &Token) -> usize {
        self.text.get(..token.range.start).unwrap_or_default().matches('\n').count() + 1
    }

    /// Whether nothing stands before a token in its line.
    pub(super) fn starts_line(&self, token: &Token) -> bool {
        let before = self.text.get(..token.range.start).unwrap_or_default();
        before.rsplit('\n').next().unwrap_or_default().trim().is_empty()
    }
}

/// Whether a token is this sign.
pub(super) fn is_sign(kind: Option<TokenKind>, signs: &[char]) -> bool {
    matches!(kind, Some(TokenKind::Sign(sign)) if signs.contains(&sign))
}

/// Whether a token is a name or a value.
pub(super) fn is_word(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::Name | TokenKind::Text | TokenKind::Number)
}

fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let first = rest.chars().next().unwrap_or_default();
        let (kind, length) = match first {
            ' ' | '\t' | '\r' | '\n' | ',' | '\u{feff}' => (None, first.len_utf8()),
            '#' => (None, rest.find('\n').unwrap_or(rest.len())),
            '"' => (Some(TokenKind::Text), text_length(rest)),
            '0'..='9' | '-' => {
                (Some(TokenKind::Number), 1 + length_of(&rest[1..], |next| is_of_name(next) || next == '.'))
            }
            _ if is_of_name(first) => (Some(TokenKind::Name), length_of(rest, is_of_name)),
            other => (Some(TokenKind::Sign(other)), other.len_utf8()),
        };
        found.extend(kind.map(|kind| Token { kind, range: at..at + length }));
        at += length;
    }
    found
}

fn is_of_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

fn length_of(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|character| !belongs(character)).unwrap_or(text.len())
}

/// The length of the string that starts here; one that is not closed ends with its line, or with the text.
fn text_length(text: &str) -> usize {
    let (quote, ends_with_line) = if text.starts_with("\"\"\"") { ("\"\"\"", false) } else { ("\"", true) };
    let mut at = quote.len();
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with(quote) {
            return at + quote.len();
        }
        if ends_with_line && rest.starts_with('\n') {
            return at;
        }
        let escaped = if ends_with_line { rest.starts_with('\\') } else { rest.starts_with("\\\"\"\"") };
        let step = |text: &str| text.chars().next().map_or(1, char::len_utf8);
        at += if escaped { 1 + rest.get(1..).map_or(0, step) } else { step(rest) };
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::{Spot, tokens};

    #[test]
    fn texts_are_cut() {
        for (text, cut) in [
            ("a(id: ID! = 1.5e3) @b", "a|(|id|:|ID|!|=|1.5e3|)|@|b"),
            ("\"a \\\" b\" c # \"d\ne", "\"a \\\" b\"|c|e"),
            ("\"\"\"a \" \\\"\"\" b\"\"\" c", "\"\"\"a \" \\\"\"\" b\"\"\"|c"),
            ("\"open\nnext é", "\"open|next|é"),
            ("1s -", "1s|-"),
            ("\"\\", "\"\\"),
            ("", ""),
        ] {
            let found: Vec<&str> = tokens(text).into_iter().map(|token| &text[token.range]).collect();
            assert_eq!(found.join("|"), cut);
        }
    }

    #[test]
    fn the_innermost_open_bracket_is_found() {
        let text = "type A { a(b: [C]) { d";
        let spot = Spot::new(text, text.len());
        let (bracket, before) = spot.open_bracket().expect("one");
        assert_eq!((bracket.range.start, before.len()), (19, 11));
        assert!(Spot::new("{ }", 3).open_bracket().is_none());
    }
}
