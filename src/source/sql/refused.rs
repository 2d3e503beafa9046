//! Statements that were found not to run for many keys at once: nobody asks for that again. As many as the schema has.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

/// An author's text, and which of its placeholders differ from key to key.
type Statement = (Arc<str>, Box<[bool]>);

/// Those that were refused.
#[derive(Debug, Default)]
pub(super) struct Refused(Mutex<HashSet<Statement>>);

impl Refused {
    /// Whether a statement is among them.
    pub(super) fn contains(&self, text: &Arc<str>, differs: &[bool]) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(&(Arc::clone(text), differs.into()))
    }

    /// Notes a statement; whether it was not noted before.
    pub(super) fn note(&self, text: &Arc<str>, differs: &[bool]) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert((Arc::clone(text), differs.into()))
    }
}
