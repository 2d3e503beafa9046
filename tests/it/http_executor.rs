//! The gateway mounted in a program of somebody's own, through async-graphql's adapter for axum.

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;
use tributary::server::GatewayExecutor;

use crate::edge_fixture::{gateway, service};

async fn answer(body: &'static str) -> serde_json::Value {
    let service = service().await;
    let mounted = async_graphql_axum::GraphQL::new(GatewayExecutor::new(gateway(&service)));
    let router = Router::new().route_service("/api", mounted);
    let request = Request::post("/api").header("content-type", "application/json").body(Body::from(body));
    let response = router.oneshot(request.expect("a request")).await.expect("a response");
    let bytes = response.into_body().collect().await.expect("a body").to_bytes();
    serde_json::from_slice(&bytes).expect("JSON")
}

#[tokio::test]
async fn data_comes_through() {
    let body = r#"{"query":"query($n: BigInt!) { hello exact(number: $n) }","variables":{"n":9007199254740993}}"#;
    assert_eq!(answer(body).await, serde_json::json!({"data": {"hello": "world", "exact": "exact"}}));
}

#[tokio::test]
async fn errors_keep_their_path_place_and_extensions() {
    let response = answer(r#"{"query":"{ hello broken }"}"#).await;
    assert_eq!(response["data"], serde_json::json!({"hello": "world", "broken": null}));
    let error = &response["errors"][0];
    assert_eq!(error["path"], serde_json::json!(["broken"]));
    assert_eq!(error["locations"], serde_json::json!([{"line": 1, "column": 9}]));
    assert_eq!(error["extensions"]["code"], "SOURCE_STATUS");
    assert_eq!(error["extensions"]["http"]["status"], 500);
}

#[tokio::test]
async fn a_request_error_stays_one() {
    let response = answer(r#"{"query":"{ nothing }"}"#).await;
    assert_eq!(response["data"], serde_json::Value::Null);
    assert_eq!(response["errors"][0]["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED");
}
