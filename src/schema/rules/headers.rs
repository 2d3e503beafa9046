//! Which headers a schema can set and which it can forward. Those of the connection belong to the client that we are,
//! and a forged length or host is a way around every check behind us.

use crate::config::{Mistakes, WrittenHeader};

/// Headers that only the connection itself may write.
const OF_THE_CONNECTION: [&str; 13] = [
    "host",
    "content-length",
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "trailers",
    "transfer-encoding",
    "upgrade",
    "expect",
];

/// Headers about what we ourselves can read, write and wait for.
const OURS: [&str; 3] = ["accept-encoding", "content-encoding", "x-request-timeout-ms"];

/// Whether a binding or source may set a header of this name.
fn is_settable(name: &str) -> bool {
    let is_token =
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte));
    let lower = name.to_lowercase();
    is_token && !OF_THE_CONNECTION.contains(&lower.as_str()) && !OURS.contains(&lower.as_str())
}

/// Whether a client's header of this name may be passed on. What describes the client's own body is not: ours is
/// another one.
pub(in crate::schema) fn is_forwardable(name: &str) -> bool {
    is_settable(name) && !name.eq_ignore_ascii_case("content-type")
}

/// Why a header can be neither set nor forwarded.
pub(in crate::schema) fn reason(name: &str) -> &'static str {
    let lower = name.to_lowercase();
    if OF_THE_CONNECTION.contains(&lower.as_str()) {
        return "each connection writes it itself; leave it out";
    }
    if OURS.contains(&lower.as_str()) {
        return "the gateway writes it itself; leave it out";
    }
    if is_settable(name) { "it tells about the client's own body" } else { "its name holds letters, digits and `-`" }
}

/// Tells a header that cannot be set, and a value that would end it early.
pub(in crate::schema) fn check(header: &WrittenHeader, mistakes: &mut Mistakes) {
    let name = &header.name;
    if !is_settable(&name.value) {
        let hint = reason(&name.value).to_owned();
        mistakes.error_with_hint(name.span, format!("the header `{}` cannot be set", name.value), hint);
    }
    if header.value.text().chars().any(char::is_control) {
        let hint = "take it out: it would end the header".to_owned();
        let message = format!("the header `{}` has a control character", name.value);
        mistakes.error_with_hint(header.value.span, message, hint);
    }
}

#[cfg(test)]
mod tests {
    use super::{is_forwardable, is_settable};

    #[test]
    fn headers() {
        for (name, settable, forwardable) in [
            ("Authorization", true, true),
            ("x-tenant", true, true),
            ("content-type", true, false),
            ("Accept-Encoding", false, false),
            ("Host", false, false),
            ("transfer-encoding", false, false),
            ("", false, false),
            ("a b", false, false),
            ("x:y", false, false),
        ] {
            assert_eq!((is_settable(name), is_forwardable(name)), (settable, forwardable), "{name}");
        }
    }
}
