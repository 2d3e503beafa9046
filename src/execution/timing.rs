//! When the fetches of an execution run, and what they cost. Moments are lengths since the operation began.

use std::sync::Arc;
use std::time::Duration;

use crate::graphql::{FetchReport, SourceReport};
use crate::plan::{NodeId, Plan};
use crate::schema::{Schema, SourceId};
use crate::source::Meter;

/// What is known of an execution's fetches.
#[derive(Debug, Default)]
pub(super) struct Timing {
    /// Each part of each node.
    fetches: Vec<Vec<FetchTime>>,
    /// Each source that was asked, under its [`SourceId`].
    sources: Vec<SourceTime>,
}

/// One part's fetching: its records may be ready at different moments, so it is one span over everything asked for them.
#[derive(Debug, Default)]
struct FetchTime {
    span: Option<(Duration, Duration)>,
    keys: usize,
    failures: u32,
    meter: Meter,
}

/// How long a source was waited for.
#[derive(Debug, Clone, Copy, Default)]
struct SourceTime {
    running: u32,
    since: Duration,
    busy: Duration,
}

impl Timing {
    /// Nothing fetched yet.
    pub(super) fn new(plan: &Plan) -> Timing {
        let of_node = |parts: usize| std::iter::repeat_with(FetchTime::default).take(parts).collect();
        Timing { fetches: plan.nodes.iter().map(|node| of_node(node.parts.len())).collect(), sources: Vec::new() }
    }

    /// Notes that a source is asked for keys of a part; gives what counts the calls.
    pub(super) fn begin(&mut self, node: NodeId, part: usize, source: SourceId, keys: usize, now: Duration) -> Meter {
        let place = source.0 as usize;
        if self.sources.len() <= place {
            self.sources.resize(place + 1, SourceTime::default());
        }
        let time = &mut self.sources[place];
        if time.running == 0 {
            time.since = now;
        }
        time.running += 1;
        let fetch = self.fetch(node, part);
        fetch.span.get_or_insert((now, now));
        fetch.keys += keys;
        fetch.meter.clone()
    }

    /// Notes that what [`Timing::begin`] noted is over.
    pub(super) fn end(&mut self, node: NodeId, part: usize, source: SourceId, now: Duration) {
        if let Some((_, end)) = &mut self.fetch(node, part).span {
            *end = now;
        }
        let time = &mut self.sources[source.0 as usize];
        time.running -= 1;
        if time.running == 0 {
            time.busy += now.saturating_sub(time.since);
        }
    }

    /// Notes that a key of a part failed.
    pub(super) fn fail(&mut self, node: NodeId, part: usize) {
        self.fetch(node, part).failures += 1;
    }

    /// What was asked of each source.
    pub(super) fn reports(&self, plan: &Plan, schema: &Schema) -> Vec<SourceReport> {
        let mut reports: Vec<Option<SourceReport>> = self.sources.iter().map(|_| None).collect();
        for (node, times) in plan.nodes.iter().zip(&self.fetches) {
            let is_seen = schema.client.shows(&node.coordinate);
            for (number, (part, time)) in node.parts.iter().zip(times).enumerate() {
                let (Some(id), Some(mut fetch)) = (part.binding.request.source(), time.report()) else { continue };
                fetch.coordinate = is_seen.then(|| Arc::clone(&node.coordinate));
                fetch.binding = (node.parts.len() > 1).then_some(number + 1);
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

    fn fetch(&mut self, node: NodeId, part: usize) -> &mut FetchTime {
        &mut self.fetches[node.0 as usize][part]
    }
}

impl FetchTime {
    /// What the part's fetch cost; nothing where it was not needed.
    fn report(&self) -> Option<FetchReport> {
        let (start, end) = self.span?;
        let counts = self.meter.counts();
        Some(FetchReport {
            coordinate: None,
            binding: None,
            start,
            end,
            keys: self.keys,
            calls: counts.calls,
            hits: counts.hits,
            attempts: counts.attempts,
            failures: self.failures,
        })
    }
}
