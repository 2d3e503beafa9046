//! What the parser expected and what stands there instead, in the characters of the language: its own words name tokens.

use std::ops::Range;

/// What the parser calls a token, and what stands in the file.
const TOKENS: [(&str, &str); 15] = [
    ("L_PAREN", "`(`"),
    ("R_PAREN", "`)`"),
    ("L_CURLY", "`{`"),
    ("R_CURLY", "`}`"),
    ("L_BRACK", "`[`"),
    ("R_BRACK", "`]`"),
    ("COLON", "`:`"),
    ("COMMA", "`,`"),
    ("DOLLAR", "`$`"),
    ("BANG", "`!`"),
    ("AMP", "`&`"),
    ("PIPE", "`|`"),
    ("SPREAD", "`...`"),
    ("AT", "`@`"),
    ("EQ", "`=`"),
];

/// Longest piece of a file that a message repeats, in characters.
const MAX_FOUND: usize = 20;

/// `expected a type, found …`, from the parser's message without its `syntax error: `.
pub(super) fn expectation(message: &str, text: &str, place: Range<usize>) -> String {
    if message.starts_with("Invalid Type System Extension") || message.starts_with("invalid Type System Extension") {
        return "behind `extend` stands `schema`, `type`, `interface`, `union`, `enum`, `input` or `scalar`".to_owned();
    }
    let Some(expected) = message.strip_prefix("expected ") else {
        return message.trim_end_matches('.').to_lowercase();
    };
    let expected = expected.split(", got ").next().unwrap_or_default();
    let found = found(text, place).map_or_else(|| "the end of the file".to_owned(), |found| format!("`{found}`"));
    if expected.eq_ignore_ascii_case("a name") && found.starts_with('`') {
        return format!("{found} cannot stand here");
    }
    let token = TOKENS.iter().find(|(name, _)| *name == expected).map(|(_, shown)| (*shown).to_owned());
    let expected = token.unwrap_or_else(|| match expected {
        "definition" | "a StringValue, Name or OperationDefinition" => "a definition".to_owned(),
        "@ symbol" => "`@`".to_owned(),
        "directives or Root Operation Type Definition" => "`@source(…)` or `{ query: … }`".to_owned(),
        "either a 'mutation', a 'query', or a 'subscription'" => "`query`, `mutation` or `subscription`".to_owned(),
        other => other.to_lowercase(),
    });
    format!("expected {expected}, found {found}")
}

/// What stands at a place; nothing at the end.
fn found(text: &str, place: Range<usize>) -> Option<String> {
    let rest = text.get(place.start..).unwrap_or_default();
    let found = text.get(place).filter(|found| !found.is_empty()).unwrap_or(rest);
    let line = found.trim().lines().next().filter(|line| !line.is_empty())?;
    Some(match line.char_indices().nth(MAX_FOUND) {
        None => line.to_owned(),
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
    })
}
