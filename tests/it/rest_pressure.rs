//! Many calls at once: places, queues, sharing, and connections that end at the wrong moment.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use futures_util::future::join_all;
use tributary::graphql::Value;
use tributary::schema::{BodyTemplate, JsonTemplate, Method, RetryPolicy};
use tributary::source::{Access, Cause, Failure};

use super::descriptors::many_descriptors;
use super::edge_fixture::{Edge, Reply};
use super::fault_fixture::{is_alone, memory, peak_begins};
use super::rest_fixture::{Asked, Service, asking, call, get, header, scope, text};
use super::rest_server::{Behaviour, RestServer};

async fn answering_after(milliseconds: u64) -> RestServer {
    let server = RestServer::start().await;
    let answer = Behaviour::Json("1".to_owned());
    server.on("*", Behaviour::After(Duration::from_millis(milliseconds), Box::new(answer)));
    server
}

fn only(asked: &Asked) -> &Result<tributary::source::Answer, Failure> {
    assert_eq!(asked.results.len(), 1);
    &asked.results[0]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn o1_no_more_connections_than_places() {
    for round in 0..6_u64 {
        let server = answering_after(round % 3).await;
        // A failure or a null gives its connection back as an answer does.
        let missing = Behaviour::Answer(404, Vec::new(), b"{}".to_vec());
        if round % 2 == 1 {
            server.on("*", missing);
        }
        let source = Service::at(&server.url()).with_places(10, 500).connect();
        let calls = (0..500).map(|number| get("/{0}").key(text(&number.to_string())).ask(&source));
        join_all(calls).await;
        assert_eq!(server.calls().len(), 500);
        assert!(server.most_open_connections() <= 10, "{} connections", server.most_open_connections());
    }
}

/// What five hundred clients are answered, who come within half a second: were it at once, they would be a crowd at the front
/// door of a program that was made to be debugged.
async fn five_hundred_clients(edge: &Edge) -> Vec<(Reply, Duration)> {
    let asked = (0..500).map(|number| async move {
        tokio::time::sleep(Duration::from_millis(number)).await;
        let asked = Instant::now();
        (edge.post(&format!("{{ exact(number: {number}) }}")).await, asked.elapsed())
    });
    join_all(asked).await
}

/// A gateway whose source has so many places and a queue of so many.
async fn limited(places: &str) -> Edge {
    many_descriptors();
    let schema = format!(
        "schema @source(name: \"up\", {places}, timeout: \"20s\", rest: {{url: \"{{env.UP}}\"}}) {{ query: Query }}
         type Query {{ exact(number: Int!): Int @rest(get: \"/exact/{{args.number}}\") }}"
    );
    Edge::of_schema(&schema, |_| {}).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn o1_five_hundred_clients_share_ten_connections() {
    let edge = limited("concurrency: 10, queue: 500").await;
    let answer = Behaviour::Json("1".to_owned());
    edge.service.on("*", Behaviour::After(Duration::from_millis(20), Box::new(answer)));
    for _ in 0..3 {
        for (reply, _) in five_hundred_clients(&edge).await {
            assert_eq!(reply.body, r#"{"data":{"exact":1}}"#);
        }
    }
    assert_eq!(edge.service.calls().len(), 1_500);
    let most = edge.service.most_open_connections();
    assert!((1..=10).contains(&most), "{most} connections");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn o2_clients_beyond_places_and_queue_are_refused_at_once() {
    let edge = limited("concurrency: 10, queue: 20").await;
    let answer = Behaviour::Json("1".to_owned());
    edge.service.on("*", Behaviour::After(Duration::from_secs(3), Box::new(answer)));
    let replies = five_hundred_clients(&edge).await;
    let (served, refused): (Vec<_>, Vec<_>) = replies.iter().partition(|(reply, _)| reply.code().is_empty());
    assert_eq!((served.len(), refused.len(), edge.service.calls().len()), (30, 470, 30));
    for (reply, took) in refused {
        assert_eq!((reply.status, reply.code()), (200, "SOURCE_OVERLOADED"), "{}", reply.body);
        // All of them are read and answered before the first one of the others is.
        assert!(*took < Duration::from_millis(2_500), "{took:?}");
    }
    assert!(edge.service.most_open_connections() <= 10);
}

#[tokio::test]
async fn one_fetch_holds_three_quarters_of_the_places() {
    let server = answering_after(20).await;
    let source = Service::at(&server.url()).with_places(8, 500).connect();
    let mut asking = get("/{0}");
    asking.keys = (0..40).map(|number| text(&number.to_string())).collect();
    let asked = asking.ask(&source).await;
    assert_eq!(asked.results.iter().filter(|result| result.is_ok()).count(), 40);
    assert_eq!(server.most_open_connections(), 6);
}

#[tokio::test]
async fn o2_a_full_queue_refuses_at_once() {
    let server = answering_after(300).await;
    let source = Service::at(&server.url()).with_places(2, 3).connect();
    let calls = (0..8).map(|number| get("/{0}").key(text(&number.to_string())).ask(&source));
    let asked = join_all(calls).await;
    let refused: Vec<_> =
        asked.iter().filter_map(|asked| only(asked).as_ref().err().map(|error| (error, asked.took))).collect();
    assert_eq!(refused.len(), 3);
    for (failure, took) in refused {
        assert_eq!((&failure.cause, failure.attempts), (&Cause::Overloaded, 0));
        assert!(took < Duration::from_millis(100), "{took:?}");
    }
    assert_eq!(server.calls().len(), 5);
}

#[tokio::test]
async fn what_was_never_sent_is_no_fault_of_the_services() {
    let server = answering_after(400).await;
    let source = Service::at(&server.url()).with_places(1, 10).connect();
    let first = get("/first").ask(&source);
    let second = async {
        server.received_at_least(1, Duration::from_secs(2)).await;
        get("/second").within(100).ask(&source).await
    };
    let (first, second) = tokio::join!(first, second);
    assert!(only(&first).is_ok());
    let failure = only(&second).as_ref().expect_err("no place");
    assert_eq!((&failure.cause, failure.attempts), (&Cause::Overloaded, 0));
    assert_eq!(server.targets(), ["GET /first"]);
}

#[tokio::test]
async fn d5_nothing_is_sent_after_the_deadline() {
    let server = answering_after(60).await;
    let source = Service::at(&server.url()).with_places(1, 10).connect();
    let mut asking = get("/{0}").within(100);
    asking.keys = (0..50).map(|number| text(&number.to_string())).collect();
    let asked = asking.ask(&source).await;
    assert_eq!(asked.results.len(), 50);
    assert!(server.calls().len() <= 2, "{} calls", server.calls().len());
    let unsent = |result: &&Result<_, Failure>| result.as_ref().is_err_and(|failure| failure.attempts == 0);
    assert!(asked.results.iter().filter(unsent).count() >= 48, "{asked:?}");
    assert!(asked.took < Duration::from_millis(150), "{:?}", asked.took);
}

#[tokio::test]
async fn identical_calls_of_one_operation_are_made_once() {
    let server = answering_after(50).await;
    let source = Service::at(&server.url()).with_places(1, 0).connect();
    let operation = scope(&[]);
    let started = Instant::now();
    let calls = (0..20).map(|_| get("/x").in_scope(&operation).ask(&source));
    for asked in join_all(calls).await {
        assert!(only(&asked).is_ok(), "whoever joins needs no place: {asked:?}");
    }
    assert!(only(&get("/x").in_scope(&operation).ask(&source).await).is_ok());
    assert_eq!(server.calls().len(), 1);
    assert!(started.elapsed() < Duration::from_millis(150));
    get("/x").ask(&source).await;
    assert_eq!(server.calls().len(), 2, "another operation asks for itself");
}

#[tokio::test]
async fn calls_that_differ_in_a_header_are_not_identical() {
    let server = answering_after(20).await;
    let source = Service::at(&server.url()).connect();
    let operation = scope(&[]);
    let calls = ["a", "b", "a"].map(|value| {
        let mut asking = get("/x").key(text(value)).in_scope(&operation);
        asking.call.headers = vec![header("x-tenant", "{0}")];
        asking.ask(&source)
    });
    join_all(calls).await;
    let mut tenants: Vec<_> = server.calls().iter().map(|call| call.headers("x-tenant").join(",")).collect();
    tenants.sort();
    assert_eq!(tenants, ["a", "b"]);
}

#[tokio::test]
async fn calls_that_write_are_never_shared() {
    let server = answering_after(20).await;
    let source = Service::at(&server.url()).connect();
    let operation = scope(&[]);
    let calls = (0..3).map(|_| {
        let mut asking = get("/x").in_scope(&operation);
        asking.access = Access::Write;
        asking.ask(&source)
    });
    join_all(calls).await;
    assert_eq!(server.calls().len(), 3);
}

#[tokio::test]
async fn nobody_reads_what_was_asked_before_their_own_write() {
    let server = answering_after(0).await;
    let source = Service::at(&server.url()).connect();
    let operation = scope(&[]);
    let write = |path| {
        let mut asking = get(path).in_scope(&operation);
        asking.access = Access::Write;
        asking.ask(&source)
    };
    let read = || get("/cart").in_scope(&operation).ask(&source);
    write("/add").await;
    read().await;
    read().await;
    write("/add").await;
    read().await;
    assert_eq!(server.targets(), ["GET /add", "GET /cart", "GET /add", "GET /cart"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r8_connections_that_close_while_idle_cost_no_call() {
    // Two thousand calls of four clients.
    let server = RestServer::start().await;
    let answer = Behaviour::Json("1".to_owned());
    server.on("*", Behaviour::ClosingIdle(Duration::from_millis(5), Box::new(answer)));
    let source = Service::at(&server.url()).connect();
    let workers = (0..4).map(|worker| {
        let source = Arc::clone(&source);
        tokio::spawn(async move {
            let mut failures = Vec::new();
            for number in 0..500_u64 {
                let asked = get("/{0}").key(text(&format!("{worker}-{number}"))).ask(&source).await;
                failures.extend(only(&asked).as_ref().err().cloned());
                // Around the moment at which the server closes.
                tokio::time::sleep(Duration::from_micros(4_600 + number % 9 * 100)).await;
            }
            failures
        })
    });
    let failures: Vec<_> =
        join_all(workers).await.into_iter().flat_map(|failures| failures.expect("no panic")).collect();
    assert!(failures.is_empty(), "{} of 2000: {:?}", failures.len(), failures.first());
}

#[tokio::test]
async fn r8_a_connection_that_died_while_idle_is_replaced_once() {
    let server = RestServer::start().await;
    let seen = std::sync::atomic::AtomicUsize::new(0);
    // The second call meets a connection that closes under it; over a new one it is answered.
    let decide = move |_: &_| match seen.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
        1 => Behaviour::Close,
        _ => Behaviour::Json("1".to_owned()),
    };
    server.on("*", Behaviour::By(Arc::new(decide)));
    let source = Service::at(&server.url()).connect();
    assert!(only(&get("/1").ask(&source).await).is_ok());
    assert!(only(&get("/2").ask(&source).await).is_ok());
    assert_eq!(server.targets(), ["GET /1", "GET /2", "GET /2"]);
    assert_eq!(server.accepted_connections(), 2);
}

#[tokio::test]
async fn a_service_that_closes_each_connection_is_not_waited_for() {
    let server = RestServer::start().await;
    let close = vec!["connection: close".to_owned()];
    server.on("*", Behaviour::Answer(200, close, b"1".to_vec()));
    let source = Service::at(&server.url()).connect();
    let started = Instant::now();
    for number in 0..30 {
        assert!(only(&get("/{0}").key(text(&number.to_string())).ask(&source).await).is_ok());
    }
    assert_eq!(server.accepted_connections(), 30);
    assert!(started.elapsed() < Duration::from_millis(300), "{:?}", started.elapsed());
}

#[tokio::test]
async fn connections_are_kept() {
    let server = answering_after(0).await;
    let source = Service::at(&server.url()).connect();
    for number in 0..20 {
        get("/{0}").key(text(&number.to_string())).ask(&source).await;
    }
    assert_eq!(server.accepted_connections(), 1);
}

/// A call holds what it sends once, and once more in the key that tells it from others; attempts share the one.
#[tokio::test]
async fn r9_a_body_is_not_copied_for_its_attempts() {
    const BODY: usize = 16 * 1024 * 1024;
    let closed = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let source = Service::at(&format!("http://{closed}")).connect();
    let mut asking = asking(call(Method::Post, "/x"));
    asking.call.body = Some(BodyTemplate::Json(JsonTemplate::Constant(Value::String("x".repeat(BODY).into()))));
    let mut fetch = asking.fetch();
    let (backoff, budget) = (Duration::from_millis(1), 1.0);
    let retry = RetryPolicy { attempts: 6, attempt_timeout: None, backoff, max_backoff: backoff, budget };
    Arc::get_mut(&mut fetch.binding).expect("the only one").retry = Some(retry);
    let before = peak_begins();
    let results: Vec<_> = source.fetch(fetch).collect().await;
    assert_eq!(results[0].1.as_ref().expect_err("nobody is there").attempts, 6);
    let grown = memory("VmHWM").saturating_sub(before);
    assert!(!is_alone() || grown < 5 * BODY as u64 / 2 / 1024, "{grown} KiB");
}
