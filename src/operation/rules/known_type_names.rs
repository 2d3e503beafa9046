//! Types that a document names are there (specification, section 5.5.1.2 for conditions, 5.8.2 for variables).

use apollo_compiler::Name;

use super::context::{Context, start_of_name};
use super::suggestions::{did_you_mean, near_names};
use crate::operation::mistakes::Mistakes;

/// Tells a name of no type. A type that the document itself defines is told as that.
pub(super) fn check(context: &Context<'_>, name: &Name, mistakes: &mut Mistakes) {
    if context.type_named(name).is_some() || context.defined_types.contains(name.as_str()) {
        return;
    }
    mistakes.tell(&[start_of_name(name)], || {
        let known = context.schema.types.keys().map(Name::as_str).filter(|_| context.is_introspectable);
        format!("Unknown type \"{name}\".{}", did_you_mean("", &near_names(name, known)))
    });
}
