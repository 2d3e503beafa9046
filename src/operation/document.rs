//! The document of a request, parsed and validated, and the one operation of it that is meant. Every way in which a
//! document can be wrong ends here, as a request error.

use apollo_compiler::ast;
use apollo_compiler::diagnostic::ToCliReport as _;
use apollo_compiler::executable;
use apollo_compiler::parser::Parser;
use apollo_compiler::validation::{DiagnosticList, Valid};
use apollo_compiler::{ExecutableDocument, Node};

use super::coerce::coerce_literal;
use super::limits;
use super::mistakes::Mistakes;
use super::places::Places;
use super::rules::{self, Context, Introspection};
use super::syntax::{self, Descriptions, SyntaxError};
use super::variable::{VariableDefinition, VariableValues};
use crate::graphql::{Error, ErrorCode, MAX_DEPTH, Value};
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
        let places = Places::of(text);
        let (tree, descriptions) = read(text, &places, schema.limits.max_tokens).map_err(|error| vec![error])?;
        let document = validate(schema, text, &tree, &descriptions, &places)?;
        let operation = find(&document, name).map_err(|error| vec![error])?;
        limits::check(&document, operation, schema).map_err(|error| vec![error])?;
        let (kind, root) = root_of(schema, operation).map_err(|error| vec![error])?;
        let variables = operation
            .variables
            .iter()
            .map(|variable| variable_definition(schema, &places, &descriptions, variable))
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
    /// decide the plan. Nothing stands for null, which a variable with a default may be given.
    #[must_use]
    pub fn condition_values(&self, variables: &VariableValues) -> Vec<Option<bool>> {
        let value = |place: &usize| match variables.get(*place) {
            Some(Some(Value::Boolean(flag))) => Some(*flag),
            _ => None,
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

/// The document as a tree, and where its descriptions were.
fn read(text: &str, places: &Places, max_tokens: usize) -> Result<(ast::Document, Descriptions), Error> {
    let descriptions = syntax::read(text, RECURSION_LIMIT).map_err(|error| unread(places, error))?;
    let mut parser = Parser::new().token_limit(max_tokens).recursion_limit(RECURSION_LIMIT);
    let tree = parser.parse_ast(descriptions.blanked(text), "operation");
    if parser.tokens_reached() > max_tokens {
        return Err(too_many_tokens(max_tokens));
    }
    let is_too_deep = parser.recursion_reached() > RECURSION_LIMIT;
    tree.map(|tree| (tree, descriptions)).map_err(|broken| {
        let place = first_place(&broken.errors);
        // The grammar has read everything before the first definition that cannot be executed, and blanked what this parser
        // does not take: what is wrong is behind such a definition, or in it.
        let error = if is_too_deep { SyntaxError::TooDeep(place) } else { SyntaxError::unknown(place) };
        unread(places, error)
    })
}

fn first_place(list: &DiagnosticList) -> usize {
    list.iter().find_map(|mistake| mistake.error.location()).map_or(0, |span| span.offset())
}

fn unread(places: &Places, error: SyntaxError) -> Error {
    let (code, message, place) = match error {
        SyntaxError::Wrong(place, message) => {
            (ErrorCode::GraphqlParseFailed, format!("syntax error: {message}"), place)
        }
        SyntaxError::TooDeep(place) => {
            let message = format!("the document is nested deeper than {RECURSION_LIMIT} levels");
            (ErrorCode::OperationTooComplex, message, place)
        }
        SyntaxError::ValueTooDeep(place) => {
            let message = format!("a value is nested deeper than {MAX_DEPTH} levels");
            (ErrorCode::OperationTooComplex, message, place)
        }
    };
    Error { locations: vec![places.at(place)], ..Error::request(code, message) }
}

/// Validates a document (specification, section 5). What is left of it is for apollo-compiler to put into another form.
fn validate(
    schema: &Schema,
    text: &str,
    tree: &ast::Document,
    descriptions: &Descriptions,
    places: &Places,
) -> Result<Valid<ExecutableDocument>, Vec<Error>> {
    let client = schema.client.schema();
    let mut mistakes = Mistakes::default();
    let introspection = if schema.limits.introspection { Introspection::Allowed } else { Introspection::Refused };
    let context = Context::new(tree, client, introspection, text, descriptions);
    rules::check(&context, &mut mistakes);
    mistakes.finish(places)?;
    let document = tree.to_executable(client).map_err(|_| vec![Error::request(ErrorCode::Internal, NOT_BUILT)])?;
    Ok(Valid::assume_valid(document))
}

/// What is said of a valid document that is not understood all the same: none is known.
const NOT_BUILT: &str = "the document is valid, and cannot be executed";

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
    descriptions: &Descriptions,
    variable: &Node<ast::VariableDefinition>,
) -> Result<VariableDefinition, Error> {
    let name = &variable.name;
    let place = variable.location().map(|span| places.at(descriptions.start_of(span.offset())));
    // Validation has told of every other type that takes no input, and of every default that does not fit.
    let type_ = type_ref(schema, &variable.ty).ok_or_else(|| {
        let message = format!("variable \"${name}\" must not be of \"{}\", a type of introspection", variable.ty);
        let locations = place.into_iter().collect();
        Error { locations, ..Error::request(ErrorCode::GraphqlValidationFailed, message) }
    })?;
    let default = variable.default_value.as_ref().map(|literal| coerce_literal(schema, &type_, literal)).transpose();
    let default = default.map_err(|_| Error::request(ErrorCode::Internal, NOT_BUILT))?;
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
