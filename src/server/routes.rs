//! Which path goes where.

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::Response;
use axum::middleware::{Next, from_fn_with_state};
use axum::routing::get;

use super::graphiql::GraphiqlTab;
use super::media_type::MediaType;
use super::refusal::Refusal;
use super::served::Served;
use super::{graphiql, graphql, health, metrics};

/// The routes for clients, with GraphiQL's first tabs; with those for probes where they have no address of their own.
pub(super) fn public_routes(served: &Served, tabs: &[GraphiqlTab], with_health: bool) -> Router {
    let operations = get(graphql::get).post(graphql::post).options(graphql::options).fallback(graphql::other_method);
    let page = graphiql::routes(tabs).route_layer(from_fn_with_state(served.clone(), where_allowed));
    let mut router = Router::new().route("/graphql", operations).merge(page);
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
        .route("/metrics", get(metrics::metrics).fallback(health::other_method))
}

/// Serves GraphiQL as long as the schema that is served allows it.
async fn where_allowed(State(served): State<Served>, request: Request, page: Next) -> Response<Body> {
    if served.gateway().limits().graphiql { page.run(request).await } else { nothing_here().await }
}

async fn nothing_here() -> Response<Body> {
    Refusal::nowhere().respond(MediaType::Json)
}
