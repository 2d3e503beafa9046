//! One execution from its plan to its response. It cannot fail: once a plan exists, errors are data.

use super::complete::{Completion, errors_json};
use super::job::{Job, Reporting};
use super::schedule::Schedule;
use crate::graphql::{Error, Outcome, Report, Response, SourceReport};
use crate::operation::OperationKind;

/// Most bytes that a response's buffer has before anything is written to it.
const MOST_AT_FIRST: usize = 64 * 1024;

/// `ExecuteQuery` and `ExecuteMutation` (specification, section 6.2). A query's fields are fetched in parallel; a mutation's
/// root fields run one after the other, each with all that lies below it.
pub async fn run(job: &Job<'_>) -> Response {
    let mut schedule = Schedule::new(job);
    let mut completion = Completion::new(job);
    if job.plan.kind == OperationKind::Query {
        let nodes = job.plan.root_fields.concat();
        schedule.run(&nodes).await;
    }
    // Some of what has arrived is selected; a buffer that grows step by step is copied as often.
    let part = usize::try_from(job.scope.kept() / 4).unwrap_or(usize::MAX).min(MOST_AT_FIRST);
    completion.out.reserve(part);
    completion.out.extend_from_slice(b"{\"data\":");
    let mark = completion.out.len();
    completion.out.push(b'{');
    let mut is_null = completion.check_selection(&job.plan.root).is_err();
    for (place, field) in job.plan.root.fields.iter().enumerate() {
        if job.plan.kind == OperationKind::Mutation {
            schedule.run(&job.plan.root_fields[place]).await;
        }
        if place > 0 {
            completion.out.push(b',');
        }
        let write = || completion.root_field(&schedule.state, field);
        if job.scope.work(job.scope.kept(), job.deadline, write).await.is_err() {
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
    let report = (job.reporting != Reporting::Nothing).then(|| Report {
        sources: schedule.state.timing.reports(job.plan, job.schema),
        errors: completion.errors.count(),
        ..Report::default()
    });
    finish(completion, job.reporting, report)
}

/// Puts `errors` and `extensions` behind `data`.
fn finish(completion: Completion<'_>, reporting: Reporting, report: Option<Report>) -> Response {
    let Completion { mut out, errors, degraded, .. } = completion;
    let outcome = if errors.is_empty() { Outcome::Complete } else { Outcome::Partial };
    if !errors.is_empty() {
        out.extend_from_slice(b",\"errors\":");
        out.extend_from_slice(&errors_json(&errors.finish()));
    }
    let degraded = if degraded.is_empty() { None } else { Some(degraded.finish()) };
    let sources = report.as_ref().filter(|_| reporting == Reporting::InResponse).map(|report| &*report.sources);
    if degraded.is_some() || sources.is_some() {
        out.extend_from_slice(b",\"extensions\":");
        out.extend_from_slice(&serde_json::to_vec(&ResponseExtensions { degraded, sources }).unwrap_or_default());
    }
    out.push(b'}');
    Response { body: out.into(), outcome, report: report.map(Box::new) }
}

/// What stands beside `data` and `errors` (specification, section 7.1.3).
#[derive(serde::Serialize)]
struct ResponseExtensions<'r> {
    #[serde(skip_serializing_if = "Option::is_none")]
    degraded: Option<Vec<Error>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sources: Option<&'r [SourceReport]>,
}
