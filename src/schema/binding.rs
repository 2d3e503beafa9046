//! A binding as data: what stands behind a field, with every default filled in, every name resolved, and each template
//! cut into text and numbered inputs. It knows nothing of connections.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::{FieldId, JsonTemplate, RetryPolicy, SourceId, Template};
use crate::config::Method;
use crate::graphql::Value;

/// What a field is bound to.
#[derive(Debug)]
pub struct Binding {
    /// What is asked for.
    pub request: BindingRequest,
    /// The values that its templates name; a template knows them by their number here. Each value stands here once.
    pub inputs: Vec<Input>,
    /// How long one fetch may take: the field's own timeout, or its source's. Nothing for `@value`.
    pub timeout: Duration,
    /// How its calls are tried again; nothing for its source's way.
    pub retry: Option<RetryPolicy>,
    /// What takes the place of a failed fetch: a JSON text in the shape of an answer (raw property names).
    pub fallback: Option<Arc<str>>,
}

/// What is asked, and where.
#[derive(Debug)]
pub enum BindingRequest {
    /// `@sql`.
    Sql(SourceId, SqlBinding),
    /// `@rest`.
    Rest(SourceId, RestBinding),
    /// `@value`; asks nobody.
    Value(JsonTemplate),
}

/// Without the value, which can be a token.
impl fmt::Debug for HeaderTemplate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("HeaderTemplate").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Without the values of the environment, which can be secrets.
impl fmt::Debug for Input {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Input::Argument(path) => formatter.debug_tuple("Argument").field(path).finish(),
            Input::Parent(path) => formatter.debug_tuple("Parent").field(path).finish(),
            Input::Batch(path) => formatter.debug_tuple("Batch").field(path).finish(),
            Input::Header(name) => formatter.debug_tuple("Header").field(name).finish(),
            Input::Environment(_) => formatter.write_str("Environment(***)"),
        }
    }
}

impl BindingRequest {
    /// The source that is asked; `@value` asks none.
    #[must_use]
    pub fn source(&self) -> Option<SourceId> {
        match self {
            BindingRequest::Sql(source, _) | BindingRequest::Rest(source, _) => Some(*source),
            BindingRequest::Value(_) => None,
        }
    }
}

/// A statement and what is taken from its rows.
#[derive(Debug)]
pub struct SqlBinding {
    /// The statement; each input in it is one bound parameter, in the order in which they stand.
    pub statement: Template,
    /// What the field takes.
    pub take: Take,
}

/// What a field takes from the rows of a statement, chosen by the field's type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Take {
    /// Every row, as an object: a list of a composite type.
    Records,
    /// The first row, as an object; null without rows.
    Record,
    /// The first column of every row: a list of a leaf type.
    Values,
    /// The first column of the first row; null without rows.
    Value,
}

/// An HTTP call and what is taken from its answer.
#[derive(Debug)]
pub struct RestBinding {
    /// The method.
    pub method: Method,
    /// Path and query, below the source's URL.
    pub url: UrlTemplate,
    /// Headers of this call; they win over the source's.
    pub headers: Vec<HeaderTemplate>,
    /// What is sent.
    pub body: Option<BodyTemplate>,
    /// Raw names from the root of the answer to the value; empty for the root itself.
    pub at: Vec<Box<str>>,
    /// Statuses that mean null.
    pub null_on: Vec<u16>,
    /// After how long without an answer a second, identical call is made beside the first; nothing for never.
    pub hedge: Option<Duration>,
    /// How one call serves many parents; nothing where each has its own.
    pub batch: Option<RestBatch>,
}

/// How one call serves many parents.
#[derive(Debug)]
pub struct RestBatch {
    /// The input that holds the parents' values.
    pub input: u16,
    /// What each parent's value is.
    pub of: BatchOf,
    /// Raw names from an item of the answer to the value that it is for. Never empty.
    pub by: Vec<Box<str>>,
    /// Most values of one call.
    pub max: usize,
}

/// What a parent's own value is in a call for many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchOf {
    /// One value: the parent has the items that hold it.
    OneValue,
    /// A list of values: the parent has the items of each, in the order of its list.
    ListOfValues,
}

/// Path and query of a call, cut at their delimiters, so that no value can add one.
#[derive(Debug, Default)]
pub struct UrlTemplate {
    /// The segments of the path, in order; each is encoded as one.
    pub segments: Vec<Template>,
    /// The parameters of the query, in order.
    pub query: Vec<QueryParameter>,
}

/// One parameter of a query string.
#[derive(Debug)]
pub struct QueryParameter {
    /// Its name, decoded.
    pub name: Box<str>,
    /// Its value. A single null input drops the parameter, a single list repeats it.
    pub value: Template,
}

/// A header with its value.
#[derive(Clone, PartialEq)]
pub struct HeaderTemplate {
    /// Its name, in lower case.
    pub name: Box<str>,
    /// Its value; a single null input drops the header.
    pub value: Template,
}

/// What is sent as a body.
#[derive(Debug)]
pub enum BodyTemplate {
    /// `body`: JSON.
    Json(JsonTemplate),
    /// `form`: pairs, each encoded as a query parameter is.
    Form(Vec<QueryParameter>),
}

/// A value that a template names.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Input {
    /// `{args.a.b}`: an argument, and input fields below it. Never empty.
    Argument(Vec<Box<str>>),
    /// `{parent.a.b}`: a field of the parent type, and fields below it. Only the first one may be bound. Never empty.
    Parent(Vec<FieldId>),
    /// `{batch.a.b}`: the same as `{parent.a.b}`, of many parents at once.
    Batch(Vec<FieldId>),
    /// `{headers.x}`: a header of the client.
    Header(Box<str>),
    /// `{env.x}`: known since the start.
    Environment(Value),
}
