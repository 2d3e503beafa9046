//! Statements that were found not to run for many keys at once: nobody asks for that again. As many as the schema has.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

/// The author's texts.
#[derive(Debug, Default)]
pub(super) struct Refused(Mutex<HashSet<Arc<str>>>);

impl Refused {
    /// Whether a statement is among them.
    pub(super) fn contains(&self, text: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(text)
    }

    /// Notes a statement.
    pub(super) fn note(&self, text: Arc<str>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(text);
    }
}
