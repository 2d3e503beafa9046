//! Literals fit the types of their places (specification, sections 5.6.1, 5.6.2 and 5.6.4), variables in them aside: input
//! objects have the fields that they must have and no others, and a `@oneOf` one has just one, which is not null.

use std::collections::HashMap;

use apollo_compiler::Name;
use apollo_compiler::Node;
use apollo_compiler::ast::{Type, Value};
use apollo_compiler::schema::{EnumType, ExtendedType, InputObjectType};

use super::arguments::is_required;
use super::context::{Context, start_of, start_of_name};
use super::literals::without_variables;
use super::printed::printed;
use super::suggestions::{did_you_mean, near_names};
use crate::operation::mistakes::Mistakes;

/// Tells what does not fit, anywhere in a literal.
pub(super) fn check(context: &Context<'_>, value: &Node<Value>, type_: &Type, mistakes: &mut Mistakes) {
    Literals { context, mistakes }.value(value, type_);
}

struct Literals<'c, 'd> {
    context: &'c Context<'d>,
    mistakes: &'c mut Mistakes,
}

impl Literals<'_, '_> {
    fn value(&mut self, value: &Node<Value>, type_: &Type) {
        match (type_, &**value) {
            (Type::NonNullNamed(_) | Type::NonNullList(_), Value::Null) => {
                self.tell(value, || format!("Expected value of non-null type \"{type_}\" not to be null."));
            }
            (_, Value::Null | Value::Variable(_)) => {}
            (Type::List(item) | Type::NonNullList(item), Value::List(items)) => {
                for value in items {
                    self.value(value, item);
                }
            }
            (Type::List(item) | Type::NonNullList(item), _) => self.value(value, item),
            (Type::Named(name) | Type::NonNullNamed(name), _) => match self.context.type_named(name) {
                Some(ExtendedType::InputObject(object)) => self.object(value, object),
                Some(ExtendedType::Enum(definition)) => self.enum_value(value, definition),
                Some(ExtendedType::Scalar(_)) => self.scalar(value, name),
                Some(ExtendedType::Object(_) | ExtendedType::Interface(_) | ExtendedType::Union(_)) | None => {}
            },
        }
    }

    fn object(&mut self, value: &Node<Value>, type_: &InputObjectType) {
        let (context, name) = (self.context, &type_.name);
        let Value::Object(given) = &**value else {
            return self.tell(value, || {
                format!("Expected value of type \"{name}\" to be an object, found: {}.", printed(context, value))
            });
        };
        let by_name: HashMap<&Name, &Node<Value>> = given.iter().map(|(name, field)| (name, field)).collect();
        for field in type_.fields.values() {
            match by_name.get(&field.name) {
                Some(value) => self.value(value, &field.ty),
                None if is_required(field) => self.tell(value, || {
                    format!(
                        "Expected value of type \"{name}\" to include required field \"{}\", found: {}.",
                        field.name,
                        printed(context, value)
                    )
                }),
                None => {}
            }
        }
        for (unknown, _) in given.iter().filter(|(field, _)| !type_.fields.contains_key(field)) {
            self.mistakes.tell(&[start_of_name(unknown)], || unknown_field(context, value, type_, unknown));
        }
        if type_.directives.has("oneOf") {
            let mut known = given.iter().filter(|(field, _)| type_.fields.contains_key(field));
            if !matches!((known.next(), known.next()), (Some((_, value)), None) if !value.is_null()) {
                self.tell(value, || {
                    format!(
                        "Within OneOf Input Object type \"{name}\", exactly one field must be specified, and the value \
                         for that field must be non-null."
                    )
                });
            }
        }
    }

    fn enum_value(&mut self, value: &Node<Value>, type_: &EnumType) {
        let (context, name) = (self.context, &type_.name);
        let suggestion = |found: &str| {
            let known = type_.values.keys().map(Name::as_str).filter(|_| context.is_introspectable);
            did_you_mean("the enum value", &near_names(found, known))
        };
        match &**value {
            Value::Enum(given) if type_.values.contains_key(given) => {}
            Value::Enum(given) => self
                .tell(value, || format!("Value \"{given}\" does not exist in \"{name}\" enum.{}", suggestion(given))),
            _ => self.tell(value, || {
                let found = printed(context, &without_variables(value));
                format!("Enum \"{name}\" cannot represent non-enum value: {found}.{}", suggestion(&found))
            }),
        }
    }

    fn scalar(&mut self, value: &Node<Value>, name: &str) {
        let expected = match (name, &**value) {
            ("Int", Value::Int(number)) => {
                if number.as_str().parse::<i32>().is_err() {
                    self.tell(value, || {
                        format!("Int cannot represent non 32-bit signed integer value: {}", number.as_str())
                    });
                }
                return;
            }
            ("Float", Value::Float(_) | Value::Int(_)) if is_finite(value) => return,
            ("String", Value::String(_))
            | ("Boolean", Value::Boolean(_))
            | ("ID", Value::String(_) | Value::Int(_)) => return,
            ("Int", _) => "Int cannot represent non-integer value",
            ("Float", _) => "Float cannot represent non numeric value",
            ("String", _) => "String cannot represent a non string value",
            ("Boolean", _) => "Boolean cannot represent a non boolean value",
            ("ID", _) => "ID cannot represent a non-string and non-integer value",
            // A scalar of the author's may be anything.
            _ => return,
        };
        let context = self.context;
        self.tell(value, || format!("{expected}: {}", printed(context, &without_variables(value))));
    }

    fn tell(&mut self, value: &Node<Value>, message: impl FnOnce() -> String) {
        self.mistakes.tell(&[start_of(value)], message);
    }
}

/// A number that no double holds is none of our answers, though the reference implementation reads it as infinite.
fn is_finite(number: &Value) -> bool {
    let text = match number {
        Value::Int(number) => number.as_str(),
        Value::Float(number) => number.as_str(),
        _ => return false,
    };
    text.parse().is_ok_and(f64::is_finite)
}

fn unknown_field(context: &Context<'_>, value: &Node<Value>, type_: &InputObjectType, unknown: &str) -> String {
    let known = type_.fields.keys().map(Name::as_str).filter(|_| context.is_introspectable);
    let suggestion = did_you_mean("", &near_names(unknown, known));
    let found = if suggestion.is_empty() { ", found".to_owned() } else { format!(".{suggestion} Found") };
    format!(
        "Expected value of type \"{}\" not to include unknown field \"{unknown}\"{found}: {}.",
        type_.name,
        printed(context, value)
    )
}
