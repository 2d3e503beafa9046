//! The front door: how many are let in, what the others are told, and that whoever asks for much work does not keep others
//! from being answered.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tokio::io::AsyncWriteExt as _;
use tokio::time::timeout;

use crate::edge_fixture::{Edge, LONG, Reply, post, read_reply};
use crate::rest_server::Behaviour;

fn is_told_to_come_back(reply: &Reply) -> bool {
    let facts = (reply.status, reply.header("retry-after"), reply.code());
    facts == (503, Some("1"), "GATEWAY_OVERLOADED")
}

#[tokio::test]
async fn connections_beyond_the_cap_are_told_to_come_back() {
    let edge = Edge::with(|settings| settings.max_connections = 2).await;
    let held = (edge.connect().await, edge.connect().await);
    let started = Instant::now();
    // More than are told at once: they wait until others have been told.
    let told = join_all((0..200).map(|_| edge.post("{ hello }"))).await;
    assert!(told.iter().all(is_told_to_come_back), "{told:?}");
    assert!(started.elapsed() < LONG / 4, "{:?}", started.elapsed());
    drop(held);
    let served = async { while edge.post("{ hello }").await.status != 200 {} };
    timeout(LONG, served).await.expect("a place");
}

#[tokio::test]
async fn a_connection_that_is_turned_away_keeps_no_place_at_the_door() {
    let edge = Edge::with(|settings| settings.max_connections = 1).await;
    let _held = edge.connect().await;
    // Nobody of these reads or says anything.
    let silent = join_all((0..40).map(|_| edge.connect())).await;
    let reply = timeout(LONG, edge.post("{ hello }")).await.expect("an answer");
    assert!(is_told_to_come_back(&reply), "{reply:?}");
    drop(silent);
}

#[tokio::test]
async fn operations_beyond_the_cap_are_told_to_come_back() {
    let edge = Edge::with(|settings| settings.max_operations = 3).await;
    let mut held = Vec::new();
    for _ in 0..3 {
        let mut stream = edge.connect().await;
        stream.write_all(post("", r#"{"query":"{ hello slow }"}"#).as_bytes()).await.expect("sent");
        held.push(stream);
    }
    edge.service.received_at_least(6, LONG).await;
    let told = join_all((0..20).map(|_| edge.post("{ hello }"))).await;
    assert!(told.iter().all(is_told_to_come_back), "{told:?}");
    assert_eq!(edge.service.calls().len(), 6, "nothing was asked for them");
    // Who only asks how things are is answered.
    assert_eq!(edge.get("/health/live", "").await.status, 200);
    for mut stream in held {
        assert_eq!(read_reply(&mut stream).await.status, 200, "who was let in is served");
    }
    assert_eq!(edge.post("{ hello }").await.status, 200);
}

#[tokio::test]
async fn large_bodies_that_never_come_keep_out_large_ones_alone() {
    let edge = Edge::of_gateway(r#"maxBody: "2MiB""#).await;
    let promise =
        "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 70000\r\n\r\n";
    let mut held = Vec::new();
    for _ in 0..256 {
        let mut stream = edge.connect().await;
        stream.write_all(promise.as_bytes()).await.expect("sent");
        held.push(stream);
    }
    let large = format!(r#"{{"query":"{{ hello }}","variables":{{"v":"{}"}}}}"#, "x".repeat(70_000));
    let refused = async { while !is_told_to_come_back(&edge.post_with("", &large).await) {} };
    timeout(LONG, refused).await.expect("there is no place for one more");
    assert_eq!(edge.post("{ hello }").await.status, 200);
    drop(held);
    let served = async { while edge.post_with("", &large).await.status != 200 {} };
    timeout(LONG, served).await.expect("a place");
}

#[tokio::test]
async fn who_was_turned_away_may_come_again_on_the_same_connection() {
    let edge = Edge::with(|settings| settings.max_operations = 1).await;
    let mut holding = edge.connect().await;
    holding.write_all(post("", r#"{"query":"{ slow }"}"#).as_bytes()).await.expect("sent");
    edge.service.received_at_least(1, LONG).await;
    let mut stream = edge.connect().await;
    let again = post("", r#"{"query":"{ hello }"}"#);
    stream.write_all(again.replace("connection: close\r\n", "").as_bytes()).await.expect("sent");
    let mut answer = [0; 1024];
    let length = tokio::io::AsyncReadExt::read(&mut stream, &mut answer).await.expect("an answer");
    assert!(answer[..length].starts_with(b"HTTP/1.1 503"), "{}", String::from_utf8_lossy(&answer[..length]));
    assert_eq!(read_reply(&mut holding).await.status, 200);
    stream.write_all(again.as_bytes()).await.expect("sent");
    assert_eq!(read_reply(&mut stream).await.status, 200);
}

/// They are many enough to be a crowd, were it for a thread that they wait.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_waits_for_a_source_turns_nobody_away() {
    let edge = Edge::of_schema(
        r#"schema @source(name: "up", rest: {url: "{env.UP}"}, concurrency: 1000, timeout: "20s") { query: Query }
           type Query { hello: String @value(of: "x") slow: String @rest(get: "/slow") }"#,
        |_| {},
    )
    .await;
    edge.service.on("/slow", Behaviour::After(Duration::from_secs(3), Box::new(Behaviour::Json("\"x\"".to_owned()))));
    // They come one after the other: only their waiting is to be seen.
    let waiting = join_all((0..300).map(async |number| {
        tokio::time::sleep(Duration::from_millis(5) * number).await;
        edge.post("{ slow }").await
    }));
    let others = async {
        let mut seen = Vec::new();
        for _ in 0..300 {
            seen.push(edge.post("{ hello }").await.status);
            tokio::time::sleep(Duration::from_millis(8)).await;
        }
        seen
    };
    let (waiting, others) = tokio::join!(waiting, others);
    assert!(waiting.iter().all(|reply| reply.status == 200 && reply.code().is_empty()), "{:?}", waiting.first());
    assert!(others.iter().all(|status| *status == 200), "{others:?}");
}

/// A hundred at once of documents that take long to be understood, values that take long to be read, and answers that take
/// long to be written; whoever asks for health meanwhile is answered.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g18_much_work_keeps_nobody_from_being_answered() {
    let edge =
        Edge::of_gateway(r#"deadline: "4s", maxBody: "2MiB", maxAliases: 5000, maxRootFields: 5000, maxTokens: 15000"#)
            .await;
    let many = format!("[{}]", vec![r#"{"a":"text","b":[1,2,3]}"#; 40_000].join(","));
    edge.service.on("/large", Behaviour::Json(format!("\"{}\"", "é".repeat(4 << 20))));
    let document = |number: usize| {
        let fields: Vec<String> = (0..1_500).map(|field| format!("f{number}_{field}: __typename")).collect();
        format!(r#"{{"query":"{{ {} }}"}}"#, fields.join(" "))
    };
    let heavy: Vec<String> = (0..100)
        .map(|number| match number % 3 {
            0 => document(number),
            1 => format!(r#"{{"query":"query($v: Int) {{ hello }}","variables":{{"w":{many}}}}}"#),
            _ => r#"{"query":"{ large }"}"#.to_owned(),
        })
        .collect();
    let asking = join_all(heavy.iter().map(|body| edge.post_with("", body)));
    let mut asking = std::pin::pin!(asking);
    let mut probes = Vec::new();
    let replies = loop {
        let probe = async {
            let started = Instant::now();
            assert_eq!(edge.get("/health/live", "").await.status, 200);
            started.elapsed()
        };
        tokio::select! {
            replies = asking.as_mut() => break replies,
            took = probe => probes.push(took),
        }
    };
    probes.sort_unstable();
    let (count, slowest) = (probes.len(), probes.last().copied().unwrap_or_default());
    let p99 = probes.get(count * 99 / 100).copied().unwrap_or_default();
    println!("{count} probes: 99 of 100 within {p99:?}, the slowest {slowest:?}");
    let is_answered = |reply: &&Reply| reply.status == 200 || is_told_to_come_back(reply);
    assert_eq!(replies.iter().filter(is_answered).count(), replies.len());
    // Others compile and test on the same machine, so that the very slowest says nothing of us.
    assert!(count > 100 && p99 < Duration::from_millis(200), "{count} probes: {p99:?}, {slowest:?}");
}
