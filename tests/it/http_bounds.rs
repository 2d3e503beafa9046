//! What a client may take of the server: time, connections, patience. And how the server ends.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::timeout;

use crate::edge_fixture::{Edge, LONG, post, read_reply, read_to_end};

const SHORT: Duration = Duration::from_millis(200);
const HELLO: &str = r#"{"query":"{ hello }"}"#;

#[tokio::test]
async fn s1_a_header_that_never_ends_is_closed() {
    let edge = Edge::with(|settings| settings.header_timeout = SHORT).await;
    for begun in ["", "P", "PRI * HTTP", "POST /graphql HTTP/1.1\r\nhost: x\r\nx-slow: "] {
        let mut stream = edge.connect().await;
        let started = Instant::now();
        stream.write_all(begun.as_bytes()).await.expect("sent");
        assert_eq!(read_to_end(&mut stream).await, "", "{begun:?}");
        assert!((SHORT..LONG / 4).contains(&started.elapsed()), "{begun:?} {:?}", started.elapsed());
    }
    assert_eq!(edge.post("{ hello }").await.status, 200);
}

#[tokio::test]
async fn s1_the_second_header_of_a_connection_has_its_time_too() {
    let edge = Edge::with(|settings| settings.header_timeout = SHORT).await;
    let mut stream = edge.connect().await;
    stream.write_all(post("", HELLO).replace("connection: close\r\n", "").as_bytes()).await.expect("sent");
    read_until(&mut stream, "world\"}}").await;
    // An idle connection is not a slow one.
    tokio::time::sleep(SHORT * 3).await;
    stream.write_all(b"POST /graphql HTTP/1.1\r\nhost").await.expect("sent");
    let started = Instant::now();
    assert_eq!(read_to_end(&mut stream).await, "");
    assert!((SHORT / 2..LONG / 4).contains(&started.elapsed()), "{:?}", started.elapsed());
}

#[tokio::test]
async fn s1_a_body_that_never_comes_is_refused() {
    let edge = Edge::with(|settings| settings.body_timeout = SHORT).await;
    let mut stream = edge.connect().await;
    let request = post("", HELLO);
    stream.write_all(&request.as_bytes()[..request.len() - 5]).await.expect("sent");
    let reply = read_reply(&mut stream).await;
    assert_eq!(reply.status, 408, "{}", reply.body);
    assert!(edge.service.targets().is_empty());
}

#[tokio::test]
async fn an_idle_connection_is_closed_in_the_end() {
    let edge = Edge::with(|settings| settings.idle_timeout = SHORT).await;
    let mut stream = edge.connect().await;
    stream.write_all(post("", HELLO).replace("connection: close\r\n", "").as_bytes()).await.expect("sent");
    let started = Instant::now();
    assert!(read_to_end(&mut stream).await.ends_with("world\"}}"));
    assert!((SHORT / 2..LONG / 4).contains(&started.elapsed()), "{:?}", started.elapsed());
}

#[tokio::test]
async fn s1_a_client_that_never_reads_gives_its_place_back() {
    let edge = Edge::with(|settings| {
        settings.write_timeout = SHORT;
        settings.max_connections = 1;
    })
    .await;
    // So that the answer cannot hide in the system's buffers.
    let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(4096).expect("a small buffer");
    let mut stuck = socket.connect(edge.address).await.expect("a connection");
    stuck.write_all(post("", r#"{"query":"{ large }"}"#).as_bytes()).await.expect("sent");
    edge.service.received_at_least(1, LONG).await;
    assert_eq!(edge.post("{ hello }").await.status, 503, "there is no place");
    let served = async { while edge.post("{ hello }").await.status != 200 {} };
    timeout(LONG, served).await.expect("a place");
}

/// On HTTP/2 the socket goes on taking, while a stream that was given no window does not.
#[tokio::test]
async fn s1_a_client_that_answers_pings_and_never_reads_is_closed() {
    let edge = Edge::with(|settings| settings.write_timeout = SHORT).await;
    let mut stream = edge.connect().await;
    let path = "/graphql?query=%7Blarge%7D";
    let mut sent = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    // Streams have a window of four bytes.
    sent.extend(frame(4, 0, 0, b"\0\x04\0\0\0\x04"));
    // GET, http, the path, the authority `x`; END_STREAM and END_HEADERS.
    let fields = [b"\x82\x86\x04\x1a", path.as_bytes(), b"\x01\x01x"].concat();
    sent.extend(frame(1, 5, 1, &fields));
    stream.write_all(&sent).await.expect("sent");
    let started = Instant::now();
    let mut buffer = [0; 4096];
    let closed = async {
        while stream.write_all(&frame(6, 0, 0, b"12345678")).await.is_ok() {
            if let Ok(Ok(0) | Err(_)) = timeout(SHORT / 10, stream.read(&mut buffer)).await {
                break;
            }
        }
    };
    timeout(LONG / 4, closed).await.expect("closed");
    edge.service.received_at_least(1, LONG).await;
    assert!(started.elapsed() >= SHORT, "{:?}", started.elapsed());
}

/// A frame of HTTP/2.
fn frame(kind: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).expect("a short frame");
    [&[0, 0, length, kind, flags, 0, 0, 0, stream], payload].concat()
}

#[tokio::test]
async fn a_client_that_leaves_takes_its_calls_along() {
    let edge = Edge::start().await;
    let mut stream = edge.connect().await;
    stream.write_all(post("", r#"{"query":"{ hanging }"}"#).as_bytes()).await.expect("sent");
    edge.service.received_at_least(1, LONG).await;
    drop(stream);
    edge.service.open_at_most(0, Duration::from_secs(2)).await;
}

#[tokio::test]
async fn o16_a_server_that_stops_finishes_what_it_began() {
    let mut edge = Edge::start().await;
    let mut idle = edge.connect().await;
    idle.write_all(post("", HELLO).replace("connection: close\r\n", "").as_bytes()).await.expect("sent");
    read_until(&mut idle, "world\"}}").await;
    let mut busy = edge.connect().await;
    busy.write_all(post("", r#"{"query":"{ slow }"}"#).as_bytes()).await.expect("sent");
    edge.service.received_at_least(2, LONG).await;
    let mut idle_to_the_end = edge.connect().await;
    edge.tell_to_stop();
    listens_no_more(&edge).await;
    // A client that was about to send is answered, and told that it was the last time.
    idle.write_all(post("", HELLO).replace("connection: close\r\n", "").as_bytes()).await.expect("sent");
    let reply = read_reply(&mut idle).await;
    assert!(reply.status == 200 && reply.head.contains("connection: close"), "{}", reply.head);
    assert_eq!(read_to_end(&mut idle_to_the_end).await, "");
    assert_eq!(read_reply(&mut busy).await.body, r#"{"data":{"slow":"at last"}}"#);
    edge.stopped().await;
}

/// A header or a body of which a part was sent is no operation in flight, and neither is a peer that says nothing more.
#[tokio::test]
async fn o16_a_server_that_stops_does_not_wait_for_requests_that_never_come_whole() {
    let header = "POST /graphql HTTP/1.1\r\nhost: x\r\nx-slow: ".to_owned();
    let body = post("", HELLO);
    let second = format!("{}{header}", post("", HELLO).replace("connection: close\r\n", ""));
    let http_2 = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0".to_owned();
    for begun in ["G".to_owned(), header, body[..body.len() - 5].to_owned(), second, http_2] {
        let mut edge = Edge::start().await;
        let mut stream = edge.connect().await;
        stream.write_all(begun.as_bytes()).await.expect("sent");
        // An answer on a later connection tells that the server has seen this one.
        edge.post("{ hello }").await;
        let asked = Instant::now();
        edge.tell_to_stop();
        edge.stopped().await;
        assert!(asked.elapsed() < Duration::from_secs(4), "{begun:?} {:?}", asked.elapsed());
        drop(stream);
    }
}

#[tokio::test]
async fn o16_a_server_that_stops_finishes_an_answer_that_is_read_slowly() {
    let mut edge = Edge::start().await;
    let mut stream = edge.connect().await;
    let request = post("", r#"{"query":"{ large }"}"#).replace("connection: close\r\n", "");
    stream.write_all(request.as_bytes()).await.expect("sent");
    // The header that follows has begun, and must not cost the answer.
    stream.write_all(b"POST /graphql HTTP/1.1\r\n").await.expect("sent");
    edge.service.received_at_least(1, LONG).await;
    stream.readable().await.expect("an answer");
    edge.tell_to_stop();
    let started = Instant::now();
    let mut read = 0;
    let mut buffer = vec![0; 256 << 10];
    loop {
        tokio::time::sleep(Duration::from_millis(50)).await;
        match timeout(LONG, stream.read(&mut buffer)).await.expect("in time") {
            Ok(0) | Err(_) => break,
            Ok(more) => read += more,
        }
    }
    assert!(read > 8 << 20, "{read} bytes in {:?}", started.elapsed());
    edge.stopped().await;
}

#[tokio::test]
async fn o16_what_takes_longer_than_the_grace_is_cut() {
    let mut edge = Edge::with(|settings| settings.grace = Some(SHORT)).await;
    let mut stream = edge.connect().await;
    stream.write_all(post("", r#"{"query":"{ hanging }"}"#).as_bytes()).await.expect("sent");
    edge.service.received_at_least(1, LONG).await;
    let started = Instant::now();
    edge.tell_to_stop();
    assert_eq!(read_to_end(&mut stream).await, "");
    edge.stopped().await;
    assert!((SHORT..LONG / 4).contains(&started.elapsed()), "{:?}", started.elapsed());
}

#[tokio::test]
async fn o16_probes_see_the_draining() {
    let mut edge = Edge::with(|settings| settings.admin_listen = Some(([127, 0, 0, 1], 0).into())).await;
    let mut busy = edge.connect().await;
    busy.write_all(post("", r#"{"query":"{ hanging }"}"#).as_bytes()).await.expect("sent");
    edge.service.received_at_least(1, LONG).await;
    edge.tell_to_stop();
    let mut probe = tokio::net::TcpStream::connect(edge.admin.expect("an admin address")).await.expect("a connection");
    listens_no_more(&edge).await;
    let request = b"GET /health/ready HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    probe.write_all(request).await.expect("sent");
    let reply = read_reply(&mut probe).await;
    assert!(reply.status == 503 && reply.body.starts_with(r#"{"status":"draining","#), "{reply:?}");
    drop(busy);
    edge.stopped().await;
}

/// Waits until the clients' listener is closed, which is the first thing that a server does when it is told to stop.
async fn listens_no_more(edge: &Edge) {
    let refused = async { while tokio::net::TcpStream::connect(edge.address).await.is_ok() {} };
    timeout(LONG, refused).await.expect("the listener closes");
}

async fn read_until(stream: &mut tokio::net::TcpStream, end: &str) {
    let mut text = String::new();
    while !text.ends_with(end) {
        let mut buffer = [0; 1024];
        let read = timeout(LONG, stream.read(&mut buffer)).await.expect("in time").expect("read");
        assert!(read > 0, "closed after {text}");
        text.push_str(std::str::from_utf8(&buffer[..read]).expect("UTF-8"));
    }
}
