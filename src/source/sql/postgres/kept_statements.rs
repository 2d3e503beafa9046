//! The bounded set of statements that one connection keeps prepared; what was unused for longest makes place. The server
//! holds memory for each of them, and clients choose which columns are asked for.

use std::sync::{Arc, Mutex, PoisonError};

use ahash::AHashMap;

use super::prepared::{Kept, Variant};

/// Statements kept on one connection.
const KEPT: usize = 256;

/// The prepared statements of one connection, by the author's text and what was made of it.
#[derive(Debug, Default)]
pub struct KeptStatements {
    kept: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    statements: AHashMap<Key, (Kept, u64)>,
    uses: u64,
}

type Key = (Arc<str>, Variant);

impl KeptStatements {
    /// What is kept of this text in this variant.
    pub fn get(&self, text: &Arc<str>, variant: &Variant) -> Option<Kept> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.uses += 1;
        let now = kept.uses;
        let (statement, used) = kept.statements.get_mut(&(Arc::clone(text), variant.clone()))?;
        *used = now;
        Some(statement.clone())
    }

    /// Keeps a statement.
    pub fn keep(&self, text: Arc<str>, variant: Variant, statement: Kept) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.statements.len() >= KEPT {
            let oldest = kept.statements.iter().min_by_key(|(_, (_, used))| *used).map(|(key, _)| key.clone());
            oldest.and_then(|key| kept.statements.remove(&key));
        }
        kept.uses += 1;
        let now = kept.uses;
        kept.statements.insert((text, variant), (statement, now));
    }

    /// Forgets whatever was made of this text.
    pub fn forget(&self, text: &str) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.statements.retain(|(known, _), _| **known != *text);
    }
}
