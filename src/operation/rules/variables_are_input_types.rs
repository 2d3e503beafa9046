//! Variables are of input types (specification, section 5.8.2).

use apollo_compiler::ast::VariableDefinition;

use super::context::Context;
use crate::operation::mistakes::Mistakes;

/// Tells a variable of another type.
pub(super) fn check(context: &Context<'_>, variable: &VariableDefinition, mistakes: &mut Mistakes) {
    let type_ = context.type_named(variable.ty.inner_named_type());
    if type_.is_some_and(|type_| !type_.is_input_type()) {
        mistakes.tell(&[context.start_of_type(&variable.name)], || {
            format!("Variable \"${}\" cannot be non-input type \"{}\".", variable.name, variable.ty)
        });
    }
}
