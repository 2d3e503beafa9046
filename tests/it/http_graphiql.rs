//! GraphiQL's page as HTTP: what is sent for it, how, and under which policy. What a person does with it is in
//! tests/browser.

use std::collections::HashMap;
use std::io::Read as _;

use flate2::read::GzDecoder;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::timeout;
use tributary::server::GraphiqlTab;

use crate::edge_fixture::{Edge, LONG};

const BROWSER: &str = "accept: text/html,application/xhtml+xml,*/*;q=0.8\r\n";

/// A response whose body may be no text.
struct Answer {
    status: u16,
    headers: HashMap<String, String>,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("text")
    }
}

async fn ask(edge: &Edge, method: &str, path: &str, headers: &str) -> Answer {
    let mut stream = edge.connect().await;
    let request = format!("{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{headers}\r\n");
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut bytes = Vec::new();
    timeout(LONG, stream.read_to_end(&mut bytes)).await.expect("the server closes").expect("an answer");
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").expect("a header");
    let head = std::str::from_utf8(&bytes[..end]).expect("a header");
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|status| status.parse().ok());
    let headers =
        lines.filter_map(|line| line.split_once(": ")).map(|(name, value)| (name.to_lowercase(), value.into()));
    Answer { status: status.expect("a status"), headers: headers.collect(), body: bytes[end + 4..].to_vec() }
}

/// The paths that the page names.
fn named(page: &str) -> Vec<String> {
    let quoted = page.split('"').filter_map(|text| text.strip_prefix("./"));
    quoted.map(|path| format!("/{path}")).collect()
}

fn unfold(gzip: &[u8]) -> Vec<u8> {
    let mut unfolded = Vec::new();
    GzDecoder::new(gzip).read_to_end(&mut unfolded).expect("gzip");
    unfolded
}

#[tokio::test]
async fn the_page_is_held_to_its_own_origin() {
    let edge = Edge::start().await;
    let page = ask(&edge, "GET", "/", BROWSER).await;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    let policy: Vec<_> = page.header("content-security-policy").split("; ").collect();
    for directive in ["default-src 'none'", "script-src 'self'", "worker-src 'self'", "connect-src 'self'"] {
        assert!(policy.contains(&directive), "{policy:?}");
    }
    for directive in ["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"] {
        assert!(policy.contains(&directive), "{policy:?}");
    }
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    // A script that stands in the page would be refused by its policy.
    assert!(page.text().split("<script").skip(1).all(|script| script.contains("src=\"./graphiql/")));
    assert!(!page.text().contains("//"), "{}", page.text());
    assert!(page.text().contains("<noscript>"));
}

#[tokio::test]
async fn everything_that_the_page_names_is_there_for_ever() {
    let edge = Edge::start().await;
    let page = ask(&edge, "GET", "/", BROWSER).await;
    let paths = named(page.text());
    assert!(paths.len() >= 3, "{paths:?}");
    for path in paths {
        let file = ask(&edge, "GET", &path, "").await;
        let content_type = match path.rsplit('.').next() {
            Some("js") => "text/javascript; charset=utf-8",
            Some("css") => "text/css; charset=utf-8",
            Some("svg") => "image/svg+xml",
            other => panic!("{other:?}"),
        };
        assert_eq!((file.status, file.header("content-type")), (200, content_type), "{path}");
        assert_eq!(file.header("cache-control"), "public, max-age=31536000, immutable", "{path}");
        assert_eq!(file.header("content-security-policy"), page.header("content-security-policy"), "{path}");
        assert_eq!(file.header("x-content-type-options"), "nosniff", "{path}");
    }
}

#[tokio::test]
async fn what_is_compressed_goes_to_those_who_take_it() {
    let edge = Edge::start().await;
    let page = ask(&edge, "GET", "/", BROWSER).await;
    let script = named(page.text())
        .into_iter()
        .find(|path| path.contains("/main-") || path.contains("/index-"))
        .expect("a script");
    for (path, accept) in [("/", BROWSER), (script.as_str(), ""), ("/graphiql/licences.txt", "")] {
        let plain = ask(&edge, "GET", path, accept).await;
        let gzip = ask(&edge, "GET", path, &format!("{accept}accept-encoding: gzip, deflate, br\r\n")).await;
        assert_eq!((plain.status, plain.header("content-encoding")), (200, ""), "{path}");
        assert_eq!((gzip.status, gzip.header("content-encoding")), (200, "gzip"), "{path}");
        assert!(unfold(&gzip.body) == plain.body, "{path}");
        assert!(gzip.body.len() < plain.body.len(), "{path}");
        for answer in [&plain, &gzip] {
            assert_eq!(answer.header("content-length"), answer.body.len().to_string(), "{path}");
            assert!(answer.header("vary").contains("accept-encoding"), "{path}");
        }
        let refused = ask(&edge, "GET", path, &format!("{accept}accept-encoding: gzip;q=0\r\n")).await;
        assert_eq!(refused.header("content-encoding"), "", "{path}");
    }
}

#[tokio::test]
async fn a_head_says_what_a_get_would() {
    let edge = Edge::start().await;
    for (path, headers) in [("/", BROWSER), ("/graphiql/licences.txt", "accept-encoding: gzip\r\n")] {
        let mut get = ask(&edge, "GET", path, headers).await;
        let mut head = ask(&edge, "HEAD", path, headers).await;
        assert!(head.status == 200 && head.body.is_empty(), "{path}");
        for answer in [&mut get, &mut head] {
            answer.headers.remove("date");
        }
        assert_eq!(get.headers, head.headers, "{path}");
    }
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let edge = Edge::start().await;
    for (path, headers) in [("/", BROWSER), ("/graphiql/licences.txt", "")] {
        let first = ask(&edge, "GET", path, headers).await;
        assert_eq!(first.header("cache-control"), "no-cache", "{path}");
        let tag = first.header("etag").to_owned();
        let again = |known: &str| format!("{headers}if-none-match: {known}\r\n");
        for known in [tag.clone(), tag.trim_start_matches("W/").to_owned(), format!("\"x\", {tag}"), "*".to_owned()] {
            let answer = ask(&edge, "GET", path, &again(&known)).await;
            assert!(answer.status == 304 && answer.body.is_empty(), "{path} {known}");
            assert_eq!((answer.header("etag"), answer.header("cache-control")), (tag.as_str(), "no-cache"), "{path}");
            assert_eq!(answer.header("content-type"), "", "{path}");
        }
        assert_eq!(ask(&edge, "GET", path, &again("\"another\"")).await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn what_is_bundled_is_named_with_its_licence() {
    let edge = Edge::start().await;
    let licences = ask(&edge, "GET", "/graphiql/licences.txt", "").await;
    assert_eq!(licences.header("content-type"), "text/plain; charset=utf-8");
    for package in ["graphiql ", "monaco-editor ", "monaco-graphql ", "react ", "graphql ", "prettier "] {
        assert!(licences.text().lines().any(|line| line.starts_with(package)), "{package}");
    }
    assert!(licences.text().contains("Permission is hereby granted"));
}

#[tokio::test]
async fn nothing_else_is_there() {
    let edge = Edge::start().await;
    for path in ["/graphiql", "/graphiql/", "/graphiql/none.js", "/graphiql/index.html", "/graphiql/../tabs.json"] {
        let answer = ask(&edge, "GET", path, BROWSER).await;
        assert_eq!((answer.status, answer.header("content-type")), (404, "application/json; charset=utf-8"), "{path}");
    }
    for path in ["/", "/graphiql/tabs.json", "/graphiql/licences.txt"] {
        let answer = ask(&edge, "POST", path, "content-length: 0\r\n").await;
        assert_eq!((answer.status, answer.header("allow")), (405, "GET, HEAD"), "{path}");
    }
}

#[tokio::test]
async fn one_tab_welcomes_where_none_is_set() {
    let edge = Edge::start().await;
    let answer = ask(&edge, "GET", "/graphiql/tabs.json", "").await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/json; charset=utf-8"));
    assert_eq!(answer.header("cache-control"), "no-cache");
    let tabs: Vec<serde_json::Value> = serde_json::from_slice(&answer.body).expect("a list");
    let query = tabs[0]["query"].as_str().expect("a text");
    assert!(tabs.len() == 1 && query.contains("Ctrl-Enter") && query.contains("x-tributary-trace: 1"), "{query}");
    let body = serde_json::json!({ "query": query }).to_string();
    assert_eq!(edge.post_with("", &body).await.body, r#"{"data":{"__typename":"Query"}}"#);
}

#[tokio::test]
async fn the_tabs_are_those_that_were_set() {
    let story = GraphiqlTab {
        query: "query Story($n: Int) { hello } # </script>\n".to_owned(),
        variables: Some("{\"n\": 1}".to_owned()),
        headers: Some("{\"x-tributary-trace\": \"1\"}".to_owned()),
    };
    let bare = GraphiqlTab { query: "{ hello }".to_owned(), variables: None, headers: None };
    let edge = Edge::with(|settings| settings.tabs = vec![story.clone(), bare]).await;
    let answer = ask(&edge, "GET", "/graphiql/tabs.json", "").await;
    let tabs: serde_json::Value = serde_json::from_slice(&answer.body).expect("JSON");
    let expected = serde_json::json!([
        {"query": story.query, "variables": "{\"n\": 1}", "headers": "{\"x-tributary-trace\": \"1\"}"},
        {"query": "{ hello }"}
    ]);
    assert_eq!(tabs, expected);
}

#[tokio::test]
async fn a_schema_may_do_without() {
    let schema = r#"
        schema @gateway(graphiql: false) @source(name: "up", rest: {url: "{env.UP}"}) { query: Query }
        type Query { hello: String @rest(get: "/hello") }
    "#;
    let edge = Edge::of_schema(schema, |_| {}).await;
    for path in ["/", "/graphiql/tabs.json", "/graphiql/licences.txt"] {
        assert_eq!(ask(&edge, "GET", path, BROWSER).await.status, 404, "{path}");
    }
    assert_eq!(edge.post("{ hello }").await.body, r#"{"data":{"hello":"world"}}"#);
}
