//! Clients that take their time, two hundred of each kind at once: with their headers, with their bodies, and with what
//! they were answered. Each is closed when its time is over, and whoever is quick is served all the while.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tributary::server::ServerSettings;

use crate::descriptors::many_descriptors;
use crate::edge_fixture::{Edge, LONG, Reply, post, read_to_end};
use crate::rest_server::Behaviour;

const CLIENTS: usize = 200;

/// The times in these tests, in the place of 10, 30 and 60 seconds.
const TIME: Duration = Duration::from_secs(2);

/// Longest that a quick client may wait.
const QUICK: Duration = Duration::from_millis(250);

/// The same beside the making of large answers, which is work where nothing is optimised.
const QUICK_BESIDE_WORK: Duration = Duration::from_millis(500);

const HELLO: &str = r#"{"query":"{ hello }"}"#;

#[test]
fn s1_the_times_of_a_client_are_bounded_unless_somebody_says_otherwise() {
    let settings = ServerSettings::default();
    let times = [settings.header_timeout, settings.body_timeout, settings.write_timeout];
    assert_eq!(times, [10, 30, 60].map(Duration::from_secs));
}

async fn edge() -> Edge {
    many_descriptors();
    Edge::with(|settings| {
        settings.header_timeout = TIME;
        settings.body_timeout = TIME;
        settings.write_timeout = TIME;
    })
    .await
}

/// Asks every few milliseconds, over new connections and a kept one, until the others have ended; gives how many quick
/// answers there were.
async fn served_while(edge: &Edge, mut others: JoinSet<()>, quick: Duration) -> usize {
    let mut served = 0;
    let mut longest = Duration::ZERO;
    while !others.is_empty() {
        let asked = Instant::now();
        let reply: Reply = edge.post("{ hello }").await;
        assert_eq!(reply.status, 200);
        longest = longest.max(asked.elapsed());
        served += 1;
        sleep(Duration::from_millis(20)).await;
        while let Some(ended) = others.try_join_next() {
            ended.expect("closed in its time");
        }
    }
    println!("{served} answers, the slowest after {longest:?}");
    assert!(longest < quick, "{longest:?}");
    served
}

/// Whether a connection ended when its time was over.
fn assert_in_time(begun: Instant) {
    let took = begun.elapsed();
    assert!(took >= TIME && took < TIME * 5 / 4 + Duration::from_millis(750), "{took:?}");
}

/// Sends a byte now and then, so that no time without a byte is long.
async fn drip(stream: &mut TcpStream, bytes: &[u8]) {
    for byte in bytes.iter().cycle() {
        if stream.write_all(&[*byte]).await.is_err() {
            return;
        }
        sleep(TIME / 10).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s1_slow_headers_are_closed_and_hold_up_nobody() {
    let edge = edge().await;
    let mut slow = JoinSet::new();
    for _ in 0..CLIENTS {
        let address = edge.address;
        slow.spawn(async move {
            let begun = Instant::now();
            let mut stream = TcpStream::connect(address).await.expect("a connection");
            stream.write_all(b"POST /graphql HTTP/1.1\r\nhost: x\r\n").await.expect("sent");
            let (mut reader, mut writer) = stream.split();
            let mut answer = Vec::new();
            let read = timeout(LONG, reader.read_to_end(&mut answer));
            let dripping = async {
                while writer.write_all(b"x-slow: 1\r\n").await.is_ok() {
                    sleep(TIME / 10).await;
                }
                std::future::pending::<()>().await;
            };
            tokio::select! {
                read = read => drop(read.expect("the server closes")),
                () = dripping => {}
            }
            assert_eq!(answer, b"");
            assert_in_time(begun);
        });
    }
    assert!(served_while(&edge, slow, QUICK).await > 20);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s1_slow_bodies_are_refused_and_hold_up_nobody() {
    let edge = edge().await;
    let mut slow = JoinSet::new();
    for _ in 0..CLIENTS {
        let mut stream = edge.connect().await;
        slow.spawn(async move {
            let begun = Instant::now();
            let request = post("", HELLO).replace("content-length: 21", "content-length: 4000");
            stream.write_all(request.as_bytes()).await.expect("sent");
            // The answer comes before the body is whole.
            let sending = drip(&mut stream, b" ");
            let _ = timeout(TIME + TIME / 2, sending).await;
            let reply = read_to_end(&mut stream).await;
            assert!(reply.is_empty() || reply.starts_with("HTTP/1.1 408 "), "{reply}");
            assert!(begun.elapsed() < TIME * 2, "{:?}", begun.elapsed());
        });
    }
    assert!(served_while(&edge, slow, QUICK).await > 20);
    // Who listens is told.
    let mut stream = edge.connect().await;
    let begun = Instant::now();
    let request = post("", HELLO);
    stream.write_all(&request.as_bytes()[..request.len() - 1]).await.expect("sent");
    let reply = read_to_end(&mut stream).await;
    assert!(reply.starts_with("HTTP/1.1 408 ") && reply.contains("\r\nconnection: close\r\n"), "{reply}");
    assert_in_time(begun);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s1_answers_that_are_not_read_are_dropped_and_hold_up_nobody() {
    let edge = edge().await;
    edge.service.on("/large", Behaviour::Json(format!("\"{}\"", "x".repeat(5 << 20))));
    // Two hundred of them are a gigabyte, which is for a machine of its own.
    let clients = if std::env::var_os("TRIBUTARY_TEST_LONG").is_some() { CLIENTS } else { CLIENTS / 10 };
    let mut slow = JoinSet::new();
    for place in 0..clients {
        // So that the answer cannot hide in the system's buffers.
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_recv_buffer_size(4096).expect("a small buffer");
        let address = edge.address;
        slow.spawn(async move {
            // One after the other: making them is work, which is not what is measured.
            sleep(Duration::from_millis(50) * u32::try_from(place).expect("few")).await;
            let mut stream = socket.connect(address).await.expect("a connection");
            let request = post("", r#"{"query":"{ large }"}"#);
            stream.write_all(request.replace("connection: close\r\n", "").as_bytes()).await.expect("sent");
            let begun = Instant::now();
            // It reads nothing, and learns of the end by what it sends.
            let gone = drip(&mut stream, b"\r\n");
            timeout(LONG, gone).await.expect("the server closes");
            assert!(begun.elapsed() >= TIME && begun.elapsed() < TIME * 2, "{:?}", begun.elapsed());
        });
    }
    edge.service.received_at_least(clients, LONG).await;
    assert!(served_while(&edge, slow, QUICK_BESIDE_WORK).await > 20);
}
