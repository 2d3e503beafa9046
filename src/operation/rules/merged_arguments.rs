//! Fields that are merged have the same arguments (specification, section 5.3.2). apollo-compiler compares lists only as
//! far as the shorter one goes; everything else about merging is left to it.

use std::collections::{BTreeMap, HashMap, HashSet};

use apollo_compiler::ast::{Argument, Value};
use apollo_compiler::executable::{Field, Operation, Selection, SelectionSet};
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{ExecutableDocument, Name, Node, Schema};

use super::Mistakes;

/// Tells fields of one response key whose arguments differ.
pub(super) fn check(
    document: &ExecutableDocument,
    schema: &Schema,
    operation: &Operation,
    max_fields: usize,
    mistakes: &mut Mistakes<'_>,
) {
    let mut merging = Merging {
        document,
        schema,
        seen: HashSet::new(),
        mistakes,
        left: max_fields.saturating_mul(VISITS_OF_A_FIELD),
    };
    merging.merged(&[&operation.selection_set]);
    if merging.left == 0 {
        mistakes.refuse("the operation merges too many fields of one name");
    }
}

/// How often each of the fields that an operation may have is looked at, on average and at most. Fields of several types
/// that are nested in each other have exponentially many ways to meet; those of documents that people write meet in few.
const VISITS_OF_A_FIELD: usize = 4;

/// A field and the type that it is selected of.
type Selected<'d> = (&'d Name, &'d Node<Field>);

struct Merging<'c, 'd, 'm> {
    document: &'d ExecutableDocument,
    schema: &'d Schema,
    /// Sets that were merged before: each is looked at once, however often fragments bring it.
    seen: HashSet<Vec<usize>>,
    mistakes: &'c mut Mistakes<'m>,
    /// Visits that are left.
    left: usize,
}

impl<'d> Merging<'_, 'd, '_> {
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
                self.compare(&group);
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

    fn compare(&mut self, fields: &[Selected<'d>]) {
        let Some(((_, first), others)) = fields.split_first() else { return };
        let other = others.iter().find(|(_, other)| !are_same(&first.arguments, &other.arguments));
        if let Some((_, other)) = other {
            let message = format!(
                "Fields \"{}\" conflict because they have differing arguments. Use different aliases on the fields to \
                 fetch both if this was intentional.",
                first.response_key()
            );
            self.mistakes.tell(message, [first.location(), other.location()]);
        }
    }
}

fn are_same(some: &[Node<Argument>], others: &[Node<Argument>]) -> bool {
    let has_same = |argument: &Node<Argument>| {
        others.iter().any(|other| other.name == argument.name && is_same(&argument.value, &other.value))
    };
    some.len() == others.len() && some.iter().all(has_same)
}

/// The order of an object's fields means nothing.
fn is_same(value: &Value, other: &Value) -> bool {
    match (value, other) {
        (Value::List(items), Value::List(others)) => {
            items.len() == others.len() && items.iter().zip(others).all(|(item, other)| is_same(item, other))
        }
        (Value::Object(fields), Value::Object(others)) => {
            let has_same = |(name, value): &(Name, Node<Value>)| {
                others.iter().any(|(other_name, other)| other_name == name && is_same(value, other))
            };
            fields.len() == others.len() && fields.iter().all(has_same)
        }
        _ => value == other,
    }
}
