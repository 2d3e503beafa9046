//! The conflicts between two groups of fields, until all of them are compared: they are passed on in the order of the
//! document, in which fields that mean the same, and were compared as one, can stand between others.

use std::collections::HashMap;

use apollo_compiler::Node;
use apollo_compiler::ast::Field;

use super::conflict::{Conflict, Conflicts, MAX_BELOW};
use super::context::start_of;
use super::field_sets::Selected;

/// Conflicts between the entries of two groups, by their places: those that may be among the first that are kept.
#[derive(Default)]
pub(super) struct FoundConflicts<'d> {
    pairs: HashMap<(usize, usize), Conflict<'d>>,
    /// The entries of the one group that have conflicts.
    rows: usize,
    row: usize,
    /// The conflicts of the last of them.
    in_row: usize,
}

impl<'d> FoundConflicts<'d> {
    /// Keeps one. Pairs come row by row: what comes first of a row, and of the rows, has the fields that come first.
    pub(super) fn keep(&mut self, place: usize, other_place: usize, conflict: Conflict<'d>) {
        if self.rows == 0 || self.row != place {
            (self.row, self.in_row) = (place, 0);
            self.rows += 1;
        }
        self.in_row += 1;
        if self.rows <= MAX_BELOW && self.in_row <= MAX_BELOW {
            self.pairs.insert((place, other_place), conflict);
        }
    }

    /// Passes on what was kept, one conflict for each of the fields that mean the same, and says how many of the steps that
    /// may be taken are left then.
    pub(super) fn tell(
        &self,
        entries: &[Selected<'d>],
        others: &[Selected<'d>],
        mut left: usize,
        conflicts: &mut Conflicts<'_, 'd>,
    ) -> usize {
        if self.pairs.is_empty() {
            return left;
        }
        let others = in_order(others);
        for (place, field) in in_order(entries) {
            for (other_place, other_field) in &others {
                let Some(conflict) = self.pairs.get(&(place, *other_place)).filter(|_| left > 0) else { continue };
                left -= 1;
                conflicts.add(&conflict.of_others(field, other_field));
            }
        }
        left
    }
}

/// Every field of a group in the order of the document, with the place of its entry.
fn in_order<'d>(entries: &[Selected<'d>]) -> Vec<(usize, &'d Node<Field>)> {
    let fields = entries.iter().enumerate().flat_map(|(place, one)| one.nodes.iter().map(move |field| (place, *field)));
    let mut fields: Vec<_> = fields.collect();
    fields.sort_by_key(|(_, field)| start_of(field));
    fields
}
