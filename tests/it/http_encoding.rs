//! Compression both ways: what is sent, to whom and how; what is taken, and how much of it.

use std::io::{Read as _, Write as _};

use bytes::Bytes;
use flate2::Compression;
use flate2::read::{GzDecoder, GzEncoder};
use reqwest::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, VARY};
use reqwest::{Client, Method, Response};

use crate::edge_fixture::{Edge, Reply, post};
use crate::rest_server::Behaviour;

const HELLO: &str = r#"{"query":"{ hello }"}"#;

/// A client that shows what it gets.
fn client(http_2: bool) -> Client {
    // Another test of this process may have installed it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = Client::builder().no_proxy().no_gzip().no_brotli();
    let builder = if http_2 { builder.http2_prior_knowledge() } else { builder };
    builder.build().expect("a client")
}

/// An edge whose answer to `{ hello }` has that many bytes.
async fn edge_of(length: usize) -> Edge {
    let edge = Edge::start().await;
    let text = "lorem ipsum ".repeat(length / 12 + 1);
    edge.service.on("/hello", Behaviour::Json(format!("\"{}\"", &text[..length - r#"{"data":{"hello":""}}"#.len()])));
    edge
}

async fn ask(edge: &Edge, client: &Client, method: Method, accepted: &str) -> Response {
    let url = format!("http://{}/graphql?query=%7Bhello%7D", edge.address);
    client.request(method, url).header(ACCEPT_ENCODING, accepted).send().await.expect("answered")
}

fn coding(response: &Response) -> Option<&str> {
    response.headers().get(CONTENT_ENCODING).map(|value| value.to_str().expect("text"))
}

fn unfold(coding: &str, body: &[u8]) -> String {
    let mut text = String::new();
    if coding == "gzip" {
        GzDecoder::new(body).read_to_string(&mut text).expect("gzip");
    } else {
        brotli::Decompressor::new(body, 4096).read_to_string(&mut text).expect("Brotli");
    }
    text
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut folded = Vec::new();
    GzEncoder::new(text, Compression::best()).read_to_end(&mut folded).expect("folded");
    folded
}

fn brotli(text: &[u8]) -> Vec<u8> {
    let mut folded = Vec::new();
    brotli::CompressorWriter::new(&mut folded, 4096, 4, 20).write_all(text).expect("folded");
    folded
}

#[tokio::test]
async fn who_takes_it_folded_gets_it_folded() {
    // What is folded at once, and what is handed to another thread.
    for length in [5_000, 100_000] {
        let edge = edge_of(length).await;
        let whole = ask(&edge, &client(false), Method::GET, "identity").await;
        assert_eq!(coding(&whole), None);
        let whole = whole.text().await.expect("a body");
        assert_eq!(whole.len(), length);
        for http_2 in [false, true] {
            let client = client(http_2);
            for (accepted, expected) in [
                ("gzip", Some("gzip")),
                ("br", Some("br")),
                ("gzip, deflate, br, zstd", Some("br")),
                ("gzip;q=1.0, br;q=0.5, *;q=0", Some("gzip")),
                ("br;q=0, *", Some("gzip")),
                ("gzip;q=0, br;q=0", None),
                ("deflate, zstd", None),
                ("identity, gzip;q=0.5", None),
                ("", None),
            ] {
                let response = ask(&edge, &client, Method::GET, accepted).await;
                assert_eq!(coding(&response), expected, "{accepted}");
                assert_eq!(response.headers()[VARY], "accept, accept-encoding", "{accepted}");
                let told: usize = response.headers()[CONTENT_LENGTH].to_str().expect("text").parse().expect("a number");
                let body = response.bytes().await.expect("a body");
                assert_eq!(told, body.len(), "{accepted}");
                let text =
                    expected.map_or_else(|| String::from_utf8_lossy(&body).into(), |coding| unfold(coding, &body));
                assert!(text == whole, "{accepted}");
                assert!(expected.is_none() || body.len() < length / 10, "{accepted} {}", body.len());
            }
        }
    }
}

#[tokio::test]
async fn head_says_what_get_sends() {
    for length in [1_000, 5_000, 100_000] {
        let edge = edge_of(length).await;
        for accepted in ["gzip", "br", "identity"] {
            let client = client(false);
            let get = ask(&edge, &client, Method::GET, accepted).await;
            let head = ask(&edge, &client, Method::HEAD, accepted).await;
            for name in [CONTENT_ENCODING, CONTENT_LENGTH, VARY] {
                assert_eq!(head.headers().get(&name), get.headers().get(&name), "{length} {accepted} {name}");
            }
            assert!(head.bytes().await.expect("no body").is_empty());
        }
    }
    let edge = Edge::start().await;
    let page = |method| {
        let asked = client(false).request(method, format!("http://{}/", edge.address));
        asked.header("accept", "text/html").header(ACCEPT_ENCODING, "gzip").send()
    };
    let (get, head) = (page(Method::GET).await.expect("answered"), page(Method::HEAD).await.expect("answered"));
    for name in [CONTENT_ENCODING, CONTENT_LENGTH, VARY, reqwest::header::CONTENT_TYPE] {
        assert!(head.headers().contains_key(&name) && head.headers().get(&name) == get.headers().get(&name), "{name}");
    }
}

#[tokio::test]
async fn a_small_answer_goes_as_it_is() {
    for (length, folded) in [(100, None), (1_400, None), (1_401, Some("br"))] {
        let edge = edge_of(length).await;
        let response = ask(&edge, &client(false), Method::GET, "gzip, br").await;
        assert_eq!(coding(&response), folded, "{length}");
        // Whoever keeps it must know that a larger one would have been folded.
        assert_eq!(response.headers()[VARY], "accept, accept-encoding");
    }
}

#[tokio::test]
async fn errors_and_the_page_are_folded_too() {
    let edge = Edge::start().await;
    let client = client(false);
    let fields = "nothing%20".repeat(10);
    for (path, accept) in
        [(format!("/graphql?query=%7B{fields}%7D"), "application/json"), ("/".to_owned(), "text/html")]
    {
        let url = format!("http://{}{path}", edge.address);
        let asked = client.get(url).header("accept", accept).header(ACCEPT_ENCODING, "gzip");
        let response = asked.send().await.expect("answered");
        assert_eq!(coding(&response), Some("gzip"), "{path}");
        assert_eq!(response.headers()[VARY], "accept, accept-encoding");
        let text = unfold("gzip", &response.bytes().await.expect("a body"));
        assert!(text.contains("GRAPHQL_VALIDATION_FAILED") || text.contains("<html"), "{text}");
    }
}

/// The answer to a body in that coding.
async fn send(edge: &Edge, coding: &str, body: &[u8]) -> Reply {
    let coding = format!("content-encoding: {coding}\r\n");
    let head = post(&coding, "").replace("content-length: 0", &format!("content-length: {}", body.len()));
    edge.send_bytes(&[head.as_bytes(), body].concat()).await
}

#[tokio::test]
async fn folded_requests_are_unfolded() {
    let edge = Edge::start().await;
    for (coding, body) in [
        ("gzip", gzip(HELLO.as_bytes())),
        ("GZIP", gzip(HELLO.as_bytes())),
        ("x-gzip", gzip(HELLO.as_bytes())),
        ("br", brotli(HELLO.as_bytes())),
        ("identity, br", brotli(HELLO.as_bytes())),
        ("identity", HELLO.as_bytes().to_vec()),
    ] {
        let reply = send(&edge, coding, &body).await;
        assert_eq!((reply.status, reply.body.as_str()), (200, r#"{"data":{"hello":"world"}}"#), "{coding}");
    }
    // In chunks as well, where nobody knows the length before the end.
    let body = gzip(HELLO.as_bytes());
    let head = "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nconnection: close\r\n\
                content-encoding: gzip\r\ntransfer-encoding: chunked\r\n\r\n";
    let chunk = format!("{head}{:x}\r\n", body.len());
    let reply = edge.send_bytes(&[chunk.as_bytes(), &body, b"\r\n0\r\n\r\n"].concat()).await;
    assert_eq!(reply.body, r#"{"data":{"hello":"world"}}"#);
}

#[tokio::test]
async fn other_codings_are_refused_with_those_that_are_taken() {
    let edge = Edge::start().await;
    for coding in ["deflate", "zstd", "compress", "chunked", "gzip, gzip", "gzip, br", "br\r\ncontent-encoding: gzip"] {
        let reply = send(&edge, coding, &gzip(HELLO.as_bytes())).await;
        assert_eq!((reply.status, reply.header("accept-encoding")), (415, Some("gzip, br")), "{coding}");
        assert!(reply.body.contains("gzip or br"), "{coding} {}", reply.body);
    }
    for (coding, name) in [("gzip", "gzip"), ("x-gzip", "gzip"), ("br", "br")] {
        let whole = if name == "gzip" { gzip(HELLO.as_bytes()) } else { brotli(HELLO.as_bytes()) };
        let bodies = [HELLO.as_bytes().to_vec(), whole[..whole.len() - 3].to_vec(), [&whole[..], b"{}"].concat()];
        for body in bodies.iter().chain([&Vec::new()]) {
            let reply = send(&edge, coding, body).await;
            assert_eq!(reply.status, 400, "{coding} {}", reply.body);
            assert!(reply.body.contains(&format!("the body is not what {name} makes of one")), "{}", reply.body);
        }
    }
    assert!(edge.service.targets().is_empty());
}

/// `maxBody` is four thousand bytes here, and counts what is unfolded.
#[tokio::test]
async fn what_unfolds_to_too_much_is_refused() {
    let edge = Edge::start().await;
    let padded = |length: usize| format!("{HELLO}{}", " ".repeat(length - HELLO.len())).into_bytes();
    for (coding, fold) in [("gzip", gzip as fn(&[u8]) -> Vec<u8>), ("br", brotli)] {
        assert_eq!(send(&edge, coding, &fold(&padded(4096))).await.status, 200, "{coding}");
        for length in [4097, 100_000, 3 << 20] {
            let bomb = fold(&padded(length));
            assert!(bomb.len() < 4096, "{}", bomb.len());
            let reply = send(&edge, coding, &bomb).await;
            assert_eq!((reply.status, reply.code()), (413, "BAD_USER_INPUT"), "{coding} {length}");
            assert!(reply.body.contains("larger than 4096 bytes"), "{}", reply.body);
        }
        // And so is what is too much before it is unfolded.
        assert_eq!(send(&edge, coding, &Bytes::from(vec![0; 5000])).await.status, 413, "{coding}");
    }
}
