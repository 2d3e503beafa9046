//! Cuts a document into tokens (specification, section 2.1), one at a time. What is between them is skipped.

use super::numbers::number_length;
use super::strings::{block_string_length, string_length};
use super::token::{SyntaxError, Token, TokenKind, is_of_name, shown};

/// The tokens of a document from a place on.
#[derive(Debug)]
pub(in crate::operation) struct Lexer<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Lexer<'t> {
    /// The tokens from a byte on, at which a token or nothing may begin.
    pub(in crate::operation) fn from(text: &'t str, at: usize) -> Lexer<'t> {
        Lexer { text, at }
    }

    /// The next token; the last one is the end, however often it is asked for.
    ///
    /// # Errors
    /// The place of what begins no token.
    pub(in crate::operation) fn next(&mut self) -> Result<Token, SyntaxError> {
        self.skip_ignored();
        let start = self.at;
        let rest = self.text.get(start..).unwrap_or_default();
        let Some(first) = rest.chars().next() else { return Ok(Token { kind: TokenKind::End, range: start..start }) };
        let (kind, length) = match first {
            '!' | '$' | '&' | '(' | ')' | ':' | '=' | '@' | '[' | ']' | '{' | '|' | '}' => (TokenKind::Sign(first), 1),
            '.' if rest.starts_with("...") => (TokenKind::Spread, 3),
            '"' if rest.starts_with("\"\"\"") => (TokenKind::Text, block_string_length(self.text, start)?),
            '"' => (TokenKind::Text, string_length(self.text, start)?),
            '0'..='9' | '-' => (TokenKind::Number, number_length(self.text, start)?),
            first if is_of_name(first) => (TokenKind::Name, rest.find(|next| !is_of_name(next)).unwrap_or(rest.len())),
            other => return Err(SyntaxError::at(start, no_token(other, rest))),
        };
        self.at = start + length;
        Ok(Token { kind, range: start..self.at })
    }

    fn skip_ignored(&mut self) {
        while let Some(rest) = self.text.get(self.at..) {
            let length = match rest.chars().next() {
                Some('\u{feff}') => '\u{feff}'.len_utf8(),
                Some('\t' | ' ' | ',' | '\n' | '\r') => 1,
                Some('#') => rest.find(['\n', '\r']).unwrap_or(rest.len()),
                _ => return,
            };
            self.at += length;
        }
    }
}

fn no_token(first: char, rest: &str) -> String {
    if rest.starts_with("..") {
        return "\"..\" cannot stand here; a spread has three dots".to_owned();
    }
    let digits = rest
        .strip_prefix('.')
        .map_or("", |rest| rest.split_once(|next: char| !next.is_ascii_digit()).map_or(rest, |(digits, _)| digits));
    if !digits.is_empty() {
        return "a number has a digit before its point".to_owned();
    }
    match first {
        '\'' => "a string stands in double quotes".to_owned(),
        other => format!("the character {} cannot stand here", shown(Some(other))),
    }
}
