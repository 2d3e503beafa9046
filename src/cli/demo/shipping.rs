//! The shipping service: right, and far too slow. It is why the demo's response has an error in it.

use std::time::Duration;

use axum::Router;
use axum::extract::Path;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;

/// How long it takes; its field in the schema waits 300 ms.
const SLOWNESS: Duration = Duration::from_secs(2);

/// `GET /quotes/{product}`.
pub(super) fn router() -> Router {
    Router::new().route("/quotes/{product}", get(quote))
}

async fn quote(Path(product): Path<String>) -> impl IntoResponse {
    tokio::time::sleep(SLOWNESS).await;
    let days = 2 + product.len() % 3;
    ([(CONTENT_TYPE, "application/json")], format!(r#"{{"carrier":"Slow Boat","price":"4.90","days":{days}}}"#))
}
