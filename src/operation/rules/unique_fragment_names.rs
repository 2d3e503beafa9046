//! Each fragment has a name of its own (specification, section 5.5.1.1).

use std::collections::HashMap;

use super::context::{Context, start_of_name};
use crate::operation::mistakes::Mistakes;

/// Tells names that stand again.
pub(super) fn check(context: &Context<'_>, mistakes: &mut Mistakes) {
    let mut known = HashMap::new();
    for fragment in context.fragments() {
        let name = &fragment.definition.name;
        let place = start_of_name(name);
        let first = *known.entry(name.as_str()).or_insert(place);
        if first != place {
            mistakes.tell(&[first, place], || format!("There can be only one fragment named \"{name}\"."));
        }
    }
}
