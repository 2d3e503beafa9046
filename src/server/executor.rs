//! The gateway as an [`async_graphql::Executor`], for mounting it in a program of one's own, next to other routes:
//!
//! ```ignore
//! let app = axum::Router::new().route_service("/graphql", async_graphql_axum::GraphQL::new(GatewayExecutor::new(gateway)));
//! ```
//!
//! It goes through async-graphql's response type, with what that type cannot say: a request error has `"data": null`,
//! and a number beyond 64 bits becomes a float. Our own route does not pass here; it sends the gateway's bytes.

use std::any::TypeId;
use std::sync::Arc;

use async_graphql::{Data, Executor, Request, Response, ServerError};
use futures_util::FutureExt as _;
use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};

use crate::gateway::Gateway;
use crate::graphql;

/// A gateway that other servers can mount.
#[derive(Debug, Clone)]
pub struct GatewayExecutor {
    gateway: Arc<Gateway>,
}

impl GatewayExecutor {
    /// An executor of a gateway's operations.
    #[must_use]
    pub fn new(gateway: Arc<Gateway>) -> GatewayExecutor {
        GatewayExecutor { gateway }
    }
}

impl Executor for GatewayExecutor {
    async fn execute(&self, request: Request) -> Response {
        match read_request(request) {
            Ok(request) => write_response(&self.gateway.execute(request).await),
            Err(error) => Response::from_errors(vec![error]),
        }
    }

    /// One response: subscriptions are not executed yet, and the gateway says so itself.
    fn execute_stream(&self, request: Request, _session: Option<Arc<Data>>) -> BoxStream<'static, Response> {
        let executor = self.clone();
        stream::once(async move { executor.execute(request).await }.boxed()).boxed()
    }
}

/// The request in our words. Client headers are taken from a [`graphql::Headers`] in the request's data, because
/// async-graphql's request has no other place for them.
fn read_request(request: Request) -> Result<graphql::Request, ServerError> {
    let refused = |what: &str| ServerError::new(format!("the variables are no input: {what}"), None);
    let variables = serde_json::to_string(&request.variables).map_err(|error| refused(&error.to_string()))?;
    let variables = graphql::Value::from_json(&variables).map_err(|error| refused(&error.to_string()))?;
    let headers = request.data.get(&TypeId::of::<graphql::Headers>());
    let headers = headers.and_then(|headers| headers.downcast_ref::<graphql::Headers>()).cloned();
    Ok(graphql::Request {
        query: request.query,
        operation_name: request.operation_name,
        variables: Some(variables),
        headers: headers.unwrap_or_default(),
        timeout: None,
        read_only: false,
        trace: false,
        explain: None,
    })
}

fn write_response(response: &graphql::Response) -> Response {
    serde_json::from_slice(&response.body).unwrap_or_else(|error| {
        tracing::error!(error = %error, "a response of ours is not what async-graphql reads");
        Response::from_errors(vec![ServerError::new("an internal error; the log has its cause", None)])
    })
}
