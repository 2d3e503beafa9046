//! The web search: pages that speak of what the shop sells, found by a word in their title or their first sentence.

use axum::Router;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer;
use super::chance;

/// Everything that there is to find.
const WEB: &str = include_str!("web.json");

/// Most pages in one answer.
const MOST: usize = 10;

#[derive(Debug, Deserialize)]
struct Page {
    url: String,
    headline: String,
    snippet: String,
}

/// `GET /search?q={words}`.
pub(super) fn router() -> Router {
    Router::new().route("/search", get(search))
}

async fn search(RawQuery(query): RawQuery) -> Response {
    let words = query.as_deref().and_then(|query| query.strip_prefix("q=")).unwrap_or_default().replace('+', " ");
    let words = percent_decode_str(&words).decode_utf8_lossy().to_lowercase();
    tokio::time::sleep(chance::pause(20, 40, &words)).await;
    let pages: Vec<Page> = serde_json::from_str(WEB).unwrap_or_default();
    let found: Vec<&Page> = pages.iter().filter(|page| page.speaks_of(&words)).collect();
    let shown: Vec<Value> = found.iter().take(MOST).map(|page| page.shown()).collect();
    answer::json(StatusCode::OK, &json!({ "results": { "total": found.len(), "pages": shown } }))
}

impl Page {
    fn speaks_of(&self, words: &str) -> bool {
        !words.is_empty() && [&self.headline, &self.snippet].iter().any(|text| text.to_lowercase().contains(words))
    }

    fn shown(&self) -> Value {
        json!({ "kind": "page", "url": self.url, "headline": self.headline, "snippet": self.snippet })
    }
}

#[cfg(test)]
mod tests {
    use super::{Page, WEB};

    #[test]
    fn the_web_can_be_read() {
        let pages: Vec<Page> = serde_json::from_str(WEB).expect("JSON");
        assert_eq!(pages.len(), 60);
        assert!(pages.iter().any(|page| page.speaks_of("flask")));
    }
}
