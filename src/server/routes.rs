//! Which path goes where. An operation that is posted, as nearly all are, goes there without a detour.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Method, Response};
use axum::middleware::{Next, from_fn_with_state};
use axum::routing::get;
use tower::ServiceExt as _;

use super::graphiql::GraphiqlTab;
use super::media_type::MediaType;
use super::refusal::Refusal;
use super::served::Served;
use super::{graphiql, graphql, health, metrics};

/// Where operations are sent to.
const OPERATIONS: &str = "/graphql";

/// Where the requests of a listener go.
#[derive(Debug)]
pub(super) struct Routes {
    /// What executes operations that are posted; nothing for probes.
    operations: Option<Served>,
    /// Everything else.
    others: Router,
}

impl Routes {
    /// What a route answers.
    pub(super) async fn answer(&self, request: Request) -> Response<Body> {
        match &self.operations {
            Some(served) if request.method() == Method::POST && request.uri().path() == OPERATIONS => {
                graphql::post(&served.edge(), request).await
            }
            _ => {
                let Ok(response) = self.others.clone().oneshot(request).await;
                response
            }
        }
    }
}

/// The routes for clients, with GraphiQL's first tabs; with those for probes where they have no address of their own.
pub(super) fn public_routes(served: &Served, tabs: &[GraphiqlTab], with_health: bool) -> Arc<Routes> {
    let operations = get(graphql::get).options(graphql::options).fallback(graphql::other_method);
    let page = graphiql::routes(tabs).route_layer(from_fn_with_state(served.clone(), where_allowed));
    let mut router = Router::new().route(OPERATIONS, operations).merge(page);
    if with_health {
        router = router.merge(health_routes());
    }
    let others = router.fallback(nothing_here).with_state(served.clone());
    Arc::new(Routes { operations: Some(served.clone()), others })
}

/// The routes for probes.
pub(super) fn admin_routes(served: &Served) -> Arc<Routes> {
    let others = health_routes().fallback(nothing_here).with_state(served.clone());
    Arc::new(Routes { operations: None, others })
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
