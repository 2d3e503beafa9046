//! A bound field that needs itself, through the `{parent.…}` of other bound fields, could never be fetched.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::config::{Config, Mistakes};
use crate::schema::type_table::TypeTable;
use crate::schema::{Binding, FieldId, Input};

/// Tells each circle once, at the first of its fields.
pub(in crate::schema) fn check(
    config: &Config,
    table: &TypeTable,
    bindings: &HashMap<FieldId, Vec<Arc<Binding>>>,
    mistakes: &mut Mistakes,
) {
    let mut needs = needs_of(bindings);
    drop_what_ends(&mut needs);
    let mut remaining: Vec<FieldId> = needs.keys().copied().collect();
    remaining.sort();
    let mut walked = HashSet::new();
    for start in remaining {
        let circle = circle_from(start, &needs, &mut walked);
        let names: Vec<&str> = circle.iter().chain(circle.first()).map(|id| &*table.field(*id).name).collect();
        if let Some(first) = circle.first() {
            let message = format!("`{}` needs itself before it can be fetched", table.field(*first).coordinate);
            mistakes.error_with_hint(table.place(config, *first), message, names.join(" → "));
        }
    }
}

/// The bound fields that each bound field needs.
fn needs_of(bindings: &HashMap<FieldId, Vec<Arc<Binding>>>) -> HashMap<FieldId, Vec<FieldId>> {
    let needed = |binding: &Arc<Binding>| -> Vec<FieldId> {
        let firsts = binding.inputs.iter().filter_map(|input| match input {
            Input::Parent(path) | Input::Batch(path) => path.first().copied(),
            Input::Argument(_) | Input::Header(_) | Input::Environment(_) => None,
        });
        firsts.filter(|id| bindings.contains_key(id)).collect()
    };
    bindings.iter().map(|(id, list)| (*id, list.iter().flat_map(needed).collect())).collect()
}

/// Takes out, again and again, the fields that need nothing that is left.
fn drop_what_ends(needs: &mut HashMap<FieldId, Vec<FieldId>>) {
    let mut needed_by: HashMap<FieldId, Vec<FieldId>> = HashMap::new();
    for (id, list) in &*needs {
        for needed in list {
            needed_by.entry(*needed).or_default().push(*id);
        }
    }
    let mut ended: Vec<FieldId> = needs.iter().filter(|(_, list)| list.is_empty()).map(|(id, _)| *id).collect();
    while let Some(id) = ended.pop() {
        needs.remove(&id);
        for dependent in needed_by.remove(&id).unwrap_or_default() {
            let Some(list) = needs.get_mut(&dependent) else { continue };
            list.retain(|needed| *needed != id);
            if list.is_empty() {
                ended.push(dependent);
            }
        }
    }
}

/// Follows needs from a field that does not end until one comes again; the circle starts at its least field. Where an
/// earlier walk went, the rest of the way and its circle are known, and there is none.
fn circle_from(
    start: FieldId,
    needs: &HashMap<FieldId, Vec<FieldId>>,
    walked_before: &mut HashSet<FieldId>,
) -> Vec<FieldId> {
    let mut walked: Vec<FieldId> = Vec::new();
    let mut places = HashMap::new();
    let mut at = start;
    loop {
        if let Some(first) = places.insert(at, walked.len()) {
            let mut circle = walked.split_off(first);
            let least = circle.iter().enumerate().min_by_key(|(_, id)| **id).map_or(0, |(place, _)| place);
            circle.rotate_left(least);
            return circle;
        }
        if !walked_before.insert(at) {
            return Vec::new();
        }
        walked.push(at);
        match needs.get(&at).and_then(|list| list.iter().min()) {
            Some(next) => at = *next,
            None => return Vec::new(),
        }
    }
}
