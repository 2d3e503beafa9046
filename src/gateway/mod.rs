//! The compiled whole: schema, sources, plans, limits. `execute` takes a request and gives a response, never an error:
//! whatever goes wrong is data in it.

use std::sync::Arc;

use crate::graphql::{Error, ErrorCode, Request, Response};
use crate::schema::{GatewayLimits, Schema};
use crate::source::Sources;

/// A schema that is being served.
#[derive(Debug)]
pub struct Gateway {
    schema: Arc<Schema>,
    sources: Sources,
    _debug: Debug,
}

/// Whether responses carry causes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Debug {
    /// Causes go to the log alone.
    Hidden,
    /// `--dev`: causes stand under `extensions.debug` too.
    Shown,
}

impl Gateway {
    /// A gateway for a schema and its sources.
    #[must_use]
    pub fn new(schema: Arc<Schema>, sources: Sources, debug: Debug) -> Gateway {
        Gateway { schema, sources, _debug: debug }
    }

    /// What the author allows.
    #[must_use]
    pub fn limits(&self) -> &GatewayLimits {
        &self.schema.limits
    }

    /// Executes a request (specification, section 6). Dropping the future cancels every call that only it waited for.
    pub async fn execute(&self, _request: Request) -> Response {
        Response::request_errors(&[Error::request(ErrorCode::Internal, "not built yet")])
    }

    /// Ends every connection, and waits for what was being cleaned up.
    pub async fn close(&self) {
        self.sources.close().await;
    }
}
