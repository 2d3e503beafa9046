//! Which headers a schema can set and which it can forward. Those of the connection belong to the client that we are,
//! and a forged length or host is a way around every check behind us.

/// Headers that only the connection itself may write.
const OF_THE_CONNECTION: [&str; 11] = [
    "host",
    "content-length",
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "expect",
];

/// Whether a binding or source may set a header of this name.
pub(in crate::schema) fn is_settable(name: &str) -> bool {
    let is_token =
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte));
    is_token && !OF_THE_CONNECTION.contains(&name.to_lowercase().as_str())
}

/// Whether a client's header of this name may be passed on. What describes the client's own body is not: ours is
/// another one.
pub(in crate::schema) fn is_forwardable(name: &str) -> bool {
    is_settable(name)
        && !["content-type", "content-encoding", "accept-encoding"].contains(&name.to_lowercase().as_str())
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
