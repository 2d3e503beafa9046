//! What a browser is told to refuse on the page's behalf.

use axum::http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS};
use axum::http::{HeaderMap, HeaderValue};

/// The page loads from its own origin alone, runs no text as a script, sends nothing elsewhere, and stands in no frame,
/// because a frame on another site could make a visitor send an operation unknowingly.
///
/// Styles are the exception: Monaco makes `<style>` elements for its themes and writes `style="…"` for the place of each
/// line, and neither takes a nonce. A style cannot call anybody here, since `img-src` and `font-src` hold it too.
const POLICY: &str = "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self' 'unsafe-inline'; \
     connect-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'";

/// Sets the headers of every response of the page.
pub(super) fn protect(headers: &mut HeaderMap) {
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    // For browsers that do not know `frame-ancestors`.
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("deny"));
}
