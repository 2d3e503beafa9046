//! Methods, and what lies around a request: HEAD, OPTIONS, requests one behind another, and those that ask before they
//! send.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::edge_fixture::{Edge, Reply, post, read_to_end};

const CLOSE: &str = "host: x\r\nconnection: close\r\n";

#[tokio::test]
async fn a_method_that_is_not_served_is_told_which_are() {
    let edge = Edge::start().await;
    for (path, allow) in [
        ("/graphql", "get, head, options, post"),
        ("/", "get, head"),
        ("/health/live", "get, head"),
        ("/health/ready", "get, head"),
    ] {
        for method in ["PUT", "PATCH", "DELETE", "TRACE", "QUERY", "BREW"] {
            let reply = edge.send(&format!("{method} {path} HTTP/1.1\r\n{CLOSE}\r\n")).await;
            assert_eq!((reply.status, reply.header("allow")), (405, Some(allow)), "{method} {path} {}", reply.body);
            assert_eq!(reply.code(), "BAD_USER_INPUT");
        }
    }
    let reply = edge.send(&format!("OPTIONS /graphql HTTP/1.1\r\n{CLOSE}\r\n")).await;
    assert_eq!((reply.status, reply.header("allow"), reply.body.as_str()), (204, Some("get, head, options, post"), ""));
}

/// What a head says of itself, but for the time.
fn lasting(reply: &Reply) -> Vec<&str> {
    reply.head.lines().filter(|line| !line.starts_with("date: ")).collect()
}

#[tokio::test]
async fn head_has_the_headers_of_get() {
    let edge = Edge::start().await;
    for (path, headers) in [
        ("/graphql?query=%7Bhello%7D", ""),
        ("/graphql?query=%7Bhello%7D", "accept: application/graphql-response+json\r\n"),
        ("/graphql?query=%7Bbroken%7D", "accept: application/graphql-response+json\r\n"),
        ("/graphql?query=%7B", "accept: application/graphql-response+json\r\n"),
        ("/graphql?query=mutation%7Bact%7D", ""),
        ("/graphql", ""),
        ("/graphql?query=%7Bhello%7D", "accept: image/png\r\n"),
        ("/", "accept: text/html\r\n"),
        ("/", ""),
        ("/health/live", ""),
        ("/health/ready", ""),
        ("/nowhere", ""),
    ] {
        // Errors have ids of their own, all of one length.
        let get = edge.get(path, headers).await;
        let head = edge.send(&format!("HEAD {path} HTTP/1.1\r\n{CLOSE}{headers}\r\n")).await;
        assert_eq!(lasting(&head), lasting(&get), "{path} {headers}");
        assert_eq!(head.body, "", "{path}");
        assert!(head.header("content-length").is_some_and(|length| length != "0"), "{path} {}", head.head);
    }
}

#[tokio::test]
async fn requests_one_behind_another_are_answered_in_their_order() {
    let edge = Edge::start().await;
    let stay = |body: &str| post("", body).replace("connection: close\r\n", "");
    let mut stream = edge.connect().await;
    let slow = stay(r#"{"query":"{ slow }"}"#);
    let chunked = "POST /graphql HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n\
                   a\r\n{\"query\":\"\r\nb;x=y\r\n{ hello }\"}\r\n0\r\nx-trailer: 1\r\n\r\n";
    let get = "GET /graphql?query=%7B__typename%7D HTTP/1.1\r\nhost: x\r\n\r\n";
    let sent = format!("{slow}{get}{}{chunked}", stay(r#"{"query":"{"}"#));
    stream.write_all(sent.as_bytes()).await.expect("sent");
    let replies = read_to_end(&mut stream).await;
    let places: Vec<_> = ["at last", "\"__typename\":\"Query\"", "GRAPHQL_PARSE_FAILED", "\"hello\":\"world\""]
        .map(|answer| replies.find(answer).unwrap_or_else(|| panic!("{answer} is not in {replies}")))
        .into();
    assert!(places.is_sorted(), "{places:?} {replies}");
}

/// Who asks before they send a body that is not taken is told so, and never asked for it.
#[tokio::test]
async fn a_body_that_is_refused_is_not_asked_for() {
    let edge = Edge::start().await;
    let asking = post("expect: 100-continue\r\n", r#"{"query":"{ hello }"}"#);
    let (head, body) = asking.split_once("\r\n\r\n").expect("a head");
    for (change, status) in [
        (("application/json", "text/plain"), "415"),
        (("application/json", "application/json\r\ncontent-encoding: deflate"), "415"),
        (("application/json", "application/json\r\naccept: image/png"), "406"),
        (("content-length: 21", "content-length: 5000"), "413"),
    ] {
        let mut stream = edge.connect().await;
        stream.write_all(format!("{}\r\n\r\n", head.replace(change.0, change.1)).as_bytes()).await.expect("sent");
        let reply = read_to_end(&mut stream).await;
        assert!(reply.starts_with(&format!("HTTP/1.1 {status} ")), "{reply}");
    }
    let mut stream = edge.connect().await;
    stream.write_all(format!("{head}\r\n\r\n").as_bytes()).await.expect("sent");
    let mut told = [0; 25];
    stream.read_exact(&mut told).await.expect("asked for");
    assert_eq!(&told, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(body.as_bytes()).await.expect("sent");
    assert!(read_to_end(&mut stream).await.ends_with(r#"{"data":{"hello":"world"}}"#));
}
