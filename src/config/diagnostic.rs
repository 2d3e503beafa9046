//! A mistake in a schema file, with its place, and all the mistakes of a schema in the order of their places.

use std::fmt;
use std::sync::Arc;

use super::render;
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

/// The mistakes of a schema, in the order of their places.
#[derive(Debug, Clone, Default)]
pub struct Diagnostics {
    sources: Arc<SourceMap>,
    list: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Puts them into the order of their places; those without one come first, equal ones once.
    pub(super) fn new(sources: Arc<SourceMap>, mut list: Vec<Diagnostic>) -> Diagnostics {
        list.sort_by(|left, right| left.order().cmp(&right.order()));
        list.dedup();
        Diagnostics { sources, list }
    }

    /// Whether one of them keeps the schema from being served.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Each of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.list.iter()
    }

    /// All of them for people: excerpt, underline, hint, and a last line that counts them.
    #[must_use]
    pub fn render(&self, colour: bool) -> String {
        render::render(&self.sources, &self.list, colour)
    }
}

impl Diagnostic {
    fn order(&self) -> (Option<Span>, Severity, &str) {
        (self.place.as_ref().map(|place| place.span), self.severity, &self.message)
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.render(false))
    }
}

impl std::error::Error for Diagnostics {}
