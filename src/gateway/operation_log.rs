//! One event for each operation: its name, its time, and what each source did for it. Values of variables, documents and
//! answers are not in it. Who reads it decides on its form: the event's `sources` is JSON text.

use std::time::Duration;

use serde::Serialize;
use tracing::Level;

use crate::graphql::{Error, Report, SourceReport, milliseconds};
use crate::operation::{Operation, OperationKind};

/// The target of these events, by which a filter names them.
pub const OPERATION_LOG: &str = "tributary::operation";

/// Longest message of a refused operation that is kept, in characters: it holds words of the client's.
const MOST_OF_MESSAGE: usize = 200;

/// Whether anybody keeps these events.
pub(super) fn is_kept() -> bool {
    tracing::enabled!(target: OPERATION_LOG, Level::INFO)
}

/// Tells of an operation that was executed.
pub(super) fn executed(operation: &Operation, report: &Report) {
    if !is_kept() {
        return;
    }
    let sums: Vec<Sums<'_>> = report.sources.iter().map(Sums::of).collect();
    let sources = serde_json::to_string(&sums).unwrap_or_default();
    tracing::event!(
        target: OPERATION_LOG,
        Level::INFO,
        {
            "graphql.operation.name" = operation.name.as_deref(),
            "graphql.operation.type" = kind(operation.kind),
            elapsed_ms = milliseconds(report.total),
            errors = report.errors,
            sources
        },
        "operation"
    );
}

/// Tells of a request that was not executed.
pub(super) fn refused(errors: &[Error], elapsed: Duration) {
    if !is_kept() {
        return;
    }
    let Some(first) = errors.first() else { return };
    let reason: String = first.message.chars().take(MOST_OF_MESSAGE).collect();
    tracing::event!(
        target: OPERATION_LOG,
        Level::INFO,
        {
            elapsed_ms = milliseconds(elapsed),
            errors = errors.len(),
            "error.type" = %first.extensions.code,
            reason
        },
        "operation refused"
    );
}

/// What a source did for an operation, without its fetches.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Sums<'r> {
    source: &'r str,
    calls: u32,
    failures: u32,
    hits: u32,
    time_ms: f64,
}

impl Sums<'_> {
    fn of(report: &SourceReport) -> Sums<'_> {
        let SourceReport { source, calls, failures, hits, time, .. } = report;
        let (calls, failures, hits) = (*calls, *failures, *hits);
        Sums { source, calls, failures, hits, time_ms: milliseconds(*time) }
    }
}

fn kind(kind: OperationKind) -> &'static str {
    match kind {
        OperationKind::Query => "query",
        OperationKind::Mutation => "mutation",
    }
}
