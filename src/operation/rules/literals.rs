//! What several rules ask of literals.

use apollo_compiler::Node;
use apollo_compiler::ast::Value;

use super::context::{Context, start_of};

/// Whether a string is written between `"""`: to the reference implementation that makes it another one.
pub(super) fn is_block_string(context: &Context<'_>, value: &Node<Value>) -> bool {
    context.text(start_of(value)).starts_with("\"\"\"")
}

/// A text that two literals have in common just where they mean the same: the order of an object's fields means nothing.
pub(super) fn identity(context: &Context<'_>, value: &Node<Value>) -> String {
    match &**value {
        Value::Null => "null".to_owned(),
        Value::Boolean(flag) => flag.to_string(),
        Value::Enum(name) => format!("e{name}"),
        Value::Variable(name) => format!("${name}"),
        Value::Int(number) => format!("i{}", number.as_str()),
        Value::Float(number) => format!("f{}", number.as_str()),
        Value::String(text) if is_block_string(context, value) => format!("b{}{text}", text.len()),
        Value::String(text) => format!("s{}{text}", text.len()),
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(|item| identity(context, item)).collect();
            format!("[{}]", items.join(","))
        }
        Value::Object(fields) => {
            let field =
                |(name, value): &(apollo_compiler::Name, Node<Value>)| format!("{name}:{}", identity(context, value));
            let mut fields: Vec<String> = fields.iter().map(field).collect();
            fields.sort_unstable();
            format!("{{{}}}", fields.join(","))
        }
    }
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
