//! Fragments that are spread are there (specification, section 5.5.2.1).

use apollo_compiler::ast::FragmentSpread;

use super::context::{Context, start_of_name};
use crate::operation::mistakes::Mistakes;

/// Tells a spread of no fragment.
pub(super) fn check(context: &Context<'_>, spread: &FragmentSpread, mistakes: &mut Mistakes) {
    let name = &spread.fragment_name;
    if context.fragment_id(name).is_none() {
        mistakes.tell(&[start_of_name(name)], || format!("Unknown fragment \"{name}\"."));
    }
}
