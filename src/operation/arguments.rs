//! Arguments of a field: coerced as far as the document alone allows when the plan is made, and completed with the
//! variables of each request (specification, section 6.4.1).

use apollo_compiler::Node;
use apollo_compiler::ast;

use super::coerce::{coerce_literal, literal_value};
use super::variable::{VariableDefinition, VariableValues};
use crate::graphql::{MAX_DEPTH, Value};
use crate::schema::{InputValueDefinition, Schema, TypeKind, TypeRef};

/// The arguments of one field, in the order of its definition. Two fields whose arguments are equal mean the same.
pub type FieldArguments = Vec<ArgumentValue>;

/// One argument.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ArgumentValue {
    /// Its name.
    pub name: Box<str>,
    default: Option<Value>,
    required: bool,
    written: Option<Written>,
}

/// What stands in the document.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Written {
    /// A value without variables, coerced.
    Constant(Value),
    /// A variable, by its place.
    Variable(usize),
    /// A list with a variable somewhere in it, and whether its items may be null.
    List(Vec<Written>, Nullability),
    /// An input object with a variable somewhere in it; fields in the order of the type, then what was not known.
    Object(Vec<WrittenField>),
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct WrittenField {
    name: Box<str>,
    default: Option<Value>,
    written: Option<Written>,
    nullability: Nullability,
}

/// Whether null may stand at a place of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Nullability {
    Nullable,
    NonNull,
}

/// An argument whose value no field can be resolved with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArgumentError {
    /// The argument itself, by its name.
    #[error("argument \"{0}\" must not be null")]
    Null(Box<str>),
    /// Something in it: its name, and the place.
    #[error("argument \"{0}\" must not hold null at \"{1}\"")]
    NullWithin(Box<str>, Box<str>),
    /// More levels than values have, where a variable stands deep in a literal.
    #[error("argument \"{0}\" is nested deeper than {MAX_DEPTH} levels, with the values of variables in it")]
    TooDeep(Box<str>),
}

/// The place of a null that may not be, from the inside out.
struct NullAt(String);

impl ArgumentValue {
    /// The arguments of a field as far as the document says them.
    ///
    /// # Errors
    /// What is wrong with a literal, in words.
    pub(super) fn of_field(
        schema: &Schema,
        variables: &[VariableDefinition],
        definitions: &[InputValueDefinition],
        given: &[Node<ast::Argument>],
    ) -> Result<FieldArguments, String> {
        definitions
            .iter()
            .map(|definition| {
                let literal = given.iter().find(|argument| argument.name == *definition.name);
                let written = literal.map(|argument| write(schema, variables, &definition.type_, &argument.value));
                Ok(ArgumentValue {
                    written: written
                        .transpose()
                        .map_err(|problem| format!("argument \"{}\" is wrong{problem}", definition.name))?,
                    ..ArgumentValue::defaulted(definition)
                })
            })
            .collect()
    }

    /// An argument that is not written.
    #[must_use]
    pub fn defaulted(definition: &InputValueDefinition) -> ArgumentValue {
        ArgumentValue {
            name: definition.name.clone(),
            default: definition.default.clone(),
            required: definition.type_.is_non_null(),
            written: None,
        }
    }

    /// Whether a variable decides its value, so that a request may bring one that no field can be resolved with.
    #[must_use]
    pub fn has_variables(&self) -> bool {
        !matches!(self.written, None | Some(Written::Constant(_)))
    }

    /// The value with a request's variables; nothing where the argument is not given and has no default.
    ///
    /// # Errors
    /// [`ArgumentError`] where a variable brings null into an argument that takes none, or too many levels.
    pub fn value(&self, variables: &VariableValues) -> Result<Option<Value>, ArgumentError> {
        let given = match &self.written {
            None => None,
            Some(written) => written.value(variables).map_err(|NullAt(place)| {
                ArgumentError::NullWithin(self.name.clone(), place.trim_start_matches('.').into())
            })?,
        };
        // Neither the document nor a request has a value that is deeper; both together can.
        let is_made_of_both = matches!(self.written, Some(Written::List(..) | Written::Object(_)));
        if is_made_of_both && given.as_ref().is_some_and(|value| value.nests_deeper_than(MAX_DEPTH)) {
            return Err(ArgumentError::TooDeep(self.name.clone()));
        }
        let value = given.or_else(|| self.default.clone());
        if self.required && matches!(value, None | Some(Value::Null)) {
            return Err(ArgumentError::Null(self.name.clone()));
        }
        Ok(value)
    }
}

impl Nullability {
    fn of(type_: &TypeRef) -> Nullability {
        if type_.is_non_null() { Nullability::NonNull } else { Nullability::Nullable }
    }

    fn check(self, value: &Value, place: &str) -> Result<(), NullAt> {
        match (self, value) {
            (Nullability::NonNull, Value::Null) => Err(NullAt(place.to_owned())),
            _ => Ok(()),
        }
    }
}

impl Written {
    fn value(&self, variables: &VariableValues) -> Result<Option<Value>, NullAt> {
        match self {
            Written::Constant(value) => Ok(Some(value.clone())),
            Written::Variable(place) => Ok(variables.get(*place).cloned().flatten()),
            Written::List(items, nullability) => {
                let item = |(index, item): (usize, &Written)| {
                    let place = format!("[{index}]");
                    let value = item.value(variables).map_err(|NullAt(below)| NullAt(format!("{place}{below}")))?;
                    let value = value.unwrap_or(Value::Null);
                    nullability.check(&value, &place).map(|()| value)
                };
                items.iter().enumerate().map(item).collect::<Result<_, _>>().map(|items| Some(Value::List(items)))
            }
            Written::Object(fields) => {
                let mut values = Vec::with_capacity(fields.len());
                for field in fields {
                    if let Some(value) = field.value(variables)? {
                        values.push((field.name.clone(), value));
                    }
                }
                Ok(Some(Value::Object(values)))
            }
        }
    }
}

impl WrittenField {
    fn value(&self, variables: &VariableValues) -> Result<Option<Value>, NullAt> {
        let place = format!(".{}", self.name);
        let given = match &self.written {
            None => None,
            Some(written) => written.value(variables).map_err(|NullAt(below)| NullAt(format!("{place}{below}")))?,
        };
        match given.or_else(|| self.default.clone()) {
            None => self.nullability.check(&Value::Null, &place).map(|()| None),
            Some(value) => self.nullability.check(&value, &place).map(|()| Some(value)),
        }
    }
}

fn write(
    schema: &Schema,
    variables: &[VariableDefinition],
    type_: &TypeRef,
    literal: &ast::Value,
) -> Result<Written, String> {
    if !has_variable(literal) {
        return coerce_literal(schema, type_, literal).map(Written::Constant);
    }
    match (literal, type_.nullable()) {
        (ast::Value::Variable(name), _) => {
            let place = variables.iter().position(|variable| *variable.name == **name);
            Ok(place.map_or(Written::Constant(Value::Null), Written::Variable))
        }
        (ast::Value::List(items), TypeRef::List(item)) => items
            .iter()
            .map(|literal| write(schema, variables, item, literal))
            .collect::<Result<_, _>>()
            .map(|items| Written::List(items, Nullability::of(item))),
        (_, TypeRef::List(item)) => {
            Ok(Written::List(vec![write(schema, variables, item, literal)?], Nullability::of(item)))
        }
        (ast::Value::Object(given), TypeRef::Named(id)) => match &schema.type_(*id).kind {
            TypeKind::InputObject(object) => write_object(schema, variables, &object.fields, given),
            TypeKind::Scalar(_) | TypeKind::Enum(_) | TypeKind::Object(_) | TypeKind::Abstract(_) => {
                Ok(write_untyped(variables, literal))
            }
        },
        _ => Ok(write_untyped(variables, literal)),
    }
}

fn write_object(
    schema: &Schema,
    variables: &[VariableDefinition],
    definitions: &[InputValueDefinition],
    given: &[(apollo_compiler::Name, Node<ast::Value>)],
) -> Result<Written, String> {
    let field = |definition: &InputValueDefinition| {
        let literal = given.iter().find(|(name, _)| *name == *definition.name);
        let written = literal.map(|(_, literal)| write(schema, variables, &definition.type_, literal)).transpose()?;
        Ok(WrittenField {
            name: definition.name.clone(),
            default: definition.default.clone(),
            written,
            nullability: Nullability::of(&definition.type_),
        })
    };
    definitions.iter().map(field).collect::<Result<_, String>>().map(Written::Object)
}

/// Inside a custom scalar nothing is known of the types.
fn write_untyped(variables: &[VariableDefinition], literal: &ast::Value) -> Written {
    match literal {
        ast::Value::Variable(name) => {
            let place = variables.iter().position(|variable| *variable.name == **name);
            place.map_or(Written::Constant(Value::Null), Written::Variable)
        }
        ast::Value::List(items) => {
            let items = items.iter().map(|item| write_untyped(variables, item)).collect();
            Written::List(items, Nullability::Nullable)
        }
        ast::Value::Object(fields) => Written::Object(
            fields
                .iter()
                .map(|(name, value)| WrittenField {
                    name: name.as_str().into(),
                    default: None,
                    written: Some(write_untyped(variables, value)),
                    nullability: Nullability::Nullable,
                })
                .collect(),
        ),
        other => Written::Constant(literal_value(other)),
    }
}

fn has_variable(literal: &ast::Value) -> bool {
    match literal {
        ast::Value::Variable(_) => true,
        ast::Value::List(items) => items.iter().any(|item| has_variable(item)),
        ast::Value::Object(fields) => fields.iter().any(|(_, value)| has_variable(value)),
        _ => false,
    }
}
