//! Health for whoever keeps the process: alive as long as it answers, ready until it is told to stop. Sources do not
//! count: one that is down costs its own fields and no more.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, StatusCode};
use serde::Serialize;

use super::edge::Edge;
use super::media_type::MediaType;
use super::refusal::{Refusal, json_response};
use crate::graphql::SourceKind;
use crate::source::{BreakerState, Health, SourceState};

/// `/health/live`.
pub(super) async fn live() -> Response<Body> {
    json_response(StatusCode::OK, MediaType::Json, Body::from(r#"{"status":"live"}"#))
}

/// What `/health/ready` tells.
#[derive(Serialize)]
struct Readiness<'r> {
    status: &'static str,
    sources: Vec<SourceReadiness<'r>>,
}

/// How a source is, as the last call found it: nobody is asked for this.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SourceReadiness<'r> {
    source: &'r str,
    kind: SourceKind,
    state: &'static str,
    /// How long it has been so.
    #[serde(skip_serializing_if = "Option::is_none")]
    since_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    breaker: Option<&'static str>,
    /// How long the source is left alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_ms: Option<u64>,
}

/// `/health/ready`: 503 once the server was told to stop.
pub(super) async fn ready(State(edge): State<Arc<Edge>>) -> Response<Body> {
    let (status, word) = if edge.draining.is_cancelled() {
        (StatusCode::SERVICE_UNAVAILABLE, "draining")
    } else {
        (StatusCode::OK, "ready")
    };
    let sources = edge.gateway.source_states();
    let readiness = Readiness { status: word, sources: sources.iter().map(SourceReadiness::of).collect() };
    json_response(status, MediaType::Json, Body::from(serde_json::to_vec(&readiness).unwrap_or_default()))
}

impl SourceReadiness<'_> {
    fn of(seen: &SourceState) -> SourceReadiness<'_> {
        let milliseconds = |length: Duration| u64::try_from(length.as_millis()).unwrap_or(u64::MAX);
        let breaker = seen.breaker.map(|(state, _)| state);
        SourceReadiness {
            source: &seen.name,
            kind: seen.kind,
            state: match seen.health {
                Health::Unknown => "unknown",
                Health::Up => "up",
                Health::Down => "down",
            },
            since_ms: seen.since.map(milliseconds),
            breaker: breaker.map(|state| match state {
                BreakerState::Closed => "closed",
                BreakerState::Open(_) => "open",
                BreakerState::Probing => "probing",
            }),
            retry_after_ms: match breaker {
                Some(BreakerState::Open(left)) => Some(milliseconds(left)),
                Some(BreakerState::Closed | BreakerState::Probing) | None => None,
            },
        }
    }
}

/// Every method but GET.
pub(super) async fn other_method() -> Response<Body> {
    Refusal::method("GET, HEAD").respond(MediaType::Json)
}
