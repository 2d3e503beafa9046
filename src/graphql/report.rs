//! What an operation cost, source by source: for the log, for `extensions.sources`, for a transport's own words. Amounts
//! and names alone; nothing of what was sent or answered.

use std::sync::Arc;
use std::time::Duration;

use serde::{Serialize, Serializer};

use super::SourceKind;

/// What one operation cost.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// From the request to its response.
    pub total: Duration,
    /// Entries of `errors`, also of those that its bound left out.
    pub errors: usize,
    /// Every source that was asked, in the order of the schema.
    pub sources: Vec<SourceReport>,
}

/// What was asked of one source. Serialized, it is an entry of `extensions.sources`; times are in milliseconds.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceReport {
    /// Its name.
    pub source: Arc<str>,
    /// What it is.
    pub kind: SourceKind,
    /// Calls made.
    pub calls: u32,
    /// Values that could not be had: each is one key of one fetch.
    pub failures: u32,
    /// Results that an identical call brought already.
    pub hits: u32,
    /// How long at least one of its fetches was under way.
    #[serde(rename = "timeMs", serialize_with = "as_milliseconds")]
    pub time: Duration,
    /// Its fetches, in the order in which they began.
    pub fetches: Vec<FetchReport>,
}

/// One fetch: a binding of one field at one place of the operation, for all of its parents.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FetchReport {
    /// `Type.field`; null for a field that clients do not see.
    pub coordinate: Option<Arc<str>>,
    /// Which of the field's bindings it is, from 1; left out where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub binding: Option<usize>,
    /// When it began, from the start of the operation.
    #[serde(rename = "startMs", serialize_with = "as_milliseconds")]
    pub start: Duration,
    /// When its last result came.
    #[serde(rename = "endMs", serialize_with = "as_milliseconds")]
    pub end: Duration,
    /// Distinct values of its templates: each is answered once.
    pub keys: usize,
    /// Calls made.
    pub calls: u32,
    /// Results that an identical call brought already.
    pub hits: u32,
    /// How often something was sent.
    pub attempts: u32,
    /// Keys that failed.
    pub failures: u32,
}

/// A length in milliseconds, to the microsecond.
#[must_use]
pub fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1_000_000.0).round() / 1_000.0
}

fn as_milliseconds<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(milliseconds(*duration))
}
