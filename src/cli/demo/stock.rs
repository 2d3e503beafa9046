//! The stock service: how many there are of a product, and where. It is quick, and for one product in ten it fails.

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use serde_json::{Value, json};

use super::answer;
use super::chance;

/// The products that it knows; the number of what is kept nowhere is among them.
const KNOWN: std::ops::RangeInclusive<u32> = 1..=200;
const NOT_KEPT: u32 = 5;
/// The last digit of the products for which it fails.
const FAILS: u32 = 7;
/// Below this many, more are on order.
const FEW: usize = 12;

const WAREHOUSES: [(&str, &str); 3] = [("RTM", "Rotterdam"), ("GDN", "Gdańsk"), ("OSL", "Oslo")];

/// `GET /items/{product}`.
pub(super) fn router() -> Router {
    Router::new().route("/items/{product}", get(item))
}

async fn item(Path(product): Path<String>) -> Response {
    tokio::time::sleep(chance::pause(5, 40, &format!("stock {product}"))).await;
    match product.parse::<u32>() {
        Ok(number) if number % 10 == FAILS => {
            answer::json(StatusCode::SERVICE_UNAVAILABLE, &json!({ "error": "the warehouse does not answer" }))
        }
        Ok(number) if KNOWN.contains(&number) && number != NOT_KEPT => answer::json(StatusCode::OK, &level(number)),
        _ => answer::json(StatusCode::NOT_FOUND, &json!({ "error": "not kept in stock" })),
    }
}

fn level(product: u32) -> Value {
    let on_hand = chance::below(60, &format!("on hand {product}"));
    let restock_days = (on_hand < FEW).then(|| 2 + chance::below(20, &format!("restock {product}")));
    let (code, city) = WAREHOUSES[chance::below(WAREHOUSES.len(), &format!("warehouse {product}"))];
    json!({
        "sku": format!("P-{product:04}"),
        "on_hand": on_hand,
        "restock_days": restock_days,
        "warehouse": { "code": code, "city": city },
    })
}
