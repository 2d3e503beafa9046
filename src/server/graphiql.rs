//! `/`: GraphiQL, for browsers alone. The page itself is ours to send; its script and style come from a content delivery
//! network, so it needs the internet. `@gateway(graphiql: false)` takes it away.

use std::sync::Arc;

use async_graphql::http::GraphiQLSource;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};

use super::edge::Edge;
use super::media_type::{MediaType, wants_html};
use super::refusal::Refusal;
use super::routes::nothing_here;

/// GET with `text/html` among what is accepted; others are told where operations go.
pub(super) async fn page(State(edge): State<Arc<Edge>>, headers: HeaderMap) -> Response<Body> {
    if !edge.gateway.limits().graphiql {
        return nothing_here().await;
    }
    if !wants_html(&headers) {
        let message = "this page is for browsers; operations go to /graphql";
        return Refusal::new(StatusCode::NOT_ACCEPTABLE, message).respond(MediaType::Json);
    }
    let mut response =
        Response::new(Body::from(GraphiQLSource::build().endpoint("/graphql").title("tributary").finish()));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // A frame on another site could make a visitor send an operation unknowingly.
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("deny"));
    response
}
