//! The document of a request, parsed and validated, and the one operation of it that is meant. Every way in which a
//! document can be wrong ends here, as a request error.

use apollo_compiler::ast;
use apollo_compiler::diagnostic::ToCliReport as _;
use apollo_compiler::executable;
use apollo_compiler::parser::Parser;
use apollo_compiler::validation::{DiagnosticList, Valid, WithErrors};
use apollo_compiler::{ExecutableDocument, Node};

use super::coerce::coerce_literal;
use super::limits;
use super::mistakes::Mistakes;
use super::named_values;
use super::places::Places;
use super::rules;
use super::variable::{VariableDefinition, VariableValues};
use crate::config::expectation;
use crate::graphql::{Error, ErrorCode, Value};
use crate::schema::{Schema, TypeId, TypeRef};

/// Deepest nesting that the parser follows.
const RECURSION_LIMIT: usize = 200;

/// One operation of a valid document.
#[derive(Debug)]
pub struct Operation {
    document: Valid<ExecutableDocument>,
    places: Places,
    /// Its name; nothing for an anonymous one.
    pub name: Option<Box<str>>,
    /// Query or mutation.
    pub kind: OperationKind,
    /// The root type.
    pub root: TypeId,
    /// Its variables, in order.
    pub variables: Vec<VariableDefinition>,
    /// The places of those variables that `@skip` and `@include` use: their values change the plan.
    pub conditions: Vec<usize>,
}

/// The kinds of operations that are executed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OperationKind {
    /// A query.
    Query,
    /// A mutation.
    Mutation,
}

impl Operation {
    /// Parses and validates a document and finds its operation (specification, sections 5 and 6.1).
    ///
    /// # Errors
    /// At most ten request errors, each with its place.
    pub fn parse(schema: &Schema, text: &str, name: Option<&str>) -> Result<Operation, Vec<Error>> {
        let limits = &schema.limits;
        let mut parser = Parser::new().token_limit(limits.max_tokens).recursion_limit(RECURSION_LIMIT);
        let tree = parser.parse_ast(text, "operation");
        if parser.tokens_reached() > limits.max_tokens {
            return Err(vec![too_many_tokens(limits.max_tokens)]);
        }
        let places = Places::of(text);
        let tree = tree.map_err(|broken| unread(text, &places, &broken.errors))?;
        named_values::check(text, &places).map_err(|error| vec![error])?;
        let document = validate(schema, &tree, &places)?;
        let operation = find(&document, name).map_err(|error| vec![error])?;
        limits::check(&document, operation, schema).map_err(|error| vec![error])?;
        let (kind, root) = root_of(schema, operation).map_err(|error| vec![error])?;
        let variables = operation
            .variables
            .iter()
            .map(|variable| variable_definition(schema, &places, variable))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| vec![error])?;
        let used = limits::condition_variables(&document, operation);
        let conditions = (0..variables.len()).filter(|place| used.contains(&*variables[*place].name)).collect();
        let name = operation.name.as_ref().map(|name| name.as_str().into());
        Ok(Operation { document, places, name, kind, root, variables, conditions })
    }

    /// The name that the document gives the operation.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The values of the variables that `@skip` and `@include` use, in the order of `conditions`: with the document they
    /// decide the plan.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` for a null: a variable with a default may be given one, and neither directive takes it.
    pub fn condition_values(&self, variables: &VariableValues) -> Result<Vec<bool>, Error> {
        let value = |place: &usize| {
            if let Some(Some(Value::Boolean(flag))) = variables.get(*place) {
                return Ok(*flag);
            }
            let VariableDefinition { name, place, .. } = &self.variables[*place];
            let message = format!("variable \"${name}\" must not be null: @skip or @include uses it");
            let locations = place.iter().copied().collect();
            Err(Error { locations, ..Error::request(ErrorCode::BadUserInput, message) })
        };
        self.conditions.iter().map(value).collect()
    }

    pub(super) fn document(&self) -> &Valid<ExecutableDocument> {
        &self.document
    }

    pub(super) fn places(&self) -> &Places {
        &self.places
    }

    pub(super) fn definition(&self) -> Option<&executable::Operation> {
        self.document.operations.get(self.name.as_deref()).ok().map(|node| &**node)
    }
}

/// The first syntax error: after one the parser goes on, and finds more that follow from it.
fn unread(text: &str, places: &Places, list: &DiagnosticList) -> Vec<Error> {
    let Some(mistake) = list.iter().next().map(|mistake| mistake.error) else { return Vec::new() };
    let span = mistake.location();
    let told = mistake.to_string();
    let message = match (told.strip_prefix("syntax error: "), span) {
        (Some(told), Some(span)) => {
            let told = expectation(told, text, span.offset()..span.end_offset(), "document");
            format!("syntax error: {}", told.replace('`', "\""))
        }
        _ => told,
    };
    let locations = places.of_span(span).into_iter().collect();
    vec![Error { locations, ..Error::request(ErrorCode::GraphqlParseFailed, message) }]
}

/// Validates a document: by apollo-compiler's rules but for those that ours stand for, and by ours.
fn validate(schema: &Schema, tree: &ast::Document, places: &Places) -> Result<Valid<ExecutableDocument>, Vec<Error>> {
    let (client, max_fields) = (schema.client.schema(), schema.limits.max_fields);
    let mut mistakes = Mistakes::new(places);
    let (document, is_too_deep) = match tree.to_executable_validate(client) {
        Ok(document) => (document.into_inner(), false),
        Err(WithErrors { partial, errors }) => {
            mistakes.tell_all(&errors, |mistake| rules::is_ours(client, mistake));
            (partial, errors.iter().any(|mistake| rules::is_too_deep(mistake.error)))
        }
    };
    if !is_too_deep {
        rules::check(&document, client, max_fields, &mut mistakes);
    }
    mistakes.finish().map(|()| Valid::assume_valid(document))
}

/// `GetOperation` (specification, section 6.1).
fn find<'d>(document: &'d ExecutableDocument, name: Option<&str>) -> Result<&'d executable::Operation, Error> {
    let operations = &document.operations;
    let failed = |message: String| Error::request(ErrorCode::OperationResolutionFailure, message);
    match name {
        Some(name) => {
            let found = operations.named.get(name).map(|node| &**node);
            found.ok_or_else(|| failed(format!("the document has no operation named \"{name}\"")))
        }
        None => match operations.get(None) {
            Ok(operation) => Ok(operation),
            Err(_) if operations.is_empty() => Err(failed("the document has no operation".to_owned())),
            Err(_) => {
                Err(failed("the document has several operations: operationName must say which is meant".to_owned()))
            }
        },
    }
}

fn root_of(schema: &Schema, operation: &executable::Operation) -> Result<(OperationKind, TypeId), Error> {
    let failed = |message: &str| Error::request(ErrorCode::OperationResolutionFailure, message);
    match operation.operation_type {
        ast::OperationType::Query => Ok((OperationKind::Query, schema.query)),
        ast::OperationType::Mutation => match schema.mutation {
            Some(root) => Ok((OperationKind::Mutation, root)),
            None => Err(failed("the schema has no mutations")),
        },
        ast::OperationType::Subscription => Err(failed("subscriptions are not supported")),
    }
}

fn variable_definition(
    schema: &Schema,
    places: &Places,
    variable: &Node<ast::VariableDefinition>,
) -> Result<VariableDefinition, Error> {
    let invalid = |message: String| Error::request(ErrorCode::GraphqlValidationFailed, message);
    let name = &variable.name;
    let type_ = type_ref(schema, &variable.ty).ok_or_else(|| invalid(format!("unknown type \"{}\"", variable.ty)))?;
    let default = match &variable.default_value {
        None => None,
        Some(literal) => Some(
            coerce_literal(schema, &type_, literal)
                .map_err(|problem| invalid(format!("the default of variable \"${name}\" is wrong: {problem}")))?,
        ),
    };
    let place = places.of_span(variable.location());
    let type_text = variable.ty.to_string().into();
    Ok(VariableDefinition { name: name.as_str().into(), type_, type_text, default, place })
}

fn type_ref(schema: &Schema, type_: &ast::Type) -> Option<TypeRef> {
    let list = |inner: &ast::Type| type_ref(schema, inner).map(|inner| TypeRef::List(Box::new(inner)));
    Some(match type_ {
        ast::Type::Named(name) => TypeRef::Named(schema.type_named(name)?),
        ast::Type::NonNullNamed(name) => TypeRef::NonNull(Box::new(TypeRef::Named(schema.type_named(name)?))),
        ast::Type::List(inner) => list(inner)?,
        ast::Type::NonNullList(inner) => TypeRef::NonNull(Box::new(list(inner)?)),
    })
}

fn too_many_tokens(limit: usize) -> Error {
    let message = format!("the document has more than {limit} tokens; white space, commas and comments count");
    Error::request(ErrorCode::OperationTooComplex, message)
}
