//! Each fragment is used by an operation (specification, section 5.5.1.4).

use std::collections::HashSet;

use super::context::{Context, spreads};
use crate::operation::mistakes::Mistakes;

/// Tells fragments that no operation reaches.
pub(super) fn check(context: &Context<'_>, mistakes: &mut Mistakes) {
    let mut used = HashSet::new();
    let mut open: Vec<&str> = context
        .operations()
        .flat_map(|operation| spreads(&operation.selection_set))
        .map(|spread| spread.fragment_name.as_str())
        .collect();
    while let Some(name) = open.pop() {
        if used.insert(name) {
            let fragment = context.fragment_id(name).and_then(|id| context.fragments().get(id));
            let below = fragment.into_iter().flat_map(|fragment| &fragment.spreads);
            open.extend(below.map(|spread| spread.fragment_name.as_str()));
        }
    }
    for fragment in context.fragments() {
        let name = &fragment.definition.name;
        if !used.contains(name.as_str()) {
            mistakes.tell(&[context.start_of_definition(fragment.definition)], || {
                format!("Fragment \"{name}\" is never used.")
            });
        }
    }
}
