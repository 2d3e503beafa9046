//! An operation defines each of its variables once (specification, section 5.8.1).

use apollo_compiler::ast::OperationDefinition;

use super::arguments::repeated_names;
use crate::operation::mistakes::Mistakes;

/// Tells names that stand again.
pub(super) fn check(operation: &OperationDefinition, mistakes: &mut Mistakes) {
    for (name, places) in repeated_names(operation.variables.iter().map(|variable| &variable.name)) {
        mistakes.tell(&places, || format!("There can be only one variable named \"${name}\"."));
    }
}
