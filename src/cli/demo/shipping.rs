//! The shipping service: right, and slow. It is why the demo's responses have errors in them.

use axum::Router;
use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use serde_json::{Value, json};

use super::answer;
use super::chance;

/// How long it takes, in milliseconds; its field in the schema waits for 600. Product 1 to NO takes 1,028.
const SHORTEST: usize = 300;
const LONGEST: usize = 1_500;

/// Where it sends to, and in about how many working days.
const COUNTRIES: [(&str, usize); 24] = [
    ("AT", 3),
    ("BE", 2),
    ("CH", 4),
    ("CZ", 3),
    ("DE", 2),
    ("DK", 2),
    ("EE", 4),
    ("ES", 4),
    ("FI", 4),
    ("FR", 3),
    ("GB", 5),
    ("IE", 4),
    ("IS", 7),
    ("IT", 4),
    ("LT", 4),
    ("LU", 2),
    ("LV", 4),
    ("NL", 1),
    ("NO", 4),
    ("PL", 3),
    ("PT", 5),
    ("SE", 3),
    ("SI", 4),
    ("SK", 4),
];

const CARRIERS: [&str; 4] = ["Slow Boat", "Post", "Cargo Bike & Rail", "Parcel Line"];

/// `GET /quotes/{product}?to={country}`.
pub(super) fn router() -> Router {
    Router::new().route("/quotes/{product}", get(quote))
}

async fn quote(Path(product): Path<String>, RawQuery(query): RawQuery) -> Response {
    let to = query.as_deref().and_then(|query| query.strip_prefix("to=")).unwrap_or_default();
    let Some((country, days)) = COUNTRIES.iter().find(|(country, _)| *country == to) else {
        return answer::json(StatusCode::NOT_FOUND, &json!({ "error": "nothing is sent there" }));
    };
    tokio::time::sleep(chance::pause(SHORTEST, LONGEST, &format!("shipping for {product} to {country}"))).await;
    answer::json(StatusCode::OK, &offer(&product, country, *days))
}

fn offer(product: &str, country: &str, days: usize) -> Value {
    let words = format!("offer {product} {country}");
    let euros = 4 + 2 * days + chance::below(6, &words);
    json!({
        "quote": {
            "carrier": CARRIERS[chance::below(CARRIERS.len(), &words)],
            "price": { "amount": format!("{euros}.90"), "currency": "EUR" },
            "transit": { "days": days + chance::below(3, &words) },
        }
    })
}
