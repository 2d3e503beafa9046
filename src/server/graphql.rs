//! `/graphql`: a request in, a response out, with the statuses of GraphQL over HTTP. The response's bytes are sent as
//! the gateway made them, or compressed.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{ALLOW, RETRY_AFTER};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, HeaderValue, Request, Response, StatusCode};
use hyper::body::Body as _;
use tokio::time::Instant;

use super::arrival::Arrival;
use super::compress::compressed;
use super::content_coding::ContentCoding;
use super::cors::METHODS;
use super::edge::Edge;
use super::front_door::Entry;
use super::media_type::{MediaType, is_json_body};
use super::parameters::{read_headers, read_json, read_url};
use super::refusal::{Refusal, SOON, as_json};
use super::request_body::{collect, unfold_beside};
use super::server_timing::{SERVER_TIMING, server_timing};
use crate::graphql::{self, ErrorCode, Outcome};
use crate::source::Deadline;

/// A request's body of more bytes is work for which others should not have to wait.
const LARGE_BODY: u64 = 64 * 1024;

/// POST: any operation, as JSON.
pub(super) async fn post(edge: &Edge, request: Request<Body>) -> Response<Body> {
    let (Parts { headers, extensions, .. }, body) = request.into_parts();
    let response = answer(edge, &headers, read_post(edge, &headers, &extensions, body)).await;
    edge.cors.tell(&headers, response)
}

/// GET: a query, in the URL.
pub(super) async fn get(State(edge): State<Arc<Edge>>, request: Request<Body>) -> Response<Body> {
    let (Parts { headers, uri, extensions, .. }, _) = request.into_parts();
    let read = async { Ok((enter(&edge, &extensions)?, read_url(uri.query().unwrap_or_default(), &headers)?)) };
    let response = answer(&edge, &headers, read).await;
    edge.cors.tell(&headers, response)
}

/// OPTIONS: what a browser asks before it sends a page's request here.
pub(super) async fn options(State(edge): State<Arc<Edge>>, request: Request<Body>) -> Response<Body> {
    edge.cors.preflight(request.headers())
}

/// Every other method.
pub(super) async fn other_method(State(edge): State<Arc<Edge>>, request: Request<Body>) -> Response<Body> {
    edge.cors.tell(request.headers(), Refusal::method(METHODS).respond(MediaType::Json))
}

/// What a request is answered; one whose answer could not be read is not read itself.
async fn answer(
    edge: &Edge,
    headers: &HeaderMap,
    read: impl Future<Output = Result<(Entry, graphql::Request), Refusal>>,
) -> Response<Body> {
    let received = Instant::now();
    let (refusal, media_type) = match negotiate(headers) {
        Ok(media_type) => match read.await {
            Ok((entry, mut request)) => {
                if edge.gateway.reads_headers() {
                    request.headers = read_headers(headers);
                }
                let response = execute(edge, request, headers, media_type).await;
                drop(entry);
                return response;
            }
            Err(refusal) => (refusal, media_type),
        },
        Err(refusal) => (refusal, MediaType::Json),
    };
    edge.gateway.refuse(&refusal.error(), received);
    refusal.respond(media_type)
}

/// A request is let in by how long it has waited on its connection.
fn enter(edge: &Edge, extensions: &Extensions) -> Result<Entry, Refusal> {
    let waited = extensions.get::<Arrival>().map(Arrival::waited);
    edge.door.enter(waited.unwrap_or_default()).ok_or_else(Refusal::overloaded)
}

fn negotiate(headers: &HeaderMap) -> Result<MediaType, Refusal> {
    let message = "responses are application/json or application/graphql-response+json";
    MediaType::negotiate(headers).ok_or_else(|| Refusal::new(StatusCode::NOT_ACCEPTABLE, message))
}

async fn read_post(
    edge: &Edge,
    headers: &HeaderMap,
    extensions: &Extensions,
    body: Body,
) -> Result<(Entry, graphql::Request), Refusal> {
    if !is_json_body(headers) {
        let message = "the body must be application/json in UTF-8";
        return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message));
    }
    let coding = ContentCoding::of_body(headers)?;
    // A connection can go on behind a body that was read, also for who is turned away. Of large ones few are held at once, and
    // whoever lets us wait for theirs keeps no others out but those who send as much.
    let is_small = body.size_hint().upper().is_some_and(|length| length <= LARGE_BODY);
    let upload = if is_small { None } else { Some(edge.door.upload().ok_or_else(Refusal::overloaded)?) };
    let body = collect(body, edge).await?;
    drop(upload);
    let entry = enter(edge, extensions)?;
    let body = match coding {
        None => body,
        Some(coding) => unfold_beside(coding, body, edge).await?,
    };
    let read = || read_json(&body, headers);
    if body.len() as u64 <= LARGE_BODY {
        return Ok((entry, read()?));
    }
    let deadline = Deadline::of_operation(edge.gateway.limits().deadline);
    let request = edge.gateway.heavy_work().run(body.len(), deadline, read).await;
    Ok((entry, request.map_err(|_| Refusal::overloaded())??))
}

async fn execute(edge: &Edge, request: graphql::Request, headers: &HeaderMap, media_type: MediaType) -> Response<Body> {
    let is_traced = request.trace;
    let executed = edge.gateway.execute(request).await;
    let status = status(executed.outcome, media_type, edge.partial_status);
    let mut response = as_json(status, media_type, compressed(executed.body, headers, edge.gateway.heavy_work()).await);
    if executed.outcome == Outcome::NotReadOnly {
        response.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
    }
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static(SOON));
    }
    if let Some(timing) = executed.report.filter(|_| is_traced).and_then(|report| server_timing(&report)) {
        response.headers_mut().insert(SERVER_TIMING, timing);
    }
    response
}

/// The status of a response. As `application/json` it is 200 for every well-formed request, because an intermediary may
/// have made a JSON error of its own; as `application/graphql-response+json` it tells what became of the operation.
fn status(outcome: Outcome, media_type: MediaType, partial_status: StatusCode) -> StatusCode {
    match (outcome, media_type) {
        (Outcome::RequestError(ErrorCode::Internal), _) => StatusCode::INTERNAL_SERVER_ERROR,
        (Outcome::RequestError(ErrorCode::GatewayOverloaded), _) => StatusCode::SERVICE_UNAVAILABLE,
        (Outcome::NotReadOnly, _) => StatusCode::METHOD_NOT_ALLOWED,
        (Outcome::Partial, MediaType::GraphqlResponse) => partial_status,
        (Outcome::RequestError(_), MediaType::GraphqlResponse) => StatusCode::BAD_REQUEST,
        (Outcome::Complete | Outcome::Partial | Outcome::RequestError(_), _) => StatusCode::OK,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::status;
    use crate::graphql::{ErrorCode, Outcome};
    use crate::server::media_type::MediaType;

    #[test]
    fn the_outcome_and_the_media_type_choose_the_status() {
        let refused = Outcome::RequestError(ErrorCode::GraphqlParseFailed);
        let broken = Outcome::RequestError(ErrorCode::Internal);
        for (outcome, json, graphql) in [
            (Outcome::Complete, 200, 200),
            (Outcome::Partial, 200, 294),
            (refused, 200, 400),
            (broken, 500, 500),
            (Outcome::NotReadOnly, 405, 405),
        ] {
            let partial = StatusCode::from_u16(294).expect("a status");
            assert_eq!(status(outcome, MediaType::Json, partial).as_u16(), json, "{outcome:?}");
            assert_eq!(status(outcome, MediaType::GraphqlResponse, partial).as_u16(), graphql, "{outcome:?}");
        }
    }
}
