//! What an author meant where the parser stopped: a colon that is missing, a brace that is not closed, an argument
//! without a name. Each is known by the tokens round the place; where none is, the parser's expectation is told.

use super::explanation::Explanation;
use super::suggestion::did_you_mean;
use super::tokens::{Spot, Token, TokenKind, is_sign, is_word};

/// What a definition begins with.
const KEYWORDS: [&str; 9] = ["type", "input", "interface", "enum", "union", "scalar", "schema", "directive", "extend"];

/// What the first argument of a directive is called, for those who leave its name out.
const FIRST_ARGUMENTS: [(&str, &str); 5] =
    [("rest", "get"), ("sql", "query"), ("value", "of"), ("from", "path"), ("source", "name")];

/// What the parser calls the end of a bracket.
const ENDS: [&str; 3] = ["R_PAREN", "R_BRACK", "R_CURLY"];

/// Longest piece of a file that a hint repeats, in bytes.
const MAX_REPEATED: usize = 40;

/// What was meant at a place; nothing where that is not known.
pub(super) fn misread(spot: &Spot<'_>) -> Option<Explanation> {
    match spot.open_bracket() {
        None => outside(spot),
        Some((bracket, _)) => nested_definition(spot, bracket)
            .or_else(|| nameless_argument(spot, bracket))
            .or_else(|| missing_colon(spot, bracket))
            .or_else(|| nothing_inside(spot, bracket))
            .or_else(|| type_of_another_language(spot)),
    }
}

/// The bracket that is not closed where something else was found; nothing outside of all brackets.
pub(super) fn unclosed(spot: &Spot<'_>, expected: &str) -> Option<String> {
    let (bracket, _) = spot.open_bracket()?;
    // Where something else was expected than its end, it is not the bracket that is wrong.
    if spot.here().is_some() && !ENDS.contains(&expected) {
        return None;
    }
    let closes = match bracket.kind {
        TokenKind::Sign('(') => ")",
        TokenKind::Sign('[') => "]",
        _ => "}",
    };
    Some(format!("the `{}` of line {} is not closed; `{closes}` closes it", spot.word(bracket), spot.line(bracket)))
}

/// Between definitions.
fn outside(spot: &Spot<'_>) -> Option<Explanation> {
    let here = spot.here()?;
    let word = spot.word(here);
    match here.kind {
        TokenKind::Sign(')' | ']' | '}') => {
            Some(Explanation::new(format!("this `{word}` closes nothing"), "leave it out"))
        }
        TokenKind::Sign('@') => {
            let name = spot.next().map_or("source", |token| spot.word(token));
            let hint = format!("say what it stands on: `extend schema @{name}(…)`");
            Some(Explanation::new("a directive cannot stand alone", hint))
        }
        TokenKind::Sign(':' | '=') if spot.back(1).is_some_and(|token| is_keyword(spot, token)) => {
            let name = spot.word(spot.back(0)?);
            let keyword = spot.word(spot.back(1)?);
            Some(Explanation::new(format!("`{word}` cannot stand here"), format!("write `{keyword} {name} {{ … }}`")))
        }
        TokenKind::Sign(':' | '=') if spot.back(0).is_some_and(|token| is_keyword(spot, token)) => {
            let keyword = spot.word(spot.back(0)?);
            Some(Explanation::new(format!("`{word}` cannot stand here"), format!("write `{keyword} … {{ … }}`")))
        }
        TokenKind::Name if word == "import" => Some(Explanation::new(
            "a schema has no imports",
            "the `.graphql` files of a folder are one schema: `tributary check FOLDER`",
        )),
        TokenKind::Name if follows_interface(spot) => {
            let last = spot.word(spot.back(0)?);
            Some(Explanation::new(
                format!("`{word}` cannot stand here"),
                format!("`&` joins interfaces: `{last} & {word}`"),
            ))
        }
        TokenKind::Name if word == "extends" => {
            let hint = "an interface is named by `implements`: `type A implements B { … }`";
            Some(Explanation::new("`extends` cannot stand here", hint))
        }
        TokenKind::Name if !KEYWORDS.contains(&word) => {
            let listed =
                format!("a definition begins with `{}`", KEYWORDS.join("`, `").replace("`, `extend", "` or `extend"));
            let hint = did_you_mean(word, KEYWORDS).unwrap_or(listed);
            Some(Explanation::new(format!("`{word}` begins no definition"), hint))
        }
        _ => None,
    }
}

/// `implements A, B`: the comma is white space.
fn follows_interface(spot: &Spot<'_>) -> bool {
    let before = spot.back(1);
    spot.back(0).is_some_and(|token| token.kind == TokenKind::Name)
        && before.is_some_and(|token| spot.word(token) == "implements" || is_sign(Some(token.kind), &['&']))
}

/// `type` inside a type that was not closed.
fn nested_definition(spot: &Spot<'_>, bracket: &Token) -> Option<Explanation> {
    let begins = |token: &&Token| is_keyword(spot, token) && spot.starts_line(token);
    let last = spot.back(0)?;
    // Among the values of an enum a keyword and a name can stand, and it is the brace that cannot.
    let above = spot.back(1).filter(begins).filter(|_| is_sign(spot.here().map(|token| token.kind), &['{']));
    let keyword = spot.back(0).filter(begins).or(above)?;
    let is_head = above.is_some() || is_head(spot, last);
    let line = spot.line(bracket);
    let word = spot.word(bracket);
    let message = format!("the `{word}` of line {line} is not closed before this definition");
    is_head.then(|| Explanation::new(message, "write `}` above it").at(keyword.range.clone()))
}

/// Whether what stands behind a keyword is the head of a definition; a field can have its name.
fn is_head(spot: &Spot<'_>, keyword: &Token) -> bool {
    match spot.word(keyword) {
        "schema" => is_sign(spot.here().map(|token| token.kind), &['{', '@']),
        "directive" => is_sign(spot.here().map(|token| token.kind), &['@']),
        "scalar" => true,
        "extend" => spot.here().is_some_and(|token| is_keyword(spot, token)),
        _ => {
            is_sign(spot.next().map(|token| token.kind), &['{', '@', '=', '&'])
                || spot.next().is_some_and(|token| spot.word(token) == "implements")
        }
    }
}

/// `@rest("/a")`.
fn nameless_argument(spot: &Spot<'_>, bracket: &Token) -> Option<Explanation> {
    let is_value = |token: &&Token| {
        matches!(token.kind, TokenKind::Text | TokenKind::Number) || is_sign(Some(token.kind), &['[', '{', '$'])
    };
    let here = spot.here().filter(is_value)?;
    let (_, before) = spot.open_bracket()?;
    let follows = spot.back(0).is_some_and(|last| last.range == bracket.range || last.kind == TokenKind::Text);
    if !follows {
        return None;
    }
    let text = shown(spot.word(here));
    match bracket.kind {
        TokenKind::Sign('(') if is_sign(Some(here.kind), &['$']) => {
            let name = spot.next().map_or("name", |token| spot.word(token));
            Some(Explanation::new("an argument has no `$`", format!("write `{name}: …`")))
        }
        TokenKind::Sign('(') => {
            let text =
                if here.kind == TokenKind::Sign('[') || here.kind == TokenKind::Sign('{') { "…" } else { text };
            let owner = before.last().map_or("", |token| spot.word(token));
            let name =
                FIRST_ARGUMENTS.iter().find(|(directive, _)| *directive == owner).map_or("name", |(_, name)| name);
            Some(Explanation::new("this argument has no name", format!("write `{name}: {text}`")))
        }
        TokenKind::Sign('{') if is_sign(spot.next().map(|token| token.kind), &[':']) => {
            let name = text.trim_matches('"');
            Some(Explanation::new("a name stands without quotes", format!("write `{name}: …`")))
        }
        _ => None,
    }
}

/// `a String`, `get "/a"`, `get = "/a"`, or a field without a type.
fn missing_colon(spot: &Spot<'_>, bracket: &Token) -> Option<Explanation> {
    let last = spot.back(0).filter(|token| token.kind == TokenKind::Name)?;
    let here = spot.here()?;
    let before = spot.back(1).map(|token| token.kind);
    if is_sign(before, &[':', '[', '=', '@', '&', '|', '.']) || is_sign(Some(bracket.kind), &['[']) {
        return None;
    }
    let name = spot.word(last);
    if is_of_enum(spot) && here.kind != TokenKind::Sign('{') {
        let told = Explanation::new("a value of an enum is a name alone", format!("write `{name}`"));
        return is_sign(Some(here.kind), &['=', ':']).then_some(told);
    }
    let same_line = spot.line(here) == spot.line(last);
    let (message, hint) = match here.kind {
        TokenKind::Sign('=') => {
            let value = spot.next().map_or("…", |token| shown(spot.word(token)));
            (format!("`{name}` has no colon"), format!("write `{name}: {value}`"))
        }
        TokenKind::Sign('@' | '}' | ')') => {
            (format!("`{name}` has no type"), format!("a type stands behind the name: `{name}: String`"))
        }
        TokenKind::Sign('[' | '{') => {
            (format!("`{name}` has no colon"), format!("write `{name}: {}…`", spot.word(here)))
        }
        kind if is_word(kind) && same_line => {
            (format!("`{name}` has no colon"), format!("write `{name}: {}`", shown(spot.word(here))))
        }
        TokenKind::Name => {
            (format!("`{name}` has no type"), format!("a type stands behind the name: `{name}: String`"))
        }
        _ => return None,
    };
    Some(Explanation::new(message, hint).at(last.range.clone()))
}

/// Whether the innermost open bracket is that of an enum.
fn is_of_enum(spot: &Spot<'_>) -> bool {
    let Some((_, before)) = spot.open_bracket() else { return false };
    before.iter().rev().nth(1).is_some_and(|token| spot.word(token) == "enum")
}

/// `type A {}`.
fn nothing_inside(spot: &Spot<'_>, bracket: &Token) -> Option<Explanation> {
    let here = spot.here().filter(|token| matches!(token.kind, TokenKind::Sign('}' | ')')))?;
    if spot.back(0).is_some_and(|last| last.kind == TokenKind::Text) && bracket.kind == TokenKind::Sign('{') {
        let hint = if is_of_enum(spot) {
            "a value of an enum stands without quotes"
        } else {
            "a description stands before a field"
        };
        return Some(Explanation::new("text alone cannot stand here", hint).at(spot.back(0)?.range.clone()));
    }
    let is_empty = spot.back(0).is_some_and(|last| last.range == bracket.range);
    let (message, hint) = match bracket.kind {
        TokenKind::Sign('(') => ("nothing stands between these brackets", "leave them out"),
        _ => ("nothing stands between these braces", "add a field: `id: ID`"),
    };
    is_empty.then(|| Explanation::new(message, hint).at(bracket.range.start..here.range.end))
}

/// `String[]`, `String!!`.
fn type_of_another_language(spot: &Spot<'_>) -> Option<Explanation> {
    let here = spot.here()?;
    let last = spot.back(0)?;
    match (here.kind, last.kind) {
        (TokenKind::Sign('['), TokenKind::Name) if is_sign(spot.next().map(|token| token.kind), &[']']) => {
            let name = spot.word(last);
            let told = Explanation::new("brackets stand round a type", format!("write `[{name}]`"));
            Some(told.at(here.range.start..spot.next()?.range.end))
        }
        (TokenKind::Sign('!'), TokenKind::Sign('!')) => {
            Some(Explanation::new("a type has one `!` at most", "leave it out"))
        }
        _ => None,
    }
}

fn is_keyword(spot: &Spot<'_>, token: &Token) -> bool {
    token.kind == TokenKind::Name && KEYWORDS.contains(&spot.word(token))
}

/// A piece of the file that is short enough to be repeated.
fn shown(word: &str) -> &str {
    if word.len() <= MAX_REPEATED && !word.contains('\n') { word } else { "…" }
}
