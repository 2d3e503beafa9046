//! What operators see: `/metrics` and `/health/ready`, over a real socket, of sources that behave and of some that do not.

use crate::edge_fixture::{Edge, LONG};
use crate::rest_server::Behaviour;

const SCHEMA: &str = r#"
schema
  @gateway(maxErrors: 3)
  @source(name: "up", rest: {url: "{env.UP}"}, retry: {attempts: 1}, breaker: {minCalls: 4, cooldown: "30s"}, concurrency: 2)
  @source(name: "again", rest: {url: "{env.UP}"}, retry: {attempts: 3, backoff: "1ms"})
  @source(name: "data", sql: {url: "sqlite::memory:"})
{ query: Query }
type Query {
  hello: String @rest(source: "again", get: "/hello")
  broken: String @rest(source: "up", get: "/broken")
  stood: String @rest(source: "again", get: "/broken", fallback: "\"instead\"")
  flaky: String @rest(source: "again", get: "/flaky")
  hanging: String @rest(source: "up", get: "/hanging")
  many: [Int!] @sql(query: "select null from json_each('[1,2,3,4,5]')")
  one: Int @sql(query: "select 1")
}
"#;

async fn edge() -> Edge {
    Edge::of_schema(SCHEMA, |_| {}).await
}

/// The value of a metric, by its name and labels as they are written.
async fn metric(edge: &Edge, name: &str) -> Option<f64> {
    let page = edge.get("/metrics", "").await;
    assert_eq!(page.status, 200);
    assert!(page.body.ends_with("# EOF\n"), "{}", page.body);
    let line = page.body.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.map(|value| value.parse().expect("a number"))
}

async fn assert_metrics(edge: &Edge, expected: &[(&str, f64)]) {
    for (name, value) in expected {
        assert_eq!(metric(edge, name).await, Some(*value), "{name}\n{}", edge.get("/metrics", "").await.body);
    }
}

#[tokio::test]
async fn operations_are_counted_by_name_and_outcome() {
    let edge = edge().await;
    for _ in 0..3 {
        edge.post("query Page { hello one }").await;
    }
    edge.post("query Page { hello broken }").await;
    edge.post("{ one }").await;
    edge.post("{ nothing }").await;
    edge.post("{").await;
    assert_metrics(
        &edge,
        &[
            (r#"tributary_operations_total{operation="Page",outcome="complete"}"#, 3.0),
            (r#"tributary_operations_total{operation="Page",outcome="partial"}"#, 1.0),
            (r#"tributary_operations_total{operation="(anonymous)",outcome="complete"}"#, 1.0),
            (r#"tributary_requests_refused_total{code="GRAPHQL_VALIDATION_FAILED"}"#, 1.0),
            (r#"tributary_requests_refused_total{code="GRAPHQL_PARSE_FAILED"}"#, 1.0),
            (r#"tributary_operation_duration_seconds_count{operation="Page"}"#, 4.0),
            (r#"tributary_operation_duration_seconds_bucket{le="+Inf",operation="Page"}"#, 4.0),
            ("tributary_operations_in_flight", 0.0),
            ("tributary_operations_turned_away_total", 0.0),
            ("tributary_overloaded", 0.0),
        ],
    )
    .await;
}

#[tokio::test]
async fn errors_are_counted_by_source_coordinate_and_code() {
    let edge = edge().await;
    edge.post("{ broken stood }").await;
    // Five errors, of which the response tells two.
    edge.post("{ a: many }").await;
    assert_metrics(
        &edge,
        &[
            (r#"tributary_errors_total{source="up",coordinate="Query.broken",code="SOURCE_STATUS"}"#, 1.0),
            (r#"tributary_degraded_total{source="again",coordinate="Query.stood",code="SOURCE_STATUS"}"#, 1.0),
            (r#"tributary_errors_total{source="data",coordinate="Query.many",code="NULL_VIOLATION"}"#, 1.0),
        ],
    )
    .await;
}

#[tokio::test]
async fn calls_are_counted_with_their_repetitions() {
    let edge = edge().await;
    edge.post("{ hello }").await;
    edge.post("{ stood }").await;
    assert_metrics(
        &edge,
        &[
            // 500 is not tried again.
            (r#"tributary_call_duration_seconds_count{source="again"}"#, 2.0),
            (r#"tributary_call_retries_total{source="again"}"#, 0.0),
        ],
    )
    .await;
    edge.service.on("/flaky", Behaviour::Answer(503, Vec::new(), Vec::new()));
    edge.post("{ flaky }").await;
    assert_metrics(
        &edge,
        &[
            (r#"tributary_call_duration_seconds_count{source="again"}"#, 5.0),
            (r#"tributary_call_retries_total{source="again"}"#, 2.0),
        ],
    )
    .await;
}

#[tokio::test]
async fn places_and_queue_are_told_while_they_are_in_use() {
    let edge = edge().await;
    let waiting = async {
        let ask = || edge.post("{ hanging }");
        tokio::join!(ask(), ask(), ask());
    };
    let seen = async {
        edge.service.received_at_least(2, LONG).await;
        let expected = [
            (r#"tributary_places{source="up"}"#, 2.0),
            (r#"tributary_places_in_use{source="up"}"#, 2.0),
            (r#"tributary_queue{source="up"}"#, 256.0),
        ];
        assert_metrics(&edge, &expected).await;
        while metric(&edge, r#"tributary_queue_in_use{source="up"}"#).await != Some(1.0) {}
        assert_eq!(metric(&edge, "tributary_operations_in_flight").await, Some(3.0));
    };
    tokio::select! {
        () = waiting => panic!("nobody answers these"),
        seen = tokio::time::timeout(LONG, seen) => seen.expect("one waits"),
    }
}

#[tokio::test]
async fn a_source_that_fails_is_told_and_the_gateway_stays_ready() {
    let edge = edge().await;
    let before = edge.get("/health/ready", "").await;
    assert_eq!(before.status, 200);
    let unknown = r#"{"source":"up","kind":"rest","state":"unknown","breaker":"closed"}"#;
    assert!(before.body.starts_with(r#"{"status":"ready","sources":["#) && before.body.contains(unknown), "{before:?}");
    for _ in 0..4 {
        edge.post("{ broken one }").await;
    }
    let after = edge.get("/health/ready", "").await;
    assert_eq!(after.status, 200, "a source that is down costs its own fields");
    let of = |name: &str| {
        let start = format!("{{\"source\":\"{name}\",");
        let text = after.body.split(&start).nth(1).and_then(|rest| rest.split('}').next());
        text.unwrap_or_else(|| panic!("no {name} in {}", after.body)).to_owned()
    };
    let up = of("up");
    assert!(up.contains(r#""state":"down","sinceMs":"#) && up.contains(r#""breaker":"open","retryAfterMs":"#), "{up}");
    assert!(of("data").contains(r#""kind":"sqlite","state":"up""#), "{}", of("data"));
    let expected = [
        (r#"tributary_breaker_state{source="up",state="open"}"#, 1.0),
        (r#"tributary_breaker_state{source="up",state="closed"}"#, 0.0),
        (r#"tributary_breaker_opened_total{source="up"}"#, 1.0),
        (r#"tributary_source_up{source="up"}"#, 0.0),
        (r#"tributary_source_up{source="data"}"#, 1.0),
    ];
    assert_metrics(&edge, &expected).await;
    let again = r#"tributary_source_up{source="again"}"#;
    assert_eq!(metric(&edge, again).await, None, "nobody has called it");
}

#[tokio::test]
async fn metrics_move_to_the_address_of_operators() {
    let free = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
    let mut edge = Edge::with(|settings| settings.admin_listen = Some(free)).await;
    assert_eq!(edge.get("/metrics", "").await.status, 404);
    edge.address = edge.admin.expect("an address");
    assert_eq!(edge.get("/metrics", "").await.status, 200);
}
