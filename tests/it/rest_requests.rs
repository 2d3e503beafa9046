//! What arrives at a service: request lines, headers and bodies, byte for byte.

use tributary::graphql::Value;
use tributary::schema::{BodyTemplate, JsonTemplate, Method};
use tributary::source::{Access, Cause};

use super::rest_fixture::{Service, asking, call, get, header, scope, text};
use super::rest_server::{Behaviour, RestServer};

async fn server() -> RestServer {
    let server = RestServer::start().await;
    server.on("*", Behaviour::Json("1".to_owned()));
    server
}

#[tokio::test]
async fn h6_h8_a_value_is_one_segment_of_the_request_line() {
    let server = server().await;
    let source = Service::at(&format!("{}/api/", server.url())).connect();
    let hostile = [
        "../admin",
        "%2e%2e",
        "a/b",
        "a?x=1",
        "a#f",
        r"\..\",
        "a\r\nGET /x HTTP/1.1\r\n\r\n",
        "@evil.test",
        "//evil.test",
        "é",
    ];
    for value in hostile {
        get("/v1/{0}/end").key(text(value)).ask(&source).await.results.remove(0).expect(value);
    }
    assert_eq!(
        server.targets(),
        [
            "GET /api/v1/..%2Fadmin/end",
            "GET /api/v1/%252e%252e/end",
            "GET /api/v1/a%2Fb/end",
            "GET /api/v1/a%3Fx%3D1/end",
            "GET /api/v1/a%23f/end",
            "GET /api/v1/%5C..%5C/end",
            "GET /api/v1/a%0D%0AGET%20%2Fx%20HTTP%2F1.1%0D%0A%0D%0A/end",
            "GET /api/v1/%40evil.test/end",
            "GET /api/v1/%2F%2Fevil.test/end",
            "GET /api/v1/%C3%A9/end",
        ]
    );
}

#[tokio::test]
async fn h6_a_value_that_has_no_segment_is_refused_before_any_call() {
    let server = server().await;
    let source = Service::at(&server.url()).connect();
    for value in [".", "..", ""] {
        let failure = get("/v1/{0}").key(text(value)).fail(&source).await;
        assert!(matches!(failure.cause, Cause::RejectedInput(..)), "{value:?}: {failure:?}");
        assert_eq!(failure.attempts, 0);
    }
    for value in [None, Some(Value::Null), Some(Value::List(Vec::new())), Some(Value::Object(Vec::new()))] {
        assert!(matches!(get("/v1/{0}").key(vec![value]).cause(&source).await, Cause::RejectedInput(..)));
    }
    assert!(matches!(get("/.{0}").key(text(".")).cause(&source).await, Cause::RejectedInput(..)));
    assert_eq!(server.targets(), [""; 0]);
    assert_eq!(server.accepted_connections(), 0);
}

#[tokio::test]
async fn a_query_holds_what_was_given() {
    let server = server().await;
    let source = Service::at(&server.url()).connect();
    let list = Value::List(vec![Value::integer(1), Value::String("a&b".into())]);
    let keys = [text("x y&z=1#+'\r\n"), vec![Some(list)], vec![Some(Value::Null)], vec![None]];
    for key in keys {
        get("/s?q={0}&k=v").key(key).ask(&source).await.results.remove(0).expect("an answer");
    }
    assert_eq!(
        server.targets(),
        ["GET /s?q=x%20y%26z%3D1%23%2B%27%0D%0A&k=v", "GET /s?q=1&q=a%26b&k=v", "GET /s?k=v", "GET /s?k=v"]
    );
    let object = get("/s?q={0}").key(vec![Some(Value::Object(Vec::new()))]);
    assert!(matches!(object.cause(&source).await, Cause::RejectedInput(..)));
}

#[tokio::test]
async fn h7_a_control_character_in_a_header_is_refused() {
    let server = server().await;
    let source = Service::at(&server.url()).connect();
    for value in ["a\r\nx: y", "a\nb", "a\0", "a\u{7f}", "\u{1b}[31m", "a\tb"] {
        let mut asking = get("/").key(text(value));
        asking.call.headers = vec![header("x-value", "{0}")];
        assert!(matches!(asking.cause(&source).await, Cause::RejectedInput(..)), "{value:?}");
    }
    assert_eq!(server.accepted_connections(), 0);
}

#[tokio::test]
async fn h11_headers_come_from_the_binding_the_source_and_the_client() {
    let server = server().await;
    let source = Service::at(&server.url()).with(|target| {
        target.headers = vec![header("x-both", "source"), header("x-source", "for {0}"), header("x-absent", "{1}")];
        target.header_inputs = vec!["x-user".into(), "x-nobody".into()];
        let forward = ["authorization", "host", "content-length", "connection", "transfer-encoding", "x-hop", "te"];
        target.forward = forward.map(Into::into).to_vec();
    });
    let client = scope(&[
        ("authorization", "Bearer secret"),
        ("x-user", "ada"),
        ("host", "evil.test"),
        ("content-length", "7"),
        ("connection", "keep-alive, x-hop"),
        ("transfer-encoding", "chunked"),
        ("x-hop", "1"),
        ("te", "trailers"),
        ("x-unlisted", "1"),
    ]);
    let mut asking = get("/").key(vec![None]).in_scope(&client);
    asking.call.headers = vec![header("x-both", "binding"), header("x-null", "{0}")];
    asking.ask(&source.connect()).await.results.remove(0).expect("an answer");
    let call = &server.calls()[0];
    for (name, values) in [
        ("x-both", vec!["binding"]),
        ("x-source", vec!["for ada"]),
        ("authorization", vec!["Bearer secret"]),
        ("accept", vec!["application/json"]),
        ("user-agent", vec![concat!("tributary/", env!("CARGO_PKG_VERSION"))]),
        ("host", vec![server.url().trim_start_matches("http://")]),
        ("accept-encoding", vec!["gzip,br"]),
    ] {
        assert_eq!(call.headers(name), values, "{name}");
    }
    // Another source of the same client is told nothing of it.
    get("/other")
        .in_scope(&client)
        .ask(&Service::at(&server.url()).connect())
        .await
        .results
        .remove(0)
        .expect("an answer");
    let other = &server.calls()[1];
    assert!(other.headers("authorization").is_empty() && other.headers("x-user").is_empty(), "{}", other.head);
    for name in [
        "x-absent",
        "x-null",
        "content-length",
        "connection",
        "transfer-encoding",
        "x-hop",
        "te",
        "x-unlisted",
        "referer",
    ] {
        assert!(call.headers(name).is_empty(), "{name}");
    }
}

#[tokio::test]
async fn d6_the_time_left_is_sent() {
    let server = server().await;
    let source = Service::at(&server.url()).connect();
    get("/").within(300).ask(&source).await.results.remove(0).expect("an answer");
    let left: u64 = server.calls()[0].headers("x-request-timeout-ms")[0].parse().expect("a number");
    assert!((200..300).contains(&left), "{left}");
}

#[tokio::test]
async fn bodies_are_json_or_pairs() {
    let server = server().await;
    let source = Service::at(&server.url()).connect();
    let input = JsonTemplate::Object(vec![("a".into(), JsonTemplate::Text(super::rest_fixture::template("<{0}>")))]);
    let pair = call(Method::Get, "/?a={0}&b=c").url.query;
    let mut methods = Vec::new();
    for (method, body) in [
        (Method::Post, BodyTemplate::Json(input)),
        (Method::Put, BodyTemplate::Form(pair)),
        (Method::Patch, BodyTemplate::Json(JsonTemplate::Constant(Value::Null))),
        (Method::Delete, BodyTemplate::Json(JsonTemplate::List(Vec::new()))),
    ] {
        let mut asking = asking(call(method, "/x")).key(text("x\"&\n"));
        asking.access = Access::Write;
        asking.call.body = Some(body);
        asking.ask(&source).await.results.remove(0).expect("an answer");
        let call = server.calls().pop().expect("a call");
        let content_type = call.headers("content-type").join(",");
        methods.push(format!("{} {content_type} {}", call.target(), String::from_utf8_lossy(&call.body)));
    }
    assert_eq!(
        methods,
        [
            r#"POST /x application/json {"a":"<x\"&\n>"}"#,
            "PUT /x application/x-www-form-urlencoded a=x%22%26%0A&b=c",
            "PATCH /x application/json null",
            "DELETE /x application/json []",
        ]
    );
}

#[tokio::test]
async fn a_password_of_the_url_is_sent_and_never_told() {
    let server = server().await;
    server.on("/fails", Behaviour::Answer(500, Vec::new(), Vec::new()));
    let url = server.url().replace("http://", "http://user:hunter2@");
    let source = Service::at(&url).connect();
    let failure = get("/fails").fail(&source).await;
    assert_eq!(server.calls()[0].headers("authorization"), ["Basic dXNlcjpodW50ZXIy"]);
    assert!(!failure.detail.for_operators().contains("hunter2"), "{failure:?}");
    assert!(failure.detail.for_operators().contains("/fails"), "{failure:?}");
}
