//! Statements that were found not to run for many keys at once: nobody asks for that again for a while. It may have been a
//! table that has changed since, or a function. As many as the schema has.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ahash::AHashMap;
use tokio::time::Instant;

/// How long a refusal is remembered. Asking again costs one preparation.
const REMEMBERED: Duration = Duration::from_secs(300);

/// An author's text, and which of its placeholders differ from key to key.
type Statement = (Arc<str>, Box<[bool]>);

/// Those that were refused, and when that was.
#[derive(Debug, Default)]
pub(super) struct Refused(Mutex<AHashMap<Statement, Instant>>);

impl Refused {
    /// Whether a statement is among them.
    pub(super) fn contains(&self, text: &Arc<str>, differs: &[bool]) -> bool {
        let refused = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        refused.get(&(Arc::clone(text), differs.into())).is_some_and(|since| since.elapsed() < REMEMBERED)
    }

    /// Notes a statement; whether it was not noted before.
    pub(super) fn note(&self, text: &Arc<str>, differs: &[bool]) -> bool {
        let mut refused = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        refused.insert((Arc::clone(text), differs.into()), Instant::now()).is_none()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{REMEMBERED, Refused};

    #[tokio::test(start_paused = true)]
    async fn a_refusal_is_forgotten_after_a_while() {
        let (refused, text) = (Refused::default(), Arc::from("select"));
        assert!(refused.note(&text, &[true]) && refused.contains(&text, &[true]));
        assert!(!refused.contains(&text, &[false]));
        tokio::time::advance(REMEMBERED / 2).await;
        assert!(refused.contains(&text, &[true]));
        tokio::time::advance(REMEMBERED / 2).await;
        assert!(!refused.contains(&text, &[true]));
        assert!(!refused.note(&text, &[true]), "operators are told once");
        assert!(refused.contains(&text, &[true]));
    }
}
