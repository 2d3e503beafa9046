//! What a client sends and which status it gets: GraphQL over HTTP, seen from outside.

use std::time::{Duration, Instant};

use crate::edge_fixture::{Edge, post};

const GRAPHQL: &str = "accept: application/graphql-response+json\r\n";

#[tokio::test]
async fn an_operation_is_answered_as_json() {
    let edge = Edge::start().await;
    let reply = edge.post("{ hello }").await;
    assert_eq!((reply.status, reply.body.as_str()), (200, r#"{"data":{"hello":"world"}}"#));
    assert!(reply.head.contains("content-type: application/json; charset=utf-8"), "{}", reply.head);
    assert!(reply.head.contains("x-content-type-options: nosniff"), "{}", reply.head);
    let reply = edge.post_with(GRAPHQL, r#"{"query":"{ hello }"}"#).await;
    assert_eq!(reply.status, 200);
    assert!(reply.head.contains("content-type: application/graphql-response+json; charset=utf-8"), "{}", reply.head);
}

#[tokio::test]
async fn the_media_type_chooses_what_the_status_tells() {
    let edge = Edge::start().await;
    for (body, json, graphql, code) in [
        (r#"{"query":"{ broken }"}"#, 200, 294, "SOURCE_STATUS"),
        (r#"{"query":"{ nothing }"}"#, 200, 400, "GRAPHQL_VALIDATION_FAILED"),
        (r#"{"query":"{"}"#, 200, 400, "GRAPHQL_PARSE_FAILED"),
        (r#"{"query":"{ hello }","operationName":"Other"}"#, 200, 400, "OPERATION_RESOLUTION_FAILURE"),
        (r#"{"query":"query($n: BigInt!) { exact(number: $n) }"}"#, 200, 400, "BAD_USER_INPUT"),
        (r#"{"query":"#, 400, 400, "BAD_USER_INPUT"),
        (r"[]", 400, 400, "BAD_USER_INPUT"),
        (r"{}", 400, 400, "BAD_USER_INPUT"),
    ] {
        for (accept, status) in [("", json), (GRAPHQL, graphql)] {
            let reply = edge.post_with(accept, body).await;
            assert_eq!(reply.status, status, "{body} {accept} {}", reply.body);
            assert!(reply.body.contains(&format!("\"code\":\"{code}\"")), "{body}: {}", reply.body);
        }
    }
}

#[tokio::test]
async fn a_batch_is_one_error() {
    let reply = Edge::start().await.post_with("", r#"[{"query":"{ hello }"},{"query":"{ hello }"}]"#).await;
    assert_eq!(reply.status, 400);
    assert_eq!(
        reply.body,
        r#"{"errors":[{"message":"batches are not accepted","extensions":{"code":"BAD_USER_INPUT"}}]}"#
    );
}

#[tokio::test]
async fn malformed_json_is_told_with_its_place() {
    let reply = Edge::start().await.post_with("", r#"{"query": nope}"#).await;
    assert_eq!(reply.status, 400);
    assert!(reply.body.contains("not valid JSON at byte 10"), "{}", reply.body);
}

#[tokio::test]
async fn a_query_may_be_sent_with_get_and_a_mutation_not() {
    let edge = Edge::start().await;
    let reply = edge.get("/graphql?query=%7B+hello+%7D", "").await;
    assert_eq!((reply.status, reply.body.as_str()), (200, r#"{"data":{"hello":"world"}}"#));
    let reply = edge.get("/graphql?query=mutation%7Bact%7D", "").await;
    assert_eq!(reply.status, 405);
    assert!(reply.head.contains("\r\nallow: post"), "{}", reply.head);
    assert!(reply.body.contains("OPERATION_RESOLUTION_FAILURE"), "{}", reply.body);
    assert_eq!(edge.service.targets(), ["GET /hello"]);
}

#[tokio::test]
async fn other_methods_types_and_paths_are_refused() {
    let edge = Edge::start().await;
    let body = r#"{"query":"{ hello }"}"#;
    let typed = |value: &str| {
        post("", body).replace("content-type: application/json\r\n", &format!("content-type: {value}\r\n"))
    };
    let close = "host: x\r\nconnection: close\r\n";
    for (request, status) in [
        (format!("PUT /graphql HTTP/1.1\r\n{close}\r\n"), 405),
        (format!("DELETE /graphql HTTP/1.1\r\n{close}\r\n"), 405),
        (format!("POST /health/live HTTP/1.1\r\n{close}\r\n"), 405),
        (format!("GET /nowhere HTTP/1.1\r\n{close}\r\n"), 404),
        (format!("POST /metrics HTTP/1.1\r\n{close}\r\n"), 405),
        (format!("GET /graphql HTTP/1.1\r\n{close}\r\n"), 400),
        (typed("text/plain"), 415),
        (typed("application/x-www-form-urlencoded"), 415),
        (typed("multipart/form-data; boundary=x"), 415),
        (typed("message/http"), 415),
        (post("", body).replace("content-type: application/json\r\n", ""), 415),
        (post("content-encoding: deflate\r\n", body), 415),
        (post("accept: image/png\r\n", body), 406),
        (post("x-request-timeout-ms: soon\r\n", body), 400),
    ] {
        let reply = edge.send(&request).await;
        assert_eq!(reply.status, status, "{request}\n{}", reply.body);
        assert!(reply.body.contains("\"code\":\"BAD_USER_INPUT\""), "{request}\n{}", reply.body);
    }
    assert!(edge.service.targets().is_empty());
}

#[tokio::test]
async fn no_more_of_a_body_is_read_than_is_allowed() {
    let edge = Edge::start().await;
    let announced =
        "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 999999999\r\n\r\n";
    assert_eq!(edge.send(announced).await.status, 413);
    let head =
        "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
    let endless = format!("{head}{}", format!("1000\r\n{}\r\n", " ".repeat(0x1000)).repeat(3));
    assert_eq!(edge.send(&endless).await.status, 413);
    let whole = "15\r\n{\"query\":\"{ hello }\"}\r\n0\r\n\r\n";
    let chunked = format!("{}{whole}", head.replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n"));
    assert_eq!(edge.send(&chunked).await.body, r#"{"data":{"hello":"world"}}"#);
}

#[tokio::test]
async fn heads_are_bounded() {
    let edge = Edge::start().await;
    let long = "x".repeat(70_000);
    for (target, headers, statuses) in [
        (format!("/graphql?query={long}"), String::new(), [414, 431]),
        ("/health/live".to_owned(), format!("x-long: {long}\r\n"), [431, 431]),
        ("/health/live".to_owned(), "x-many: 1\r\n".repeat(200), [431, 431]),
    ] {
        let reply = edge.get(&target, &headers).await;
        assert!(statuses.contains(&reply.status), "{}", reply.head);
    }
}

#[tokio::test]
async fn who_expects_to_go_on_is_told_so_once_the_body_is_wanted() {
    let edge = Edge::start().await;
    let expecting = post("expect: 100-continue\r\n", r#"{"query":"{ hello }"}"#);
    assert_eq!(edge.send(&expecting.replace("content-length: 21", "content-length: 9999")).await.status, 413);
    let reply = edge.send(&expecting).await;
    assert!(reply.body.ends_with(r#"{"data":{"hello":"world"}}"#), "{} {}", reply.head, reply.body);
}

#[tokio::test]
async fn head_is_get_without_a_body() {
    let edge = Edge::start().await;
    let close = "host: x\r\nconnection: close\r\n";
    for (target, status) in [("/graphql?query=%7Bhello%7D", 200), ("/graphql?query=mutation%7Bact%7D", 405)] {
        let reply = edge.send(&format!("HEAD {target} HTTP/1.1\r\n{close}\r\n")).await;
        assert_eq!((reply.status, reply.body.as_str()), (status, ""), "{}", reply.head);
        assert!(reply.head.contains("\r\ncontent-length: "), "{}", reply.head);
    }
    assert_eq!(edge.service.targets(), ["GET /hello"]);
}

#[tokio::test]
async fn numbers_in_variables_keep_their_digits() {
    let edge = Edge::start().await;
    let query = r#"{"query":"query($n: BigInt!) { exact(number: $n) }","variables":{"n":9007199254740993}}"#;
    assert_eq!(edge.post_with("", query).await.body, r#"{"data":{"exact":"exact"}}"#);
}

#[tokio::test]
async fn a_client_may_wait_less_than_the_deadline() {
    let edge = Edge::start().await;
    let started = Instant::now();
    let reply = edge.post_with("x-request-timeout-ms: 150\r\n", r#"{"query":"{ hanging hello }"}"#).await;
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
    assert_eq!(reply.status, 200);
    assert!(reply.body.starts_with(r#"{"data":{"hanging":null,"hello":"world"}"#), "{}", reply.body);
    assert!(reply.body.contains("DEADLINE_EXCEEDED"), "{}", reply.body);
}

#[tokio::test]
async fn health_and_graphiql_are_there() {
    let edge = Edge::start().await;
    assert_eq!(edge.get("/health/live", "").await.body, r#"{"status":"live"}"#);
    let ready = edge.get("/health/ready", "").await.body;
    assert!(ready.starts_with(r#"{"status":"ready","#), "{ready}");
    let page = edge.get("/", "accept: text/html,*/*;q=0.8\r\n").await;
    assert!(page.status == 200 && page.body.contains("<html"), "{}", page.head);
    assert!(page.head.contains("x-frame-options: deny"), "{}", page.head);
    assert_eq!(edge.get("/", "accept: */*\r\n").await.status, 406);
}

#[tokio::test]
async fn health_moves_to_the_admin_address() {
    let edge = Edge::with(|settings| settings.admin_listen = Some(([127, 0, 0, 1], 0).into())).await;
    assert_eq!(edge.get("/health/live", "").await.status, 404);
    let admin = edge.admin.expect("an admin address");
    let client = reqwest_client(false);
    let reply = client.get(format!("http://{admin}/health/ready")).send().await.expect("answered");
    assert_eq!(reply.status(), 200);
    let reply = client.get(format!("http://{admin}/graphql?query={{hello}}")).send().await.expect("answered");
    assert_eq!(reply.status(), 404);
}

#[tokio::test]
async fn http_2_is_spoken_to_who_begins_with_it() {
    let edge = Edge::start().await;
    let client = reqwest_client(true);
    let url = format!("http://{}/graphql", edge.address);
    for _ in 0..2 {
        let sent = client.post(&url).header("content-type", "application/json").body(r#"{"query":"{ hello }"}"#).send();
        let reply = sent.await.expect("answered");
        assert_eq!(reply.version(), reqwest::Version::HTTP_2);
        assert_eq!(reply.text().await.expect("a body"), r#"{"data":{"hello":"world"}}"#);
    }
}

#[tokio::test]
async fn large_answers_come_whole_over_http_2() {
    let edge = Edge::start().await;
    let client = reqwest_client(true);
    let url = format!("http://{}/graphql?query=%7Blarge%7D", edge.address);
    let reply = client.get(&url).send().await.expect("answered");
    let length = reply.headers().get("content-length").expect("a length").to_str().expect("text").to_owned();
    let body = reply.text().await.expect("a body");
    assert_eq!(length, body.len().to_string());
    assert!(body.starts_with(r#"{"data":{"large":"xxx"#) && body.ends_with("xxx\"}}"), "{}", body.len());
    let reply = client.head(&url).send().await.expect("answered");
    assert_eq!(reply.headers().get("content-length").expect("a length").to_str().expect("text"), length);
}

fn reqwest_client(http_2: bool) -> reqwest::Client {
    // Another test of this process may have installed it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    // One that shows what it gets.
    let builder = reqwest::Client::builder().no_proxy().no_gzip().no_brotli();
    let builder = if http_2 { builder.http2_prior_knowledge() } else { builder };
    builder.build().expect("a client")
}

/// Each of the ways in which a schema may read a header, alone; and a request that comes whole, in parts, and as a GET.
#[tokio::test]
async fn a_header_of_the_client_reaches_the_source_that_reads_it() {
    for (of_source, of_field) in [
        (r#", forward: ["X-User"]"#, ""),
        (r#", headers: [{name: "x-user", value: "{headers.x-user}"}]"#, ""),
        ("", r#", headers: [{name: "x-user", value: "{headers.x-user}"}]"#),
    ] {
        let schema = format!(
            r#"schema @gateway(maxBody: "1MiB") @source(name: "up", rest: {{url: "{{env.UP}}"{of_source}}}) {{ query: Query }}
               type Query {{ hello: String @rest(get: "/hello"{of_field}) }}"#
        );
        let edge = Edge::of_schema(&schema, |_| {}).await;
        let user = "x-user: ada\r\n";
        let large = format!(r#"{{"query":"{{ hello }}","variables":{{"a":"{}"}}}}"#, "x".repeat(100_000));
        for reply in [
            edge.post_with(user, r#"{"query":"{ hello }"}"#).await,
            edge.post_with(user, &large).await,
            edge.get("/graphql?query=%7Bhello%7D", user).await,
        ] {
            assert_eq!(reply.body, r#"{"data":{"hello":"world"}}"#, "{of_source}{of_field}");
        }
        let seen: Vec<_> = edge.service.calls().iter().map(|call| call.headers("x-user").join("|")).collect();
        assert_eq!(seen, ["ada"; 3], "{of_source}{of_field}");
    }
}
