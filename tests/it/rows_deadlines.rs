//! Deadlines, isolation, cancellation: what a source that is slow costs, and what a client that leaves takes along. Over
//! real sockets, from outside.

use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::io::AsyncWriteExt as _;
use tokio_postgres::Client;
use tributary::source::{Script, ScriptedAnswer};

use crate::edge_fixture::{Edge, LONG, post};
use crate::fault_fixture::{Faults, Taken, Watch, at_most};
use crate::gateway_fixture::scripted_gateway;
use crate::postgres_cluster::{connect, new_database};
use crate::rest_server::{Behaviour, RestServer};

fn good() -> Behaviour {
    Behaviour::Json(r#"{"a":1,"b":[1]}"#.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn d1_a_source_that_never_answers_costs_its_timeout() {
    let faults = Faults::start().await;
    let seen = faults.fails_with(Behaviour::Silent, "SOURCE_TIMEOUT").await;
    assert!(seen.took >= Duration::from_millis(200) && seen.took <= at_most(200), "{:?}", seen.took);
    assert_eq!(seen.fact("timeoutMs"), "200");
    // The call was over before the answer came.
    faults.edge.service.open_at_most(0, Duration::from_millis(100)).await;
    faults.edge.service.on("/bad", good());
    faults.works().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn d2_the_timeout_covers_the_body() {
    let faults = Faults::start().await;
    let seen = faults.fails_with(Behaviour::Drip, "SOURCE_TIMEOUT").await;
    assert!(seen.took >= Duration::from_millis(200) && seen.took <= at_most(200), "{:?}", seen.took);
    faults.edge.service.open_at_most(0, Duration::from_millis(100)).await;
}

/// Once nobody accepts and the queue is full, the system answers no more.
#[tokio::test(flavor = "multi_thread")]
async fn d3_a_connection_that_nobody_takes_has_a_timeout_of_its_own_and_is_tried_again() {
    let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
    socket.bind(([127, 0, 0, 1], 0).into()).expect("a free port");
    let listener = socket.listen(1).expect("a listener");
    let address = listener.local_addr().expect("an address");
    let mut queue = Vec::new();
    let patience = Duration::from_millis(50);
    while let Ok(connection) = tokio::time::timeout(patience, tokio::net::TcpStream::connect(address)).await {
        queue.push(connection.expect("a connection"));
    }
    let faults = Faults::of(&format!(
        r#"rest: {{url: "http://{address}", connect: "150ms"}}, timeout: "3s", retry: {{attempts: 3, backoff: "1ms"}}"#
    ))
    .await;
    let seen = faults.fails("SOURCE_UNAVAILABLE").await;
    assert_eq!(seen.fact("reason"), r#""connect""#);
    assert!((450..650).contains(&seen.took.as_millis()), "three times 150 ms: {:?}", seen.took);
    // Without a word on it, it is a second.
    let faults = Faults::of(&format!(r#"rest: {{url: "http://{address}"}}, retry: {{attempts: 1}}"#)).await;
    let seen = faults.fails("SOURCE_UNAVAILABLE").await;
    assert!((1_000..=1_250).contains(&seen.took.as_millis()), "{:?}", seen.took);
}

/// Each hop gives the next one less than it was given itself.
#[tokio::test(flavor = "multi_thread")]
async fn d6_a_source_is_told_of_less_time_than_the_client_has() {
    let edge = Edge::start().await;
    let reply = edge.post_with("x-request-timeout-ms: 400\r\n", r#"{"query":"{ hello }"}"#).await;
    assert_eq!(reply.body, r#"{"data":{"hello":"world"}}"#);
    edge.post("{ hello }").await;
    let calls = edge.service.calls();
    let left = |call: usize| calls[call].headers("x-request-timeout-ms")[0].parse::<u64>().expect("a number");
    assert!((200..400).contains(&left(0)), "{}", left(0));
    assert!((4_500..5_000).contains(&left(1)), "without a word of the client's the source's own: {}", left(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn d10_a_timeout_where_no_null_may_stand_goes_up_to_the_nearest_place_where_one_may() {
    let schema = r#"schema @source(name: "up", rest: {url: "{env.UP}"}) { query: Query }
        type Query { outer: Outer @rest(get: "/object") hello: String @rest(get: "/hello") }
        type Outer { id: Int inner: Inner @rest(get: "/object") }
        type Inner { id: Int must: Leaf! @rest(get: "/hanging", timeout: "150ms") }
        type Leaf { id: Int! }"#;
    let edge = Edge::of_schema(schema, |_| {}).await;
    edge.service.on("/object", Behaviour::Json(r#"{"id":1}"#.to_owned()));
    let reply = edge.post("{ outer { id inner { id must { id } } } hello }").await;
    let data = r#"{"data":{"outer":{"id":1,"inner":null},"hello":"world"},"errors":[{"#;
    assert!(reply.body.starts_with(data), "{}", reply.body);
    assert_eq!((reply.code(), reply.body.matches("\"code\"").count()), ("SOURCE_TIMEOUT", 1), "{}", reply.body);
    assert!(reply.body.contains(r#""path":["outer","inner","must"]"#), "{}", reply.body);
}

/// What a source does when it panics, which none does: the script that plays it does, where the network would be.
#[tokio::test(flavor = "multi_thread")]
async fn d11_a_panic_in_a_source_is_an_error_of_its_field() {
    let text = r#"extend schema @source(name: "bad", rest: {url: "http://bad.test"})
            @source(name: "good", rest: {url: "http://good.test"}) @source(name: "db", sql: {url: "sqlite::memory:"})
        type Query {
          bad: Int @rest(source: "bad", get: "/bad") all: [Int] @rest(source: "good", get: "/all")
          row: Int @sql(query: "select 1") good: Int @rest(source: "good", get: "/good")
        }"#;
    let script = Script::new(|call| {
        assert!(!call.words.contains("/bad") && !call.words.contains("select"), "hunter2 in {}", call.words);
        let body = if call.words == "GET /all" { "[1,2]" } else { "1" };
        (Duration::ZERO, ScriptedAnswer::Http { status: 200, body: body.into() })
    });
    let gateway = scripted_gateway(text, &script);
    let edge = Edge::of(gateway, RestServer::start().await, |_| {}).await;
    for _ in 0..100 {
        let reply = edge.post("{ bad all row good }").await;
        assert_eq!(reply.status, 200);
        let data = r#"{"data":{"bad":null,"all":[1,2],"row":null,"good":1},"errors":[{"#;
        assert!(reply.body.starts_with(data), "{}", reply.body);
        assert_eq!(reply.body.matches(r#""code":"INTERNAL""#).count(), 2, "{}", reply.body);
        for path in [r#""path":["bad"]"#, r#""path":["row"]"#] {
            assert!(reply.body.contains(path), "{}", reply.body);
        }
        assert!(!reply.body.contains("hunter2") && !reply.body.contains("panic"), "{}", reply.body);
    }
    assert_eq!(edge.post("{ good }").await.body, r#"{"data":{"good":1}}"#);
}

/// Twenty fields of one service, of which the last has a source of its own that may hang.
struct Twenty(Edge);

impl Twenty {
    async fn start() -> Twenty {
        let field = |number| format!("f{number}: Int @rest(source: \"up\", get: \"/{number}\")\n");
        let fields: String = (0..19).map(field).collect();
        let schema = format!(
            "schema @source(name: \"up\", rest: {{url: \"{{env.UP}}\"}}, queue: 10000)
                @source(name: \"hung\", rest: {{url: \"{{env.UP}}\"}}, timeout: \"500ms\", concurrency: 4) {{ query: Query }}
             type Query {{ {fields} f19: Int @rest(source: \"hung\", get: \"/19\") }}"
        );
        let edge = Edge::of_schema(&schema, |_| {}).await;
        for number in 0..20 {
            edge.service.on(&format!("/{number}"), Behaviour::Json(number.to_string()));
        }
        Twenty(edge)
    }

    /// The 99th percentile of how long the answer of the first nineteen takes, asked for so many times a second; at the same
    /// rate all twenty are asked for, and are there within their timeout.
    async fn p99_of_nineteen(&self, per_second: u32, seconds: u32) -> Duration {
        let names = |count: usize| (0..count).map(|number| format!("f{number}")).collect::<Vec<_>>().join(" ");
        let (nineteen, all) = (format!("{{ {} }}", names(19)), format!("{{ {} }}", names(20)));
        let expected: Vec<String> = (0..19).map(|number| format!("\"f{number}\":{number}")).collect();
        let expected = expected.join(",");
        let ask = async |query: &str| {
            let started = Instant::now();
            let reply = self.0.post(query).await;
            assert!(reply.status == 200 && reply.body.contains(&expected), "{}", reply.body);
            started.elapsed()
        };
        let mut ticks = tokio::time::interval(Duration::from_secs(1) / per_second);
        let (mut asked, mut took) = (FuturesUnordered::new(), Vec::new());
        let mut left = per_second * seconds;
        while left > 0 || !asked.is_empty() {
            tokio::select! {
                _ = ticks.tick(), if left > 0 => {
                    left -= 1;
                    asked.push(futures_util::future::join(ask(&nineteen), ask(&all)));
                }
                Some((of_nineteen, of_all)) = asked.next() => {
                    assert!(of_all < Duration::from_secs(2), "{of_all:?}");
                    took.push(of_nineteen);
                }
            }
        }
        took.sort();
        took[took.len() * 99 / 100]
    }
}

/// With `TRIBUTARY_TEST_LONG` it is what the row says: 200 a second for 30 seconds, in a build with optimizations.
#[tokio::test(flavor = "multi_thread")]
async fn d7_what_does_not_hang_is_as_fast_as_ever() {
    let is_long = std::env::var_os("TRIBUTARY_TEST_LONG").is_some();
    let (per_second, seconds) = if is_long { (200, 30) } else { (25, 3) };
    let twenty = Twenty::start().await;
    twenty.p99_of_nineteen(per_second, 1).await;
    let without = twenty.p99_of_nineteen(per_second, seconds).await;
    twenty.0.service.on("/19", Behaviour::Silent);
    let with = twenty.p99_of_nineteen(per_second, seconds).await;
    assert!(with <= without.mul_f64(1.2) + Duration::from_millis(50), "{with:?}, without the fault {without:?}");
    println!("p99 {with:?}, without the fault {without:?}");
}

/// A gateway whose two fields never answer: one of a service, one of a database that has two places.
struct Endless {
    edge: Edge,
    observer: Client,
}

impl Endless {
    async fn start() -> Endless {
        let database = new_database().await;
        let schema = format!(
            "schema @source(name: \"up\", rest: {{url: \"{{env.UP}}\"}}, concurrency: 8)
                @source(name: \"db\", sql: {{url: \"{database}\", pool: 8}}, concurrency: 8) {{ query: Query }}
             type Query {{
               rest: Int @rest(get: \"/endless\") sql: Int @sql(query: \"select 1 from pg_sleep(10)\")
               one: Int @rest(get: \"/one\") two: Int @sql(query: \"select 2\")
             }}"
        );
        let edge = Edge::of_schema(&schema, |_| {}).await;
        edge.service.on("/endless", Behaviour::Silent).on("/one", Behaviour::Json("1".to_owned()));
        let reply = edge.post("{ one two }").await;
        assert_eq!(reply.body, r#"{"data":{"one":1,"two":2}}"#);
        Endless { edge, observer: connect(&database).await }
    }

    fn url(&self) -> String {
        format!("http://{}/graphql", self.edge.address)
    }

    /// Backends that run the endless statement.
    async fn active(&self) -> i64 {
        let statement = "select count(*) from pg_stat_activity where query like '%pg_sleep(10)%' and state = 'active' \
                         and pid <> pg_backend_pid() and datname = current_database()";
        self.observer.query_one(statement, &[]).await.expect("a count").get(0)
    }

    async fn active_becomes(&self, count: i64, within: Duration) {
        let started = Instant::now();
        while self.active().await != count {
            assert!(started.elapsed() < within, "{} after {within:?}", self.active().await);
        }
    }

    /// Waits until both sources have been asked.
    async fn is_asked(&self, calls: usize) {
        self.edge.service.received_at_least(calls, LONG).await;
        self.active_becomes(1, LONG).await;
    }

    /// Nothing is left of what only the client that has just left waited for.
    async fn is_left(&self) {
        let left = Instant::now();
        self.active_becomes(0, at_most(300)).await;
        self.edge.service.open_at_most(0, at_most(300).saturating_sub(left.elapsed())).await;
    }
}

const ENDLESS: &str = r#"{"query":"{ rest sql }"}"#;

#[tokio::test(flavor = "multi_thread")]
async fn d8_a_client_that_closes_its_connection_takes_its_calls_along() {
    let endless = Endless::start().await;
    let mut stream = endless.edge.connect().await;
    stream.write_all(post("", ENDLESS).as_bytes()).await.expect("sent");
    endless.is_asked(2).await;
    drop(stream);
    endless.is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn d8_a_client_that_resets_its_stream_or_closes_its_connection_takes_its_calls_along() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let endless = Endless::start().await;
    let mut calls = 1;
    for keeps_connection in [true, false] {
        let client = reqwest::Client::builder().http2_prior_knowledge().no_proxy().build().expect("a client");
        let request = client.post(endless.url()).header("content-type", "application/json").body(ENDLESS);
        let asking = tokio::spawn(request.send());
        calls += 1;
        endless.is_asked(calls).await;
        if keeps_connection {
            asking.abort();
            endless.is_left().await;
            let request = client.post(endless.url()).header("content-type", "application/json");
            let answer = request.body(r#"{"query":"{ two }"}"#).send().await.expect("the connection goes on");
            assert_eq!(answer.text().await.expect("an answer"), r#"{"data":{"two":2}}"#);
        } else {
            drop(client);
            asking.abort();
            endless.is_left().await;
        }
    }
}

/// At whatever moment they leave: connected, in the middle of the request, just after it, or while their calls are under way.
#[tokio::test(flavor = "multi_thread")]
async fn d9_a_thousand_clients_that_leave_leave_nothing_behind() {
    let endless = Endless::start().await;
    let before = Taken::now();
    let request = post("", ENDLESS);
    for wave in 0..20 {
        let leaving = (0..50).map(|number| {
            let (edge, request) = (&endless.edge, &request);
            async move {
                let mut stream = edge.connect().await;
                let sent = if number % 4 == 0 { number % request.len() } else { request.len() };
                stream.write_all(&request.as_bytes()[..sent]).await.expect("sent");
                if number % 4 == 3 {
                    edge.service.received_at_least(wave * 8 + 2, LONG).await;
                }
            }
        });
        futures_util::future::join_all(leaving).await;
    }
    let watch = Watch::begin(endless.edge.address);
    before.is_back().await;
    endless.active_becomes(0, Duration::from_secs(2)).await;
    let asked = futures_util::stream::iter(0..1_000).map(|_| endless.edge.post("{ one two }")).buffer_unordered(16);
    let wrong: Vec<_> = asked
        .filter(|reply| std::future::ready(reply.status != 200 || reply.body != r#"{"data":{"one":1,"two":2}}"#))
        .collect()
        .await;
    assert!(wrong.is_empty(), "{} of 1000: {:?}", wrong.len(), wrong.first());
    watch.end().await;
    // Every place is free: as many calls as there are places can be under way at once.
    let all: Vec<_> = (0..8).map(|_| endless.edge.connect()).collect();
    let mut all = futures_util::future::join_all(all).await;
    let calls = endless.edge.service.calls().len();
    for stream in &mut all {
        stream.write_all(request.as_bytes()).await.expect("sent");
    }
    endless.edge.service.received_at_least(calls + 8, LONG).await;
    endless.active_becomes(8, LONG).await;
}
