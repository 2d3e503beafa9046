//! Where the page and its files are found.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Response, StatusCode};
use axum::routing::get;

use super::built::{ASSETS, PAGE};
use super::tab::{GraphiqlTab, respond, tabs_json};
use crate::server::health::other_method;
use crate::server::media_type::{MediaType, wants_html};
use crate::server::refusal::Refusal;
use crate::server::served::Served;

/// `/`, and what the page loads below `/graphiql/`.
pub(in crate::server) fn routes(tabs: &[GraphiqlTab]) -> Router<Served> {
    let tabs = tabs_json(tabs);
    let router = Router::new()
        .route("/", get(page).fallback(other_method))
        .route("/graphiql/tabs.json", get(async move || respond(tabs.clone())).fallback(other_method));
    ASSETS.iter().fold(router, |router, asset| {
        let send = async move |headers: HeaderMap| asset.respond(&headers);
        router.route(&format!("/graphiql/{}", asset.name), get(send).fallback(other_method))
    })
}

/// The page, for those with `text/html` among what they accept; others are told where operations go.
async fn page(headers: HeaderMap) -> Response<Body> {
    if wants_html(&headers) {
        PAGE.respond(&headers)
    } else {
        let message = "this page is for browsers; operations go to /graphql";
        Refusal::new(StatusCode::NOT_ACCEPTABLE, message).respond(MediaType::Json)
    }
}
