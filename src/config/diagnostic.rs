//! A mistake in a schema file, with its place.

use super::masked::masked;
use super::{SourceMap, Span};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The schema cannot be served.
    Error,
    /// It can, but probably not as its author expects.
    Warning,
}

/// Where something was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The name of the file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
    /// The bytes.
    pub span: Span,
}

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What would help.
    pub hint: Option<String>,
    /// Where it is; nothing where a whole schema is meant, or a file that cannot be read.
    pub place: Option<Place>,
}

/// A mistake as it was found; its line and column are looked for where it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FoundMistake {
    pub severity: Severity,
    pub message: String,
    pub hint: Option<String>,
    pub span: Option<Span>,
}

/// How many were found, told or not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Amounts {
    pub errors: usize,
    pub warnings: usize,
}

impl FoundMistake {
    /// By what mistakes are ordered: place, then severity.
    pub(super) fn order(&self) -> (Option<Span>, Severity, &str) {
        (self.span, self.severity, &self.message)
    }

    /// With its place in words, and without a secret that its own words repeat.
    pub(super) fn into_diagnostic(self, sources: &SourceMap) -> Diagnostic {
        let FoundMistake { severity, message, hint, span } = self;
        let place = span.map(|span| {
            let (line, column) = sources.line_column(span);
            let file = sources.files().get(span.file).map(|file| file.name.clone()).unwrap_or_default();
            Place { file, line, column, span }
        });
        let shown = |text: String| masked(&text).into_owned();
        Diagnostic { severity, message: shown(message), hint: hint.map(shown), place }
    }
}
