//! The tabs that a visitor finds on the first visit. What the visitor makes of them stays in the browser; the page keeps it
//! apart from what was made of other first tabs, so that a server does not show the stories of the one before it.

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderValue, Response};
use bytes::Bytes;
use serde::Serialize;

use super::protection::protect;

/// The one tab of a server that has none of its own.
const WELCOME: &str = include_str!("welcome.graphql");

/// A tab of GraphiQL. Its title is the name of its operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GraphiqlTab {
    /// The document, comments included.
    pub query: String,
    /// The variables: JSON, as it stands in the editor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variables: Option<String>,
    /// The request's headers: one JSON object, as it stands in the editor. Everybody who reaches the server can read them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headers: Option<String>,
}

/// The tabs as the page asks for them; the welcoming one where there are none.
pub(super) fn tabs_json(tabs: &[GraphiqlTab]) -> Bytes {
    let welcome = [GraphiqlTab { query: WELCOME.to_owned(), variables: None, headers: None }];
    let tabs = if tabs.is_empty() { &welcome } else { tabs };
    serde_json::to_vec(tabs).expect("text is always JSON").into()
}

/// A response with the tabs.
pub(super) fn respond(json: Bytes) -> Response<Body> {
    let mut response = Response::new(Body::from(json));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    protect(headers);
    response
}
