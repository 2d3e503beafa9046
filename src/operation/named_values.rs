//! Each argument and each field of an input object in a document has a colon and a value: apollo-compiler's parser reads
//! `{a}` as `{}` and `(a)` as nothing. Both stand between parentheses, and so does every brace of an input object.

use apollo_parser::{Lexer, Token, TokenKind};

use super::places::Places;
use crate::graphql::{Error, ErrorCode};

/// Refuses a document in which a name has none.
///
/// # Errors
/// `GRAPHQL_PARSE_FAILED`, with the place of the name.
pub(super) fn check(text: &str, places: &Places) -> Result<(), Error> {
    let is_read = |token: &Token<'_>| {
        !matches!(token.kind(), TokenKind::Whitespace | TokenKind::Comment | TokenKind::Comma | TokenKind::Eof)
    };
    let mut tokens = Lexer::new(text).filter_map(Result::ok).filter(is_read).peekable();
    let mut open = Vec::new();
    let mut before = TokenKind::Eof;
    while let Some(token) = tokens.next() {
        match token.kind() {
            TokenKind::LParen => open.push(TokenKind::LParen),
            kind @ (TokenKind::LCurly | TokenKind::LBracket) if !open.is_empty() => open.push(kind),
            TokenKind::RParen | TokenKind::RCurly | TokenKind::RBracket => drop(open.pop()),
            TokenKind::Name
                if is_named_here(open.last().copied(), before)
                    && tokens.peek().is_none_or(|next| next.kind() != TokenKind::Colon) =>
            {
                return Err(without_value(places, &token));
            }
            _ => {}
        }
        before = token.kind();
    }
    Ok(())
}

/// Whether a name is that of an argument or an input field: not a value, a type, a variable or a directive, nor an item of
/// a list.
fn is_named_here(within: Option<TokenKind>, before: TokenKind) -> bool {
    matches!(within, Some(TokenKind::LParen | TokenKind::LCurly))
        && !matches!(before, TokenKind::Colon | TokenKind::Eq | TokenKind::Dollar | TokenKind::At)
}

fn without_value(places: &Places, token: &Token<'_>) -> Error {
    let message = format!("syntax error: expected a colon and a value behind \"{}\"", token.data());
    Error { locations: vec![places.at(token.index())], ..Error::request(ErrorCode::GraphqlParseFailed, message) }
}

#[cfg(test)]
mod tests {
    use super::{Places, check};

    #[test]
    fn a_name_without_a_value_is_refused() {
        for text in [
            "{a(b:{c})}",
            "{a(b:{c:1 d})}",
            "query($a:B={c d:1}){a}",
            "{a(b:[{c:{d}}])}",
            "{a@b(c:{d,e:1})}",
            "{a(b)}",
            "{a(b:$c d)}",
            "{a(b c:1)}",
        ] {
            assert!(check(text, &Places::of(text)).is_err(), "{text}");
        }
    }

    #[test]
    fn everything_else_is_not_looked_at() {
        for text in [
            "{a{b c}}",
            "{a(b:{c:d e:$f g:[h i]j:{}}){k}}",
            "query($a:B=c@d(e:f)$g:[H!]!){a{b}}",
            "{a(b:\"{c}\")}",
            "{a(b:{c:d # }\n})}",
        ] {
            assert!(check(text, &Places::of(text)).is_ok(), "{text}");
        }
    }
}
