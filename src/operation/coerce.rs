//! Input coercion (specification, sections 3.5 to 3.12 and 6.1.2): raw variables and literals become values of their
//! types. A message says what was given and what would have been right.

use std::collections::HashMap;
use std::fmt::Write as _;

use apollo_compiler::ast;

use super::mistakes::MAX_MISTAKES;
use super::variable::{VariableDefinition, VariableValues};
use crate::graphql::{Error, ErrorCode, ErrorList, Value};
use crate::schema::{InputObjectType, Scalar, Schema, TypeKind, TypeRef};

/// `CoerceVariableValues` (specification, section 6.1.2).
///
/// # Errors
/// `BAD_USER_INPUT` for each wrong variable, at most ten.
pub fn coerce_variables(
    schema: &Schema,
    variables: &[VariableDefinition],
    raw: Option<&Value>,
) -> Result<VariableValues, Vec<Error>> {
    let given: HashMap<&str, &Value> = match raw {
        None | Some(Value::Null) => HashMap::new(),
        Some(Value::Object(fields)) => fields.iter().map(|(name, value)| (&**name, value)).collect(),
        Some(_) => return Err(vec![Error::request(ErrorCode::BadUserInput, "variables must be an object")]),
    };
    let mut errors = ErrorList::new(MAX_MISTAKES);
    let mut values = Vec::with_capacity(variables.len());
    for variable in variables {
        match coerce_variable(schema, variable, given.get(&*variable.name).copied()) {
            Ok(value) => values.push(value),
            Err(message) => {
                let locations = variable.place.into_iter().collect();
                errors.add(|| Error { locations, ..Error::request(ErrorCode::BadUserInput, message) });
            }
        }
    }
    if errors.is_empty() { Ok(values) } else { Err(errors.finish()) }
}

fn coerce_variable(
    schema: &Schema,
    variable: &VariableDefinition,
    given: Option<&Value>,
) -> Result<Option<Value>, String> {
    let VariableDefinition { name, type_, type_text, default, place: _ } = variable;
    match given {
        None if default.is_some() => Ok(default.clone()),
        None if type_.is_non_null() => {
            Err(format!("variable \"${name}\" of required type \"{type_text}\" was not provided"))
        }
        None => Ok(None),
        Some(Value::Null) if type_.is_non_null() => {
            Err(format!("variable \"${name}\" of non-null type \"{type_text}\" must not be null"))
        }
        Some(value) => Coercion { schema, place: String::new() }
            .value(type_, value)
            .map(Some)
            .map_err(|problem| format!("variable \"${name}\" got an invalid value{problem}")),
    }
}

/// Coerces a literal without variables.
///
/// # Errors
/// What is wrong with it, in words.
pub(super) fn coerce_literal(schema: &Schema, type_: &TypeRef, literal: &ast::Value) -> Result<Value, String> {
    let raw = literal_value(literal);
    Coercion { schema, place: String::new() }.value(type_, &raw)
}

/// A literal without variables as it stands; a variable, which validation has ruled out here, is null.
pub(super) fn literal_value(literal: &ast::Value) -> Value {
    match literal {
        ast::Value::Null | ast::Value::Variable(_) => Value::Null,
        ast::Value::Enum(name) => Value::Enum(name.as_str().into()),
        ast::Value::String(text) => Value::String(text.as_str().into()),
        ast::Value::Float(number) => Value::Number(number.as_str().into()),
        ast::Value::Int(number) => Value::Number(number.as_str().into()),
        ast::Value::Boolean(flag) => Value::Boolean(*flag),
        ast::Value::List(items) => Value::List(items.iter().map(|item| literal_value(item)).collect()),
        ast::Value::Object(fields) => {
            Value::Object(fields.iter().map(|(name, value)| (name.as_str().into(), literal_value(value))).collect())
        }
    }
}

/// A value on its way into a type, and the place within it that is being looked at.
struct Coercion<'s> {
    schema: &'s Schema,
    place: String,
}

impl Coercion<'_> {
    fn value(&mut self, type_: &TypeRef, value: &Value) -> Result<Value, String> {
        match (type_, value) {
            (TypeRef::NonNull(_), Value::Null) => self.wrong("null is not allowed here"),
            (TypeRef::NonNull(inner), value) => self.value(inner, value),
            (_, Value::Null) => Ok(Value::Null),
            (TypeRef::List(item), Value::List(items)) => {
                let mut coerced = Vec::with_capacity(items.len());
                for (index, value) in items.iter().enumerate() {
                    coerced.push(self.below(&format!("[{index}]"), |this| this.value(item, value))?);
                }
                Ok(Value::List(coerced))
            }
            (TypeRef::List(item), value) => Ok(Value::List(vec![self.value(item, value)?])),
            (TypeRef::Named(id), value) => {
                let definition = self.schema.type_(*id);
                match &definition.kind {
                    TypeKind::Scalar(scalar) => coerce_scalar(*scalar, value).or_else(|problem| self.wrong(&problem)),
                    TypeKind::Enum(values) => match value {
                        Value::String(name) | Value::Enum(name) if values.contains(name) => {
                            Ok(Value::Enum(name.clone()))
                        }
                        other => self.wrong(&format!("{} is no value of {}", shown(other), definition.name)),
                    },
                    TypeKind::InputObject(object) => self.object(&definition.name, object, value),
                    TypeKind::Object(_) | TypeKind::Abstract(_) => self.wrong("the type is no input type"),
                }
            }
        }
    }

    fn object(&mut self, type_name: &str, type_: &InputObjectType, value: &Value) -> Result<Value, String> {
        let Value::Object(given) = value else {
            return self.wrong(&format!("{} is no object of type {type_name}", shown(value)));
        };
        if let Some((unknown, _)) = given.iter().find(|(name, _)| !type_.fields.iter().any(|field| field.name == *name))
        {
            return self.wrong(&format!("{type_name} has no field \"{unknown}\""));
        }
        if type_.one_of && !matches!(given.as_slice(), [(_, value)] if !value.is_null()) {
            return self.wrong(&format!("{type_name} takes exactly one field, and it must not be null"));
        }
        let mut coerced = Vec::with_capacity(type_.fields.len());
        for field in &type_.fields {
            match (value.get(&field.name), &field.default) {
                (Some(value), _) => {
                    let value = self.below(&format!(".{}", field.name), |this| this.value(&field.type_, value))?;
                    coerced.push((field.name.clone(), value));
                }
                (None, Some(default)) => coerced.push((field.name.clone(), default.clone())),
                (None, None) if field.type_.is_non_null() => {
                    return self.wrong(&format!("the required field \"{}\" of {type_name} is missing", field.name));
                }
                (None, None) => {}
            }
        }
        Ok(Value::Object(coerced))
    }

    fn below<T>(&mut self, step: &str, look: impl FnOnce(&mut Self) -> Result<T, String>) -> Result<T, String> {
        let length = self.place.len();
        self.place.push_str(step);
        let result = look(self);
        self.place.truncate(length);
        result
    }

    fn wrong<T>(&self, problem: &str) -> Result<T, String> {
        let mut message = String::new();
        if !self.place.is_empty() {
            let _ = write!(message, " at \"{}\"", self.place.trim_start_matches('.'));
        }
        let _ = write!(message, ": {problem}");
        Err(message)
    }
}

/// Input coercion of scalars (specification, section 3.5).
fn coerce_scalar(scalar: Scalar, value: &Value) -> Result<Value, String> {
    let refuse = |expected: &str| Err(format!("{} is no {expected}", shown(value)));
    match (scalar, value) {
        (Scalar::Int, Value::Number(text)) => match integer(text) {
            Some(number) if i32::try_from(number).is_ok() => Ok(Value::integer(number)),
            Some(_) => refuse("32-bit integer"),
            None => refuse("Int"),
        },
        (Scalar::Int, _) => refuse("Int"),
        (Scalar::Float, Value::Number(text)) if text.parse::<f64>().is_ok_and(f64::is_finite) => Ok(value.clone()),
        (Scalar::Float, _) => refuse("Float"),
        (Scalar::Id, Value::Number(text))
            if text.strip_prefix('-').unwrap_or(text).bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            Ok(Value::String(text.clone()))
        }
        (Scalar::String | Scalar::Id, Value::String(_))
        | (Scalar::Boolean, Value::Boolean(_))
        | (Scalar::ExactNumber | Scalar::Custom, _) => Ok(value.clone()),
        (Scalar::Id, _) => refuse("ID"),
        (Scalar::Boolean, _) => refuse("Boolean"),
        (Scalar::String, _) => refuse("String"),
    }
}

/// The integer that a number's text stands for: `3`, and `3.0` and `3e2` too, since JSON does not tell them apart.
fn integer(text: &str) -> Option<i64> {
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    let number: f64 = text.parse().ok()?;
    #[expect(clippy::cast_possible_truncation, reason = "the number is whole and far below 2^63")]
    (number.fract() == 0.0 && number.abs() < 9e15).then_some(number as i64)
}

/// A value in a message: its JSON, not longer than a line.
fn shown(value: &Value) -> String {
    let mut text = value.to_json();
    if text.len() > 60 {
        let cut = (0..=57).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.truncate(cut);
        text.push_str("...");
    }
    text
}
