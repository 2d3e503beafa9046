//! Where mistakes are gathered while a schema is read and judged, so that all are told at once.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use super::causes::Causes;
use super::diagnostic::FoundMistake;
use super::{Diagnostics, Severity, SourceMap, Span, did_you_mean};

/// Most mistakes that are told one by one.
const MAX_TOLD: usize = 50;

/// The mistakes found so far.
#[derive(Debug, Clone, Default)]
pub struct Mistakes {
    sources: Arc<SourceMap>,
    found: Vec<FoundMistake>,
    /// The first places of errors, as many as are told.
    first: BTreeSet<Span>,
    causes: Causes,
}

impl Mistakes {
    /// None yet.
    #[must_use]
    pub fn new(sources: Arc<SourceMap>) -> Mistakes {
        Mistakes { sources, ..Mistakes::default() }
    }

    /// From here on leaves out what may follow from words that could not be read.
    pub(super) fn miss_words(&mut self, words: HashSet<String>) {
        self.causes.unread = words;
    }

    /// From here on leaves out what may follow from what was found so far.
    pub(super) fn leave_out_consequences(&mut self) {
        self.causes.set_places(self.found.iter().filter_map(|mistake| mistake.span).collect());
    }

    /// Whether the schema is not valid at this place or inside it, so that nothing is to be concluded from the whole.
    #[must_use]
    pub fn is_invalid_within(&self, span: Option<Span>) -> bool {
        span.is_some_and(|span| self.causes.is_around(span))
    }

    /// Adds all that others found, but for a second mistake at one place.
    pub(super) fn take_over(&mut self, others: Mistakes) {
        let is_told = |found: &FoundMistake| found.span.is_some_and(|span| self.causes.is_told(span));
        let new: Vec<FoundMistake> = others.found.into_iter().filter(|found| !is_told(found)).collect();
        for found in new {
            self.push(found);
        }
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

    /// Adds an error about a name that there is not; the hint is the nearest of those that there are. It is not looked for
    /// where so many errors stand before this one that nobody reads it: it costs as much as there are names.
    pub fn error_of_name<'a>(
        &mut self,
        span: Span,
        message: impl Into<String>,
        wrong: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) {
        let hint = self.may_be_told(Some(span)).then(|| did_you_mean(wrong, known)).flatten();
        self.error_with_hint(span, message, hint);
    }

    /// Whether an error at this place can be among those that are told one by one.
    pub(super) fn may_be_told(&self, span: Option<Span>) -> bool {
        let is_before = |span| self.first.len() < MAX_TOLD || self.first.last().is_none_or(|last| span <= *last);
        span.is_none_or(is_before)
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
        self.found.iter().any(|mistake| mistake.severity == Severity::Error)
    }

    /// All that was found, in order; of more than fifty the first are told, errors before warnings, and all are counted.
    #[must_use]
    pub fn finish(self) -> Diagnostics {
        Diagnostics::first(self.sources, self.found, MAX_TOLD)
    }

    fn add(&mut self, severity: Severity, span: Option<Span>, message: String, hint: Option<String>) {
        if self.causes.explain(span, &message) {
            return;
        }
        let span = span.map(|span| self.shown(span));
        self.push(FoundMistake { severity, message, hint, span });
    }

    fn push(&mut self, mistake: FoundMistake) {
        if let (Severity::Error, Some(span)) = (mistake.severity, mistake.span) {
            self.first.insert(span);
            if self.first.len() > MAX_TOLD {
                self.first.pop_last();
            }
        }
        self.found.push(mistake);
    }

    /// Where a mistake is shown: one about a whole directive at its name.
    fn shown(&self, span: Span) -> Span {
        let name = self.sources.text(span).strip_prefix('@');
        let name =
            name.map(|rest| rest.find(|next: char| !next.is_alphanumeric() && next != '_').unwrap_or(rest.len()));
        name.map_or(span, |length| Span { end: span.start + 1 + length, ..span })
    }
}
