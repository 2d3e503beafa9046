//! The review service: what people say about a product, kept in memory.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use serde::{Deserialize, Serialize};

/// Reviews kept; a further one is refused, because a demo may be open to everybody.
const MAX_REVIEWS: usize = 1_000;

/// The reviews at the start: product, author, stars, text.
const FIRST: [(&str, &str, u8, &str); 6] = [
    ("1", "Ines", 5, "Three winters, and it still closes like a bank vault."),
    ("1", "Tomasz", 4, "Heavy, but worth carrying."),
    ("1", "Aiko", 5, "The coffee was hot in the evening."),
    ("2", "Ruth", 3, "Warm; it pills a little."),
    ("3", "Malik", 5, "Found the path in the fog."),
    ("3", "Ines", 4, "Bright enough, and the battery lasts."),
];

#[derive(Debug, Clone, Serialize)]
struct Review {
    id: usize,
    product: String,
    author: Author,
    stars: u8,
    text: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
struct Author {
    name: String,
}

#[derive(Debug, Deserialize)]
struct NewReview {
    author: String,
    stars: u8,
    text: Option<String>,
}

type Reviews = Arc<Mutex<Vec<Review>>>;

/// `GET` and `POST /products/{id}/reviews`.
pub(super) fn router() -> Router {
    let first = FIRST.into_iter().enumerate().map(|(index, (product, author, stars, text))| Review {
        id: index + 1,
        product: product.to_owned(),
        author: Author { name: author.to_owned() },
        stars,
        text: Some(text.to_owned()),
    });
    let reviews: Reviews = Arc::new(Mutex::new(first.collect()));
    Router::new().route("/products/{product}/reviews", get(list).post(add)).with_state(reviews)
}

async fn list(State(reviews): State<Reviews>, Path(product): Path<String>) -> impl IntoResponse {
    let reviews = reviews.lock().unwrap_or_else(PoisonError::into_inner);
    json(StatusCode::OK, &reviews.iter().filter(|review| review.product == product).collect::<Vec<_>>())
}

async fn add(State(reviews): State<Reviews>, Path(product): Path<String>, body: Bytes) -> impl IntoResponse {
    let Ok(new) = serde_json::from_slice::<NewReview>(&body) else {
        return json(StatusCode::BAD_REQUEST, &"a review has an author and stars");
    };
    let mut reviews = reviews.lock().unwrap_or_else(PoisonError::into_inner);
    if reviews.len() >= MAX_REVIEWS || !(1..=5).contains(&new.stars) {
        return json(StatusCode::UNPROCESSABLE_ENTITY, &"this review is not taken");
    }
    let NewReview { author, stars, text } = new;
    let review = Review { id: reviews.len() + 1, product, author: Author { name: author }, stars, text };
    reviews.push(review.clone());
    json(StatusCode::CREATED, &review)
}

fn json(status: StatusCode, value: &impl Serialize) -> axum::response::Response {
    let body = serde_json::to_vec(value).unwrap_or_default();
    (status, [(CONTENT_TYPE, "application/json")], body).into_response()
}
