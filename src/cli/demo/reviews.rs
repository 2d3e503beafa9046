//! The review service: what people say about products, of which it takes many at once. What it says at first is made of a
//! product's number, what is said later is kept in memory.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::answer;
use super::chance;

/// Reviews that are taken, and how long one may be: a demo may be open to everybody.
const MOST_TAKEN: usize = 1_000;
const LONGEST: usize = 1_000;
/// Reviews of one product in an answer; its summary is of all of them.
const MOST_SHOWN: usize = 50;
/// Products in one answer.
const MOST_ASKED: usize = 100;

/// About some products: product, author, stars, text.
const WRITTEN: [(u32, &str, u8, &str); 6] = [
    (1, "Ines", 5, "Three winters, and it still closes like a bank vault."),
    (1, "Tomasz", 4, "Heavy, but worth carrying."),
    (1, "Aiko", 5, "The coffee was hot in the evening."),
    (2, "Ruth", 3, "Warm; it pills a little."),
    (3, "Malik", 5, "Found the path in the fog."),
    (3, "Ines", 4, "Bright enough, and the battery lasts."),
];

/// About all the others up to this number: stars and text, and by whom.
const LAST_PRODUCT: u32 = 200;
const TEXTS: [(u8, &str); 16] = [
    (5, "Does what it should, and looks good doing it."),
    (5, "Bought it as a present, and kept it."),
    (5, "The second one we have; the first still works."),
    (5, "Better than the one it replaces, which cost twice as much."),
    (5, "Somebody thought about this."),
    (4, "Well made. The colour is a little darker than in the picture."),
    (4, "Good, once you know how."),
    (4, "Solid. Came in too much paper."),
    (4, "Would be perfect a size larger."),
    (4, "No complaints after half a year."),
    (3, "Fine for the price."),
    (3, "It works. I had hoped for more."),
    (3, "Arrived late, holds up well."),
    (2, "Smaller than I thought; I did not measure."),
    (2, "Needed some repair of my own."),
    (1, "Broke in the first week. They sent another at once."),
];
const AUTHORS: [&str; 12] =
    ["Ines", "Tomasz", "Aiko", "Ruth", "Malik", "Sigrid", "Luca", "Noor", "Eoin", "Marta", "Freya", "Henrik"];
const MOST_WRITTEN: usize = 5;

#[derive(Debug, Clone, Serialize)]
struct Review {
    id: String,
    stars: u8,
    text: Option<String>,
    author: Author,
}

#[derive(Debug, Clone, Serialize)]
struct Author {
    name: String,
}

/// A review with the number of its product.
#[derive(Debug, Serialize)]
struct About {
    product: u32,
    #[serde(flatten)]
    review: Review,
}

#[derive(Debug, Deserialize)]
struct NewReview {
    author: String,
    stars: u8,
    text: Option<String>,
}

/// What was said since the start, with the product's number.
type Taken = Arc<Mutex<Vec<(u32, Review)>>>;

/// `GET /reviews?product=1,2`, and `POST /products/{product}/reviews`.
pub(super) fn router() -> Router {
    let taken = Taken::default();
    Router::new().route("/reviews", get(list)).route("/products/{product}/reviews", post(add)).with_state(taken)
}

async fn list(State(taken): State<Taken>, RawQuery(query): RawQuery) -> Response {
    let asked = query.as_deref().and_then(|query| query.strip_prefix("product=")).unwrap_or_default();
    tokio::time::sleep(chance::pause(5, 40, &format!("reviews {asked}"))).await;
    let products: Result<Vec<u32>, _> = asked.split(',').map(str::parse).collect();
    let Some(products) = products.ok().filter(|products| products.len() <= MOST_ASKED) else {
        return answer::json(StatusCode::BAD_REQUEST, &json!({ "error": "product is a list of at most 100 numbers" }));
    };
    let (mut reviews, mut summaries) = (Vec::new(), Vec::new());
    for product in products {
        let about = reviews_of(product, &taken);
        summaries.push(summary_of(product, &about));
        reviews.extend(about.into_iter().take(MOST_SHOWN).map(|review| About { product, review }));
    }
    answer::json(StatusCode::OK, &json!({ "summaries": summaries, "reviews": reviews }))
}

fn reviews_of(product: u32, taken: &Taken) -> Vec<Review> {
    let taken = taken.lock().unwrap_or_else(PoisonError::into_inner);
    let new = taken.iter().rev().filter(|(about, _)| *about == product).map(|(_, review)| review.clone());
    new.chain(first_reviews(product)).collect()
}

fn summary_of(product: u32, reviews: &[Review]) -> Value {
    let stars: u32 = reviews.iter().map(|review| u32::from(review.stars)).sum();
    let count = u32::try_from(reviews.len()).unwrap_or(u32::MAX);
    // In hundredths, rounded.
    let average = (count > 0).then(|| f64::from((stars * 100 + count / 2) / count) / 100.0);
    json!({ "product": product, "average": average, "count": count })
}

async fn add(State(taken): State<Taken>, Path(product): Path<u32>, body: Bytes) -> Response {
    tokio::time::sleep(chance::pause(5, 40, &format!("add {product}"))).await;
    let refused = |words: &str| answer::json(StatusCode::UNPROCESSABLE_ENTITY, &json!({ "error": words }));
    let Ok(NewReview { author, stars, text }) = serde_json::from_slice(&body) else {
        return refused("a review has an author and stars");
    };
    if !(1..=5).contains(&stars) {
        return refused("stars are 1 to 5");
    }
    if author.len() + text.as_deref().map_or(0, str::len) > LONGEST {
        return refused("this review is too long");
    }
    let mut taken = taken.lock().unwrap_or_else(PoisonError::into_inner);
    if taken.len() >= MOST_TAKEN {
        return refused("no more reviews are taken");
    }
    let review = Review { id: format!("n{}", taken.len() + 1), stars, text, author: Author { name: author } };
    taken.push((product, review.clone()));
    answer::json(StatusCode::CREATED, &json!({ "review": review }))
}

/// What was said about a product before the demo started.
fn first_reviews(product: u32) -> Vec<Review> {
    let written: Vec<(&str, u8, &str)> = WRITTEN
        .iter()
        .filter(|entry| entry.0 == product)
        .map(|(_, author, stars, text)| (*author, *stars, *text))
        .collect();
    let said = if written.is_empty() { invented(product) } else { written };
    let review = |(index, (author, stars, text)): (usize, (&str, u8, &str))| Review {
        id: format!("{product}-{}", index + 1),
        stars,
        text: Some(text.to_owned()),
        author: Author { name: author.to_owned() },
    };
    said.into_iter().enumerate().map(review).collect()
}

/// From none to some, no two of them by the same author or in the same words.
fn invented(product: u32) -> Vec<(&'static str, u8, &'static str)> {
    if !(1..=LAST_PRODUCT).contains(&product) {
        return Vec::new();
    }
    let first_author = chance::below(AUTHORS.len(), &format!("author {product}"));
    let first_text = chance::below(TEXTS.len(), &format!("text {product}"));
    let said = (0..chance::below(MOST_WRITTEN + 1, &format!("count {product}"))).map(|index| {
        // Steps that share no factor with the length of the list come to everything in it before they repeat.
        let (stars, text) = TEXTS[(first_text + index * 5) % TEXTS.len()];
        (AUTHORS[(first_author + index * 7) % AUTHORS.len()], stars, text)
    });
    said.collect()
}
