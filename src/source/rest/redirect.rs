//! Where a call is sent next when its answer says that it should be made elsewhere (RFC 9110, section 15.4).

use hyper::http::uri::PathAndQuery;
use hyper::{HeaderMap, Method, StatusCode, header};

use super::origin::Origin;

/// What a call asks for and where, which a redirect changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hop {
    /// The method.
    pub method: Method,
    /// Path and query.
    pub target: PathAndQuery,
    /// Whether the call's body is sent.
    pub has_body: bool,
}

impl Hop {
    /// The next hop; nothing where the answer is no redirect, or one to another origin.
    pub fn next(&self, status: StatusCode, headers: &HeaderMap, origin: &Origin) -> Option<Hop> {
        let becomes_get = match status {
            // As the Fetch standard has it, section 4.4: what all clients do.
            StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND => self.method == Method::POST,
            StatusCode::SEE_OTHER => true,
            StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT => false,
            _ => return None,
        };
        let location = headers.get(header::LOCATION)?.to_str().ok()?;
        let target = origin.redirected(&self.target, location)?;
        let (method, has_body) = if becomes_get { (Method::GET, false) } else { (self.method.clone(), self.has_body) };
        Some(Hop { method, target, has_body })
    }
}

#[cfg(test)]
mod tests {
    use hyper::header::{HeaderMap, HeaderValue, LOCATION};
    use hyper::{Method, StatusCode};

    use super::Hop;
    use crate::source::rest::origin::Origin;

    fn next(method: &Method, status: u16, location: &'static str) -> Option<(Method, String, bool)> {
        let origin = Origin::parse("http://h/api").expect("a URL");
        let target = origin.target("/a/b?c=d").expect("a target");
        let headers = HeaderMap::from_iter([(LOCATION, HeaderValue::from_static(location))]);
        let status = StatusCode::from_u16(status).expect("a status");
        let hop = Hop { method: method.clone(), target, has_body: true }.next(status, &headers, &origin)?;
        Some((hop.method, hop.target.to_string(), hop.has_body))
    }

    #[test]
    fn the_status_says_what_is_asked_for() {
        let (get, post, put) = (Method::GET, Method::POST, Method::PUT);
        for (method, status, to) in [
            (&post, 301, Some((&get, false))),
            (&post, 302, Some((&get, false))),
            (&put, 302, Some((&put, true))),
            (&put, 303, Some((&get, false))),
            (&post, 307, Some((&post, true))),
            (&post, 308, Some((&post, true))),
            (&get, 300, None),
            (&get, 304, None),
        ] {
            let expected = to.map(|(method, has_body)| (method.clone(), "/x".to_owned(), has_body));
            assert_eq!(next(method, status, "/x"), expected, "{method} {status}");
        }
    }

    #[test]
    fn the_location_is_read_from_where_the_call_went() {
        for (location, target) in [
            ("x", Some("/api/a/x")),
            ("?y", Some("/api/a/b?y")),
            ("../../x?y=z#f", Some("/x?y=z")),
            ("http://h/x", Some("/x")),
            ("//h:80/x", Some("/x")),
            ("http://h:81/x", None),
            ("https://h/x", None),
            ("http://user@h/x", None),
            ("http://[", None),
        ] {
            assert_eq!(next(&Method::GET, 302, location).map(|hop| hop.1).as_deref(), target, "{location}");
        }
    }
}
