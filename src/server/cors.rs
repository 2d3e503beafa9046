//! Which pages of other sites may read what is answered, as browsers ask (Fetch Standard, section 3.2): the origins that
//! `@gateway(cors:)` names, or all. Where it names none, nothing here is ever sent.
//!
//! It does not decide what is executed. A POST must be JSON, which a browser sends to another site only after a preflight; a
//! GET executes queries alone, and needs no header of its own: it works from a browser's address bar, and a page that may
//! not read its answer has nothing of it, unless an author has bound a query's field to what changes something. Cookies are let through to origins that are named, and never where all are.

use axum::body::Body;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, ALLOW, ORIGIN, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};

use crate::schema::AllowedOrigins;

/// The methods of `/graphql`.
pub(super) const METHODS: &str = "GET, HEAD, OPTIONS, POST";

/// How long a browser may remember a preflight, in seconds; none remembers it longer than this, whatever it is told.
const MAX_AGE: &str = "86400";

/// What pages may read beside the few headers that all may.
const EXPOSED: &str = "server-timing";

/// Whose pages may read.
#[derive(Debug)]
pub(super) enum Cors {
    /// Nobody's but our own.
    Nobody,
    /// Everybody's, without cookies.
    Anybody,
    /// Those of these origins.
    Listed(Vec<HeaderValue>),
}

impl Cors {
    /// What the schema says.
    pub(super) fn new(origins: &AllowedOrigins) -> Cors {
        match origins {
            AllowedOrigins::Nobody => Cors::Nobody,
            AllowedOrigins::Anybody => Cors::Anybody,
            AllowedOrigins::Listed(origins) => {
                Cors::Listed(origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok()).collect())
            }
        }
    }

    /// The response with what tells a browser whether the page that asked may read it.
    pub(super) fn tell(&self, request: &HeaderMap, mut response: Response<Body>) -> Response<Body> {
        if self.allow_origin(request, response.headers_mut()) {
            response.headers_mut().insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
        }
        response
    }

    /// What OPTIONS is answered: the methods, and for a preflight from an origin that may call, that it may.
    pub(super) fn preflight(&self, request: &HeaderMap) -> Response<Body> {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        let headers = response.headers_mut();
        headers.insert(ALLOW, HeaderValue::from_static(METHODS));
        if !self.allow_origin(request, headers) || !request.contains_key(ACCESS_CONTROL_REQUEST_METHOD) {
            return response;
        }
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, HEAD, POST"));
        headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(MAX_AGE));
        // Which headers a client sends is its own affair and that of the schema's templates; none is worse for being seen.
        if let Some(asked) = request.get(ACCESS_CONTROL_REQUEST_HEADERS) {
            headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, asked.clone());
        }
        headers.append(VARY, HeaderValue::from_static("access-control-request-headers"));
        response
    }

    /// Names the origin that may read; whether there is one. A cache must know that others would be told something else.
    fn allow_origin(&self, request: &HeaderMap, headers: &mut HeaderMap) -> bool {
        match self {
            Cors::Nobody => false,
            Cors::Anybody => {
                headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
                true
            }
            Cors::Listed(origins) => {
                headers.append(VARY, HeaderValue::from_static("origin"));
                let Some(origin) = the_origin(request).filter(|origin| origins.contains(origin)) else { return false };
                headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
                headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
                true
            }
        }
    }
}

/// The origin of a request that names one and no more.
fn the_origin(request: &HeaderMap) -> Option<&HeaderValue> {
    let mut origins = request.get_all(ORIGIN).iter();
    origins.next().filter(|_| origins.next().is_none())
}
