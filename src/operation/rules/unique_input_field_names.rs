//! An input object names each field once (specification, section 5.6.3).

use std::collections::HashMap;

use apollo_compiler::ast::Value;
use apollo_compiler::{Name, Node};

use super::context::start_of_name;
use crate::operation::mistakes::Mistakes;

/// Tells fields that are named again.
pub(super) fn check(fields: &[(Name, Node<Value>)], mistakes: &mut Mistakes) {
    let mut known = HashMap::new();
    for (name, _) in fields {
        let place = start_of_name(name);
        let first = *known.entry(name.as_str()).or_insert(place);
        if first != place {
            mistakes.tell(&[first, place], || format!("There can be only one input field named \"{name}\"."));
        }
    }
}
