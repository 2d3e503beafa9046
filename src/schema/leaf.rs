//! Constants: which value of a leaf type a literal is, for fallbacks and `@value`.

use super::{Scalar, TypeKind};
use crate::config::{JsonLiteral, Mistakes, WrittenJson};
use crate::graphql::Value;

/// The value of a literal without templates; nothing where one stands in it, which is then told.
pub(super) fn constant_of(written: &WrittenJson, problem: &str, mistakes: &mut Mistakes) -> Option<Value> {
    Some(match &written.value {
        JsonLiteral::Null => Value::Null,
        JsonLiteral::Boolean(value) => Value::Boolean(*value),
        JsonLiteral::Number(number) => Value::Number(number.as_str().into()),
        JsonLiteral::Enum(name) => Value::Enum(name.as_str().into()),
        JsonLiteral::Text(text) => {
            if let Some(slot) = text.slots().next() {
                mistakes.error(slot.span, format!("`{}` cannot stand here: {problem}", slot.name()));
                return None;
            }
            text.constant().filter(|_| text.complete)?
        }
        JsonLiteral::List(items) => {
            Value::List(items.iter().map(|item| constant_of(item, problem, mistakes)).collect::<Option<_>>()?)
        }
        JsonLiteral::Object(fields) => Value::Object(
            fields
                .iter()
                .map(|(name, value)| Some((name.value.as_str().into(), constant_of(value, problem, mistakes)?)))
                .collect::<Option<_>>()?,
        ),
    })
}

/// Whether a value is one of a leaf type, as a source may send it (specification, "Result Coercion" in section 3).
pub(super) fn leaf_fits(kind: &TypeKind, value: &Value) -> bool {
    match (kind, value) {
        (TypeKind::Enum(values), Value::Enum(name) | Value::String(name)) => values.contains(name),
        (TypeKind::Scalar(scalar), value) => match (scalar, value) {
            (Scalar::Int, Value::Number(number)) => number.parse::<i32>().is_ok(),
            (Scalar::Float, Value::Number(number)) => number.parse::<f64>().is_ok_and(f64::is_finite),
            (Scalar::Id, Value::Number(number)) => number.parse::<i64>().is_ok(),
            (Scalar::String | Scalar::Id, Value::String(_))
            | (Scalar::Boolean, Value::Boolean(_))
            | (Scalar::ExactNumber, Value::Number(_) | Value::String(_))
            | (Scalar::Custom, _) => true,
            _ => false,
        },
        _ => false,
    }
}
