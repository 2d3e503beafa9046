//! A nullable variable whose default is null does not stand where null may not (specification, section 5.8.5
//! `IsVariableUsageAllowed`, of which apollo-compiler leaves out that the default must not be null).

use apollo_compiler::ast::Value;
use apollo_compiler::executable::Operation;

use super::Mistakes;
use super::inputs::Input;

/// Tells such variables.
pub(super) fn check(operation: &Operation, inputs: &[Input<'_>], mistakes: &mut Mistakes<'_>) {
    for input in inputs.iter().filter(|input| input.type_.is_non_null() && !input.has_default) {
        let Value::Variable(name) = &**input.value else { continue };
        let Some(variable) = operation.variables.iter().find(|variable| variable.name == *name) else { continue };
        let default_is_null = variable.default_value.as_ref().is_some_and(|value| value.is_null());
        if default_is_null && !variable.ty.is_non_null() {
            let message = format!(
                "Variable \"${name}\" of type \"{}\" used in position expecting type \"{}\".",
                variable.ty, input.type_
            );
            mistakes.tell(message, [variable.location(), input.value.location()]);
        }
    }
}
