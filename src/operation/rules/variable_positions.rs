//! A variable stands only where its type may (specification, section 5.8.5), also inside lists and input objects, where
//! apollo-compiler does not look; and a default that is null does not make up for a nullable type.

use apollo_compiler::ast::{Value, VariableDefinition};
use apollo_compiler::executable::Operation;

use super::Mistakes;
use super::inputs::Input;

/// Tells variables that stand elsewhere.
pub(super) fn check(operation: &Operation, inputs: &[Input<'_>], mistakes: &mut Mistakes<'_>) {
    for input in inputs {
        let Value::Variable(name) = &**input.value else { continue };
        let Some(variable) = operation.variables.iter().find(|variable| variable.name == *name) else { continue };
        if !is_usage_allowed(variable, input) {
            let message = format!(
                "Variable \"${name}\" of type \"{}\" used in position expecting type \"{}\".",
                variable.ty, input.type_
            );
            mistakes.tell(message, [variable.location(), input.value.location()]);
        }
    }
}

/// `IsVariableUsageAllowed`.
fn is_usage_allowed(variable: &VariableDefinition, place: &Input<'_>) -> bool {
    let default_stands = variable.default_value.as_ref().is_some_and(|value| !value.is_null());
    if default_stands || place.has_default {
        return variable.ty.is_assignable_to(&place.type_.clone().nullable());
    }
    variable.ty.is_assignable_to(place.type_)
}
