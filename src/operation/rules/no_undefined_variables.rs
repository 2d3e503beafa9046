//! Each variable that an operation uses is defined by it (specification, section 5.8.3).

use super::context::Context;
use super::usages::Used;
use crate::operation::mistakes::Mistakes;

/// Tells usages of variables that the operation does not define.
pub(super) fn check(context: &Context<'_>, used: &Used<'_, '_>, mistakes: &mut Mistakes) {
    let start = context.start_of_definition(used.operation);
    for (usage, _) in used.usages().filter(|(_, definition)| definition.is_none()) {
        mistakes.tell_each(&usage.offsets, start, || match &used.operation.name {
            Some(name) => format!("Variable \"${}\" is not defined by operation \"{name}\".", usage.name),
            None => format!("Variable \"${}\" is not defined.", usage.name),
        });
    }
}
