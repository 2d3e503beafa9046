//! Input coercion (specification, sections 3.5 to 3.12 and 6.1.2): raw variables and literals become values of their
//! types. A message says what was given and what would have been right.

use ahash::AHashMap;
use apollo_compiler::ast;

use super::mistakes::MAX_MISTAKES;
use super::variable::{VariableDefinition, VariableValues};
use crate::graphql::{Error, ErrorCode, ErrorList, Value, whole_number_text};
use crate::schema::{InputObjectType, Scalar, Schema, TypeKind, TypeRef};

/// `CoerceVariableValues` (specification, section 6.1.2).
///
/// # Errors
/// `BAD_USER_INPUT` for each value that is wrong, in a variable or within one, at most ten.
pub fn coerce_variables(
    schema: &Schema,
    variables: &[VariableDefinition],
    raw: Option<&Value>,
) -> Result<VariableValues, Vec<Error>> {
    let given: AHashMap<&str, &Value> = match raw {
        None | Some(Value::Null) => AHashMap::new(),
        Some(Value::Object(fields)) => fields.iter().map(|(name, value)| (&**name, value)).collect(),
        Some(_) => return Err(vec![Error::request(ErrorCode::BadUserInput, "variables must be an object")]),
    };
    let mut errors = ErrorList::new(MAX_MISTAKES);
    let mut values = Vec::with_capacity(variables.len());
    for variable in variables {
        let mut tell = |message: &dyn Fn() -> String| {
            let locations = variable.place.into_iter().collect();
            errors.add(|| Error { locations, ..Error::request(ErrorCode::BadUserInput, message()) });
        };
        values.push(coerce_variable(schema, variable, given.get(&*variable.name).copied(), &mut tell));
    }
    if errors.is_empty() { Ok(values) } else { Err(errors.finish()) }
}

/// The value of a variable; whatever is wrong with it is told.
fn coerce_variable(
    schema: &Schema,
    variable: &VariableDefinition,
    given: Option<&Value>,
    tell: &mut dyn FnMut(&dyn Fn() -> String),
) -> Option<Value> {
    let VariableDefinition { name, type_, type_text, default, place: _ } = variable;
    match given {
        None => {
            if type_.is_non_null() && default.is_none() {
                tell(&|| format!("variable \"${name}\" of required type \"{type_text}\" was not provided"));
            }
            default.clone()
        }
        Some(Value::Null) if type_.is_non_null() => {
            tell(&|| format!("variable \"${name}\" of non-null type \"{type_text}\" must not be null"));
            None
        }
        Some(value) => {
            let mut wrong = |problem: &dyn Fn() -> String| {
                tell(&|| format!("variable \"${name}\" got an invalid value{}", problem()));
            };
            Coercion { schema, origin: Origin::Json, place: String::new(), wrong: &mut wrong }.value(type_, value)
        }
    }
}

/// Coerces a literal without variables.
///
/// # Errors
/// What is wrong with it, in words.
pub(super) fn coerce_literal(schema: &Schema, type_: &TypeRef, literal: &ast::Value) -> Result<Value, String> {
    let mut first = None;
    let mut wrong = |problem: &dyn Fn() -> String| {
        first.get_or_insert_with(problem);
    };
    let mut coercion = Coercion { schema, origin: Origin::Document, place: String::new(), wrong: &mut wrong };
    let coerced = coercion.value(type_, &literal_value(literal));
    coerced.ok_or_else(|| first.unwrap_or_default())
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

/// Where a value was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// In a document: a number that becomes text keeps its own.
    Document,
    /// In JSON, which does not tell `1`, `1.0` and `1e0` apart, nor the two zeros.
    Json,
}

/// A value on its way into a type, and the place within it that is being looked at.
struct Coercion<'s> {
    schema: &'s Schema,
    origin: Origin,
    place: String,
    /// Takes what is wrong, which is put into words only where it is told.
    wrong: &'s mut dyn FnMut(&dyn Fn() -> String),
}

impl Coercion<'_> {
    /// The value as its type has it; nothing where something in it is wrong, all of which is told.
    fn value(&mut self, type_: &TypeRef, value: &Value) -> Option<Value> {
        match (type_, value) {
            (TypeRef::NonNull(_), Value::Null) => self.wrong(&|| "null is not allowed here".to_owned()),
            (TypeRef::NonNull(inner), value) => self.value(inner, value),
            (_, Value::Null) => Some(Value::Null),
            (TypeRef::List(item), Value::List(items)) => {
                let look = |(index, value)| self.below(&format!("[{index}]"), |this| this.value(item, value));
                // Each item is looked at, whatever came of those before it.
                let coerced: Vec<Option<Value>> = items.iter().enumerate().map(look).collect();
                coerced.into_iter().collect::<Option<_>>().map(Value::List)
            }
            (TypeRef::List(item), value) => self.value(item, value).map(|value| Value::List(vec![value])),
            (TypeRef::Named(id), value) => {
                let definition = self.schema.type_(*id);
                match &definition.kind {
                    TypeKind::Scalar(scalar) => match coerce_scalar(*scalar, value, self.origin) {
                        Ok(value) => Some(value),
                        Err(expected) => self.wrong(&|| format!("{} is no {expected}", shown(value))),
                    },
                    TypeKind::Enum(values) => match value {
                        Value::String(name) | Value::Enum(name) if values.contains(name) => {
                            Some(Value::Enum(name.clone()))
                        }
                        other => self.wrong(&|| format!("{} is no value of {}", shown(other), definition.name)),
                    },
                    TypeKind::InputObject(object) => self.object(&definition.name, object, value),
                    TypeKind::Object(_) | TypeKind::Abstract(_) => {
                        self.wrong(&|| "the type is no input type".to_owned())
                    }
                }
            }
        }
    }

    fn object(&mut self, type_name: &str, type_: &InputObjectType, value: &Value) -> Option<Value> {
        let Value::Object(given) = value else {
            return self.wrong(&|| format!("{} is no object of type {type_name}", shown(value)));
        };
        let mut is_right = true;
        let mut coerced = Vec::with_capacity(type_.fields.len());
        for field in &type_.fields {
            let name = &field.name;
            let value = match value.get(name) {
                Some(value) => self.below(&format!(".{name}"), |this| this.value(&field.type_, value)),
                None if field.default.is_some() => field.default.clone(),
                None if !field.type_.is_non_null() => continue,
                None => self.wrong(&|| format!("the required field \"{name}\" of {type_name} is missing")),
            };
            is_right &= value.is_some();
            coerced.extend(value.map(|value| (name.clone(), value)));
        }
        let is_known = |name: &str| type_.fields.iter().any(|field| *field.name == *name);
        for (unknown, _) in given.iter().filter(|(name, _)| !is_known(name)) {
            is_right = false;
            self.wrong::<()>(&|| format!("{type_name} has no field \"{unknown}\""));
        }
        if type_.one_of {
            let known: Vec<_> = given.iter().filter(|(name, _)| is_known(name)).collect();
            is_right &= self.one_of(type_name, &known).is_some();
        }
        is_right.then_some(Value::Object(coerced))
    }

    fn one_of(&mut self, type_name: &str, given: &[&(Box<str>, Value)]) -> Option<()> {
        let words = || format!("{type_name} takes exactly one field, and it must not be null");
        let count = if given.len() == 1 { Some(()) } else { self.wrong(&words) };
        match given.first() {
            Some((name, Value::Null)) => self.below(&format!(".{name}"), |this| this.wrong(&words)),
            _ => count,
        }
    }

    fn below<T>(&mut self, step: &str, look: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.place.len();
        self.place.push_str(step);
        let result = look(self);
        self.place.truncate(length);
        result
    }

    fn wrong<T>(&mut self, problem: &dyn Fn() -> String) -> Option<T> {
        let place = self.place.trim_start_matches('.');
        (self.wrong)(&|| {
            let at = if place.is_empty() { String::new() } else { format!(" at \"{place}\"") };
            format!("{at}: {}", problem())
        });
        None
    }
}

/// Input coercion of scalars (specification, section 3.5).
///
/// # Errors
/// What the value is not.
fn coerce_scalar(scalar: Scalar, value: &Value, origin: Origin) -> Result<Value, &'static str> {
    match (scalar, value) {
        (Scalar::Int, Value::Number(text)) => match integer(text) {
            Some(number) if i32::try_from(number).is_ok() => Ok(Value::integer(number)),
            Some(_) => Err("32-bit integer"),
            None => Err("Int"),
        },
        (Scalar::Int, _) => Err("Int"),
        (Scalar::Float, Value::Number(text)) if text.parse::<f64>().is_ok_and(f64::is_finite) => Ok(value.clone()),
        (Scalar::Float, _) => Err("Float"),
        (Scalar::Id, Value::Number(text)) if origin == Origin::Document => Ok(Value::String(text.clone())),
        (Scalar::Id, Value::Number(text)) => {
            whole_number_text(text).map(|digits| Value::String(digits.into())).ok_or("ID")
        }
        (Scalar::String | Scalar::Id, Value::String(_))
        | (Scalar::Boolean, Value::Boolean(_))
        | (Scalar::ExactNumber | Scalar::Custom, _) => Ok(value.clone()),
        (Scalar::Id, _) => Err("ID"),
        (Scalar::Boolean, _) => Err("Boolean"),
        (Scalar::String, _) => Err("String"),
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
