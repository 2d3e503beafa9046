//! One execution from its plan to its response. It cannot fail: once a plan exists, errors are data.

use std::sync::Arc;

use super::complete::{Completion, errors_json};
use super::schedule::Schedule;
use crate::graphql::{Outcome, Response};
use crate::operation::{OperationKind, VariableValues};
use crate::plan::Plan;
use crate::schema::{Schema, TypeId};
use crate::source::{Deadline, OperationScope, Sources};

/// Everything that an execution needs; nothing of it changes.
#[derive(Debug)]
pub struct Job<'e> {
    /// The schema.
    pub schema: &'e Schema,
    /// Its sources.
    pub sources: &'e Sources,
    /// What to do.
    pub plan: &'e Plan,
    /// The coerced variables.
    pub variables: VariableValues,
    /// What this operation's calls share.
    pub scope: Arc<OperationScope>,
    /// When the response must go out, with what has arrived.
    pub deadline: Deadline,
    /// The introspection fields of the root: response key and JSON text.
    pub introspection: Vec<(Box<str>, String)>,
    /// Whether errors carry their causes.
    pub debug: Debug,
}

/// Whether responses carry causes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Debug {
    /// Causes go to the log alone.
    Hidden,
    /// `--dev`: causes stand under `extensions.debug` too.
    Shown,
}

impl Job<'_> {
    /// The root type of the operation.
    pub(super) fn plan_root_type(&self) -> TypeId {
        match self.plan.kind {
            OperationKind::Query => self.schema.query,
            OperationKind::Mutation => self.schema.mutation.unwrap_or(self.schema.query),
        }
    }
}

/// ExecuteQuery and ExecuteMutation (specification, section 6.2). A query's fields are fetched in parallel; a mutation's
/// root fields run one after the other, each with all that lies below it.
pub async fn run(job: &Job<'_>) -> Response {
    let mut schedule = Schedule::new(job);
    let mut completion = Completion::new(job);
    if job.plan.kind == OperationKind::Query {
        let nodes = job.plan.root_fields.concat();
        schedule.run(&nodes).await;
    }
    completion.out.extend_from_slice(b"{\"data\":");
    let mark = completion.out.len();
    completion.out.push(b'{');
    let mut is_null = false;
    for (place, field) in job.plan.root.fields.iter().enumerate() {
        if job.plan.kind == OperationKind::Mutation {
            schedule.run(&job.plan.root_fields[place]).await;
        }
        if place > 0 {
            completion.out.push(b',');
        }
        if completion.root_field(&schedule.state, field).is_err() {
            is_null = true;
            break;
        }
    }
    if is_null {
        completion.out.truncate(mark);
        completion.out.extend_from_slice(b"null");
    } else {
        completion.out.push(b'}');
    }
    finish(completion)
}

/// Puts `errors` and `extensions` behind `data`.
fn finish(completion: Completion<'_>) -> Response {
    let Completion { mut out, errors, degraded, .. } = completion;
    let outcome = if errors.is_empty() { Outcome::Complete } else { Outcome::Partial };
    if !errors.is_empty() {
        out.extend_from_slice(b",\"errors\":");
        out.extend_from_slice(&errors_json(&errors.finish()));
    }
    if !degraded.is_empty() {
        out.extend_from_slice(b",\"extensions\":{\"degraded\":");
        out.extend_from_slice(&errors_json(&degraded.finish()));
        out.push(b'}');
    }
    out.push(b'}');
    Response { body: out.into(), outcome }
}
