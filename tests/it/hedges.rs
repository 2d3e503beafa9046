//! Hedges over real sockets: a call that has not answered in time is made a second time. What counts is that the slow one
//! is beaten, that it costs the source hardly more calls, and that nothing is left behind.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tributary::gateway::Gateway;

use super::gateway_fixture::{Answered, ask, gateway};
use super::rest_server::{Behaviour, RestServer};

const SOON: Duration = Duration::from_millis(5);
const LATE: Duration = Duration::from_secs(30);

fn schema(server: &RestServer, source: &str) -> String {
    format!(
        "extend schema @gateway(maxCalls: 1)
           @source(name: \"api\", rest: {{ url: \"{}\" }}, timeout: \"2s\" {source})
         type Query {{
           a(n: Int = 1): Int @rest(get: \"/a/{{args.n}}\", hedge: \"40ms\")
           plain: Int @rest(get: \"/plain\")
         }}
         type Mutation {{ m: Int @rest(get: \"/a/1\", hedge: \"40ms\") }}",
        server.url()
    )
}

/// A service that does these with its calls, in their order, and the last one with all that follow.
async fn doing(behaviours: &[Behaviour]) -> RestServer {
    let server = RestServer::start().await;
    let (asked, behaviours) = (AtomicUsize::new(0), behaviours.to_vec());
    let by = move |_: &_| {
        let number = asked.fetch_add(1, Ordering::Relaxed);
        behaviours.get(number).or(behaviours.last()).cloned().expect("it does something")
    };
    server.on("*", Behaviour::By(Arc::new(by)));
    server
}

fn json(text: &str) -> Behaviour {
    Behaviour::Json(text.to_owned())
}

fn status(status: u16) -> Behaviour {
    Behaviour::Answer(status, Vec::new(), Vec::new())
}

fn after(milliseconds: u64, then: Behaviour) -> Behaviour {
    Behaviour::After(Duration::from_millis(milliseconds), Box::new(then))
}

/// Asks in a task of its own.
fn asking(gateway: &Arc<Gateway>, query: &str) -> tokio::task::JoinHandle<Answered> {
    let (gateway, query) = (Arc::clone(gateway), query.to_owned());
    tokio::spawn(async move { ask(&gateway, &query).await })
}

#[tokio::test(flavor = "multi_thread")]
async fn o15_a_slow_call_is_beaten_and_ended() {
    let server = doing(&[Behaviour::Silent, json("7")]).await;
    let gateway = gateway(&schema(&server, ""));
    let answered = ask(&gateway, "{ a }").await;
    assert_eq!((answered.text.as_str(), server.calls().len()), (r#"{"data":{"a":7}}"#, 2), "one call of one allowed");
    assert!((40..300).contains(&answered.took.as_millis()), "{:?}", answered.took);
    assert_eq!(server.targets(), ["GET /a/1", "GET /a/1"]);
    server.open_at_most(1, Duration::from_secs(1)).await;
    // A first call that answers after all ends the second one.
    let server = doing(&[after(80, json("7")), Behaviour::Silent]).await;
    let gateway = gateway_in_front_of(&server);
    let answered = ask(&gateway, "{ a }").await;
    assert_eq!((answered.text.as_str(), server.calls().len()), (r#"{"data":{"a":7}}"#, 2));
    server.open_at_most(1, Duration::from_secs(1)).await;
    // One that answers in time is alone.
    let server = doing(&[json("7")]).await;
    ask(&gateway_in_front_of(&server), "{ a }").await;
    assert_eq!(server.calls().len(), 1);
}

fn gateway_in_front_of(server: &RestServer) -> Arc<Gateway> {
    gateway(&schema(server, ""))
}

#[tokio::test(flavor = "multi_thread")]
async fn o15_a_client_that_leaves_ends_both_calls() {
    let server = doing(&[Behaviour::Silent]).await;
    let gateway = gateway_in_front_of(&server);
    let leaving = asking(&gateway, "{ a }");
    server.received_at_least(2, LATE).await;
    leaving.abort();
    server.open_at_most(0, Duration::from_secs(1)).await;
}

/// A source that is slow for everybody gets a twentieth more calls, and not twice as many.
#[tokio::test(flavor = "multi_thread")]
async fn o15_extra_calls_are_at_most_a_twentieth() {
    let server = doing(&[after(100, json("7"))]).await;
    let gateway = gateway_in_front_of(&server);
    let mut clients = tokio::task::JoinSet::new();
    for client in 0..40 {
        let gateway = Arc::clone(&gateway);
        clients.spawn(async move {
            for number in 0..25 {
                let answered = ask(&gateway, &format!("{{ a(n: {}) }}", client * 25 + number)).await;
                assert_eq!(answered.text, r#"{"data":{"a":7}}"#);
            }
        });
    }
    assert_eq!(clients.join_all().await.len(), 40);
    let calls = server.calls().len();
    assert!((1_010..=1_050).contains(&calls), "{calls} calls for 1000");
}

#[tokio::test(flavor = "multi_thread")]
async fn o15_what_a_mutation_calls_is_sent_once() {
    let server = doing(&[after(150, json("7"))]).await;
    let answered = ask(&gateway_in_front_of(&server), "mutation { m }").await;
    assert_eq!((answered.text.as_str(), server.calls().len()), (r#"{"data":{"m":7}}"#, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn o15_a_failure_waits_for_the_other_call() {
    for (behaviours, text) in [
        ([after(60, status(503)), after(100, json("7"))], r#"{"data":{"a":7}}"#),
        ([after(140, json("7")), status(503)], r#"{"data":{"a":7}}"#),
        ([after(60, Behaviour::Reset), after(100, json("7"))], r#"{"data":{"a":7}}"#),
        ([after(140, json("7")), Behaviour::Reset], r#"{"data":{"a":7}}"#),
        ([after(60, status(503)), after(100, status(500))], r#""attempts":2,"http":{"status":503}"#),
        ([after(140, status(503)), after(10, status(500))], r#""attempts":2,"http":{"status":500}"#),
    ] {
        let server = doing(&behaviours).await;
        let answered = ask(&gateway_in_front_of(&server), "{ a }").await;
        assert!(answered.text.contains(text) && server.calls().len() == 2, "{text}: {}", answered.text);
    }
    // What fails before it is hedged has failed.
    let server = doing(&[status(503), json("7")]).await;
    let answered = ask(&gateway_in_front_of(&server), "{ a }").await;
    assert!(answered.text.contains(r#""attempts":1"#) && server.calls().len() == 1, "{}", answered.text);
}

/// An attempt and its hedge end together, and the next attempt may be hedged too.
#[tokio::test(flavor = "multi_thread")]
async fn o15_each_attempt_may_be_hedged() {
    let server = doing(&[Behaviour::Silent]).await;
    let retry = "retry: { attempts: 2, attemptTimeout: \"150ms\", backoff: \"1ms\" }";
    let answered = ask(&gateway(&schema(&server, retry)), "{ a }").await;
    assert_eq!(answered.errors(), ["a SOURCE_TIMEOUT api"]);
    assert!(answered.text.contains(r#""attempts":4"#) && server.calls().len() == 4, "{}", answered.text);
    assert!((300..500).contains(&answered.took.as_millis()), "{:?}", answered.took);
}

/// Places that others will need are not taken, and nobody waits for one.
#[tokio::test(flavor = "multi_thread")]
async fn o15_a_hedge_takes_no_place_from_others() {
    for (places, others, calls) in [(1, 0, 1), (2, 0, 1), (4, 0, 2), (4, 1, 3), (4, 2, 3), (4, 3, 4)] {
        let server = doing(&[after(200, json("7"))]).await;
        server.on("/plain", after(400, json("5")));
        let gateway = gateway(&schema(&server, &format!("concurrency: {places}")));
        let others: Vec<_> = (0..others).map(|_| asking(&gateway, "{ plain }")).collect();
        server.received_at_least(others.len(), LATE).await;
        assert_eq!(ask(&gateway, "{ a }").await.text, r#"{"data":{"a":7}}"#);
        assert_eq!(server.calls().len(), calls, "{places} places, {} taken by others", others.len());
    }
}

/// A breaker hears one thing of an attempt, whatever became of its second call.
#[tokio::test(flavor = "multi_thread")]
async fn o15_a_breaker_counts_attempts_and_no_hedges() {
    let server = doing(&[after(60, status(503))]).await;
    let gateway = gateway(&schema(&server, "breaker: { minCalls: 4, cooldown: \"100ms\" }"));
    for attempt in 1..=4 {
        assert_eq!(ask(&gateway, "{ a }").await.errors(), ["a SOURCE_STATUS api"], "{attempt}");
    }
    assert_eq!(ask(&gateway, "{ a }").await.errors(), ["a SOURCE_CIRCUIT_OPEN api"]);
    assert_eq!(server.calls().len(), 8);
    // A call that looks whether the source is back is alone.
    let mut probed = ask(&gateway, "{ a }").await;
    while probed.errors() == ["a SOURCE_CIRCUIT_OPEN api"] {
        tokio::time::sleep(SOON).await;
        probed = ask(&gateway, "{ a }").await;
    }
    assert_eq!((probed.errors(), server.calls().len()), (vec!["a SOURCE_STATUS api".to_owned()], 9));
}

#[tokio::test(flavor = "multi_thread")]
async fn o15_a_call_that_was_beaten_is_none_of_the_sources_failures() {
    let server = RestServer::start().await;
    let asked = AtomicUsize::new(0);
    let by = move |_: &_| match asked.fetch_add(1, Ordering::Relaxed) % 2 {
        0 => Behaviour::Silent,
        _ => json("7"),
    };
    server.on("*", Behaviour::By(Arc::new(by)));
    let gateway = gateway(&schema(&server, "breaker: { minCalls: 2, failureRate: 0.1 }"));
    for _ in 0..10 {
        assert_eq!(ask(&gateway, "{ a }").await.text, r#"{"data":{"a":7}}"#);
    }
    assert_eq!(server.calls().len(), 20);
}
