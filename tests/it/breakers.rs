//! The breaker of a source: what opens it, what clients are told then, what the source is spared, and how it closes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tokio::io::AsyncWriteExt as _;
use tributary::gateway::Gateway;

use super::edge_fixture::{Edge, post, read_reply};
use super::gateway_fixture::{Answered, ask, gateway};
use super::postgres_cluster::new_database;
use super::rest_server::{Behaviour, RestServer};

/// Two sources with a breaker each, on the same host.
fn schema(server: &RestServer, breaker: &str) -> String {
    let source = |name: &str, more: &str| {
        format!(
            "@source(name: \"{name}\", rest: {{ url: \"{}\" }}, timeout: \"2s\", breaker: {{ {breaker} }} {more})",
            server.url()
        )
    };
    format!(
        "extend schema {} {}
         type Query {{
           a(n: Int): Int @rest(source: \"api\", get: \"/a/{{args.n}}\")
           short(n: Int): Int @rest(source: \"api\", get: \"/a/{{args.n}}\", timeout: \"60ms\")
           nothing: Int @rest(source: \"api\", get: \"/a/1\", nullOn: [503])
           b: Int @rest(source: \"other\", get: \"/b\")
         }}",
        source("api", "concurrency: 10"),
        source("other", "")
    )
}

fn status(status: u16) -> Behaviour {
    Behaviour::Answer(status, Vec::new(), Vec::new())
}

async fn server(of_a: Behaviour) -> RestServer {
    let server = RestServer::start().await;
    server.on("/a/1", of_a);
    server.on("/b", Behaviour::Json("5".to_owned()));
    server
}

/// Opens the breaker of `api`.
async fn open(gateway: &Gateway) {
    for _ in 0..20 {
        let answered = ask(gateway, "{ a(n: 1) }").await;
        assert_eq!(answered.errors(), ["a SOURCE_STATUS api"]);
    }
}

fn is_rejected(answered: &Answered) -> bool {
    answered.errors() == ["a SOURCE_CIRCUIT_OPEN api"]
}

#[tokio::test(flavor = "multi_thread")]
async fn c1_a_source_that_keeps_failing_is_left_alone() {
    let server = server(status(503)).await;
    let gateway = gateway(&schema(&server, "cooldown: \"30s\""));
    open(&gateway).await;
    for _ in 0..50 {
        let answered = ask(&gateway, "{ a(n: 1) }").await;
        assert!(is_rejected(&answered), "{}", answered.text);
        assert!(answered.took < Duration::from_millis(50), "{:?}", answered.took);
    }
    let answered = ask(&gateway, "{ a(n: 1) }").await;
    for word in [r#""retryAfterMs":2"#, r#""attempts":0"#, r#""retryable":true"#, "api kept failing"] {
        assert!(answered.text.contains(word), "{word}: {}", answered.text);
    }
    assert_eq!(server.calls().len(), 20);
}

/// What waits for its place when the breaker opens is not sent any more.
#[tokio::test(flavor = "multi_thread")]
async fn c1_a_queue_is_emptied_when_it_opens() {
    let server = server(Behaviour::After(Duration::from_millis(30), Box::new(status(503)))).await;
    for number in 2..=100 {
        server.on(&format!("/a/{number}"), Behaviour::After(Duration::from_millis(30), Box::new(status(503))));
    }
    let gateway = gateway(&schema(&server, "cooldown: \"30s\""));
    let asked = (1..=100).map(|number| {
        let gateway = Arc::clone(&gateway);
        tokio::spawn(async move { ask(&gateway, &format!("{{ a(n: {number}) }}")).await })
    });
    let asked: Vec<_> = asked.collect();
    let mut rejected = 0;
    for answered in asked {
        rejected += usize::from(is_rejected(&answered.await.expect("an answer")));
    }
    let calls = server.calls().len();
    assert!((20..30).contains(&calls) && rejected == 100 - calls, "{calls} calls, {rejected} rejected");
}

#[tokio::test(flavor = "multi_thread")]
async fn c3_what_takes_too_long_is_a_failure() {
    let server = server(Behaviour::Silent).await;
    let gateway = gateway(&schema(&server, "minCalls: 3"));
    for _ in 0..3 {
        assert_eq!(ask(&gateway, "{ short(n: 1) }").await.errors(), ["short SOURCE_TIMEOUT api"]);
    }
    assert_eq!(ask(&gateway, "{ short(n: 1) }").await.errors(), ["short SOURCE_CIRCUIT_OPEN api"]);
}

/// One call of two hundred clients looks after the source, the others hear at once that it is left alone.
#[tokio::test(flavor = "multi_thread")]
async fn c4_one_call_looks_after_it() {
    let server = server(status(503)).await;
    let gateway = gateway(&schema(&server, "cooldown: \"300ms\""));
    open(&gateway).await;
    let edge = Edge::of(Arc::clone(&gateway), RestServer::start().await, |_| {}).await;
    server.on("/a/1", Behaviour::After(Duration::from_secs(1), Box::new(status(503))));
    tokio::time::sleep(Duration::from_millis(300)).await;
    let mut streams = Vec::new();
    for _ in 0..200 {
        streams.push(edge.connect().await);
    }
    let request = post("", r#"{"query":"{ a(n: 1) }"}"#);
    let asked = join_all(streams.into_iter().map(async |mut stream| {
        let started = Instant::now();
        stream.write_all(request.as_bytes()).await.expect("sent");
        (read_reply(&mut stream).await, started.elapsed())
    }));
    let asked = asked.await;
    let rejected: Vec<_> = asked.iter().filter(|(reply, _)| reply.code() == "SOURCE_CIRCUIT_OPEN").collect();
    assert_eq!((server.calls().len(), rejected.len()), (21, 199));
    let slowest = rejected.iter().map(|(_, took)| *took).max().expect("199 of them");
    assert!(slowest < Duration::from_millis(900), "they waited for the probe: {slowest:?}");
    // It rests twice as long.
    server.on("/a/1", Behaviour::Json("7".to_owned()));
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(is_rejected(&ask(&gateway, "{ a(n: 1) }").await));
}

/// The 99th percentile of how long a hundred answers take, each of which is there.
async fn p99(gateway: &Gateway) -> Duration {
    let mut took = Vec::new();
    for _ in 0..100 {
        let answered = ask(gateway, "{ a(n: 1) }").await;
        assert_eq!(answered.text, r#"{"data":{"a":7}}"#);
        took.push(answered.took);
    }
    took.sort();
    took[98]
}

#[tokio::test(flavor = "multi_thread")]
async fn c6_a_source_that_is_back_is_used_after_one_probe() {
    let server = server(Behaviour::Json("7".to_owned())).await;
    let gateway = gateway(&schema(&server, "cooldown: \"300ms\", window: \"500ms\""));
    let before = p99(&gateway).await;
    tokio::time::sleep(Duration::from_millis(600)).await;
    server.on("/a/1", status(503));
    open(&gateway).await;
    let opened = Instant::now();
    server.on("/a/1", Behaviour::Json("7".to_owned()));
    let calls = server.calls().len();
    while is_rejected(&ask(&gateway, "{ a(n: 1) }").await) {
        assert!(opened.elapsed() < Duration::from_millis(400), "{:?}", opened.elapsed());
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert!(opened.elapsed() >= Duration::from_millis(250), "{:?}", opened.elapsed());
    assert_eq!(server.calls().len(), calls + 1, "the first call that was made was the probe");
    let after = p99(&gateway).await;
    assert!(after <= before.mul_f64(1.25) + Duration::from_millis(50), "{after:?}, before {before:?}");
}

/// A client that leaves while its call looks after the source does not leave the breaker stuck.
#[tokio::test(flavor = "multi_thread")]
async fn c5_a_probe_that_was_given_up_is_made_by_the_next() {
    let server = server(status(503)).await;
    let gateway = gateway(&schema(&server, "cooldown: \"100ms\""));
    open(&gateway).await;
    server.on("/a/1", Behaviour::Silent);
    tokio::time::sleep(Duration::from_millis(100)).await;
    let leaving = {
        let gateway = Arc::clone(&gateway);
        tokio::spawn(async move { ask(&gateway, "{ a(n: 1) }").await })
    };
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(server.calls().len(), 21);
    leaving.abort();
    let _ = leaving.await;
    server.on("/a/1", Behaviour::Json("7".to_owned()));
    let started = Instant::now();
    while ask(&gateway, "{ a(n: 1) }").await.text != r#"{"data":{"a":7}}"# {
        assert!(started.elapsed() < Duration::from_secs(2), "nobody looks after it any more");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Nor does one that ends at its own timeout: after a longer rest the next call looks after it.
#[tokio::test(flavor = "multi_thread")]
async fn c5_a_probe_that_timed_out_is_made_again_by_another() {
    let server = server(status(503)).await;
    let gateway = gateway(&schema(&server, "cooldown: \"100ms\""));
    open(&gateway).await;
    server.on("/a/1", Behaviour::Silent);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(ask(&gateway, "{ short(n: 1) }").await.errors(), ["short SOURCE_TIMEOUT api"]);
    server.on("/a/1", Behaviour::Json("7".to_owned()));
    let started = Instant::now();
    while ask(&gateway, "{ a(n: 1) }").await.text != r#"{"data":{"a":7}}"# {
        assert!(started.elapsed() < Duration::from_secs(2), "nobody looks after it any more");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(started.elapsed() >= Duration::from_millis(150), "it rested {:?}", started.elapsed());
    assert_eq!(server.calls().len(), 22);
}

#[tokio::test(flavor = "multi_thread")]
async fn c7_other_sources_of_the_host_are_asked() {
    let server = server(status(503)).await;
    let gateway = gateway(&schema(&server, "cooldown: \"30s\""));
    open(&gateway).await;
    for _ in 0..50 {
        let answered = ask(&gateway, "{ a(n: 1) b }").await;
        let errors = vec!["a SOURCE_CIRCUIT_OPEN api".to_owned()];
        assert_eq!((answered.data(), answered.errors()), (r#"{"a":null,"b":5}"#.to_owned(), errors));
    }
    assert_eq!(server.calls().len(), 20 + 50);
}

#[tokio::test(flavor = "multi_thread")]
async fn c8_what_the_source_means_as_an_answer_is_none_of_its_failures() {
    for means in [400, 401, 404, 422] {
        let server = server(status(means)).await;
        let gateway = gateway(&schema(&server, ""));
        for _ in 0..40 {
            assert_eq!(ask(&gateway, "{ a(n: 1) }").await.errors(), ["a SOURCE_STATUS api"]);
        }
        assert_eq!(server.calls().len(), 40);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c8_a_status_that_means_null_is_none_of_its_failures() {
    let server = server(status(503)).await;
    let gateway = gateway(&schema(&server, ""));
    for _ in 0..40 {
        assert_eq!(ask(&gateway, "{ nothing }").await.text, r#"{"data":{"nothing":null}}"#);
    }
    assert_eq!(server.calls().len(), 40);
}

/// What stands before it and answers in its name does not make it well.
#[tokio::test(flavor = "multi_thread")]
async fn c1_a_success_that_is_no_json_is_a_failure() {
    for body in ["<html>Please log in</html>", "{\"a\":", " "] {
        let server = server(Behaviour::Answer(200, Vec::new(), body.into())).await;
        let gateway = gateway(&schema(&server, "cooldown: \"30s\""));
        for _ in 0..20 {
            assert_eq!(ask(&gateway, "{ a(n: 1) }").await.errors(), ["a SOURCE_BAD_RESPONSE api"]);
        }
        assert!(is_rejected(&ask(&gateway, "{ a(n: 1) }").await), "{body}");
        assert_eq!(server.calls().len(), 20);
    }
}

/// Clients that leave, and calls that found no place with us, say nothing of the source.
#[tokio::test(flavor = "multi_thread")]
async fn c8_what_the_source_is_not_to_blame_for_is_not_counted() {
    let server = server(Behaviour::Silent).await;
    let gateway = gateway(&schema(&server, "minCalls: 5").replace("concurrency: 10", "concurrency: 10, queue: 1"));
    let leaving: Vec<_> = (0..40)
        .map(|_| {
            let gateway = Arc::clone(&gateway);
            tokio::spawn(async move { ask(&gateway, "{ a(n: 1) }").await })
        })
        .collect();
    server.received_at_least(10, Duration::from_secs(2)).await;
    let all_came = async {
        while leaving.iter().filter(|asking| asking.is_finished()).count() < 29 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), all_came).await.expect("all but ten and one are refused");
    let mut refused = 0;
    for asking in leaving {
        if asking.is_finished() {
            assert_eq!(asking.await.expect("an answer").errors(), ["a SOURCE_OVERLOADED api"]);
            refused += 1;
        } else {
            asking.abort();
        }
    }
    assert!(refused > 20, "{refused}");
    server.on("/a/1", Behaviour::Json("7".to_owned()));
    server.open_at_most(0, Duration::from_secs(2)).await;
    for _ in 0..10 {
        assert_eq!(ask(&gateway, "{ a(n: 1) }").await.text, r#"{"data":{"a":7}}"#);
    }
}

/// A database has one too: its mistakes in statements count for nothing, its silence does, for many parents as for one.
#[tokio::test(flavor = "multi_thread")]
async fn c3_c8_a_database_that_is_slow_is_left_alone() {
    let url = new_database().await;
    let text = format!(
        "extend schema @source(name: \"db\", sql: {{ url: \"{url}\" }}, breaker: {{ minCalls: 4, failureRate: 0.2 }})
         type Query {{
           bad: Int @sql(query: \"select 1 / 0\")
           well: Int @sql(query: \"select 1\")
           list: [T] @sql(query: \"select a from (values (1), (2)) t(a)\")
         }}
         type T {{ a: Int slow: Int @sql(query: \"select 1 from pg_sleep(3 * {{parent.a}}::int)\", timeout: \"100ms\") }}"
    );
    let gateway = gateway(&text);
    for _ in 0..20 {
        assert_eq!(ask(&gateway, "{ bad }").await.errors(), ["bad SOURCE_QUERY_FAILED db"]);
    }
    assert_eq!(ask(&gateway, "{ well }").await.text, r#"{"data":{"well":1}}"#);
    // Each of these has one success, the list, and one failure, the statement for all of its items.
    let mut asked = 0;
    while ask(&gateway, "{ well }").await.errors().is_empty() {
        ask(&gateway, "{ list { slow } }").await;
        asked += 1;
        assert!(asked < 100, "it never opened");
    }
    assert_eq!(ask(&gateway, "{ well }").await.errors(), ["well SOURCE_CIRCUIT_OPEN db"]);
}
