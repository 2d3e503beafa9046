//! Where a service is: scheme, host, port and path prefix, fixed when the source is made. No value of a request has
//! any way into it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hyper::Uri;
use hyper::header::HeaderValue;
use hyper::http::uri::{Authority, PathAndQuery, Scheme};
use percent_encoding::percent_decode_str;
use rustls::pki_types::ServerName;
use url::{Host, Position, Url};

/// A service's URL without its user and password, which became a header.
#[derive(Debug)]
pub(super) struct Origin {
    url: Url,
    /// The URL as text, without a slash at its end.
    prefix: String,
    scheme: Scheme,
    authority: Authority,
    /// Host and port, as the header `host` has them.
    pub host: HeaderValue,
    /// `Basic …`, where the URL named a user.
    pub credentials: Option<HeaderValue>,
}

impl Origin {
    /// Reads a source's URL.
    ///
    /// # Errors
    /// What is wrong with it; never the URL itself, which can hold a password.
    pub fn parse(text: &str) -> Result<Origin, String> {
        let mut url = Url::parse(text).map_err(|error| format!("the URL is malformed: {error}"))?;
        let scheme = match url.scheme() {
            "http" => Scheme::HTTP,
            "https" => Scheme::HTTPS,
            _ => return Err("the URL must begin with http:// or https:// and name a host".to_owned()),
        };
        if url.query().is_some() || url.fragment().is_some() {
            return Err("the URL of a source has neither query nor fragment".to_owned());
        }
        let credentials = credentials(&url)?;
        let malformed = || "the URL is malformed".to_owned();
        url.set_username("").and_then(|()| url.set_password(None)).map_err(|()| malformed())?;
        let host = &url[Position::BeforeHost..Position::AfterPort];
        let authority = Authority::try_from(host).map_err(|_| malformed())?;
        let host = HeaderValue::try_from(host).map_err(|_| malformed())?;
        let prefix = url.as_str().trim_end_matches('/').to_owned();
        Ok(Origin { url, prefix, scheme, authority, host, credentials })
    }

    /// Whether calls are encrypted.
    pub fn is_secure(&self) -> bool {
        self.scheme == Scheme::HTTPS
    }

    /// The name that the service's certificate must bear.
    ///
    /// # Errors
    /// A host that is no name for a certificate.
    pub fn server_name(&self) -> Result<ServerName<'static>, String> {
        let name = match self.url.host() {
            Some(Host::Domain(name)) => ServerName::try_from(name.to_owned()),
            Some(Host::Ipv4(address)) => Ok(ServerName::from(std::net::IpAddr::from(address))),
            Some(Host::Ipv6(address)) => Ok(ServerName::from(std::net::IpAddr::from(address))),
            None => ServerName::try_from(String::new()),
        };
        name.map_err(|_| "the host of the URL is no name for a certificate".to_owned())
    }

    /// Path and query of a target; nothing where whoever reads it would read another one.
    pub fn target(&self, target: &str) -> Option<PathAndQuery> {
        let path = self.url.path();
        let path = if target.starts_with('/') { path.trim_end_matches('/') } else { path };
        let whole = Bytes::from([path, target].concat());
        if !is_plain(target) {
            return None;
        }
        PathAndQuery::from_maybe_shared(whole).ok()
    }

    /// Where a redirect leads; nothing where that is another scheme, host or port, or a user of its own.
    pub fn redirected(&self, from: &PathAndQuery, location: &str) -> Option<PathAndQuery> {
        let mut to = self.url.clone();
        to.set_path(from.path());
        to.set_query(from.query());
        let to = to.join(location).ok()?;
        if to.origin() != self.url.origin() || !to.username().is_empty() || to.password().is_some() {
            return None;
        }
        PathAndQuery::try_from(&to[Position::BeforePath..Position::AfterQuery]).ok()
    }

    /// The service as a URI.
    pub fn uri(&self) -> Uri {
        self.uri_of(PathAndQuery::from_static("/"))
    }

    /// A target with scheme and host before it.
    pub fn uri_of(&self, target: PathAndQuery) -> Uri {
        let mut parts = hyper::http::uri::Parts::default();
        parts.scheme = Some(self.scheme.clone());
        parts.authority = Some(self.authority.clone());
        parts.path_and_query = Some(target);
        // What has all three parts is a URI.
        Uri::from_parts(parts).unwrap_or_default()
    }

    /// The URL of a target as text, for operators.
    pub fn text(&self, target: &str) -> String {
        if target.starts_with('/') { format!("{}{target}", self.prefix) } else { format!("{}{target}", self.url) }
    }
}

/// Whether all characters may stand in a path with a query (RFC 3986, sections 3.3 and 3.4), and no segment is one that
/// readers fold away. What is rendered is so already; this is looked at where it leaves.
fn is_plain(target: &str) -> bool {
    let is_allowed = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@%/?".contains(byte);
    let path = target.split_once('?').map_or(target, |(path, _)| path);
    target.as_bytes().iter().all(is_allowed) && !path.split('/').any(is_folded)
}

/// Whether a segment is `.` or `..`, written in whatever way.
fn is_folded(segment: &str) -> bool {
    segment.len() <= 6 && matches!(segment.replace("%2e", ".").replace("%2E", ".").as_str(), "." | "..")
}

fn credentials(url: &Url) -> Result<Option<HeaderValue>, String> {
    if url.username().is_empty() && url.password().is_none() {
        return Ok(None);
    }
    let mut pair: Vec<u8> = percent_decode_str(url.username()).collect();
    pair.push(b':');
    pair.extend(percent_decode_str(url.password().unwrap_or_default()));
    let value = HeaderValue::try_from(format!("Basic {}", STANDARD.encode(pair)));
    let mut value = value.map_err(|_| "the user of the URL is malformed".to_owned())?;
    value.set_sensitive(true);
    Ok(Some(value))
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderValue;

    use super::Origin;

    #[test]
    fn the_prefix_is_kept() {
        for (base, target, url) in [
            ("http://h/api/", "/x", "http://h/api/x"),
            ("http://[::1]:81", "/x", "http://[::1]:81/x"),
            ("http://h/api", "/x?y=1", "http://h/api/x?y=1"),
            ("http://h", "/x", "http://h/x"),
            ("http://h:81/api/", "", "http://h:81/api/"),
            ("http://h", "?a=1", "http://h/?a=1"),
            ("HTTPS://H:443/", "/x", "https://h/x"),
        ] {
            let origin = Origin::parse(base).expect(base);
            let written = origin.target(target).expect(target);
            assert_eq!(origin.uri_of(written).to_string(), url);
            assert_eq!(origin.text(target), url);
        }
    }

    #[test]
    fn a_target_that_would_be_read_differently_is_none() {
        let origin = Origin::parse("http://h/api").expect("a URL");
        for target in
            ["/../x", "/%2e%2E/x", "/.%2e", "/.", "/a\nb", "/a\tb", "/a b", "/a\\b", "/a#b", "/é", "?a b", "/a\0"]
        {
            assert!(origin.target(target).is_none(), "{target:?}");
        }
        for target in ["", "/", "/...", "/x?.", "/%2e%2e%2e", "/a%20b?c=d&e=%2E"] {
            assert!(origin.target(target).is_some(), "{target:?}");
        }
    }

    #[test]
    fn a_password_becomes_a_header_and_is_in_no_text() {
        let origin = Origin::parse("http://user:p%40ss@h/").expect("a URL");
        assert_eq!(origin.credentials.as_ref().map(HeaderValue::as_bytes), Some(&b"Basic dXNlcjpwQHNz"[..]));
        assert_eq!(origin.text("/x"), "http://h/x");
        assert!(!format!("{origin:?}").contains("dXNlcjpwQHNz"));
    }

    #[test]
    fn what_is_no_service_is_refused() {
        for url in ["", "h/x", "file:///etc/passwd", "ftp://h/", "http://", "http://h/?x=1", "http://h/#f"] {
            assert!(Origin::parse(url).is_err(), "{url}");
        }
    }
}
