//! Constants: which value of a leaf type a literal is, for fallbacks and `@value`.

use super::{Scalar, TypeKind};
use crate::config::{JsonLiteral, Mistakes, WrittenJson};
use crate::graphql::{Value, number_text, whole_number_text};

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

/// Whether result coercion makes a leaf of a value that a source sends, as `execution` does it.
pub(super) fn is_coerced(kind: &TypeKind, value: &Value) -> bool {
    let finite = |text: &str| text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
    let is_int = |number: f64| number.fract() == 0.0 && (f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(&number);
    let TypeKind::Scalar(scalar) = kind else { return leaf_fits(kind, value) };
    match (scalar, value) {
        (Scalar::Int, Value::Number(text) | Value::String(text) | Value::Enum(text)) => {
            finite(text).is_some_and(is_int)
        }
        (Scalar::Float, Value::Number(text) | Value::String(text) | Value::Enum(text)) => finite(text).is_some(),
        (Scalar::Int | Scalar::Float | Scalar::String, Value::Boolean(_))
        | (Scalar::Boolean, Value::Number(_))
        | (Scalar::String | Scalar::Id | Scalar::ExactNumber, Value::Enum(_)) => true,
        (Scalar::String, Value::Number(text)) => number_text(text).is_some(),
        (Scalar::Id, Value::Number(text)) => whole_number_text(text).is_some(),
        _ => leaf_fits(kind, value),
    }
}

/// Whether a value is one of a leaf type as it stands, so that result coercion need not make one of it.
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
