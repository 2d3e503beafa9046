//! Defaults of arguments and input fields, coerced to their types when the schema is built (specification, section
//! 3.13 "Directives" aside, "Input Coercion" of each kind of type in section 3).

use apollo_compiler::ast::{Type, Value as Literal};
use apollo_compiler::schema::{ExtendedType, InputObjectType};
use apollo_compiler::{Node, Schema};

use crate::graphql::Value;

/// How far defaults of input objects may lead into each other.
const MAX_DEPTH: usize = 32;

/// The value of a literal for a type.
///
/// # Errors
/// One sentence that says what does not fit.
pub(super) fn coerce_literal(schema: &Schema, type_: &Type, literal: &Node<Literal>) -> Result<Value, String> {
    coerce(schema, type_, literal, 0)
}

fn coerce(schema: &Schema, type_: &Type, literal: &Literal, depth: usize) -> Result<Value, String> {
    if depth > MAX_DEPTH {
        return Err("its defaults lead into each other without an end".to_owned());
    }
    match (type_, literal) {
        (Type::NonNullNamed(_) | Type::NonNullList(_), Literal::Null) => Err(format!("null is no `{type_}`")),
        (_, Literal::Null) => Ok(Value::Null),
        (Type::List(item) | Type::NonNullList(item), Literal::List(items)) => {
            let coerced: Result<_, _> = items.iter().map(|value| coerce(schema, item, value, depth + 1)).collect();
            Ok(Value::List(coerced?))
        }
        (Type::List(item) | Type::NonNullList(item), single) => {
            Ok(Value::List(vec![coerce(schema, item, single, depth + 1)?]))
        }
        (Type::Named(name) | Type::NonNullNamed(name), literal) => match schema.types.get(name) {
            Some(ExtendedType::InputObject(input)) => coerce_object(schema, input, literal, depth),
            Some(ExtendedType::Enum(definition)) => match literal {
                Literal::Enum(value) if definition.values.contains_key(value) => Ok(Value::Enum(value.as_str().into())),
                other => Err(format!("`{other}` is no value of `{name}`")),
            },
            _ => coerce_scalar(name, literal),
        },
    }
}

fn coerce_object(schema: &Schema, input: &InputObjectType, literal: &Literal, depth: usize) -> Result<Value, String> {
    let Literal::Object(given) = literal else { return Err(format!("`{literal}` is no `{}`", input.name)) };
    let mut fields = Vec::new();
    for field in input.fields.values() {
        let value = given.iter().find(|(name, _)| *name == field.name).map(|(_, value)| value);
        if let Some(value) = value.or(field.default_value.as_ref()) {
            fields.push((field.name.as_str().into(), coerce(schema, &field.ty, value, depth + 1)?));
        } else if field.ty.is_non_null() {
            return Err(format!("`{}.{}` is missing", input.name, field.name));
        }
    }
    Ok(Value::Object(fields))
}

fn coerce_scalar(name: &str, literal: &Literal) -> Result<Value, String> {
    let fits = match name {
        "Int" => literal.to_i32().is_some(),
        "Float" => matches!(literal, Literal::Int(_) | Literal::Float(_)),
        "String" => matches!(literal, Literal::String(_)),
        "Boolean" => matches!(literal, Literal::Boolean(_)),
        "ID" => matches!(literal, Literal::String(_) | Literal::Int(_)),
        _ => true,
    };
    match (fits, literal) {
        (false, other) => Err(format!("`{other}` is no `{name}`")),
        (true, Literal::Int(number)) if name == "ID" => Ok(Value::String(number.as_str().into())),
        (true, literal) => constant(literal, 0),
    }
}

/// A literal of a custom scalar as it is.
fn constant(literal: &Literal, depth: usize) -> Result<Value, String> {
    if depth > MAX_DEPTH {
        return Err("it is nested too deep".to_owned());
    }
    Ok(match literal {
        Literal::Null => Value::Null,
        Literal::Boolean(value) => Value::Boolean(*value),
        Literal::Int(number) => Value::Number(number.as_str().into()),
        Literal::Float(number) => Value::Number(number.as_str().into()),
        Literal::String(text) => Value::String(text.as_str().into()),
        Literal::Enum(name) => Value::Enum(name.as_str().into()),
        Literal::Variable(name) => return Err(format!("a schema has no variables, so `${name}` means nothing")),
        Literal::List(items) => {
            Value::List(items.iter().map(|item| constant(item, depth + 1)).collect::<Result<_, _>>()?)
        }
        Literal::Object(fields) => Value::Object(
            fields
                .iter()
                .map(|(name, value)| Ok((name.as_str().into(), constant(value, depth + 1)?)))
                .collect::<Result<_, String>>()?,
        ),
    })
}
