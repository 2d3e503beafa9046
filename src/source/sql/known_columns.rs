//! How many choices of columns one statement may be asked for. Clients decide what they select, and each choice is a
//! statement that a database prepares: beyond a few, all columns are brought, and nothing is lost.

use std::sync::{Arc, Mutex, PoisonError};

use ahash::AHashMap;

use crate::source::Columns;

/// Most choices of one statement.
const MOST: usize = 8;

/// The choices that were met, by the author's text: as many texts as the schema has.
#[derive(Debug, Default)]
pub(super) struct KnownColumns(Mutex<AHashMap<Arc<str>, Vec<Columns>>>);

impl KnownColumns {
    /// This choice, or all columns where there have been too many others.
    pub(super) fn bound(&self, text: &Arc<str>, columns: &Columns) -> Columns {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let choices = known.entry(Arc::clone(text)).or_default();
        if choices.contains(columns) {
            return columns.clone();
        }
        if choices.len() >= MOST {
            return Columns::All;
        }
        choices.push(columns.clone());
        columns.clone()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{KnownColumns, MOST};
    use crate::source::Columns;

    #[test]
    fn beyond_a_few_choices_all_columns_are_brought() {
        let (known, text) = (KnownColumns::default(), Arc::from("select"));
        let choice = |number: usize| Columns::Named([number.to_string().into()].into());
        for number in 0..MOST {
            assert_eq!(known.bound(&text, &choice(number)), choice(number));
        }
        assert_eq!(known.bound(&text, &choice(MOST)), Columns::All);
        assert_eq!(known.bound(&text, &choice(0)), choice(0), "those that were met first stay");
        assert_eq!(known.bound(&Arc::from("select 2"), &choice(MOST)), choice(MOST));
    }
}
