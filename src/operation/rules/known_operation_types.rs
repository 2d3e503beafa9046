//! The schema has a root type for each operation (specification, section 5.2.1.1).

use apollo_compiler::Node;
use apollo_compiler::ast::OperationDefinition;

use super::context::Context;
use crate::operation::mistakes::Mistakes;

/// Tells an operation that has none.
pub(super) fn check(context: &Context<'_>, operation: &Node<OperationDefinition>, mistakes: &mut Mistakes) {
    if context.schema.root_operation(operation.operation_type).is_none() {
        mistakes.tell(&[context.start_of_definition(operation)], || {
            format!("The {} operation is not supported by the schema.", operation.operation_type)
        });
    }
}
