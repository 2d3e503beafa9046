//! Which path goes where.

use axum::Router;
use axum::body::Body;
use axum::http::{Response, StatusCode};
use axum::routing::get;

use super::media_type::MediaType;
use super::refusal::Refusal;
use super::served::Served;
use super::{graphiql, graphql, health};

/// The routes for clients; with those for probes where they have no address of their own.
pub(super) fn public_routes(served: &Served, with_health: bool) -> Router {
    let operations = get(graphql::get).post(graphql::post).fallback(graphql::other_method);
    let page = get(graphiql::page).fallback(health::other_method);
    let mut router = Router::new().route("/graphql", operations).route("/", page);
    if with_health {
        router = router.merge(health_routes());
    }
    router.fallback(nothing_here).with_state(served.clone())
}

/// The routes for probes.
pub(super) fn admin_routes(served: &Served) -> Router {
    health_routes().fallback(nothing_here).with_state(served.clone())
}

fn health_routes() -> Router<Served> {
    Router::new()
        .route("/health/live", get(health::live).fallback(health::other_method))
        .route("/health/ready", get(health::ready).fallback(health::other_method))
}

/// What is answered at every path that is not served.
pub(super) async fn nothing_here() -> Response<Body> {
    Refusal::new(StatusCode::NOT_FOUND, "there is nothing at this path; operations go to /graphql")
        .respond(MediaType::Json)
}
