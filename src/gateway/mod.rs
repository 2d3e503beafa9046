//! The compiled whole: schema, sources, plans, limits. `execute` takes a request and gives a response, never an error:
//! whatever goes wrong is data in it.

mod explained;
mod operation_log;
mod plans;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt as _;
use tokio::time::Instant;

use crate::execution::{self, Job, Reporting};
use crate::graphql::{Error, ErrorCode, Headers, Request, Response};
use crate::operation::{OperationKind, coerce_variables, introspect};
use crate::schema::{GatewayLimits, Schema};
use crate::source::{self, ConnectErrors, Deadline, OperationScope, Sources};

pub use crate::execution::Debug;
pub use operation_log::OPERATION_LOG;

use plans::Plans;

/// A schema that is being served.
#[derive(Debug)]
pub struct Gateway {
    schema: Arc<Schema>,
    sources: Sources,
    plans: Plans,
    debug: Debug,
}

/// How many times as large as a response the answers may be that it is made of: most of what services send is not selected.
const ANSWERS_OF_A_RESPONSE: u64 = 4;

fn scope(headers: Headers, limits: &GatewayLimits) -> OperationScope {
    OperationScope::new(headers, limits.max_calls)
        .keeping_at_most(limits.max_response.saturating_mul(ANSWERS_OF_A_RESPONSE))
}

impl Gateway {
    /// A gateway for a schema and its sources.
    #[must_use]
    pub fn new(schema: Arc<Schema>, sources: Sources, debug: Debug) -> Gateway {
        Gateway { schema, sources, plans: Plans::default(), debug }
    }

    /// A gateway for another schema, which takes over every source that is described as before. Both can be used at the
    /// same time.
    ///
    /// # Errors
    /// Sources that cannot be made from their description.
    pub fn succeed(&self, schema: Arc<Schema>) -> Result<Gateway, ConnectErrors> {
        let sources = source::reconnect(&schema, &self.sources)?;
        Ok(Gateway::new(schema, sources, self.debug))
    }

    /// What the author allows.
    #[must_use]
    pub fn limits(&self) -> &GatewayLimits {
        &self.schema.limits
    }

    /// Executes a request (specification, section 6). Dropping the future cancels every call that only it waited for.
    /// A panic, which would be a bug of ours, ends as INTERNAL for this request alone.
    pub async fn execute(&self, request: Request) -> Response {
        let received = Instant::now();
        let executed = AssertUnwindSafe(self.execute_or_refuse(request, received)).catch_unwind().await;
        let errors = match executed {
            Ok(Ok(response)) => return response,
            Ok(Err(errors)) => errors,
            Err(_) => {
                tracing::error!("an operation panicked");
                vec![Error::request(ErrorCode::Internal, "the gateway failed")]
            }
        };
        operation_log::refused(&errors, received.elapsed());
        Response::request_errors(&errors)
    }

    async fn execute_or_refuse(&self, request: Request, received: Instant) -> Result<Response, Vec<Error>> {
        let schema = &*self.schema;
        let timeout = request.timeout.map_or(schema.limits.deadline, |asked| asked.min(schema.limits.deadline));
        let deadline = Deadline::of_operation(timeout);
        let operation_name = request.operation_name.as_deref();
        let operation = self.plans.operation(schema, &request.query, operation_name)?;
        if let Some(rows) = request.explain {
            return self.explain(&operation, request.variables.as_ref(), rows);
        }
        if request.read_only && operation.kind == OperationKind::Mutation {
            let error = Error::request(ErrorCode::OperationResolutionFailure, "a mutation must be sent with POST");
            self.refuse(&error, received);
            return Ok(Response::not_read_only(&error));
        }
        let variables = coerce_variables(schema, &operation.variables, request.variables.as_ref())?;
        let plan = self.plans.plan(schema, &operation, &variables).map_err(|error| vec![error])?;
        let introspection = match &*plan.introspections {
            [] => Vec::new(),
            wanted => introspect(schema, &operation, &variables, wanted, deadline).map_err(|error| vec![error])?,
        };
        let job = Job {
            schema,
            sources: &self.sources,
            plan: &plan,
            variables,
            scope: Arc::new(scope(request.headers, &schema.limits)),
            deadline,
            introspection,
            debug: self.debug,
            reporting: match (request.trace, operation_log::is_kept()) {
                (true, _) => Reporting::InResponse,
                (false, true) => Reporting::Beside,
                (false, false) => Reporting::Nothing,
            },
        };
        let mut response = execution::run(&job).await;
        if let Some(report) = &mut response.report {
            report.total = received.elapsed();
            operation_log::executed(&operation, report);
        }
        Ok(response)
    }

    /// Tells the operation log of a request that never became an operation.
    pub fn refuse(&self, error: &Error, received: Instant) {
        operation_log::refused(std::slice::from_ref(error), received.elapsed());
    }

    /// Ends every connection, and waits for what was being cleaned up. A source that another gateway has taken over stays.
    pub async fn close(&self) {
        self.sources.close().await;
    }
}
