//! Requests that two readers could read differently, as raw bytes: one behind another on a connection, in pieces, with
//! bodies that look like heads. What is refused is refused with 400 and the end of the connection, so that nothing which
//! stood behind it is ever read as a request.

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::edge_fixture::{Edge, read_reply, read_to_end};

const HEAD: &str = "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n";
const ACT: &str = r#"{"query":"mutation { act }"}"#;
const HELLO: &str = r#"{"query":"{ hello }"}"#;

/// A request with a body of a known length, after which the connection stays.
fn sized(body: &str) -> String {
    format!("{HEAD}content-length: {}\r\n\r\n{body}", body.len())
}

/// A request with a body in one chunk.
fn chunked(framing: &str, body: &str) -> String {
    format!("{HEAD}{framing}\r\n{:x}\r\n{body}\r\n0\r\n\r\n", body.len())
}

/// What comes back for bytes that are sent at once, until the server closes.
async fn exchange(edge: &Edge, sent: &str) -> String {
    let mut stream = edge.connect().await;
    stream.write_all(sent.as_bytes()).await.expect("sent");
    read_to_end(&mut stream).await
}

/// The statuses in what came back.
fn statuses(replies: &str) -> Vec<&str> {
    replies.split("HTTP/1.1 ").skip(1).map(|reply| &reply[..3]).collect()
}

#[tokio::test]
async fn s3_framing_that_is_not_plain_is_refused() {
    let edge = Edge::start().await;
    for framing in [
        "content-length: 28\r\ncontent-length: 29\r\n",
        "transfer-encoding: xchunked\r\n",
        "transfer-encoding: chunked, identity\r\n",
        "content-length: -1\r\n",
        "content-length: +28\r\n",
        "content-length : 28\r\n",
        "x-folded: a\r\n b\r\ncontent-length: 28\r\n",
        "content-length:\r\n 28\r\n",
        "content-length: 28\n",
        "x-bare: a\ncontent-length: 28\r\n",
    ] {
        let replies = exchange(&edge, &format!("{HEAD}{framing}\r\n{ACT}{}", sized(ACT))).await;
        assert_eq!(statuses(&replies), ["400"], "{framing}");
    }
    assert!(edge.service.targets().is_empty());
}

#[tokio::test]
async fn s3_a_length_beside_chunks_is_refused() {
    let edge = Edge::start().await;
    for framing in [
        "content-length: 28\r\ntransfer-encoding: chunked\r\n",
        "transfer-encoding: chunked\r\ncontent-length: 28\r\n",
        "Transfer-Encoding: chunked\r\nx-between: 1\r\nCONTENT-LENGTH:28\r\n",
        "content-length: 0\r\ntransfer-encoding: chunked\r\n",
        "transfer-encoding: chunked\r\ncontent-length: nonsense\r\n",
        "transfer-encoding: gzip, chunked\r\ncontent-length: 28\r\n",
    ] {
        let smuggled = format!("{}{}", chunked(framing, ACT), sized(ACT));
        let replies = exchange(&edge, &smuggled).await;
        assert_eq!(statuses(&replies), ["400"], "{framing}");
        assert!(replies.to_lowercase().contains("\r\nconnection: close\r\n"), "{replies}");
        assert!(replies.contains("BAD_USER_INPUT"), "{replies}");
        // Behind requests that came with it in one piece, it is still the one that is refused.
        let replies = exchange(&edge, &format!("{}{}{smuggled}", sized(HELLO), sized(HELLO))).await;
        assert_eq!(statuses(&replies), ["200", "200", "400"], "{framing}");
    }
    assert!(edge.service.targets().iter().all(|target| target == "GET /hello"));
}

#[tokio::test]
async fn s3_heads_are_read_in_any_pieces() {
    let edge = Edge::start().await;
    let framing = "content-length: 28\r\ntransfer-encoding: chunked\r\n";
    let sent = format!("{}{}", sized(HELLO), chunked(framing, ACT));
    for size in [1, 7, 64] {
        let mut stream = edge.connect().await;
        stream.set_nodelay(true).expect("a socket");
        for piece in sent.as_bytes().chunks(size) {
            // The server may have refused it and closed before the last piece.
            if stream.write_all(piece).await.is_err() {
                break;
            }
            tokio::task::yield_now().await;
        }
        assert_eq!(statuses(&read_to_end(&mut stream).await), ["200", "400"], "pieces of {size}");
    }
    assert!(edge.service.targets().iter().all(|target| target == "GET /hello"));
}

#[tokio::test]
async fn s3_bodies_that_look_like_heads_confuse_nobody() {
    let edge = Edge::start().await;
    let head = r"\r\n\r\nPOST / HTTP/1.1\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n";
    let odd =
        format!("{{\"query\":\"{{ hello }}\",\"x\":\"{head}\"}}\n\ncontent-length: 1\ntransfer-encoding: chunked\n\n");
    let last = chunked("connection: close\r\ntransfer-encoding: chunked\r\n", HELLO);
    let replies = exchange(&edge, &format!("{}{last}", sized(&odd))).await;
    assert_eq!(statuses(&replies), ["400", "200"], "{replies}");
}

/// A connection goes on behind a body in chunks, as long as it is plain where that ends.
#[tokio::test]
async fn s3_what_follows_a_body_in_chunks_is_a_request_of_its_own() {
    let edge = Edge::start().await;
    let plain = chunked("transfer-encoding: chunked\r\n", HELLO);
    let several = plain.replace("\r\n15\r\n{\"query\"", "\r\n8\r\n{\"query\"\r\nD\r\n");
    let trailing = plain.replace("\r\n0\r\n\r\n", "\r\n0\r\nx-trailer: 1\r\n\r\n");
    assert!(several != plain && trailing != plain);
    let last = sized(HELLO).replace("content-type", "connection: close\r\ncontent-type");
    for size in [1, 7, 10_000] {
        let mut stream = edge.connect().await;
        let sent = format!("{plain}{}{several}{trailing}{plain}{last}", sized(HELLO));
        for piece in sent.as_bytes().chunks(size) {
            stream.write_all(piece).await.expect("sent");
        }
        let replies = read_to_end(&mut stream).await;
        assert_eq!(statuses(&replies), ["200"; 6], "{replies}");
        assert_eq!(replies.to_lowercase().matches("\r\nconnection: close\r\n").count(), 1, "{replies}");
    }
    // What is ambiguous stays so behind one.
    let both = chunked("content-length: 28\r\ntransfer-encoding: chunked\r\n", ACT);
    let replies = exchange(&edge, &format!("{plain}{plain}{both}{}", sized(ACT))).await;
    assert_eq!(statuses(&replies), ["200", "200", "400"], "{replies}");
    assert!(edge.service.targets().iter().all(|target| target == "GET /hello"));
}

/// Chunks that others may measure differently are taken; what follows them is not.
#[tokio::test]
async fn s3_what_follows_doubtful_chunks_is_refused() {
    let edge = Edge::start().await;
    let plain = chunked("transfer-encoding: chunked\r\n", HELLO);
    for (written, doubtful) in [
        ("\r\n15\r\n", "\r\n15;a=b\r\n"),
        ("\r\n15\r\n", "\r\n15 \r\n"),
        ("\r\n15\r\n", "\r\n00000000000000000000015\r\n"),
        ("\r\n0\r\n", "\r\n0\r\nx: a\nb\r\n"),
    ] {
        let replies = exchange(&edge, &format!("{}{}", plain.replacen(written, doubtful, 1), sized(ACT))).await;
        let statuses = statuses(&replies);
        assert!(statuses == ["200", "400"] || statuses == ["400"], "{doubtful:?} {replies}");
        assert!(replies.to_lowercase().contains("\r\nconnection: close\r\n"), "{replies}");
    }
    assert!(edge.service.targets().iter().all(|target| target == "GET /hello"));
}

/// Where the rest of a body is not read, the answer says that the connection ends with it.
#[tokio::test]
async fn s3_an_answer_before_the_end_of_its_body_is_the_last_of_its_connection() {
    let edge = Edge::start().await;
    let large = sized(&" ".repeat(300_000));
    let foreign = sized(HELLO).replace("application/json", "text/plain");
    let unwanted = sized(HELLO).replace("content-type", "accept: image/png\r\ncontent-type");
    let endless = format!("{HEAD}transfer-encoding: chunked\r\n\r\n{}", "1000\r\n".to_owned() + &" ".repeat(0x1000));
    let get = sized(HELLO).replace("POST /graphql", "GET /health/live");
    for (request, status) in [(large, "413"), (foreign, "415"), (unwanted, "406"), (get, "200")] {
        let replies = exchange(&edge, &format!("{request}{}", sized(ACT))).await;
        assert_eq!(statuses(&replies), [status], "{replies}");
        assert!(replies.to_lowercase().contains("\r\nconnection: close\r\n"), "{replies}");
    }
    let replies = exchange(&edge, &format!("{endless}\r\n1000\r\n{}", " ".repeat(0x1000))).await;
    assert_eq!(statuses(&replies), ["413"], "{replies}");
    assert!(replies.to_lowercase().contains("\r\nconnection: close\r\n"), "{replies}");
    assert!(edge.service.targets().is_empty());
}

#[tokio::test]
async fn s3_a_request_names_one_host() {
    let edge = Edge::start().await;
    for (version, hosts, status) in [
        ("1.1", "", 400),
        ("1.1", "host: a\r\nhost: b\r\n", 400),
        ("1.1", "host: a\r\nhost: a\r\n", 400),
        ("1.0", "host: a\r\nhost: a\r\n", 400),
        ("1.1", "host: a b\r\n", 400),
        ("1.1", "host: a/b\r\n", 400),
        ("1.1", "host: a@b\r\n", 400),
        ("1.1", "host: a, b\r\n", 400),
        ("1.1", "host:\r\n", 200),
        ("1.1", "host: a:4000\r\n", 200),
        ("1.1", "host: [::1]:4000\r\n", 200),
        ("1.1", "host: a_b.example\r\n", 200),
        ("1.0", "", 200),
    ] {
        let mut stream = edge.connect().await;
        let last = if status == 200 { "connection: close\r\n" } else { "" };
        let request = format!("GET /health/live HTTP/{version}\r\n{hosts}{last}\r\n");
        let reply = reply_to(&mut stream, &request).await;
        assert_eq!(reply.0, status, "{version} {hosts:?} {}", reply.1);
    }
}

async fn reply_to(stream: &mut TcpStream, request: &str) -> (u16, String) {
    stream.write_all(request.as_bytes()).await.expect("sent");
    let reply = read_reply(stream).await;
    (reply.status, reply.body)
}

/// Clients of other protocols offer one; we neither take it nor mind. What is no HTTP/1 behind it is refused.
#[tokio::test]
async fn s3_an_offer_to_upgrade_is_not_taken() {
    let edge = Edge::start().await;
    let offer = "connection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAAP__\r\n";
    let offered = sized(HELLO).replace("content-type", &format!("{offer}content-type"));
    let last = sized(HELLO).replace("content-type", "connection: close\r\ncontent-type");
    let replies = exchange(&edge, &format!("{offered}{last}")).await;
    assert_eq!(statuses(&replies), ["200", "200"], "{replies}");
    for other in ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0", "\u{1}\u{2}frames of a web socket\r\n\r\n"] {
        let replies = exchange(&edge, &format!("{offered}{other}{}", sized(ACT))).await;
        let statuses = statuses(&replies);
        assert!(statuses[0] == "200" && statuses[1..].iter().all(|status| *status == "400"), "{replies}");
    }
    let tunnel = "CONNECT x:80 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let replies = exchange(&edge, &format!("{tunnel}{}", sized(ACT))).await;
    assert!(["400", "404", "405"].contains(&statuses(&replies)[0]), "{replies}");
    assert!(edge.service.targets().iter().all(|target| target == "GET /hello"));
}
