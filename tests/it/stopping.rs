//! The end of the program under load: no request is lost over HTTP/1 or HTTP/2, the end comes in time, and a second signal
//! is obeyed at once.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::program::{Client, Serving, tributary};
use crate::rest_server::{Behaviour, RestServer};

/// What the program gives operations that are in flight: their deadline, and a while for writing.
const GRACE: Duration = Duration::from_secs(1 + 5);

const SLOW: &str = "{\"data\":{\"slow\":1}}";

async fn service() -> RestServer {
    let service = RestServer::start().await;
    let json = Behaviour::Json("1".to_owned());
    service.on("/slow", Behaviour::After(Duration::from_millis(300), Box::new(json)));
    service.on("/hanging", Behaviour::Silent);
    service
}

/// The program in front of a service, with operations of at most so long.
fn serve(service: &RestServer, deadline: &str) -> Serving {
    let folder = tempfile::tempdir().expect("a folder");
    let schema = format!(
        "schema @gateway(deadline: \"{deadline}\") @source(name: \"up\", concurrency: 1000, rest: {{url: \"{}\"}}) {{
           query: Query
         }}
         type Query {{ slow: Int @rest(get: \"/slow\") hanging: Int @rest(get: \"/hanging\") }}",
        service.url()
    );
    fs::write(folder.path().join("schema.graphql"), schema).expect("written");
    Serving::start(tributary(&["serve", "--listen", "127.0.0.1:0"]).current_dir(folder.path()))
}

/// Asks on one connection, and thinks in between, until it is told that there is no more to be had on it.
fn ask_over_http_1(address: &str, query: &str, answer: &str, thinking: Duration) -> usize {
    let mut client = Client::connect(address);
    let mut asked = 0;
    while !client.is_told_to_leave() {
        let (status, body) = client.query(query);
        assert_eq!((status.as_str(), body.starts_with(answer)), ("HTTP/1.1 200 OK", true), "{body}");
        asked += 1;
        // Some connections lie idle when the signal comes, and their clients do not know of it.
        std::thread::sleep(thinking);
    }
    asked
}

/// Asks on one connection, many at once, until no other one can be had.
async fn ask_over_http_2(address: String, answered: Arc<AtomicUsize>) {
    let client = reqwest::Client::builder().no_proxy().http2_prior_knowledge().build().expect("a client");
    let mut asking = JoinSet::new();
    for _ in 0..8 {
        let (client, url, answered) = (client.clone(), format!("http://{address}/graphql"), Arc::clone(&answered));
        asking.spawn(async move {
            loop {
                let request = client.post(&url).header("content-type", "application/json");
                let reply = request.body("{\"query\":\"{ slow }\"}").send().await;
                if reply.as_ref().is_err_and(reqwest::Error::is_connect) {
                    return;
                }
                let reply = reply.expect("no request is lost");
                assert_eq!((reply.status().as_u16(), reply.text().await.expect("whole")), (200, SLOW.to_owned()));
                answered.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    while let Some(asked) = asking.join_next().await {
        asked.expect("no request is lost");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn o16_a_program_that_is_told_to_stop_under_load_loses_no_request() {
    // Another test of this process may have installed it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let service = service().await;
    let mut serving = serve(&service, "1s");
    let address = serving.address.clone();
    let over_http_2 = Arc::new(AtomicUsize::new(0));
    let mut clients = JoinSet::new();
    for _ in 0..3 {
        clients.spawn(ask_over_http_2(address.clone(), Arc::clone(&over_http_2)));
    }
    for client in 0..12 {
        let address = address.clone();
        let (query, answer) =
            if client == 0 { ("{ hanging }", "{\"data\":{\"hanging\":null}") } else { ("{ slow }", SLOW) };
        // Each in a measure of its own.
        let thinking = Duration::from_millis(50 + 30 * client);
        clients.spawn_blocking(move || assert!(ask_over_http_1(&address, query, answer, thinking) > 0));
    }
    service.received_at_least(150, Duration::from_secs(20)).await;
    let asked = over_http_2.load(Ordering::Relaxed);
    assert!(asked > 24, "{asked}");
    let ended = tokio::task::spawn_blocking(move || {
        let told = Instant::now();
        serving.signal();
        while std::net::TcpStream::connect(&serving.address).is_ok() {
            assert!(told.elapsed() < Duration::from_secs(2), "it still listens");
        }
        let code = serving.wait();
        (code, told.elapsed(), serving.told())
    });
    let (code, took, told) = ended.await.expect("it ends");
    assert_eq!(code, Some(0), "{told}");
    assert!(took < GRACE + Duration::from_secs(1), "{took:?}");
    assert!(!told.contains("connections were cut"), "{told}");
    // Who was served over HTTP/1 may be about to send, and is told that it was the last time.
    while let Some(client) = clients.join_next().await {
        client.expect("no request is lost");
    }
    println!("ended after {took:?}; {} requests over HTTP/2", over_http_2.load(Ordering::Relaxed));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn o16_a_second_signal_ends_the_program_at_once() {
    let service = service().await;
    let mut serving = serve(&service, "1m");
    let address = serving.address.clone();
    let asking = tokio::spawn(async move {
        let stream = tokio::net::TcpStream::connect(&address).await.expect("a connection");
        let (mut reader, mut writer) = stream.into_split();
        let request = crate::edge_fixture::post("", "{\"query\":\"{ hanging }\"}");
        tokio::io::AsyncWriteExt::write_all(&mut writer, request.as_bytes()).await.expect("sent");
        // Cut without an answer.
        let mut answer = Vec::new();
        let _ = tokio::io::AsyncReadExt::read_to_end(&mut reader, &mut answer).await;
        assert_eq!(answer, b"");
    });
    service.received_at_least(1, Duration::from_secs(20)).await;
    let ended = tokio::task::spawn_blocking(move || {
        serving.signal();
        serving.wait_until_told("stopping");
        assert!(serving.child.try_wait().expect("a child").is_none(), "it waits for what is in flight");
        let insisted = Instant::now();
        serving.signal();
        (serving.wait(), insisted.elapsed())
    });
    let (code, took) = ended.await.expect("it ends");
    assert_eq!(code, Some(130));
    assert!(took < Duration::from_secs(1), "{took:?}");
    asking.await.expect("cut");
}
