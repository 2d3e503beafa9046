//! Runs every rule over a document.

use super::context::Context;
use super::usages::Usages;
use super::{
    executable_definitions, lone_anonymous_operation, nesting, no_fragment_cycles, no_undefined_variables,
    no_unused_fragments, no_unused_variables, unique_fragment_names, unique_operation_names,
    variables_in_allowed_position, walk,
};
use crate::operation::mistakes::Mistakes;

/// Tells every mistake. Each definition is walked once, whatever the number of operations that reach it; what depends on
/// the operation is asked of what the walk has noted.
pub(in crate::operation) fn check(context: &Context<'_>, mistakes: &mut Mistakes) {
    executable_definitions::check(context, mistakes);
    unique_operation_names::check(context, mistakes);
    lone_anonymous_operation::check(context, mistakes);
    unique_fragment_names::check(context, mistakes);
    no_unused_fragments::check(context, mistakes);
    no_fragment_cycles::check(context, mistakes);
    let is_too_deep = nesting::is_too_deep(context);
    if is_too_deep {
        mistakes.refuse(nesting::TOO_DEEP);
    }
    let mut usages = Usages::new(context);
    walk::walk(context, &mut usages, !is_too_deep, mistakes);
    for operation in context.operations() {
        let used = usages.of_operation(operation);
        no_undefined_variables::check(context, &used, mistakes);
        no_unused_variables::check(context, &used, mistakes);
        variables_in_allowed_position::check(context, &used, mistakes);
    }
}
