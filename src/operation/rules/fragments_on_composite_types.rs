//! Fragments are of types that have fields (specification, section 5.5.1.3).

use apollo_compiler::Name;

use super::context::{Context, is_composite, start_of_name};
use crate::operation::mistakes::Mistakes;

/// Tells a condition that is a leaf or an input type; `fragment` is the name of the fragment, if it has one.
pub(super) fn check(context: &Context<'_>, fragment: Option<&Name>, condition: &Name, mistakes: &mut Mistakes) {
    if context.type_named(condition).is_none_or(is_composite) {
        return;
    }
    mistakes.tell(&[start_of_name(condition)], || {
        let name = fragment.map_or_else(String::new, |name| format!(" \"{name}\""));
        format!("Fragment{name} cannot condition on non composite type \"{condition}\".")
    });
}
