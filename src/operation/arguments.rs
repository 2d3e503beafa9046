//! Arguments of a field: coerced as far as the document alone allows when the plan is made, and completed with the
//! variables of each request (specification, section 6.4.1).

use apollo_compiler::Node;
use apollo_compiler::ast;

use super::coerce::{coerce_literal, literal_value};
use super::variable::{VariableDefinition, VariableValues};
use crate::graphql::Value;
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
    /// A list with a variable somewhere in it.
    List(Vec<Written>),
    /// An input object with a variable somewhere in it; fields in the order of the type, then what was not known.
    Object(Vec<WrittenField>),
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct WrittenField {
    name: Box<str>,
    default: Option<Value>,
    written: Option<Written>,
}

/// An argument whose value no field can be resolved with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("argument \"{0}\" must not be null")]
pub struct ArgumentError(pub Box<str>);

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

    /// The value with a request's variables; nothing where the argument is not given and has no default.
    ///
    /// # Errors
    /// [`ArgumentError`] where a variable brings null into an argument that takes none.
    pub fn value(&self, variables: &VariableValues) -> Result<Option<Value>, ArgumentError> {
        let given = self.written.as_ref().and_then(|written| written.value(variables));
        let value = given.or_else(|| self.default.clone());
        if self.required && matches!(value, None | Some(Value::Null)) {
            return Err(ArgumentError(self.name.clone()));
        }
        Ok(value)
    }
}

impl Written {
    fn value(&self, variables: &VariableValues) -> Option<Value> {
        match self {
            Written::Constant(value) => Some(value.clone()),
            Written::Variable(place) => variables.get(*place).cloned().flatten(),
            Written::List(items) => {
                Some(Value::List(items.iter().map(|item| item.value(variables).unwrap_or(Value::Null)).collect()))
            }
            Written::Object(fields) => Some(Value::Object(
                fields
                    .iter()
                    .filter_map(|field| {
                        let given = field.written.as_ref().and_then(|written| written.value(variables));
                        Some((field.name.clone(), given.or_else(|| field.default.clone())?))
                    })
                    .collect(),
            )),
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
            .map(Written::List),
        (_, TypeRef::List(item)) => Ok(Written::List(vec![write(schema, variables, item, literal)?])),
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
        Ok(WrittenField { name: definition.name.clone(), default: definition.default.clone(), written })
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
        ast::Value::List(items) => Written::List(items.iter().map(|item| write_untyped(variables, item)).collect()),
        ast::Value::Object(fields) => Written::Object(
            fields
                .iter()
                .map(|(name, value)| WrittenField {
                    name: name.as_str().into(),
                    default: None,
                    written: Some(write_untyped(variables, value)),
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
