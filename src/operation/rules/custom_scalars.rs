//! A literal for a custom scalar may be anything, with null and variables anywhere in it; only a non-null one takes no null
//! (specification, section 5.6.1), and its variables are defined as any others (section 5.8.3). apollo-compiler expects of
//! the items of a list there what it expects of the list, and does not look into objects.

use apollo_compiler::Node;
use apollo_compiler::Schema;
use apollo_compiler::ast::Value;
use apollo_compiler::executable::Operation;
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::validation::DiagnosticData;

use super::Mistakes;
use super::inputs::Input;

/// Whether this is what apollo-compiler says of a literal for a custom scalar.
pub(super) fn is_ours(schema: &Schema, mistake: &DiagnosticData) -> bool {
    if mistake.unstable_error_name() != Some("UnsupportedValueType") {
        return false;
    }
    let message = mistake.to_string();
    let type_ = message.strip_prefix("expected value of type ").and_then(|rest| rest.split_once(','));
    type_.is_some_and(|(type_, _)| is_custom_scalar(schema, type_.trim_matches(['[', ']', '!'])))
}

/// Tells nulls where none may stand, and variables that are not defined.
pub(super) fn check(schema: &Schema, operation: &Operation, inputs: &[Input<'_>], mistakes: &mut Mistakes<'_>) {
    for input in inputs.iter().filter(|input| is_custom_scalar(schema, input.type_.inner_named_type())) {
        if input.value.is_null() && input.type_.is_non_null() {
            let message = format!("Expected value of type \"{}\", found null.", input.type_);
            mistakes.tell(message, [input.value.location()]);
        }
        // The items of a list type are inputs of their own.
        if !(input.type_.is_list() && matches!(&**input.value, Value::List(_))) {
            variables(operation, input.value, mistakes);
        }
    }
}

fn variables(operation: &Operation, value: &Node<Value>, mistakes: &mut Mistakes<'_>) {
    match &**value {
        Value::Variable(name) if operation.variables.iter().all(|variable| variable.name != *name) => {
            mistakes.tell(format!("Variable \"${name}\" is not defined."), [value.location()]);
        }
        Value::List(items) => items.iter().for_each(|item| variables(operation, item, mistakes)),
        Value::Object(fields) => fields.iter().for_each(|(_, field)| variables(operation, field, mistakes)),
        _ => {}
    }
}

fn is_custom_scalar(schema: &Schema, name: &str) -> bool {
    matches!(schema.types.get(name), Some(ExtendedType::Scalar(scalar)) if !scalar.is_built_in())
}
