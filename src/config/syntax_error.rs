//! Syntax errors in the words and characters of the language. The parser's own words name its tokens, and it goes on
//! after an error and finds more that follow from it, so that only the first one of a file is told.

use super::explanation::Explanation;
use super::foreign_file::foreign_file;
use super::misread::{misread, unclosed};
use super::tokens::Spot;
use super::unexpected::unexpected;
use super::{SourceMap, Span};

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

/// A syntax error as it is told.
pub(super) struct SyntaxError {
    pub span: Span,
    pub message: String,
    pub hint: Option<String>,
}

/// Puts the parser's message, without its `syntax error: `, into words. `nesting` is the limit that the parser had.
pub(super) fn syntax_error(sources: &SourceMap, span: Span, message: &str, nesting: usize) -> SyntaxError {
    let text = sources.files().get(span.file).map(|file| file.text.as_str()).unwrap_or_default();
    let Explanation { range, message, hint } = explain(text, span, message, nesting);
    let span = range.map_or(span, |range| Span { start: range.start, end: range.end, ..span });
    SyntaxError { span: visible(text, span), message, hint }
}

fn explain(text: &str, span: Span, message: &str, nesting: usize) -> Explanation {
    let spot = Spot::new(text, span.start);
    if message == "Unexpected <EOF>." {
        return Explanation::new("this file defines nothing", "add `type Query { … }`");
    }
    // A file that is something else is wrong from its first words on.
    if let Some((message, hint)) = foreign_file(text).filter(|_| spot.depth() <= 1 || text.contains('\0')) {
        return Explanation::new(message, hint);
    }
    if message.contains("recursion limit") {
        let message = format!("this is nested deeper than {nesting} levels");
        return Explanation { range: None, message, hint: None };
    }
    let told = unexpected(text, span.start..span.end, message, &spot).or_else(|| misread(&spot));
    told.unwrap_or_else(|| {
        let expected =
            message.strip_prefix("expected ").and_then(|rest| rest.split(", got ").next()).unwrap_or_default();
        let hint = unclosed(&spot, expected);
        let message = format!("syntax error: {}", expectation(message, &found(text, span)));
        Explanation { range: None, message, hint }
    })
}

/// `expected a type, found …`.
fn expectation(message: &str, found: &str) -> String {
    if message.starts_with("Invalid Type System Extension") || message.starts_with("invalid Type System Extension") {
        return "behind `extend` stands `schema`, `type`, `interface`, `union`, `enum`, `input` or `scalar`".to_owned();
    }
    let Some(expected) = message.strip_prefix("expected ") else {
        return message.trim_end_matches('.').to_lowercase();
    };
    let expected = expected.split(", got ").next().unwrap_or_default();
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

/// What stands at a place, in backticks.
fn found(text: &str, span: Span) -> String {
    let found = text.get(span.start..).unwrap_or_default();
    let found = text.get(span.start..span.end).filter(|found| !found.is_empty()).unwrap_or(found);
    let line = found.trim().lines().next().unwrap_or_default();
    match line.char_indices().nth(MAX_FOUND) {
        _ if line.is_empty() => "the end of the file".to_owned(),
        None => format!("`{line}`"),
        Some((end, _)) => format!("`{}…`", line.get(..end).unwrap_or_default()),
    }
}

/// The place itself, or the last character of a text that ended too early.
fn visible(text: &str, span: Span) -> Span {
    let written = text.trim_end();
    match written.char_indices().next_back() {
        Some((last, _)) if span.start >= written.len() => Span { start: last, end: written.len(), ..span },
        None => Span { start: 0, end: 0, ..span },
        Some(_) => span,
    }
}
