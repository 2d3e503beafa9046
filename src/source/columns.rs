//! The columns that a statement is to bring: those that somebody reads, and no others. They are told by raw names, before
//! anybody knows which columns the statement has.

use std::sync::Arc;

use super::{Wanted, WantedItem};
use crate::schema::Take;

/// The wanted columns of one statement.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Columns {
    /// Every column.
    All,
    /// The first column, whatever its name.
    First,
    /// Those of these names, which are in order and stand here once.
    Named(Arc<[Box<str>]>),
}

impl Columns {
    /// What a binding that takes this from its rows reads of them.
    #[must_use]
    pub fn read_by(take: Take, wanted: &Wanted) -> Columns {
        match (take, &wanted.item) {
            (Take::Record | Take::Records, WantedItem::Object(projection)) => {
                let mut names: Vec<Box<str>> =
                    projection.properties().iter().map(|property| property.name.clone()).collect();
                names.sort();
                names.dedup();
                Columns::Named(names.into())
            }
            (Take::Record | Take::Records, WantedItem::Leaf) => Columns::All,
            (Take::Value | Take::Values, _) => Columns::First,
        }
    }

    /// What both read.
    #[must_use]
    pub fn and(self, other: Columns) -> Columns {
        match (self, other) {
            (Columns::First, Columns::First) => Columns::First,
            (Columns::Named(some), Columns::Named(others)) => {
                let mut names: Vec<Box<str>> = some.iter().chain(others.iter()).cloned().collect();
                names.sort();
                names.dedup();
                Columns::Named(names.into())
            }
            _ => Columns::All,
        }
    }

    /// The places of the wanted ones among columns of these names. Where none is wanted it is the first, so that there is
    /// something to count rows by.
    #[must_use]
    pub fn places<'n>(&self, names: impl ExactSizeIterator<Item = &'n str>) -> Vec<usize> {
        let count = names.len();
        let places: Vec<usize> = match self {
            Columns::All => (0..count).collect(),
            Columns::First => Vec::new(),
            Columns::Named(wanted) => {
                let is_wanted = |name: &str| wanted.binary_search_by(|wanted| (**wanted).cmp(name)).is_ok();
                names.enumerate().filter(|(_, name)| is_wanted(name)).map(|(place, _)| place).collect()
            }
        };
        if places.is_empty() { (0..count.min(1)).collect() } else { places }
    }
}

#[cfg(test)]
mod tests {
    use super::Columns;

    #[test]
    fn places_are_those_of_every_column_with_a_wanted_name() {
        let named = |names: &[&str]| Columns::Named(names.iter().map(|name| (*name).into()).collect());
        let columns = ["id", "name", "id"];
        for (wanted, places) in [
            (Columns::All, vec![0, 1, 2]),
            (Columns::First, vec![0]),
            (named(&["id"]), vec![0, 2]),
            (named(&["id", "other"]), vec![0, 2]),
            (named(&["other"]), vec![0]),
            (named(&[]).and(named(&["name"])), vec![1]),
            (named(&["name"]).and(Columns::First), vec![0, 1, 2]),
        ] {
            assert_eq!(wanted.places(columns.into_iter()), places, "{wanted:?}");
        }
        assert!(Columns::All.places([].into_iter()).is_empty());
    }
}
