//! Trying again: what is repeated and what is not, how often, when, and what is told of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::gateway_fixture::{ask, gateway};
use super::postgres_cluster::Cluster;
use super::rest_server::{Behaviour, RestServer};

/// A gateway in front of one service, whose calls are tried in this way.
fn schema(server: &RestServer, retry: &str) -> String {
    format!(
        "extend schema @source(name: \"api\", rest: {{ url: \"{}\" }}, timeout: \"2s\", retry: {{ {retry} }})
         type Query {{
           a: Int @rest(get: \"/a\")
           p: Int @rest(post: \"/a\", body: {{ x: 1 }})
           own: Int @rest(get: \"/a\", retry: {{ attempts: 4, backoff: \"1ms\" }})
           nothing: Int @rest(get: \"/a\", nullOn: [503])
           short: Int @rest(get: \"/a\", timeout: \"300ms\")
         }}
         type Mutation {{ m: Int @rest(get: \"/a\") }}",
        server.url()
    )
}

/// A service that answers so many times with something, and with 7 after that.
async fn failing(times: usize, with: Behaviour) -> RestServer {
    let server = RestServer::start().await;
    let asked = AtomicUsize::new(0);
    let by = move |_: &_| match asked.fetch_add(1, Ordering::Relaxed) {
        number if number < times => with.clone(),
        _ => Behaviour::Json("7".to_owned()),
    };
    server.on("/a", Behaviour::By(Arc::new(by)));
    server
}

fn status(status: u16) -> Behaviour {
    Behaviour::Answer(status, Vec::new(), Vec::new())
}

#[tokio::test(flavor = "multi_thread")]
async fn r1_a_failure_that_passes_is_no_error() {
    for failure in [status(503), status(502), status(504), status(429)] {
        let server = failing(1, failure).await;
        let answered = ask(&gateway(&schema(&server, "")), "{ a }").await;
        assert_eq!((answered.text.as_str(), server.calls().len()), (r#"{"data":{"a":7}}"#, 2));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r2_a_failure_that_stays_is_told_with_its_attempts() {
    let server = failing(99, status(503)).await;
    let gateway = gateway(&schema(&server, "attempts: 3, backoff: \"1ms\""));
    let answered = ask(&gateway, "{ a }").await;
    assert_eq!((answered.errors(), server.calls().len()), (vec!["a SOURCE_STATUS api".to_owned()], 3));
    assert!(
        answered.text.contains(r#""attempts":3"#) && answered.text.contains(r#""status":503"#),
        "{}",
        answered.text
    );
    // A field may say otherwise.
    let answered = ask(&gateway, "{ own }").await;
    assert!(answered.text.contains(r#""attempts":4"#) && server.calls().len() == 7, "{}", answered.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn r3_what_may_have_been_done_is_not_done_again() {
    for (query, failure) in [("{ p }", status(503)), ("mutation { m }", status(503)), ("{ p }", Behaviour::Close)] {
        let server = failing(1, failure).await;
        let answered = ask(&gateway(&schema(&server, "attempts: 3, backoff: \"1ms\"")), query).await;
        assert_eq!((answered.errors().len(), server.calls().len()), (1, 1), "{query}");
    }
    // What was never sent is tried again, a mutation too.
    let server = RestServer::start().await;
    let text = schema(&server, "attempts: 3, backoff: \"1ms\"");
    let port = server.url().rsplit_once(':').map(|(_, port)| port.to_owned()).expect("a port");
    server.end().await;
    for query in ["{ p }", "mutation { m }"] {
        let answered = ask(&gateway(&text), query).await;
        assert!(answered.text.contains(r#""attempts":3"#), "{port} {}", answered.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r4_a_failure_that_stays_so_is_not_repeated() {
    for wrong in [400, 401, 404, 422, 500] {
        let server = failing(1, status(wrong)).await;
        let answered = ask(&gateway(&schema(&server, "attempts: 3")), "{ a }").await;
        assert_eq!((answered.errors().len(), server.calls().len()), (1, 1), "{wrong}");
    }
    let server = failing(1, Behaviour::Json("{".to_owned())).await;
    ask(&gateway(&schema(&server, "attempts: 3")), "{ a }").await;
    assert_eq!(server.calls().len(), 1, "an answer that cannot be read is read no better again");
}

/// A status that means null is an answer, and no reason to ask again.
#[tokio::test(flavor = "multi_thread")]
async fn r4_a_status_that_means_null_is_not_repeated() {
    let server = failing(1, status(503)).await;
    let gateway = gateway(&schema(&server, "attempts: 3, backoff: \"1ms\""));
    assert_eq!(ask(&gateway, "{ nothing }").await.text, r#"{"data":{"nothing":null}}"#);
    assert_eq!(server.calls().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn r7_a_service_that_asks_for_time_gets_it() {
    let asking = |seconds: &str| Behaviour::Answer(503, vec![format!("retry-after: {seconds}")], Vec::new());
    let busy = |seconds: &str| Behaviour::Answer(429, vec![format!("retry-after: {seconds}")], Vec::new());
    // Longer than the timeout: there is no second call, and nobody waits for one.
    let server = failing(1, asking("2")).await;
    let answered = ask(&gateway(&schema(&server, "attempts: 3")), "{ short }").await;
    assert_eq!((answered.errors().len(), server.calls().len()), (1, 1));
    assert!(answered.took < Duration::from_millis(250), "{:?}", answered.took);
    for failure in [asking("1"), busy("1")] {
        let server = failing(1, failure).await;
        let answered = ask(&gateway(&schema(&server, "attempts: 3")), "{ a }").await;
        assert_eq!((answered.text.as_str(), server.calls().len()), (r#"{"data":{"a":7}}"#, 2));
        assert!(answered.took >= Duration::from_secs(1), "{:?}", answered.took);
    }
}

/// Three attempts of a service that says nothing fit into the field's timeout, and are told.
#[tokio::test(flavor = "multi_thread")]
async fn d4_attempts_fit_into_the_timeout() {
    let server = failing(99, Behaviour::Silent).await;
    let text = schema(&server, "attempts: 3, attemptTimeout: \"60ms\", backoff: \"1ms\"");
    let answered = ask(&gateway(&text), "{ short }").await;
    assert_eq!(answered.errors(), ["short SOURCE_TIMEOUT api"]);
    assert!(answered.text.contains(r#""attempts":3"#), "{}", answered.text);
    assert!(answered.took < Duration::from_millis(350), "{:?}", answered.took);
    // Without a timeout of its own the first attempt takes all there is.
    let server = failing(1, Behaviour::Silent).await;
    let answered = ask(&gateway(&schema(&server, "attempts: 3")), "{ short }").await;
    assert_eq!((answered.errors().len(), server.calls().len()), (1, 1));
    assert!(answered.took < Duration::from_millis(375), "{:?}", answered.took);
    // One that hangs once costs its attempt, and no more.
    let server = failing(1, Behaviour::Silent).await;
    let text = schema(&server, "attempts: 2, attemptTimeout: \"60ms\", backoff: \"1ms\"");
    let answered = ask(&gateway(&text), "{ short }").await;
    assert_eq!(answered.text, r#"{"data":{"short":7}}"#);
}

/// A database that is starting is asked again; what it refuses for good is not.
#[tokio::test(flavor = "multi_thread")]
async fn p5_a_database_that_comes_back_in_time_costs_no_error() {
    let (cluster, url) = tokio::task::spawn_blocking(Cluster::start).await.expect("a cluster");
    let text = format!(
        "extend schema @source(name: \"db\", sql: {{ url: \"{url}\" }}, timeout: \"9s\",
           retry: {{ attempts: 10, backoff: \"400ms\", maxBackoff: \"1500ms\" }})
         type Query {{ t: [T] @sql(query: \"select a from (values (1), (2)) t(a)\") bad: Int @sql(query: \"select 1 / 0\") }}
         type T {{ a: Int more: Int @sql(query: \"select {{parent.a}}::int + 1\") }}"
    );
    let gateway = gateway(&text);
    tokio::task::block_in_place(|| cluster.crash());
    let asked = tokio::spawn(async move {
        let answered = ask(&gateway, "{ t { a more } }").await;
        (answered, gateway)
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    tokio::task::block_in_place(|| cluster.resume());
    let (answered, gateway) = asked.await.expect("an answer");
    assert_eq!(answered.text, r#"{"data":{"t":[{"a":1,"more":2},{"a":2,"more":3}]}}"#);
    let started = Instant::now();
    let answered = ask(&gateway, "{ bad }").await;
    assert!(answered.text.contains(r#""attempts":1"#), "{}", answered.text);
    assert!(started.elapsed() < Duration::from_millis(300));
}
