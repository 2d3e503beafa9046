//! A variable that stands for the field of a `@oneOf` input object is not nullable (specification, section 5.8.5).

use apollo_compiler::Schema;
use apollo_compiler::ast::Value;
use apollo_compiler::executable::Operation;
use apollo_compiler::schema::ExtendedType;

use super::Mistakes;
use super::inputs::Input;

/// Tells nullable variables there.
pub(super) fn check(schema: &Schema, operation: &Operation, inputs: &[Input<'_>], mistakes: &mut Mistakes<'_>) {
    for input in inputs {
        let (Value::Object(fields), Some(ExtendedType::InputObject(type_))) =
            (&**input.value, schema.types.get(input.type_.inner_named_type()))
        else {
            continue;
        };
        if !type_.directives.has("oneOf") {
            continue;
        }
        for (_, value) in fields {
            let Value::Variable(name) = &**value else { continue };
            let Some(variable) = operation.variables.iter().find(|variable| variable.name == *name) else { continue };
            if !variable.ty.is_non_null() {
                let message = format!(
                    "Variable \"${name}\" is of type \"{}\" but must be non-nullable to be used for OneOf Input Object \
                     \"{}\".",
                    variable.ty, type_.name
                );
                mistakes.tell(message, [variable.location(), value.location()]);
            }
        }
    }
}
