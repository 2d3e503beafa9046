//! An error of a response (specification, section 7.1.6) with its closed set of codes. What stands here is meant for
//! people outside: no URL, statement, header, body or host name is ever put into it.

use std::fmt;

use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};

use super::Path;

/// Every code that a response can carry. The set is closed, and the names are a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ErrorCode {
    /// The field's or source's timeout.
    SourceTimeout,
    /// The operation's deadline.
    DeadlineExceeded,
    /// DNS, connect, TLS, connection lost.
    SourceUnavailable,
    /// An HTTP status that is not 2xx.
    SourceStatus,
    /// The database refused the statement.
    SourceQueryFailed,
    /// A value that cannot be encoded for the source.
    SourceRejectedInput,
    /// The answer is not what was bound: not JSON, cut short, of the wrong type.
    SourceBadResponse,
    /// More than `maxAnswer` or `maxResponse`.
    SourceResponseTooLarge,
    /// No place or connection in time.
    SourceOverloaded,
    /// The source kept failing, and is left alone for a while.
    SourceCircuitOpen,
    /// The gateway takes no further operation at this moment.
    GatewayOverloaded,
    /// The operation made `maxCalls` calls.
    CallLimitExceeded,
    /// The source's answer has no value for a non-null field.
    NullViolation,
    /// The last entry of a list that reached `maxErrors`.
    ErrorsOmitted,
    /// The document is no GraphQL.
    GraphqlParseFailed,
    /// The document does not fit the schema.
    GraphqlValidationFailed,
    /// No operation of that name, or none that may run this way.
    OperationResolutionFailure,
    /// A variable does not fit its type, or the request is malformed.
    BadUserInput,
    /// A limit of the gateway.
    OperationTooComplex,
    /// A bug of ours.
    Internal,
}

impl fmt::Display for ErrorCode {
    /// The code as responses carry it.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(formatter)
    }
}

/// What a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceKind {
    /// An HTTP service.
    Rest,
    /// PostgreSQL.
    Postgres,
    /// Embedded SQLite.
    Sqlite,
}

impl SourceKind {
    /// Whether it is a database, which is sent statements.
    #[must_use]
    pub fn is_database(self) -> bool {
        match self {
            SourceKind::Rest => false,
            SourceKind::Postgres | SourceKind::Sqlite => true,
        }
    }
}

impl fmt::Display for SourceKind {
    /// As responses carry it.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(formatter)
    }
}

/// A place in a document: both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct Location {
    /// The line.
    pub line: usize,
    /// The column, in UTF-16 code units.
    pub column: usize,
}

/// The HTTP status that a source answered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct HttpStatus {
    /// The status code.
    pub status: u16,
}

/// A request error or a field error.
#[derive(Debug, Clone)]
pub struct Error {
    /// One sentence for people.
    pub message: String,
    /// The field that failed; nothing for a request error.
    pub path: Option<Path>,
    /// Where the field stands in the document.
    pub locations: Vec<Location>,
    /// The machine-readable part.
    pub extensions: Box<Extensions>,
}

/// The facts of an error; each is written only where it is known.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Extensions {
    /// What kind of failure.
    pub code: ErrorCode,
    /// The name of the source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<std::sync::Arc<str>>,
    /// What the source is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<SourceKind>,
    /// The field in the schema, as `Type.field`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coordinate: Option<std::sync::Arc<str>>,
    /// The timeout that ended it, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
    /// How long it took, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub elapsed_ms: Option<u64>,
    /// How long the source is left alone, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
    /// Attempts made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempts: Option<u32>,
    /// What the source answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http: Option<HttpStatus>,
    /// SQLSTATE.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sql_state: Option<Box<str>>,
    /// Why a source is not available, in one word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    /// The limit that was passed, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit_bytes: Option<u64>,
    /// How many errors are not listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub omitted: Option<u64>,
    /// Whether asking again is safe and may help.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retryable: Option<bool>,
    /// Under which the log has the whole cause.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_id: Option<Box<str>>,
    /// The cause, with `--dev` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub debug: Option<Box<str>>,
}

impl Extensions {
    /// The code alone.
    #[must_use]
    pub fn of(code: ErrorCode) -> Extensions {
        Extensions {
            code,
            source: None,
            kind: None,
            coordinate: None,
            timeout_ms: None,
            elapsed_ms: None,
            retry_after_ms: None,
            attempts: None,
            http: None,
            sql_state: None,
            reason: None,
            limit_bytes: None,
            omitted: None,
            retryable: None,
            error_id: None,
            debug: None,
        }
    }
}

impl Error {
    /// An error that belongs to the whole request.
    #[must_use]
    pub fn request(code: ErrorCode, message: impl Into<String>) -> Error {
        Error { message: message.into(), path: None, locations: Vec::new(), extensions: Box::new(Extensions::of(code)) }
    }
}

impl Serialize for Error {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Error", 4)?;
        fields.serialize_field("message", &self.message)?;
        if let Some(path) = &self.path {
            fields.serialize_field("path", path)?;
        }
        if !self.locations.is_empty() {
            fields.serialize_field("locations", &self.locations)?;
        }
        fields.serialize_field("extensions", &self.extensions)?;
        fields.end()
    }
}
