//! All the mistakes of a schema, in the order of their places.

use std::fmt;
use std::sync::Arc;

use super::render::render;
use super::{Diagnostic, Severity, SourceMap};

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
        render(&self.sources, &self.list, colour)
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.render(false))
    }
}

impl std::error::Error for Diagnostics {}
