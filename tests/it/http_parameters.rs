//! The parameters of a request, in a URL and in a body: which are there, which mean nothing, and how broken ones are told.

use crate::edge_fixture::{Edge, post};

const WORLD: &str = r#"{"data":{"hello":"world"}}"#;

#[tokio::test]
async fn a_url_holds_every_parameter() {
    let edge = Edge::start().await;
    let exact = "query=query+A($n:BigInt!)%7Bexact(number:$n)%7D%20query%20B%7Bhello%7D";
    for (query, answer) in [
        (
            format!("{exact}&operationName=A&variables=%7B%22n%22:9007199254740993%7D&extensions=%7B%22a%22:1%7D"),
            r#"{"data":{"exact":"exact"}}"#,
        ),
        (format!("extensions=&variables=&operationName=B&{exact}"), WORLD),
        (format!("{exact}&operationName=B&variables=null&extensions=null"), WORLD),
        ("query=%7Bhello%7D&operationName=".to_owned(), WORLD),
        ("query=%7Bhello%7D&operationName".to_owned(), WORLD),
        ("&&query=%7Bhello%7D&unknown=%7B&".to_owned(), WORLD),
        ("query=%7B%0A%23+%C3%BC%0Ahello%7D".to_owned(), WORLD),
        ("query=query+null%7Bhello%7D&operationName=null".to_owned(), WORLD),
        ("query=%7B__typename%7D&query=%7Bhello%7D".to_owned(), WORLD),
    ] {
        let reply = edge.get(&format!("/graphql?{query}"), "").await;
        assert_eq!((reply.status, reply.body.as_str()), (200, answer), "{query}");
    }
}

#[tokio::test]
async fn what_a_url_cannot_mean_is_told() {
    let edge = Edge::start().await;
    for (query, message) in [
        ("", "`query` is missing"),
        ("query=%FF", "the URL is not UTF-8"),
        ("query=%7Bhello%7D&variables=%7B", "`variables` is not valid JSON at byte 1"),
        ("query=%7Bhello%7D&variables=%5B%5D", "`variables` must be an object"),
        ("query=%7Bhello%7D&variables=1", "`variables` must be an object"),
        ("query=%7Bhello%7D&extensions=%22a%22", "`extensions` must be an object"),
        ("query=%7Bhello%7D&extensions=x", "`extensions` is not valid JSON at byte 0"),
    ] {
        let reply = edge.get(&format!("/graphql?{query}"), "").await;
        assert_eq!((reply.status, reply.code()), (400, "BAD_USER_INPUT"), "{query}");
        assert!(reply.body.contains(message), "{query} {}", reply.body);
    }
    assert!(edge.service.targets().is_empty());
}

#[tokio::test]
async fn an_operation_is_named_or_not() {
    let edge = Edge::start().await;
    let two = "query A { hello } query B { __typename }";
    for (name, query, expected) in [
        ("null", "{ hello }", Ok(WORLD)),
        ("\"A\"", two, Ok(WORLD)),
        // In JSON an empty name is a name, which no operation has.
        ("\"\"", "{ hello }", Err("no operation named \\\"\\\"")),
        ("\"C\"", two, Err("no operation named \\\"C\\\"")),
        ("null", two, Err("several operations")),
        ("null", "fragment F on Query { hello }", Err("")),
    ] {
        let body = format!("{{\"query\":\"{query}\",\"operationName\":{name}}}");
        let reply = edge.post_with("accept: application/graphql-response+json\r\n", &body).await;
        match expected {
            Ok(answer) => assert_eq!((reply.status, reply.body.as_str()), (200, answer), "{body}"),
            Err(message) => {
                assert_eq!(reply.status, 400, "{body}");
                assert!(reply.body.contains(message), "{body} {}", reply.body);
            }
        }
    }
    let reply = edge.get(&format!("/graphql?operationName=&query={}", two.replace(' ', "+")), "").await;
    assert!(reply.body.contains("several operations"), "{}", reply.body);
}

#[tokio::test]
async fn what_means_nothing_is_passed_over() {
    let edge = Edge::start().await;
    for body in [
        r#"{"query":"{ hello }","id":1,"documentId":null,"__proto__":{},"":[],"Query":"{"}"#,
        r#"{"extensions":{"persistedQuery":{"version":1}},"variables":{"unused":1},"query":"{ hello }"}"#,
        r#"{"query":"{ hello }","variables":null,"extensions":null,"operationName":null}"#,
        // Of two keys the last one counts.
        r#"{"query":"{ act }","query":"{ hello }"}"#,
        "\u{feff}{\"query\":\"{ hello }\"}",
        " \t\r\n{\"query\" : \"{ hello }\"}\n ",
        r#"{"query":"{ \u0068ello }"}"#,
    ] {
        let reply = edge.post_with("", body).await;
        assert_eq!((reply.status, reply.body.as_str()), (200, WORLD), "{body}");
    }
}

#[tokio::test]
async fn a_broken_body_is_told_with_its_place() {
    let edge = Edge::start().await;
    for (body, message) in [
        (&b""[..], "the body is not valid JSON at byte 0"),
        (b"NONSENSE", "the body is not valid JSON at byte 0"),
        (b"{\"query\":", "the body is not valid JSON at byte 9"),
        (b"{\"query\":\"{ hello }\"", "the body is not valid JSON at byte 20"),
        (b"{\"query\":\"{ hello }\",}", "the body is not valid JSON at byte 21"),
        (b"{\"query\":\"{ hello }\"} x", "the body is not valid JSON at byte 22"),
        (b"{'query':'{ hello }'}", "the body is not valid JSON at byte 1"),
        (b"{\"query\":\"{ hello }\",\"variables\":{\"n\":NaN}}", "the body is not valid JSON at byte 38"),
        (
            b"{\"query\":\"{ hello }\",\"variables\":{\"n\":\"\\ud800\"}}",
            "the body is not text at byte 38: half of a surrogate pair is no character",
        ),
        (b"{\"query\":\"{ hello }\n\"}", "the body is not valid JSON at byte 19"),
        (b"{\"query\":\"{ hello }\xff\"}", "the body is not UTF-8 at byte 19"),
        (b"\xef\xbb\xbf\xef\xbb\xbf{}", "the body is not valid JSON at byte 0"),
        (b"\xff\xfe{\0}\0", "the body is not UTF-8 at byte 0"),
        (b"\"{ hello }\"", "the body must be a JSON object with a `query`"),
        (b"null", "the body must be a JSON object with a `query`"),
        (b"{}", "`query` is missing"),
        (b"{\"query\":null}", "`query` is missing"),
        (b"{\"qeury\":\"{ hello }\"}", "`query` is missing"),
        (b"{\"query\":[\"{ hello }\"]}", "`query` must be a string"),
        (b"{\"query\":\"{ hello }\",\"operationName\":1}", "`operationName` must be a string"),
        (b"{\"query\":\"{ hello }\",\"variables\":\"{}\"}", "`variables` must be an object"),
        (b"{\"query\":\"{ hello }\",\"extensions\":[]}", "`extensions` must be an object"),
        (b"[]", "batches are not accepted"),
        (b"[{\"query\":\"{ hello }\"}]", "batches are not accepted"),
        (b"[[{\"query\":\"{ hello }\"}]]", "batches are not accepted"),
    ] {
        for accept in ["", "accept: application/graphql-response+json\r\n"] {
            let head = post(accept, "").replace("content-length: 0", &format!("content-length: {}", body.len()));
            let reply = edge.send_bytes(&[head.as_bytes(), body].concat()).await;
            let shown = String::from_utf8_lossy(body);
            assert_eq!((reply.status, reply.code()), (400, "BAD_USER_INPUT"), "{shown}");
            assert!(reply.body.contains(&format!("\"message\":\"{message}\"")), "{shown} {}", reply.body);
        }
    }
    let deep = format!("{{\"query\":\"{{ hello }}\",\"variables\":{{\"a\":{}1{}}}}}", "[".repeat(200), "]".repeat(200));
    assert!(edge.post_with("", &deep).await.body.contains("the body is nested deeper than 128"));
    assert!(edge.service.targets().is_empty());
}
