//! `/metrics`: what was counted, in the text format of Prometheus. Nothing is measured here; it is read when somebody asks.
//! Every label has a bounded number of values: sources, coordinates and codes are the schema's and ours, and of operations' names
//! so many are told apart.

use std::fmt;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, Response};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Registry;

use super::edge::Edge;
use super::media_type::MediaType;
use super::refusal::Refusal;
use crate::gateway::{ErrorKind, TallyCounts};
use crate::graphql::ErrorCode;
use crate::source::{BreakerState, DurationCounts, Health, SourceState};

/// The text format that is called `OpenMetrics`, version 1.
const TEXT: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The labels of what there is once.
const ALONE: [(&str, &str); 0] = [];

/// `/metrics`.
pub(super) async fn metrics(State(edge): State<Arc<Edge>>) -> Response<Body> {
    let mut registry = Registry::with_prefix("tributary");
    registry.register_collector(Box::new(Seen::of(&edge)));
    let mut text = String::new();
    if prometheus_client::encoding::text::encode(&mut text, &registry).is_err() {
        return Refusal::internal().respond(MediaType::Json);
    }
    let mut response = Response::new(Body::from(text));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(TEXT));
    response.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// Everything as it was at one moment.
#[derive(Debug)]
struct Seen {
    operations: Vec<TallyCounts>,
    refused: Vec<(ErrorCode, u64)>,
    errors: Vec<(ErrorKind, u64)>,
    sources: Vec<SourceState>,
    in_flight: usize,
    is_crowded: bool,
    turned_away: u64,
}

impl Seen {
    fn of(edge: &Edge) -> Seen {
        let tallies = edge.gateway.tallies();
        Seen {
            operations: tallies.operations(),
            refused: tallies.refused(),
            errors: tallies.errors.read(),
            sources: edge.gateway.source_states(),
            in_flight: edge.door.in_flight(),
            is_crowded: edge.door.is_crowded(),
            turned_away: edge.door.turned_away(),
        }
    }
}

impl Collector for Seen {
    fn encode(&self, encoder: DescriptorEncoder) -> Result<(), fmt::Error> {
        let mut page = Page(encoder);
        self.operations(&mut page)?;
        self.errors(&mut page)?;
        self.calls(&mut page)?;
        self.breakers(&mut page)?;
        self.places(&mut page)
    }
}

impl Seen {
    fn operations(&self, page: &mut Page<'_>) -> fmt::Result {
        let counts = self.operations.iter().flat_map(|seen| {
            let of = |outcome| [("operation", &*seen.name), ("outcome", outcome)];
            [(of("complete"), seen.complete), (of("partial"), seen.partial)]
        });
        page.counter("operations", "Operations that were executed, by name and by what became of them", counts)?;
        let refused: Vec<_> = self.refused.iter().map(|(code, count)| (code.to_string(), *count)).collect();
        let refused = refused.iter().map(|(code, count)| ([("code", &**code)], *count));
        page.counter("requests_refused", "Requests that were not executed, by the code of their first error", refused)?;
        let durations = self.operations.iter().map(|seen| ([("operation", &*seen.name)], &seen.durations));
        page.histogram("operation_duration_seconds", "From the request to the response, by operation", durations)?;
        page.gauge("operations_in_flight", "Operations that are being executed", [(ALONE, self.in_flight)])?;
        let help =
            "1 while the threads cannot follow, so that operations are turned away that have waited too long for one";
        page.gauge("overloaded", help, [(ALONE, usize::from(self.is_crowded))])?;
        let help = "Operations that were not let in, answered 503";
        page.counter("operations_turned_away", help, [(ALONE, self.turned_away)])
    }

    fn errors(&self, page: &mut Page<'_>) -> fmt::Result {
        for (is_degraded, name, help) in [
            (false, "errors", "Errors of responses, by source, coordinate and code"),
            (true, "degraded", "Failures for which a value stood in, by source, coordinate and code"),
        ] {
            let kinds: Vec<_> = self.errors.iter().filter(|(kind, _)| kind.is_degraded == is_degraded).collect();
            let codes: Vec<String> = kinds.iter().map(|(kind, _)| kind.code.to_string()).collect();
            let counts = kinds.iter().zip(&codes).map(|((kind, count), code)| {
                let text = |text: &'_ Option<Arc<str>>| text.clone().unwrap_or_default();
                (
                    [
                        ("source", text(&kind.source)),
                        ("coordinate", text(&kind.coordinate)),
                        ("code", (&**code).into()),
                    ],
                    *count,
                )
            });
            page.counter(name, help, counts)?;
        }
        Ok(())
    }

    fn calls(&self, page: &mut Page<'_>) -> fmt::Result {
        let durations = self.sources.iter().map(|seen| ([("source", &*seen.name)], &seen.durations));
        page.histogram("call_duration_seconds", "Calls to sources, from the moment at which each was sent", durations)?;
        let retries = self.sources.iter().map(|seen| ([("source", &*seen.name)], seen.retries));
        page.counter("call_retries", "Calls that repeated one that had failed; hedges are none", retries)?;
        let help = "Whether the last call found the source well; absent where nobody has called it";
        let known = self.sources.iter().filter(|seen| seen.health != Health::Unknown);
        page.gauge(
            "source_up",
            help,
            known.map(|seen| ([("source", &*seen.name)], usize::from(seen.health == Health::Up))),
        )
    }

    fn breakers(&self, page: &mut Page<'_>) -> fmt::Result {
        let breakers = || self.sources.iter().filter_map(|seen| Some((&*seen.name, seen.breaker?)));
        let states = breakers().flat_map(|(name, (state, _))| {
            let of = |word, is_so: bool| ([("source", name), ("state", word)], usize::from(is_so));
            [
                of("closed", state == BreakerState::Closed),
                of("open", matches!(state, BreakerState::Open(_))),
                of("probing", state == BreakerState::Probing),
            ]
        });
        page.gauge("breaker_state", "1 for the state that the source's breaker is in", states)?;
        let opened = breakers().map(|(name, (_, opened))| ([("source", name)], opened));
        page.counter("breaker_opened", "How often the source's breaker has opened", opened)
    }

    fn places(&self, page: &mut Page<'_>) -> fmt::Result {
        let of = |read: fn(&SourceState) -> usize| {
            self.sources.iter().map(move |seen| ([("source", &*seen.name)], read(seen)))
        };
        page.gauge("places", "Calls that may be in flight at once", of(|seen| seen.places))?;
        page.gauge("places_in_use", "Calls that are in flight", of(|seen| seen.in_use))?;
        page.gauge("queue", "Calls that may wait for a place", of(|seen| seen.queue))?;
        page.gauge("queue_in_use", "Calls that wait for a place", of(|seen| seen.waiting))?;
        let connections = self.sources.iter().filter_map(|seen| Some((&*seen.name, seen.connections?)));
        let connections = connections.flat_map(|(name, (open, idle))| {
            let of = |state, count| ([("source", name), ("state", state)], count);
            [of("idle", idle), of("in_use", open.saturating_sub(idle))]
        });
        page.gauge("connections", "Connections to a database", connections)
    }
}

/// The page being written.
struct Page<'p>(DescriptorEncoder<'p>);

impl Page<'_> {
    fn counter<L: EncodeLabelSet>(
        &mut self,
        name: &str,
        help: &str,
        values: impl IntoIterator<Item = (L, u64)>,
    ) -> fmt::Result {
        self.family((name, help, MetricType::Counter), values, |mut encoder, count| {
            encoder.encode_counter::<NoLabelSet, _, f64>(&count, None)
        })
    }

    fn gauge<L: EncodeLabelSet>(
        &mut self,
        name: &str,
        help: &str,
        values: impl IntoIterator<Item = (L, usize)>,
    ) -> fmt::Result {
        self.family((name, help, MetricType::Gauge), values, |mut encoder, value| {
            encoder.encode_gauge(&i64::try_from(value).unwrap_or(i64::MAX))
        })
    }

    fn histogram<'d, L: EncodeLabelSet>(
        &mut self,
        name: &str,
        help: &str,
        values: impl IntoIterator<Item = (L, &'d DurationCounts)>,
    ) -> fmt::Result {
        self.family((name, help, MetricType::Histogram), values, |mut encoder, counts| {
            encoder.encode_histogram::<NoLabelSet>(counts.sum, counts.count(), &counts.steps, None)
        })
    }

    /// A family of metrics, one for each set of labels.
    fn family<L: EncodeLabelSet, V>(
        &mut self,
        (name, help, type_): (&str, &str, MetricType),
        values: impl IntoIterator<Item = (L, V)>,
        write: impl Fn(MetricEncoder<'_>, V) -> fmt::Result,
    ) -> fmt::Result {
        let mut encoder = self.0.encode_descriptor(name, help, None, type_)?;
        for (labels, value) in values {
            write(encoder.encode_family(&labels)?, value)?;
        }
        Ok(())
    }
}
