//! What failed, on its way to the two who must know: people outside get a code and facts, operators get the whole cause
//! in the log, once, and both find each other by the error's id.

use std::sync::Arc;
use std::time::Duration;

use crate::graphql::{Error, ErrorCode, Extensions, HttpStatus, Location, Path};
use crate::operation::ArgumentError;
use crate::plan::Part;
use crate::schema::{BindingRequest, Method, Schema, SourceDefinition, SourceId};
use crate::source::{Access, Cause, DeadlineScope, Detail, ErrorId, Failure};

/// A failure of one key of a node.
#[derive(Debug)]
pub(super) struct FieldFailure {
    /// What happened.
    pub(super) what: What,
    /// The source that it happened to.
    pub(super) source: Option<SourceId>,
    /// Whether asking again is safe.
    pub(super) is_repeatable: bool,
    /// Whether a value stands in for it.
    pub(super) is_degraded: bool,
}

/// What can happen to a field before completion.
#[derive(Debug)]
pub(super) enum What {
    /// Its source failed.
    Source(Failure),
    /// A variable brought null where an argument takes none.
    Argument(ArgumentError),
}

impl FieldFailure {
    /// A failed call.
    pub(super) fn of_call(part: &Part, access: Access, failure: Failure) -> FieldFailure {
        let source = part.binding.request.source();
        let is_safe = match &part.binding.request {
            BindingRequest::Sql(..) => access == Access::Read,
            BindingRequest::Rest(_, rest) => access == Access::Read && rest.method == Method::Get,
            BindingRequest::Value(_) => false,
        };
        FieldFailure {
            is_repeatable: (is_safe || failure.attempts == 0) && failure.cause.may_pass(),
            what: What::Source(failure),
            source,
            is_degraded: false,
        }
    }

    /// A value that the field's templates need, and that is not what its own field is.
    pub(super) fn of_mismatch(source: Option<SourceId>) -> FieldFailure {
        let cause = Cause::BadResponse("has another value than this field needs");
        let failure = Failure::unsent(cause, Detail::new("a template names a value of another shape than its field"));
        FieldFailure { what: What::Source(failure), source, is_repeatable: false, is_degraded: false }
    }

    /// Tells operators the whole cause, under the id that people outside get. Once for each call: whoever shares a call
    /// shares its failure.
    pub(super) fn log(&self, schema: &Schema, coordinate: &str) {
        let What::Source(failure) = &self.what else { return };
        tracing::warn!(
            error.id = %failure.id,
            source = self.source.map(|id| &*schema.source(id).name),
            coordinate,
            cause = %failure.cause,
            detail = failure.detail.for_operators(),
            attempts = failure.attempts,
            elapsed_ms = milliseconds(failure.elapsed),
            "fetch failed"
        );
    }

    /// The id of the call that failed.
    pub(super) fn id(&self) -> Option<ErrorId> {
        match &self.what {
            What::Source(failure) => Some(failure.id),
            What::Argument(_) => None,
        }
    }

    /// An argument that no field can be resolved with.
    pub(super) fn of_argument(error: ArgumentError) -> FieldFailure {
        FieldFailure { what: What::Argument(error), source: None, is_repeatable: false, is_degraded: false }
    }

    /// Its code.
    pub(super) fn code(&self) -> ErrorCode {
        match &self.what {
            What::Source(failure) => code(&failure.cause),
            What::Argument(_) => ErrorCode::BadUserInput,
        }
    }

    /// The error as people outside see it.
    pub(super) fn error(&self, schema: &Schema, place: ErrorPlace<'_>, debug: bool) -> Error {
        let failure = match &self.what {
            What::Source(failure) => failure,
            What::Argument(error) => return place.error(ErrorCode::BadUserInput, error.to_string()),
        };
        let source = self.source.map(|id| schema.source(id));
        let name = source.map_or("the value", |source| &*source.name);
        let mut error = place.error(code(&failure.cause), words(&failure.cause, name));
        let extensions = &mut *error.extensions;
        extensions.source = source.map(|source| Arc::clone(&source.name));
        extensions.kind = source.map(SourceDefinition::kind);
        extensions.elapsed_ms = Some(milliseconds(failure.elapsed));
        extensions.attempts = Some(failure.attempts);
        extensions.retryable = Some(self.is_repeatable);
        extensions.error_id = Some(failure.id.to_string().into());
        extensions.debug = debug.then(|| failure.detail.for_operators().into());
        add_facts(extensions, &failure.cause);
        error
    }
}

/// Where an error stands: in the response, in the document, in the schema.
#[derive(Debug, Default)]
pub(super) struct ErrorPlace<'p> {
    pub(super) path: Path,
    pub(super) locations: &'p [Location],
    pub(super) coordinate: Option<&'p Arc<str>>,
}

impl ErrorPlace<'_> {
    /// An error of this code and no further facts.
    pub(super) fn error(self, code: ErrorCode, message: String) -> Error {
        let extensions = Extensions { coordinate: self.coordinate.cloned(), ..Extensions::of(code) };
        Error { message, path: Some(self.path), locations: self.locations.to_vec(), extensions: Box::new(extensions) }
    }
}

/// Each cause's code.
fn code(cause: &Cause) -> ErrorCode {
    match cause {
        Cause::TimedOut(expired) => match expired.scope {
            DeadlineScope::Fetch => ErrorCode::SourceTimeout,
            DeadlineScope::Operation => ErrorCode::DeadlineExceeded,
        },
        Cause::Unavailable(_) => ErrorCode::SourceUnavailable,
        Cause::Status(_) => ErrorCode::SourceStatus,
        Cause::QueryFailed(_) => ErrorCode::SourceQueryFailed,
        Cause::RejectedInput(..) => ErrorCode::SourceRejectedInput,
        Cause::BadResponse(_) => ErrorCode::SourceBadResponse,
        Cause::TooLarge(_) => ErrorCode::SourceResponseTooLarge,
        Cause::Overloaded => ErrorCode::SourceOverloaded,
        Cause::CircuitOpen(_) => ErrorCode::SourceCircuitOpen,
        Cause::CallLimit(_) => ErrorCode::CallLimitExceeded,
        Cause::Internal => ErrorCode::Internal,
    }
}

/// Each cause's sentence.
fn words(cause: &Cause, name: &str) -> String {
    match cause {
        Cause::TimedOut(expired) => {
            let timeout = milliseconds(expired.timeout);
            match expired.scope {
                DeadlineScope::Fetch => format!("{name} timed out after {timeout} ms"),
                DeadlineScope::Operation => format!("{name} did not answer within the operation's {timeout} ms"),
            }
        }
        Cause::Unavailable(_) => format!("{name} is not available"),
        Cause::Status(status) => format!("{name} answered with status {status}"),
        Cause::QueryFailed(_) => format!("{name} could not run the statement"),
        Cause::RejectedInput(words, _) => format!("{name} does not take the value: {words}"),
        Cause::BadResponse(words) => format!("{name} gave an answer that {words}"),
        Cause::TooLarge(limit) => format!("{name} gave an answer of more than {limit} bytes"),
        Cause::Overloaded => format!("{name} had no place for this call in time"),
        Cause::CircuitOpen(_) => format!("{name} kept failing, and is left alone for a moment"),
        Cause::CallLimit(limit) => format!("{name} was not called: the operation has made its {limit} calls"),
        Cause::Internal => "the gateway failed to resolve this field".to_owned(),
    }
}

fn add_facts(extensions: &mut Extensions, cause: &Cause) {
    match cause {
        Cause::TimedOut(expired) => extensions.timeout_ms = Some(milliseconds(expired.timeout)),
        Cause::Unavailable(reason) => extensions.reason = Some(reason.word()),
        Cause::Status(status) => extensions.http = Some(HttpStatus { status: *status }),
        Cause::QueryFailed(state) | Cause::RejectedInput(_, state) => extensions.sql_state.clone_from(state),
        Cause::TooLarge(limit) => extensions.limit_bytes = Some(*limit),
        Cause::CircuitOpen(left) => extensions.retry_after_ms = Some(milliseconds(*left)),
        Cause::BadResponse(_) | Cause::Overloaded | Cause::CallLimit(_) | Cause::Internal => {}
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
