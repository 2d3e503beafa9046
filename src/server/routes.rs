//! Which path goes where.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Response, StatusCode};
use axum::routing::get;

use super::edge::Edge;
use super::graphiql::GraphiqlTab;
use super::media_type::MediaType;
use super::refusal::Refusal;
use super::{graphiql, graphql, health};

/// The routes for clients, with GraphiQL's first tabs; with those for probes where they have no address of their own.
pub(super) fn public_routes(edge: &Arc<Edge>, tabs: &[GraphiqlTab], with_health: bool) -> Router {
    let operations = get(graphql::get).post(graphql::post).fallback(graphql::other_method);
    let mut router = Router::new().route("/graphql", operations);
    if edge.gateway.limits().graphiql {
        router = router.merge(graphiql::routes(tabs));
    }
    if with_health {
        router = router.merge(health_routes());
    }
    router.fallback(nothing_here).with_state(Arc::clone(edge))
}

/// The routes for probes.
pub(super) fn admin_routes(edge: &Arc<Edge>) -> Router {
    health_routes().fallback(nothing_here).with_state(Arc::clone(edge))
}

fn health_routes() -> Router<Arc<Edge>> {
    Router::new()
        .route("/health/live", get(health::live).fallback(health::other_method))
        .route("/health/ready", get(health::ready).fallback(health::other_method))
}

async fn nothing_here() -> Response<Body> {
    Refusal::new(StatusCode::NOT_FOUND, "there is nothing at this path; operations go to /graphql")
        .respond(MediaType::Json)
}
