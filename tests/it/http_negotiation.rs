//! Media types as real clients write them: what they accept, and what they send.

use crate::edge_fixture::{Edge, post};

const HELLO: &str = r#"{"query":"{ hello }"}"#;
const JSON: &str = "application/json; charset=utf-8";
const GRAPHQL: &str = "application/graphql-response+json; charset=utf-8";

#[tokio::test]
async fn real_clients_get_what_they_read() {
    let edge = Edge::start().await;
    for (client, accept, expected) in [
        (
            "urql",
            "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed",
            GRAPHQL,
        ),
        ("Apollo Client 3", "*/*", JSON),
        ("Apollo Client 3 with @defer", "multipart/mixed;deferSpec=20220824,application/json", JSON),
        ("Apollo Client 4", "application/graphql-response+json,application/json;q=0.9", GRAPHQL),
        (
            "Apollo Client 4 with @defer",
            "multipart/mixed;incrementalSpec=v0.2,application/graphql-response+json,application/json;q=0.9",
            GRAPHQL,
        ),
        (
            "Apollo Client, subscriptions",
            "multipart/mixed;boundary=\"graphql\";subscriptionSpec=\"1.0\",application/json",
            JSON,
        ),
        (
            "Relay, as its guide says",
            "application/graphql-response+json; charset=utf-8, application/json; charset=utf-8",
            GRAPHQL,
        ),
        ("graphql-request", "application/graphql-response+json, application/json", GRAPHQL),
        ("graphql-http", "application/graphql-response+json, application/json", GRAPHQL),
        ("GraphiQL", "application/json, multipart/mixed", JSON),
        ("fetch and curl", "*/*", JSON),
        ("axios", "application/json, text/plain, */*", JSON),
        (
            "a browser's address bar",
            "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
            JSON,
        ),
        ("Java's URLConnection", "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", JSON),
    ] {
        let reply = edge.post_with(&format!("accept: {accept}\r\n"), HELLO).await;
        assert_eq!((reply.status, reply.header("content-type")), (200, Some(expected)), "{client}: {}", reply.body);
        assert_eq!(reply.header("vary"), Some("accept, accept-encoding"), "{client}");
    }
}

#[tokio::test]
async fn types_and_qualities_are_read_by_their_grammar() {
    let edge = Edge::start().await;
    for (accept, expected) in [
        ("APPLICATION/Json", Some(JSON)),
        ("Application/GraphQL-Response+JSON", Some(GRAPHQL)),
        ("application/json; charset=\"UTF-8\"", Some(JSON)),
        ("application/json;Q=0.5 ; charset=utf-8, application/graphql-response+json ; q=0.6", Some(GRAPHQL)),
        ("application/json;foo=\"a,b\";q=0.2, application/graphql-response+json;q=0.5", Some(GRAPHQL)),
        ("application/json;q=0, */*", Some(GRAPHQL)),
        ("application/json\r\naccept: application/graphql-response+json;q=0.5", Some(JSON)),
        ("application/graphql-response+json;q=0, application/json;q=0", None),
        ("application/json;q=0.0", None),
        ("application/json; charset=utf-16", None),
        ("application/graphql-response+json; charset=iso-8859-1, text/html", None),
        ("text/event-stream", None),
        ("multipart/mixed", None),
        ("*/*;q=0", None),
        ("application/graphql+json", None),
        ("text/*", None),
    ] {
        let reply = edge.post_with(&format!("accept: {accept}\r\n"), HELLO).await;
        if expected.is_some() {
            assert_eq!((reply.status, reply.header("content-type")), (200, expected), "{accept}");
        } else {
            assert_eq!((reply.status, reply.code()), (406, "BAD_USER_INPUT"), "{accept}");
            assert!(reply.body.contains("application/json or application/graphql-response+json"), "{}", reply.body);
        }
    }
}

/// Who accepts nothing that is sent has nothing executed.
#[tokio::test]
async fn nothing_is_executed_for_who_cannot_read_the_answer() {
    let edge = Edge::start().await;
    let reply = edge.post_with("accept: image/png\r\n", r#"{"query":"mutation { act }"}"#).await;
    assert_eq!(reply.status, 406);
    assert!(edge.service.targets().is_empty());
}

#[tokio::test]
async fn bodies_are_json_in_utf_8() {
    let edge = Edge::start().await;
    for (content_type, status) in [
        ("application/json", 200),
        ("APPLICATION/JSON", 200),
        ("application/json;charset=utf-8", 200),
        ("application/json; charset=\"Utf-8\"", 200),
        ("application/json ; foo=bar ; CHARSET=UTF-8", 200),
        ("application/json; charset=utf-16", 415),
        ("application/json; charset=\"iso-8859-1\"", 415),
        ("application/graphql", 415),
        ("application/graphql-response+json", 415),
        ("application/jsonx", 415),
        // What a browser sends to another site without asking first, and what it takes for that.
        ("text/plain", 415),
        ("text/plain; application/json", 415),
        ("text/plain;charset=\", application/json", 415),
        ("text/plain\r\ncontent-type: application/json", 415),
        ("application/json\r\ncontent-type: text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("application/x-www-form-urlencoded; application/json", 415),
        ("multipart/form-data; boundary=\"application/json\"", 415),
        ("", 415),
    ] {
        let request =
            post("", HELLO).replace("content-type: application/json\r\n", &format!("content-type: {content_type}\r\n"));
        let reply = edge.send(&request).await;
        assert_eq!(reply.status, status, "{content_type} {}", reply.body);
        if status == 415 {
            assert!(reply.body.contains("the body must be application/json in UTF-8"), "{}", reply.body);
        }
    }
    let without = post("", HELLO).replace("content-type: application/json\r\n", "");
    assert_eq!(edge.send(&without).await.status, 415);
    assert_eq!(edge.service.targets().len(), 5);
}
