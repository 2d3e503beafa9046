//! A mistake in a schema file, with its place.

use super::Span;

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

/// How many were found, told or not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Amounts {
    pub errors: usize,
    pub warnings: usize,
}

impl Diagnostic {
    /// By what mistakes are ordered: place, then severity.
    pub(super) fn order(&self) -> (Option<Span>, Severity, &str) {
        (self.place.as_ref().map(|place| place.span), self.severity, &self.message)
    }
}
