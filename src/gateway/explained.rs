//! An operation explained in place of being executed, for those who develop: a plan tells statements and paths.

use serde::Serialize;

use super::{Debug, Gateway};
use crate::graphql::{Error, ErrorCode, Outcome, Response, Value};
use crate::operation::{Operation, condition_values};
use crate::plan::{self, Explanation};

/// A response without data, whose extensions have the plan.
#[derive(Serialize)]
struct Body<'e> {
    data: Option<()>,
    extensions: Extensions<'e>,
}

#[derive(Serialize)]
struct Extensions<'e> {
    plan: PlanBody<'e>,
}

#[derive(Serialize)]
struct PlanBody<'e> {
    /// The tree that a person reads.
    text: String,
    #[serde(flatten)]
    explanation: &'e Explanation,
}

impl Gateway {
    /// The plan of an operation, if it is told here at all. Whoever asks for a plan and may not have it does not get the
    /// operation executed: it may be a mutation.
    pub(super) fn explain(
        &self,
        operation: &Operation,
        variables: Option<&Value>,
        rows: u64,
    ) -> Result<Response, Vec<Error>> {
        if self.debug == Debug::Hidden {
            let message = "plans are told to developers only: `tributary serve --dev`, or `tributary explain`";
            return Err(vec![Error::request(ErrorCode::OperationResolutionFailure, message)]);
        }
        let schema = &*self.schema;
        let variables = condition_values(schema, operation, variables)?;
        let plan = plan::build(schema, operation, &variables).map_err(|error| vec![error])?;
        let explanation = plan::explain(&plan, schema, operation.name(), rows);
        let plan = PlanBody { text: explanation.text(false), explanation: &explanation };
        let body = serde_json::to_vec(&Body { data: None, extensions: Extensions { plan } }).unwrap_or_default();
        Ok(Response { body: body.into(), outcome: Outcome::Complete, report: None })
    }
}
