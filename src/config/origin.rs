//! Origins as browsers send them (RFC 6454, section 6.2): scheme, host, and the port where it is not the scheme's own.
//! They are compared as text, so what a browser would never send is a mistake.

/// Every origin.
pub const ANY_ORIGIN: &str = "*";

/// What would help where a text is no origin; nothing where it is one.
pub(super) fn origin_hint(text: &str) -> Option<String> {
    if text == "null" {
        return Some(
            "pages of many kinds send `null`, hostile ones among them; name the origins that are meant".to_owned(),
        );
    }
    if text.contains('*') {
        return Some("origins are compared whole; write out each one, or `*` alone for all of them".to_owned());
    }
    let Some((scheme, rest)) = text.split_once("://").filter(|(scheme, _)| is_scheme(scheme)) else {
        return Some("write it as `https://shop.example`".to_owned());
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let origin = &text[..scheme.len() + "://".len() + end];
    let (authority, is_bare) = (&rest[..end], end == rest.len());
    let Some((host, port)) = host_and_port(authority) else {
        return Some("write it as `https://shop.example` or `http://localhost:3000`".to_owned());
    };
    if origin.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Some(format!("browsers send it in lower case: `{}`", origin.to_ascii_lowercase()));
    }
    if port.is_some() && port == own_port(scheme) {
        return Some(format!("browsers leave out the scheme's own port: `{scheme}://{host}`"));
    }
    (!is_bare).then(|| format!("an origin ends with its host or port: `{origin}`"))
}

fn is_scheme(text: &str) -> bool {
    let starts_well = text.starts_with(|first: char| first.is_ascii_alphabetic());
    starts_well && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

/// The host with its port; nothing where it is no host of an origin.
fn host_and_port(authority: &str) -> Option<(&str, Option<u16>)> {
    let host_end = match authority.strip_prefix('[') {
        Some(address) => address.find(']')? + 2,
        None => authority.find(':').unwrap_or(authority.len()),
    };
    let (host, port) = authority.split_at(host_end);
    let port = match port.strip_prefix(':') {
        Some(digits) if digits.starts_with(|first: char| matches!(first, '1'..='9')) => Some(digits.parse().ok()?),
        None if port.is_empty() => None,
        Some(_) | None => return None,
    };
    is_host(host).then_some((host, port))
}

fn is_host(text: &str) -> bool {
    match text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte)),
    }
}

fn own_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" => Some(80),
        "https" => Some(443),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::origin_hint;

    #[test]
    fn what_browsers_send_is_an_origin() {
        for origin in [
            "https://shop.example",
            "http://localhost:3000",
            "http://127.0.0.1:8080",
            "http://[::1]:8080",
            "https://[2001:db8::1]",
            "https://shop.example:80",
            "https://xn--bcher-kva.example",
            "http://my_host",
            "capacitor://localhost",
            "chrome-extension://abcdefghijklmnop",
        ] {
            assert_eq!(origin_hint(origin), None, "{origin}");
        }
    }

    #[test]
    fn everything_else_has_a_hint() {
        for (text, hint) in [
            ("null", "name the origins"),
            ("*", "write out each one"),
            ("https://*.example", "write out each one"),
            ("", "write it as"),
            ("shop.example", "write it as"),
            ("localhost:3000", "write it as"),
            ("//shop.example", "write it as"),
            ("https://", "write it as"),
            ("https:///path", "write it as"),
            ("https://bücher.example", "write it as"),
            ("https://me@shop.example", "write it as"),
            ("https://shop.example:", "write it as"),
            ("https://shop.example:080", "write it as"),
            ("https://shop.example:99999", "write it as"),
            ("https://a b", "write it as"),
            ("https://[::1", "write it as"),
            ("https://[::1]x", "write it as"),
            ("https://[shop]", "write it as"),
            ("HTTPS://Shop.example/", "`https://shop.example`"),
            ("https://shop.example:443", "`https://shop.example`"),
            ("http://shop.example:80/", "`http://shop.example`"),
            ("https://shop.example/", "`https://shop.example`"),
            ("https://shop.example?x", "`https://shop.example`"),
        ] {
            assert!(origin_hint(text).is_some_and(|told| told.contains(hint)), "{text} {:?}", origin_hint(text));
        }
    }
}
