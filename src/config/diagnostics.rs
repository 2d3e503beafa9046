//! All the mistakes of a schema, in the order of their places.

use std::fmt;
use std::sync::Arc;

use super::diagnostic::{Amounts, FoundMistake};
use super::render::render;
use super::report::report;
use super::{Diagnostic, Severity, SourceMap};

/// The mistakes of a schema, in the order of their places.
#[derive(Debug, Clone, Default)]
pub struct Diagnostics {
    sources: Arc<SourceMap>,
    list: Vec<Diagnostic>,
    found: Amounts,
}

impl Diagnostics {
    /// One error that has no place in a file.
    #[must_use]
    pub fn alone(message: String, hint: Option<String>) -> Diagnostics {
        let found = FoundMistake { severity: Severity::Error, message, hint, span: None };
        Diagnostics::first(Arc::default(), vec![found], 1)
    }

    /// Puts them into the order of their places; those without one come first, equal ones once. Of more than `most` the
    /// first are kept, errors before warnings.
    pub(super) fn first(sources: Arc<SourceMap>, mut list: Vec<FoundMistake>, most: usize) -> Diagnostics {
        list.sort_by(|left, right| left.order().cmp(&right.order()));
        list.dedup();
        let errors = list.iter().filter(|mistake| mistake.severity == Severity::Error).count();
        let found = Amounts { errors, warnings: list.len() - errors };
        if list.len() > most {
            list.sort_by_key(|mistake| mistake.severity);
            list.truncate(most);
            list.sort_by(|left, right| left.order().cmp(&right.order()));
        }
        let list = list.into_iter().map(|mistake| mistake.into_diagnostic(&sources)).collect();
        Diagnostics { sources, list, found }
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
        render(&self.sources, &self.list, self.found, colour)
    }

    /// All of them as a JSON document for editors: `errors` and `warnings` count what was found, `diagnostics` has what is
    /// told of it.
    #[must_use]
    pub fn to_json(&self) -> String {
        report(&self.sources, &self.list, self.found)
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.render(false))
    }
}

impl std::error::Error for Diagnostics {}
