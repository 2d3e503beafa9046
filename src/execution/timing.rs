//! When the fetches of an execution run, and what they cost. Moments are lengths since the operation began.

use std::sync::Arc;
use std::time::Duration;

use super::state::{PartState, State};
use crate::graphql::{FetchReport, SourceReport};
use crate::plan::{NodeId, Plan};
use crate::schema::{Schema, SourceId};
use crate::source::Meter;

/// One part's fetching: its records may be ready at different moments, so it is one span over everything asked for them.
#[derive(Debug, Default)]
pub(super) struct FetchTime {
    span: Option<(Duration, Duration)>,
    /// Keys that failed.
    pub(super) failures: u32,
    /// Counts the calls.
    pub(super) meter: Meter,
}

/// How long a source was waited for.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct SourceTime {
    running: u32,
    since: Duration,
    busy: Duration,
}

impl State {
    /// Notes that a source is asked for keys of a part.
    pub(super) fn fetch_begins(&mut self, node: NodeId, part: usize, source: SourceId, now: Duration) {
        self.node(node).parts[part].time.span.get_or_insert((now, now));
        let place = source.0 as usize;
        if self.sources.len() <= place {
            self.sources.resize(place + 1, SourceTime::default());
        }
        let time = &mut self.sources[place];
        if time.running == 0 {
            time.since = now;
        }
        time.running += 1;
    }

    /// Notes that what [`State::fetch_begins`] noted is over.
    pub(super) fn fetch_ends(&mut self, node: NodeId, part: usize, source: SourceId, now: Duration) {
        if let Some((_, end)) = &mut self.node(node).parts[part].time.span {
            *end = now;
        }
        let time = &mut self.sources[source.0 as usize];
        time.running -= 1;
        if time.running == 0 {
            time.busy += now.saturating_sub(time.since);
        }
    }

    /// What was asked of each source.
    pub(super) fn source_reports(&self, plan: &Plan, schema: &Schema) -> Vec<SourceReport> {
        let mut reports: Vec<Option<SourceReport>> = self.sources.iter().map(|_| None).collect();
        for (node, state) in plan.nodes.iter().zip(&self.nodes) {
            for (part, state) in node.parts.iter().zip(&state.parts) {
                let (Some(id), Some(fetch)) = (part.binding.request.source(), state.report(&node.coordinate)) else {
                    continue;
                };
                let place = id.0 as usize;
                let report = reports[place].get_or_insert_with(|| self.empty_report(schema, id));
                report.calls += fetch.calls;
                report.hits += fetch.hits;
                report.failures += fetch.failures;
                report.fetches.push(fetch);
            }
        }
        let mut reports: Vec<SourceReport> = reports.into_iter().flatten().collect();
        for report in &mut reports {
            report.fetches.sort_by_key(|fetch| fetch.start);
        }
        reports
    }

    fn empty_report(&self, schema: &Schema, id: SourceId) -> SourceReport {
        let (source, time) = (schema.source(id), self.sources[id.0 as usize].busy);
        let (name, kind) = (Arc::clone(&source.name), source.kind());
        SourceReport { source: name, kind, calls: 0, failures: 0, hits: 0, time, fetches: Vec::new() }
    }
}

impl PartState {
    /// What the part's fetch cost; nothing where it was not needed.
    fn report(&self, coordinate: &Arc<str>) -> Option<FetchReport> {
        let (start, end) = self.time.span?;
        let counts = self.time.meter.counts();
        Some(FetchReport {
            coordinate: Arc::clone(coordinate),
            start,
            end,
            keys: self.keys.len(),
            calls: counts.calls,
            hits: counts.hits,
            attempts: counts.attempts,
            failures: self.time.failures,
        })
    }
}
