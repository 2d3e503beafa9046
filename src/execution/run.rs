//! One execution from its plan to its response. It cannot fail: once a plan exists, errors are data.

use super::complete::{Completion, errors_json};
use super::job::Job;
use super::schedule::Schedule;
use crate::graphql::{Outcome, Response};
use crate::operation::OperationKind;

/// `ExecuteQuery` and `ExecuteMutation` (specification, section 6.2). A query's fields are fetched in parallel; a mutation's
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
