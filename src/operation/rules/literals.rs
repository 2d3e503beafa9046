//! What several rules ask of literals.

use std::fmt::Write as _;

use apollo_compiler::Node;
use apollo_compiler::ast::Value;

use super::context::{Context, start_of};

/// Whether a string is written between `"""`: to the reference implementation that makes it another one.
pub(super) fn is_block_string(context: &Context<'_>, value: &Node<Value>) -> bool {
    context.text(start_of(value)).starts_with("\"\"\"")
}

/// A text that two literals have in common just where they mean the same: the order of an object's fields means nothing.
/// It is written once, whatever the number of levels.
pub(super) fn identity(context: &Context<'_>, value: &Node<Value>) -> String {
    let mut text = String::new();
    write_identity(context, value, &mut text);
    text
}

fn write_identity(context: &Context<'_>, value: &Node<Value>, out: &mut String) {
    // Writing to a string does not fail.
    let _ = match &**value {
        Value::Null => write!(out, "null"),
        Value::Boolean(flag) => write!(out, "{flag}"),
        Value::Enum(name) => write!(out, "e{name}"),
        Value::Variable(name) => write!(out, "${name}"),
        Value::Int(number) => write!(out, "i{}", number.as_str()),
        Value::Float(number) => write!(out, "f{}", number.as_str()),
        Value::String(text) if is_block_string(context, value) => write!(out, "b{}{text}", text.len()),
        Value::String(text) => write!(out, "s{}{text}", text.len()),
        Value::List(items) => {
            out.push('[');
            for item in items {
                write_identity(context, item, out);
                out.push(',');
            }
            write!(out, "]")
        }
        Value::Object(fields) => {
            // By name alone, as in the reference implementation: two of one name are a mistake of their own.
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by(|(name, _), (other, _)| name.cmp(other));
            out.push('{');
            for (name, field) in fields {
                let _ = write!(out, "{name}:");
                write_identity(context, field, out);
                out.push(',');
            }
            write!(out, "}}")
        }
    };
}

/// A literal for a leaf as the reference implementation looks at it, which has no values of variables then: each is null, or
/// a field that is not there.
pub(super) fn without_variables(value: &Node<Value>) -> Node<Value> {
    match &**value {
        Value::Variable(_) => value.same_location(Value::Null),
        Value::List(items) => value.same_location(Value::List(items.iter().map(without_variables).collect())),
        Value::Object(fields) => {
            let fields = fields.iter().filter(|(_, value)| !matches!(**value, Value::Variable(_)));
            let fields = fields.map(|(name, value)| (name.clone(), without_variables(value)));
            value.same_location(Value::Object(fields.collect()))
        }
        _ => value.clone(),
    }
}
