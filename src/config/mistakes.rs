//! Where mistakes are gathered while a schema is read and judged, so that all are told at once.

use std::sync::Arc;

use super::{Diagnostic, Diagnostics, Place, Severity, SourceMap, Span};

/// Most mistakes that are told one by one.
const MAX_TOLD: usize = 50;

/// The mistakes found so far.
#[derive(Debug, Default)]
pub struct Mistakes {
    sources: Arc<SourceMap>,
    found: Vec<Diagnostic>,
}

impl Mistakes {
    /// None yet.
    #[must_use]
    pub fn new(sources: Arc<SourceMap>) -> Mistakes {
        Mistakes { sources, found: Vec::new() }
    }

    /// Goes on from those that were found before.
    #[must_use]
    pub fn continuing(sources: Arc<SourceMap>, found: &[Diagnostic]) -> Mistakes {
        Mistakes { sources, found: found.to_vec() }
    }

    /// Adds an error.
    pub fn error(&mut self, span: impl Into<Option<Span>>, message: impl Into<String>) {
        self.add(Severity::Error, span.into(), message.into(), None);
    }

    /// Adds an error and what would help.
    pub fn error_with_hint(
        &mut self,
        span: impl Into<Option<Span>>,
        message: impl Into<String>,
        hint: impl Into<Option<String>>,
    ) {
        self.add(Severity::Error, span.into(), message.into(), hint.into());
    }

    /// Adds a warning and what would help.
    pub fn warning(
        &mut self,
        span: impl Into<Option<Span>>,
        message: impl Into<String>,
        hint: impl Into<Option<String>>,
    ) {
        self.add(Severity::Warning, span.into(), message.into(), hint.into());
    }

    /// Whether an error was found.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.found.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// What was found so far.
    #[must_use]
    pub fn found(&self) -> &[Diagnostic] {
        &self.found
    }

    /// All that was found, in order; of more than fifty the first are told, errors before warnings, and all are counted.
    #[must_use]
    pub fn finish(self) -> Diagnostics {
        Diagnostics::first(self.sources, self.found, MAX_TOLD)
    }

    fn add(&mut self, severity: Severity, span: Option<Span>, message: String, hint: Option<String>) {
        let place = span.map(|span| self.place(span));
        self.found.push(Diagnostic { severity, message, hint, place });
    }

    fn place(&self, span: Span) -> Place {
        let (line, column) = self.sources.line_column(span);
        let file = self.sources.files().get(span.file).map(|file| file.name.clone()).unwrap_or_default();
        Place { file, line, column, span }
    }
}
