//! The compiled whole: schema, sources, plans, limits. `execute` takes a request and gives a response, never an error:
//! whatever goes wrong is data in it.

mod explained;
mod operation_log;
mod plans;
mod tallies;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt as _;
use tokio::time::Instant;

use crate::execution::{self, Job, Reporting};
use crate::graphql::{Error, ErrorCode, Headers, Request, Response};
use crate::operation::{OperationKind, coerce_variables, introspect};
use crate::schema::{GatewayLimits, Schema};
use crate::source::{self, ConnectErrors, Deadline, HeavyWork, OperationScope, SourceState, Sources};

pub use crate::execution::Debug;
pub use crate::execution::{ErrorCounts, ErrorKind};
pub use operation_log::OPERATION_LOG;
pub use tallies::{Tallies, Tally, TallyCounts};

use plans::{Making, Plans};

/// A schema that is being served.
#[derive(Debug)]
pub struct Gateway {
    schema: Arc<Schema>,
    sources: Sources,
    plans: Plans,
    debug: Debug,
    heavy_work: Arc<HeavyWork>,
    tallies: Arc<Tallies>,
    reads_headers: bool,
}

/// How many times as large as a response the answers may be that it is made of: most of what services send is not selected.
const ANSWERS_OF_A_RESPONSE: u64 = 4;

impl Gateway {
    /// A gateway for a schema and its sources.
    #[must_use]
    pub fn new(schema: Arc<Schema>, sources: Sources, debug: Debug) -> Gateway {
        let (plans, heavy_work, tallies, reads_headers) =
            (Plans::default(), Arc::default(), Arc::default(), schema.reads_headers());
        Gateway { schema, sources, plans, debug, heavy_work, tallies, reads_headers }
    }

    /// A gateway for another schema, which takes over every source that is described as before. Both can be used at the
    /// same time.
    ///
    /// # Errors
    /// Sources that cannot be made from their description.
    pub fn succeed(&self, schema: Arc<Schema>) -> Result<Gateway, ConnectErrors> {
        let sources = source::reconnect(&schema, &self.sources)?;
        let (heavy_work, tallies) = (Arc::clone(&self.heavy_work), Arc::clone(&self.tallies));
        Ok(Gateway { heavy_work, tallies, ..Gateway::new(schema, sources, self.debug) })
    }

    /// What the author allows.
    #[must_use]
    pub fn limits(&self) -> &GatewayLimits {
        &self.schema.limits
    }

    /// Whether anything depends on the headers of requests.
    #[must_use]
    pub fn reads_headers(&self) -> bool {
        self.reads_headers
    }

    /// Where work is done that computes for long.
    #[must_use]
    pub fn heavy_work(&self) -> &HeavyWork {
        &self.heavy_work
    }

    /// What was counted of its operations, and of those of the gateways that it succeeded.
    #[must_use]
    pub fn tallies(&self) -> &Tallies {
        &self.tallies
    }

    /// How each of its sources is.
    #[must_use]
    pub fn source_states(&self) -> Vec<SourceState> {
        self.sources.states()
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
        self.refused(&errors, received);
        Response::request_errors(&errors)
    }

    async fn execute_or_refuse(&self, request: Request, received: Instant) -> Result<Response, Vec<Error>> {
        let schema = &*self.schema;
        let timeout = request.timeout.map_or(schema.limits.deadline, |asked| asked.min(schema.limits.deadline));
        let deadline = Deadline::of_operation(timeout);
        let operation_name = request.operation_name.as_deref();
        let making = Making { schema, heavy_work: &self.heavy_work, tallies: &self.tallies, deadline };
        let operation = self.plans.operation(making, &request.query, operation_name).await?;
        if let Some(rows) = request.explain {
            return self.explain(&operation, request.variables.as_ref(), rows);
        }
        if request.read_only && operation.kind == OperationKind::Mutation {
            let error = Error::request(ErrorCode::OperationResolutionFailure, "a mutation must be sent with POST");
            self.refuse(&error, received);
            return Ok(Response::not_read_only(&error));
        }
        let variables = coerce_variables(schema, &operation.variables, request.variables.as_ref())?;
        let plan = self.plans.plan(making, &operation, &variables).await.map_err(|error| vec![error])?;
        let introspection = match &*plan.introspections {
            [] => Vec::new(),
            wanted => {
                let introspect = || introspect(schema, &operation, &variables, wanted, deadline);
                let written = making.run(schema.client.size(), introspect).await.and_then(|written| written);
                written.map_err(|error| vec![error])?
            }
        };
        let job = Job {
            schema,
            sources: &self.sources,
            plan: &plan,
            variables,
            scope: Arc::new(self.scope(request.headers)),
            deadline,
            introspection,
            debug: self.debug,
            errors: &self.tallies.errors,
            reporting: match (request.trace, operation_log::is_kept()) {
                (true, _) => Reporting::InResponse,
                (false, true) => Reporting::Beside,
                (false, false) => Reporting::Nothing,
            },
        };
        let mut response = execution::run(&job).await;
        operation.tally.note(response.outcome, received.elapsed());
        if let Some(report) = &mut response.report {
            report.total = received.elapsed();
            operation_log::executed(&operation, report);
        }
        Ok(response)
    }

    /// Counts a request that never became an operation, and tells the operation log of it.
    pub fn refuse(&self, error: &Error, received: Instant) {
        self.refused(std::slice::from_ref(error), received);
    }

    fn refused(&self, errors: &[Error], received: Instant) {
        if let Some(first) = errors.first() {
            self.tallies.refuse(first.extensions.code);
        }
        // Those for whom there is no room are counted and not told: a crowd would fill the log.
        if errors.iter().all(|error| error.extensions.code != ErrorCode::GatewayOverloaded) {
            operation_log::refused(errors, received.elapsed());
        }
    }

    fn scope(&self, headers: Headers) -> OperationScope {
        let limits = &self.schema.limits;
        OperationScope::new(headers, limits.max_calls)
            .keeping_at_most(limits.max_response.saturating_mul(ANSWERS_OF_A_RESPONSE))
            .working_in(Arc::clone(&self.heavy_work))
    }

    /// Ends every connection, and waits for what was being cleaned up. A source that another gateway has taken over stays.
    pub async fn close(&self) {
        self.sources.close().await;
    }
}
