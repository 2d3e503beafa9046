//! Each variable that an operation defines is used by it (specification, section 5.8.4).

use std::collections::HashSet;

use super::context::Context;
use super::usages::Used;
use crate::operation::mistakes::Mistakes;

/// Tells definitions of variables that nothing uses.
pub(super) fn check(context: &Context<'_>, used: &Used<'_, '_>, mistakes: &mut Mistakes) {
    let operation = used.operation;
    if operation.variables.is_empty() {
        return;
    }
    let usages = used.usages().filter(|(_, definition)| definition.is_some());
    let names: HashSet<&str> = usages.map(|(usage, _)| usage.name).collect();
    for variable in operation.variables.iter().filter(|variable| !names.contains(variable.name.as_str())) {
        mistakes.tell(&[context.start_of_definition(variable)], || match &operation.name {
            Some(name) => format!("Variable \"${}\" is never used in operation \"{name}\".", variable.name),
            None => format!("Variable \"${}\" is never used.", variable.name),
        });
    }
}
