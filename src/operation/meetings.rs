//! A limit: how often the fields of an operation meet. Whoever collects fields gathers the selections of all that have one
//! response key, and does so for each object type that they may be of. Fields of several types that are nested in each other
//! have exponentially many ways to meet; those of documents that people write meet in few.

use std::collections::{BTreeMap, HashMap, HashSet};

use apollo_compiler::executable::{Field, Operation, Selection, SelectionSet};
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{ExecutableDocument, Name, Node, Schema};

use crate::graphql::{Error, ErrorCode};

/// How often each of the fields that an operation may have is looked at, on average and at most.
const VISITS_OF_A_FIELD: usize = 4;

/// Refuses an operation whose fields meet too often; what follows fragments here relies on a valid document.
///
/// # Errors
/// `OPERATION_TOO_COMPLEX`.
pub(super) fn check(
    document: &ExecutableDocument,
    operation: &Operation,
    schema: &Schema,
    max_fields: usize,
) -> Result<(), Error> {
    let left = max_fields.saturating_mul(VISITS_OF_A_FIELD);
    let mut meetings = Meetings { document, schema, seen: HashSet::new(), left };
    meetings.merged(&[&operation.selection_set]);
    if meetings.left > 0 {
        return Ok(());
    }
    Err(Error::request(ErrorCode::OperationTooComplex, "the operation merges too many fields of one name"))
}

/// A field and the type that it is selected of.
type Selected<'d> = (&'d Name, &'d Node<Field>);

struct Meetings<'d> {
    document: &'d ExecutableDocument,
    schema: &'d Schema,
    /// Sets that were merged before: each is looked at once, however often fragments bring it.
    seen: HashSet<Vec<usize>>,
    /// Visits that are left.
    left: usize,
}

impl<'d> Meetings<'d> {
    fn merged(&mut self, sets: &[&'d SelectionSet]) {
        if !self.seen.insert(sets.iter().map(|set| std::ptr::from_ref::<SelectionSet>(set) as usize).collect()) {
            return;
        }
        let mut by_key = BTreeMap::new();
        let mut fragments = HashSet::new();
        for set in sets {
            self.expand(set, &mut fragments, &mut by_key);
        }
        for fields in by_key.into_values() {
            if self.left == 0 {
                return;
            }
            for group in self.of_common_parents(&fields) {
                let below: Vec<_> = group.iter().map(|(_, field)| &field.selection_set).collect();
                if below.iter().any(|set| !set.selections.is_empty()) {
                    self.merged(&below);
                }
            }
        }
    }

    fn expand(
        &mut self,
        set: &'d SelectionSet,
        fragments: &mut HashSet<&'d str>,
        by_key: &mut BTreeMap<&'d str, Vec<Selected<'d>>>,
    ) {
        for selection in &set.selections {
            self.left = self.left.saturating_sub(1);
            match selection {
                _ if self.left == 0 => return,
                Selection::Field(field) => {
                    by_key.entry(field.response_key().as_str()).or_default().push((&set.ty, field));
                }
                Selection::InlineFragment(inline) => self.expand(&inline.selection_set, fragments, by_key),
                Selection::FragmentSpread(spread) => {
                    let Some(fragment) = self.document.fragments.get(&spread.fragment_name) else { continue };
                    if fragments.insert(fragment.name.as_str()) {
                        self.expand(&fragment.selection_set, fragments, by_key);
                    }
                }
            }
        }
    }

    /// Fields that one object may have: those of each object type, with those of all abstract types.
    fn of_common_parents(&mut self, fields: &[Selected<'d>]) -> Vec<Vec<Selected<'d>>> {
        let is_object = |name: &Name| matches!(self.schema.types.get(name), Some(ExtendedType::Object(_)));
        let (concrete, general): (Vec<_>, Vec<_>) = fields.iter().partition(|(parent, _)| is_object(parent));
        let mut groups: HashMap<&str, Vec<Selected<'d>>> = HashMap::new();
        for (parent, field) in concrete {
            if !groups.contains_key(parent.as_str()) {
                self.left = self.left.saturating_sub(general.len());
            }
            groups.entry(parent.as_str()).or_insert_with(|| general.clone()).push((parent, field));
        }
        if groups.is_empty() { vec![general] } else { groups.into_values().collect() }
    }
}
