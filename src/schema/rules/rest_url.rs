//! The URL of an HTTP service, judged by its text alone, so that it is told at its place what else would be found when
//! the source is made. Nothing of the URL stands in a message: it can hold a password.

use std::net::{Ipv4Addr, Ipv6Addr};

/// What is wrong with a URL, as it follows "the URL of a REST source".
pub(in crate::schema) fn problem_of(url: &str) -> Option<&'static str> {
    let Some((scheme, rest)) = url.split_once("://") else { return Some("has no scheme") };
    if !["http", "https"].contains(&scheme.to_lowercase().as_str()) {
        return Some("has a scheme other than `http` and `https`");
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host_and_port = authority.rsplit('@').next().unwrap_or_default();
    let (host, port) = match host_and_port.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (host_and_port, None),
    };
    if host.is_empty() {
        return Some("has no host");
    }
    if !is_host(host) {
        return Some("has a host that is neither a name nor an address");
    }
    if port.is_some_and(|port| port.parse::<u16>().is_err()) {
        return Some("has a port that is no number up to 65535");
    }
    rest.contains(['?', '#']).then_some("has a query or a fragment")
}

/// A name, an address, or an address of IPv6 in brackets.
fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return address.parse::<Ipv6Addr>().is_ok();
    }
    let name = host.strip_suffix('.').unwrap_or(host);
    let last = name.rsplit('.').next().unwrap_or_default();
    // What ends in a number is read as an address, and must be one.
    if !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit()) {
        return name.parse::<Ipv4Addr>().is_ok();
    }
    !name.is_empty() && name.chars().all(|character| character.is_alphanumeric() || ".-_".contains(character))
}

#[cfg(test)]
mod tests {
    use super::problem_of;

    #[test]
    fn urls() {
        for (url, is_right) in [
            ("http://h", true),
            ("HTTP://u:p@h_1.example.:80/api", true),
            ("http://127.0.0.1:80", true),
            ("https://[::1]:80/", true),
            ("https://grüße.example/", true),
            ("http://u:p@/", false),
            ("http://[::1/", false),
            ("http://::1/", false),
            ("http://1.2.3/", false),
            ("http://h:/", false),
            ("http://h\\x/", false),
        ] {
            assert_eq!(problem_of(url).is_none(), is_right, "{url}: {:?}", problem_of(url));
        }
    }
}
