//! What a response says went wrong, and with which status: request errors, and data with errors beside it.

use serde_json::Value;

use crate::edge_fixture::{Edge, Reply};

const GRAPHQL: &str = "accept: application/graphql-response+json\r\n";

/// The errors of a response that has nothing else, each with what every one has.
fn request_errors(reply: &Reply) -> Vec<Value> {
    let response: Value = serde_json::from_str(&reply.body).expect("JSON");
    let response = response.as_object().expect("an object");
    assert_eq!(response.keys().collect::<Vec<_>>(), ["errors"], "{}", reply.body);
    let errors = response["errors"].as_array().expect("a list").clone();
    assert!(!errors.is_empty(), "{}", reply.body);
    for error in &errors {
        assert!(error["message"].as_str().is_some_and(|message| !message.is_empty()), "{error}");
        assert!(error.get("path").is_none(), "{error}");
        for location in error.get("locations").and_then(Value::as_array).into_iter().flatten() {
            assert!(location["line"].as_u64() >= Some(1) && location["column"].as_u64() >= Some(1), "{error}");
        }
    }
    errors
}

#[tokio::test]
async fn a_request_error_has_no_data_and_the_status_of_its_media_type() {
    let edge = Edge::start().await;
    for (body, code) in [
        (r#"{"query":"{"}"#, "GRAPHQL_PARSE_FAILED"),
        (r#"{"query":""}"#, "GRAPHQL_PARSE_FAILED"),
        (r#"{"query":"{ hello(a: 1) }"}"#, "GRAPHQL_VALIDATION_FAILED"),
        (r#"{"query":"query($a: Nothing) { hello }"}"#, "GRAPHQL_VALIDATION_FAILED"),
        (r#"{"query":"{ hello }","operationName":"Other"}"#, "OPERATION_RESOLUTION_FAILURE"),
        (r#"{"query":"query A { hello } query B { hello }"}"#, "OPERATION_RESOLUTION_FAILURE"),
        (r#"{"query":"query($n: BigInt!) { exact(number: $n) }","variables":{"n":null}}"#, "BAD_USER_INPUT"),
        (r#"{"query":"query($n: BigInt!) { exact(number: $n) }"}"#, "BAD_USER_INPUT"),
    ] {
        for (accept, status) in [("", 200), ("accept: application/json\r\n", 200), (GRAPHQL, 400)] {
            let reply = edge.post_with(accept, body).await;
            assert_eq!(reply.status, status, "{body} {accept} {}", reply.body);
            assert_eq!(request_errors(&reply)[0]["extensions"]["code"], code, "{body} {}", reply.body);
        }
    }
    // One that is no well-formed request is refused whatever is accepted.
    for (body, status) in [(r#"{"query":"#, 400), ("[]", 400), ("{}", 400)] {
        for accept in ["", GRAPHQL] {
            let reply = edge.post_with(accept, body).await;
            assert_eq!(reply.status, status, "{body}");
            request_errors(&reply);
        }
    }
    assert!(edge.service.targets().is_empty());
}

#[tokio::test]
async fn places_are_counted_from_one() {
    let edge = Edge::start().await;
    for (query, places) in [
        ("x", vec![(1, 1)]),
        ("{nothing}", vec![(1, 2)]),
        ("\n\n  {\n    hello\n    nothing\n  }", vec![(5, 5)]),
        ("{ hello }\r\n# ü\r\nquery A { a }", vec![(1, 1), (3, 11)]),
        ("{ a b\n c }", vec![(1, 3), (1, 5), (2, 2)]),
    ] {
        let body = serde_json::json!({ "query": query }).to_string();
        let errors = request_errors(&edge.post_with(GRAPHQL, &body).await);
        let place =
            |place: &Value| (place["line"].as_u64().expect("a line"), place["column"].as_u64().expect("a column"));
        let told: Vec<_> = errors.iter().map(|error| place(&error["locations"][0])).collect();
        assert_eq!(told, places, "{query:?} {errors:?}");
    }
}

#[tokio::test]
async fn every_mistake_is_told_up_to_ten() {
    let edge = Edge::of_gateway("graphiql: true").await;
    for (mistakes, told) in [(1, 1), (3, 3), (10, 10), (11, 10), (500, 10)] {
        let fields = (0..mistakes).map(|number| format!("nothing{number}")).collect::<Vec<_>>().join(" ");
        let reply = edge.post_with(GRAPHQL, &format!("{{\"query\":\"{{ {fields} }}\"}}")).await;
        let errors = request_errors(&reply);
        assert_eq!(errors.len(), told, "{}", reply.body);
        let listed = if mistakes > told { told - 1 } else { told };
        let omitted = errors.get(listed).map_or(0, |last| last["extensions"]["omitted"].as_u64().unwrap_or(0));
        assert_eq!(omitted, (mistakes - listed) as u64, "{}", reply.body);
        for (number, error) in errors.iter().take(listed).enumerate() {
            assert_eq!(error["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED");
            assert!(
                error["message"].as_str().is_some_and(|text| text.contains(&format!("nothing{number}"))),
                "{error}"
            );
        }
    }
    // Of one kind and another, and of variables too.
    let reply = edge.post_with(GRAPHQL, r#"{"query":"query($a: Int) { hello @nope nothing hello(a: 1) }"}"#).await;
    assert!(request_errors(&reply).len() >= 3, "{}", reply.body);
    let query = "query($a: BigInt!, $b: BigInt!) { a: exact(number: $a) b: exact(number: $b) }";
    let reply = edge.post_with(GRAPHQL, &format!("{{\"query\":\"{query}\",\"variables\":{{\"b\":null}}}}")).await;
    let places: Vec<_> = request_errors(&reply).iter().map(|error| error["locations"][0]["column"].clone()).collect();
    assert_eq!(places, [7, 20], "{}", reply.body);
}

#[tokio::test]
async fn data_with_errors_has_the_status_that_the_schema_chooses() {
    for (argument, partial) in [("graphiql: true", 200), ("partialStatus: 200", 200), ("partialStatus: 294", 294)] {
        let edge = Edge::of_gateway(argument).await;
        for (query, whole) in [("{ hello broken }", false), ("{ broken }", false), ("{ hello }", true)] {
            for (accept, status) in [("", 200), ("accept: */*\r\n", 200), (GRAPHQL, if whole { 200 } else { partial })]
            {
                let reply = edge.post_with(accept, &format!("{{\"query\":\"{query}\"}}")).await;
                assert_eq!(reply.status, status, "{argument} {query} {accept}");
                let response: Value = serde_json::from_str(&reply.body).expect("JSON");
                assert!(response["data"].is_object() && response.get("errors").is_none() == whole, "{}", reply.body);
            }
        }
        // What was not executed is no part of anything.
        assert_eq!(edge.post_with(GRAPHQL, r#"{"query":"{ nothing }"}"#).await.status, 400);
    }
}

/// `data` that is null as a whole stands beside its error, and the operation was executed all the same.
#[tokio::test]
async fn null_as_a_whole_is_data_too() {
    let edge = Edge::start().await;
    for (accept, status) in [("", 200), (GRAPHQL, 294)] {
        let reply = edge.post_with(accept, r#"{"query":"{ required }"}"#).await;
        assert_eq!(reply.status, status, "{}", reply.body);
        assert!(reply.body.starts_with(r#"{"data":null,"errors":[{"#), "{}", reply.body);
    }
}
