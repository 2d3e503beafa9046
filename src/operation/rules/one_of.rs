//! A `@oneOf` input object gives exactly one field, and no null (specification, section 5.6.5); a variable that stands for
//! that field is not nullable (section 5.8.5).

use apollo_compiler::Schema;
use apollo_compiler::ast::Value;
use apollo_compiler::executable::Operation;
use apollo_compiler::schema::ExtendedType;

use super::Mistakes;
use super::inputs::Input;

/// Tells objects of another number of fields, nulls, and nullable variables there.
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
        if !matches!(fields.as_slice(), [(_, value)] if !value.is_null()) {
            let message = format!(
                "Within OneOf Input Object type \"{}\", exactly one field must be specified, and the value for that \
                 field must be non-null.",
                type_.name
            );
            mistakes.tell(message, [input.value.location()]);
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
