//! Where a service is: scheme, host, port and path prefix, fixed when the source is made. No value of a request has
//! any way into it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use reqwest::Url;
use reqwest::header::HeaderValue;

/// A service's URL without its user and password, which became a header.
#[derive(Debug)]
pub(super) struct Origin {
    url: Url,
    /// The URL as text, without a slash at its end.
    prefix: String,
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
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
            return Err("the URL must begin with http:// or https:// and name a host".to_owned());
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err("the URL of a source has neither query nor fragment".to_owned());
        }
        let credentials = credentials(&url)?;
        let without = url.set_username("").and_then(|()| url.set_password(None));
        without.map_err(|()| "the URL is malformed".to_owned())?;
        let prefix = url.as_str().trim_end_matches('/').to_owned();
        Ok(Origin { url, prefix, credentials })
    }

    /// Whether calls are encrypted.
    pub fn is_secure(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// Whether a URL has the same scheme, host and port, and brings no user of its own.
    pub fn is_same(&self, other: &Url) -> bool {
        other.origin() == self.url.origin() && other.username().is_empty() && other.password().is_none()
    }

    /// The URL of a target; nothing where reading it back would change a single byte of it.
    pub fn join(&self, target: &str) -> Option<Url> {
        // The host is not looked at again: that takes most of the time that a URL takes to be read.
        let mut url = self.url.clone();
        let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
        if !path.is_empty() {
            url.set_path(&format!("{}{path}", self.url.path().trim_end_matches('/')));
        }
        url.set_query(query);
        (url.as_str() == self.text(target)).then_some(url)
    }

    /// The URL of a target as text, for operators.
    pub fn text(&self, target: &str) -> String {
        if target.starts_with('/') { format!("{}{target}", self.prefix) } else { format!("{}{target}", self.url) }
    }
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
    use reqwest::header::HeaderValue;

    use super::Origin;

    #[test]
    fn the_prefix_is_kept() {
        for (base, target, url) in [
            ("http://h/api/", "/x", "http://h/api/x"),
            ("http://h/api", "/x?y=1", "http://h/api/x?y=1"),
            ("http://h", "/x", "http://h/x"),
            ("http://h:81/api/", "", "http://h:81/api/"),
            ("http://h", "?a=1", "http://h/?a=1"),
            ("HTTPS://H:443/", "/x", "https://h/x"),
        ] {
            let origin = Origin::parse(base).expect(base);
            assert_eq!(origin.join(target).expect(target).as_str(), url);
        }
    }

    #[test]
    fn a_target_that_would_be_read_differently_is_none() {
        let origin = Origin::parse("http://h/api").expect("a URL");
        for target in ["/../x", "/%2e%2e/x", "/a\nb", "/a\tb", "/a b", "/a\\b"] {
            assert!(origin.join(target).is_none(), "{target:?}");
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
