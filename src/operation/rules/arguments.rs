//! What several rules ask of names that stand beside each other, of arguments or of variables, and of their definitions.

use std::collections::HashMap;

use apollo_compiler::Name;
use apollo_compiler::ast::InputValueDefinition;

use super::context::start_of_name;

/// Each name that stands more than once, with all of its places.
pub(super) fn repeated_names<'d>(names: impl ExactSizeIterator<Item = &'d Name>) -> Vec<(&'d Name, Vec<usize>)> {
    if names.len() < 2 {
        return Vec::new();
    }
    let mut known: HashMap<&str, usize> = HashMap::new();
    let mut found: Vec<(&Name, Vec<usize>)> = Vec::new();
    for name in names {
        let index = *known.entry(name.as_str()).or_insert(found.len());
        match found.get_mut(index) {
            Some((_, places)) => places.push(start_of_name(name)),
            None => found.push((name, vec![start_of_name(name)])),
        }
    }
    found.retain(|(_, places)| places.len() > 1);
    found
}

/// Whether an argument or an input field must be given.
pub(super) fn is_required(definition: &InputValueDefinition) -> bool {
    definition.ty.is_non_null() && definition.default_value.is_none()
}
