//! Syntax errors in the words and characters of the language. The parser's own words name its tokens, and it goes on
//! after an error and finds more that follow from it, so that only the first one of a file is told.

use super::expectation::expectation;
use super::explanation::Explanation;
use super::foreign_file::foreign_file;
use super::misread::{misread, unclosed};
use super::tokens::Spot;
use super::unexpected::unexpected;
use super::{SourceMap, Span};

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
        let message = format!("syntax error: {}", expectation(message, text, span.start..span.end));
        Explanation { range: None, message, hint }
    })
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
