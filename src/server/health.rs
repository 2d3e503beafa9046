//! Health for whoever keeps the process: alive as long as it answers, ready until it is told to stop. Sources do not
//! count: one that is down costs its own fields and no more.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, StatusCode};

use super::edge::Edge;
use super::media_type::MediaType;
use super::refusal::{Refusal, json_response};

/// `/health/live`.
pub(super) async fn live() -> Response<Body> {
    json_response(StatusCode::OK, MediaType::Json, Body::from(r#"{"status":"live"}"#))
}

/// `/health/ready`: 503 once the server was told to stop.
pub(super) async fn ready(State(edge): State<Arc<Edge>>) -> Response<Body> {
    let (status, body) = if edge.draining.is_cancelled() {
        (StatusCode::SERVICE_UNAVAILABLE, r#"{"status":"draining"}"#)
    } else {
        (StatusCode::OK, r#"{"status":"ready"}"#)
    };
    json_response(status, MediaType::Json, Body::from(body))
}

/// Every method but GET.
pub(super) async fn other_method() -> Response<Body> {
    Refusal::method("GET, HEAD").respond(MediaType::Json)
}
