//! What browsers are told about pages of other sites, and what such a page can do without being allowed to.

use crate::edge_fixture::{Edge, Reply};

const HELLO: &str = r#"{"query":"{ hello }"}"#;
const SHOP: &str = "origin: https://shop.example\r\n";
const LISTED: &str = r#"cors: ["https://shop.example", "http://localhost:3000"]"#;

/// The headers that browsers obey, in the order in which they came.
fn told(reply: &Reply) -> Vec<&str> {
    reply.head.lines().filter(|line| line.starts_with("access-control-")).collect()
}

async fn preflight(edge: &Edge, headers: &str) -> Reply {
    edge.send(&format!("OPTIONS /graphql HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{headers}\r\n")).await
}

#[tokio::test]
async fn without_cors_nothing_is_told() {
    let edge = Edge::start().await;
    let asking =
        format!("{SHOP}access-control-request-method: POST\r\naccess-control-request-headers: content-type\r\n");
    for reply in [
        edge.post_with(SHOP, HELLO).await,
        edge.get("/graphql?query=%7Bhello%7D", SHOP).await,
        edge.get("/", &format!("{SHOP}accept: text/html\r\n")).await,
        edge.get("/health/live", SHOP).await,
        preflight(&edge, &asking).await,
    ] {
        assert_eq!(told(&reply), [""; 0], "{}", reply.head);
        assert!(!reply.head.contains("origin"), "{}", reply.head);
    }
}

#[tokio::test]
async fn an_origin_that_is_named_may_read_and_send_cookies() {
    let edge = Edge::of_gateway(LISTED).await;
    for origin in ["https://shop.example", "http://localhost:3000"] {
        let origin_line = format!("origin: {origin}\r\n");
        let named = format!("access-control-allow-origin: {origin}");
        for (reply, status) in [
            (edge.post_with(&origin_line, HELLO).await, 200),
            (edge.get("/graphql?query=%7Bhello%7D", &origin_line).await, 200),
            // A page must be able to read what went wrong.
            (edge.post_with(&origin_line, "{").await, 400),
            (edge.post_with(&format!("{origin_line}content-encoding: zstd\r\n"), HELLO).await, 415),
            (edge.post_with(&format!("{origin_line}accept: image/png\r\n"), HELLO).await, 406),
            (edge.get("/graphql?query=mutation%7Bact%7D", &origin_line).await, 405),
            (
                edge.send(&format!("PUT /graphql HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{origin_line}\r\n")).await,
                405,
            ),
        ] {
            assert_eq!(reply.status, status, "{}", reply.head);
            let expected = [
                named.as_str(),
                "access-control-allow-credentials: true",
                "access-control-expose-headers: server-timing",
            ];
            assert_eq!(told(&reply), expected, "{}", reply.head);
            assert!(reply.head.contains("\r\nvary: origin"), "{}", reply.head);
        }
    }
}

#[tokio::test]
async fn every_other_origin_gets_nothing() {
    let edge = Edge::of_gateway(LISTED).await;
    for origins in [
        "",
        "origin: null\r\n",
        "origin: \r\n",
        "origin: *\r\n",
        "origin: https://evil.example\r\n",
        "origin: https://shop.example.evil.example\r\n",
        "origin: https://evil-shop.example\r\n",
        "origin: http://shop.example\r\n",
        "origin: https://shop.example:8443\r\n",
        "origin: https://SHOP.example\r\n",
        "origin: https://shop.example/\r\n",
        "origin: https://shop.example, https://evil.example\r\n",
        "origin: https://shop.example https://evil.example\r\n",
        "origin: https://shop.example\r\norigin: https://evil.example\r\n",
        "referer: https://shop.example/\r\n",
    ] {
        let asking = format!("{origins}access-control-request-method: POST\r\n");
        for reply in [
            edge.post_with(origins, HELLO).await,
            edge.get("/graphql?query=%7Bhello%7D", origins).await,
            preflight(&edge, &asking).await,
        ] {
            assert_eq!(told(&reply), [""; 0], "{origins} {}", reply.head);
            assert!(reply.head.contains("\r\nvary: origin"), "{origins} {}", reply.head);
        }
    }
    // Only operations are for other pages.
    for (path, accept) in [("/", "accept: text/html\r\n"), ("/health/live", "")] {
        assert_eq!(told(&edge.get(path, &format!("{SHOP}{accept}")).await), [""; 0], "{path}");
    }
}

#[tokio::test]
async fn a_preflight_is_answered() {
    let edge = Edge::of_gateway(LISTED).await;
    let asking = "access-control-request-method: POST\r\n\
                  access-control-request-headers: authorization,content-type,x-tributary-trace\r\n";
    let reply = preflight(&edge, &format!("{SHOP}{asking}")).await;
    assert_eq!((reply.status, reply.body.as_str(), reply.header("content-type")), (204, "", None), "{}", reply.head);
    let expected = [
        "access-control-allow-origin: https://shop.example",
        "access-control-allow-credentials: true",
        "access-control-allow-methods: get, head, post",
        "access-control-max-age: 86400",
        "access-control-allow-headers: authorization,content-type,x-tributary-trace",
    ];
    assert_eq!(told(&reply), expected);
    assert!(reply.head.contains("\r\nvary: access-control-request-headers"), "{}", reply.head);
    // One that asks for no header is told of none.
    let reply = preflight(&edge, &format!("{SHOP}access-control-request-method: PUT\r\n")).await;
    assert_eq!(told(&reply), expected[..4]);
    // And OPTIONS without a question is none.
    let reply = preflight(&edge, SHOP).await;
    assert_eq!((reply.status, reply.header("allow")), (204, Some("get, head, options, post")));
    assert_eq!(reply.header("access-control-allow-methods"), None);
    assert!(edge.service.targets().is_empty());
}

#[tokio::test]
async fn everybody_may_read_and_nobody_sends_cookies() {
    let edge = Edge::of_gateway(r#"cors: "*""#).await;
    for origin in ["", SHOP, "origin: null\r\n", "origin: https://evil.example\r\ncookie: session=1\r\n"] {
        let reply = edge.post_with(origin, HELLO).await;
        assert_eq!(told(&reply), ["access-control-allow-origin: *", "access-control-expose-headers: server-timing"]);
        let asking = format!("{origin}access-control-request-method: POST\r\naccess-control-request-headers: x-a\r\n");
        let reply = preflight(&edge, &asking).await;
        assert_eq!(
            told(&reply),
            [
                "access-control-allow-origin: *",
                "access-control-allow-methods: get, head, post",
                "access-control-max-age: 86400",
                "access-control-allow-headers: x-a",
            ]
        );
    }
}

/// A page can send a form or plain text anywhere, and get any URL, without a browser asking first.
#[tokio::test]
async fn what_a_page_sends_unasked_changes_nothing() {
    for arguments in ["graphiql: true", LISTED, r#"cors: ["*"]"#] {
        let edge = Edge::of_gateway(arguments).await;
        let evil = "origin: https://evil.example\r\nsec-fetch-site: cross-site\r\ncookie: session=1\r\n";
        let act = r#"{"query":"mutation { act }"}"#;
        for content_type in [
            "content-type: text/plain\r\n",
            "content-type: text/plain; application/json\r\n",
            "content-type: application/x-www-form-urlencoded\r\n",
            "content-type: multipart/form-data; boundary=x\r\n",
            "content-type: \r\n",
            "",
        ] {
            let request =
                crate::edge_fixture::post(evil, act).replace("content-type: application/json\r\n", content_type);
            assert_eq!(edge.send(&request).await.status, 415, "{content_type}");
        }
        let body = "query=mutation%7Bact%7D";
        let form =
            crate::edge_fixture::post(evil, body).replace("application/json", "application/x-www-form-urlencoded");
        assert_eq!(edge.send(&form).await.status, 415);
        for query in ["query=mutation%7Bact%7D", "query=query+A%7Bhello%7Dmutation+B%7Bact%7D&operationName=B"] {
            assert_eq!(edge.get(&format!("/graphql?{query}"), evil).await.status, 405, "{query}");
        }
        assert!(edge.service.targets().is_empty(), "{:?}", edge.service.targets());
    }
}
