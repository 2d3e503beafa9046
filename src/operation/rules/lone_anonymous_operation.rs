//! An operation without a name is the only one (specification, section 5.2.3.1).

use super::context::Context;
use crate::operation::mistakes::Mistakes;

/// Tells operations without a name beside others.
pub(super) fn check(context: &Context<'_>, mistakes: &mut Mistakes) {
    if context.operations().nth(1).is_none() {
        return;
    }
    for operation in context.operations().filter(|operation| operation.name.is_none()) {
        mistakes.tell(&[context.start_of_definition(operation)], || {
            "This anonymous operation must be the only defined operation.".to_owned()
        });
    }
}
