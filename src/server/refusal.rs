//! A request that never became an operation: what is wrong with it, as a status and as a GraphQL error.

use axum::body::Body;
use axum::http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER, VARY, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderName, HeaderValue, Response, StatusCode};

use super::media_type::MediaType;
use crate::graphql::{self, Error, ErrorCode};

/// When somebody who found no place may come again, in seconds, which is all that the header can say (RFC 9110, section
/// 10.2.3).
pub(super) const SOON: &str = "1";

/// Why a request is refused. The message holds nothing of what the client sent.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    code: ErrorCode,
    message: String,
    /// What a client can do about it, for programs.
    header: Option<(HeaderName, &'static str)>,
}

impl Refusal {
    /// The client's mistake.
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Refusal {
        Refusal { status, code: ErrorCode::BadUserInput, message: message.into(), header: None }
    }

    /// A request that is not well-formed (GraphQL over HTTP).
    pub(super) fn malformed(message: impl Into<String>) -> Refusal {
        Refusal::new(StatusCode::BAD_REQUEST, message)
    }

    /// A method that is not for this path, with those that are.
    pub(super) fn method(allow: &'static str) -> Refusal {
        let message = format!("this method is not allowed here; allowed: {allow}");
        Refusal::new(StatusCode::METHOD_NOT_ALLOWED, message).with(ALLOW, allow)
    }

    /// The same with a header that says what is taken instead.
    pub(super) fn with(self, name: HeaderName, value: &'static str) -> Refusal {
        Refusal { header: Some((name, value)), ..self }
    }

    /// More than can be done at this moment.
    pub(super) fn overloaded() -> Refusal {
        let message = "the gateway takes no further operation at this moment; try again later";
        let refusal = Refusal::new(StatusCode::SERVICE_UNAVAILABLE, message).with(RETRY_AFTER, SOON);
        Refusal { code: ErrorCode::GatewayOverloaded, ..refusal }
    }

    /// A path that is not served.
    pub(super) fn nowhere() -> Refusal {
        Refusal::new(StatusCode::NOT_FOUND, "there is nothing at this path; operations go to /graphql")
    }

    /// A bug of ours.
    pub(super) fn internal() -> Refusal {
        let message = "an internal error; the log has its cause".to_owned();
        Refusal { status: StatusCode::INTERNAL_SERVER_ERROR, code: ErrorCode::Internal, message, header: None }
    }

    /// The refusal as a GraphQL error.
    pub(super) fn error(&self) -> Error {
        Error::request(self.code, self.message.as_str())
    }

    /// The refusal as an HTTP response.
    pub(super) fn respond(self, media_type: MediaType) -> Response<Body> {
        let body = graphql::Response::request_errors(&[self.error()]).body;
        let mut response = json_response(self.status, media_type, Body::from(body));
        if let Some((name, value)) = self.header {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        response
    }
}

/// A response with the headers that every JSON response of ours has.
pub(super) fn json_response(status: StatusCode, media_type: MediaType, body: Body) -> Response<Body> {
    as_json(status, media_type, Response::new(body))
}

/// The same for a response whose body may be folded.
pub(super) fn as_json(status: StatusCode, media_type: MediaType, mut response: Response<Body>) -> Response<Body> {
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, media_type.header());
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(VARY, HeaderValue::from_static("accept, accept-encoding"));
    response
}
