//! What is behind the first definition of a type system, searched for what apollo-compiler's parser does not take, and for
//! nothing else: such a document is refused, and only what is said of it depends on this. Where it stops being a document is
//! for the parser to tell.

use super::descriptions::Descriptions;
use super::lexer::Lexer;
use super::token::{Token, TokenKind};

/// Notes the descriptions of operations, fragments and variables from a byte on, and every comma.
pub(super) fn note_behind(text: &str, from: usize, descriptions: &mut Descriptions) {
    let mut lexer = Lexer::from(text, from);
    let mut open = Vec::new();
    let mut before: [Option<Token>; 2] = [None, None];
    while let Some(token) = lexer.next().ok().filter(|token| token.kind != TokenKind::End) {
        let [last, last_but_one] = &before;
        if let Some(last) = last {
            let is_value = last_but_one.as_ref().is_some_and(|token| matches!(token.kind, TokenKind::Sign(':' | '=')));
            if last.kind == TokenKind::Text && !is_value && is_described(text, &token, open.last().copied()) {
                descriptions.note(last.range.clone(), token.range.start);
            }
            descriptions.blank_commas(text, last.range.end..token.range.start);
        }
        match token.kind {
            TokenKind::Sign(sign @ ('(' | '[' | '{')) => open.push(sign),
            TokenKind::Sign(')' | ']' | '}') => drop(open.pop()),
            TokenKind::Sign(_)
            | TokenKind::Spread
            | TokenKind::Name
            | TokenKind::Number
            | TokenKind::Text
            | TokenKind::End => {}
        }
        let [last, _] = before;
        before = [Some(token), last];
    }
}

/// Whether a string before a token describes what begins with it, and the parser does not know that.
fn is_described(text: &str, token: &Token, within: Option<char>) -> bool {
    match within {
        None => {
            let word = text.get(token.range.clone()).unwrap_or_default();
            matches!(word, "query" | "mutation" | "subscription" | "fragment")
        }
        Some(open) => open == '(' && token.kind == TokenKind::Sign('$'),
    }
}
