//! One file of the built page, as a response. It is kept compressed; who does not take that gets it unfolded.

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};

use super::protection::protect;
use super::unfolding::{Unfolding, unfolded_length};
use crate::server::content_coding::ContentCoding;

/// A file of the page.
#[derive(Debug)]
pub(super) struct Asset {
    /// Its name below `/graphiql/`.
    pub(super) name: &'static str,
    /// The value of `content-type`.
    pub(super) content_type: &'static str,
    /// How long a browser may keep it.
    pub(super) keeping: Keeping,
    /// Its bytes, compressed by gzip.
    pub(super) gzip: &'static [u8],
}

/// How long a browser may keep a file without asking again.
#[derive(Debug)]
pub(super) enum Keeping {
    /// The name has a hash of the content: another content has another name.
    ForEver,
    /// As long as this entity tag stands for it. The tag is a weak one, because both encodings have it.
    WhileUnchanged(&'static str),
}

impl Asset {
    /// The file as an answer to a request with these headers.
    pub(super) fn respond(&'static self, request: &HeaderMap) -> Response<Body> {
        let mut response = match self.keeping {
            Keeping::WhileUnchanged(tag) if has_current(request, tag) => not_modified(),
            Keeping::WhileUnchanged(_) | Keeping::ForEver => self.content(request),
        };
        let headers = response.headers_mut();
        headers.insert(VARY, HeaderValue::from_static("accept, accept-encoding"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(self.keeping.cache_control()));
        if let Keeping::WhileUnchanged(tag) = self.keeping {
            headers.insert(ETAG, HeaderValue::from_static(tag));
        }
        protect(headers);
        response
    }

    fn content(&'static self, request: &HeaderMap) -> Response<Body> {
        let mut response = if ContentCoding::Gzip.is_accepted(request) { self.compressed() } else { self.unfolded() };
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        response
    }

    fn compressed(&'static self) -> Response<Body> {
        let mut response = Response::new(Body::from(self.gzip));
        response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        response
    }

    fn unfolded(&'static self) -> Response<Body> {
        let mut response = Response::new(Body::from_stream(futures_util::stream::iter(Unfolding::of(self.gzip))));
        response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(unfolded_length(self.gzip)));
        response
    }
}

impl Keeping {
    fn cache_control(&self) -> &'static str {
        match self {
            Keeping::ForEver => "public, max-age=31536000, immutable",
            Keeping::WhileUnchanged(_) => "no-cache",
        }
    }
}

fn not_modified() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    response
}

/// Whether the client has what this tag stands for (RFC 9110, section 13.1.2, by weak comparison).
fn has_current(request: &HeaderMap, tag: &str) -> bool {
    let tags = request.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut tags = tags.flat_map(|list| list.split(',')).map(str::trim);
    tags.any(|known| known == "*" || opaque(known) == opaque(tag))
}

fn opaque(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag)
}
