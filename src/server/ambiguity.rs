//! Which HTTP/1 requests could mean one thing to us and another to a proxy before us (RFC 9112, section 11.2). The parser
//! has refused most of them; these are left. HTTP/2 has lengths of its own and names its host once.

use axum::http::header::HOST;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Request, Version};

use super::activity::Exchange;
use super::refusal::Refusal;

/// Why a request is refused. Its connection must end with the answer, because nobody knows where the next one begins.
pub(super) fn refuse_ambiguous<B>(request: &Request<B>, exchange: &Exchange<'_>) -> Result<(), Refusal> {
    let version = request.version();
    if version > Version::HTTP_11 {
        return Ok(());
    }
    if exchange.is_ambiguous() {
        return Err(Refusal::malformed("the request can be read in two ways"));
    }
    if !names_one_host(request.headers(), version) {
        return Err(Refusal::malformed("one `host` is needed, and no more"));
    }
    Ok(())
}

/// Whether there is exactly one host and it is one (RFC 9112, section 3.2). HTTP/1.0 may do without.
fn names_one_host(headers: &HeaderMap, version: Version) -> bool {
    let mut hosts = headers.get_all(HOST).iter();
    match (hosts.next(), hosts.next()) {
        (None, _) => version < Version::HTTP_11,
        (Some(host), None) => is_host(host.as_bytes()),
        (Some(_), Some(_)) => false,
    }
}

fn is_host(text: &[u8]) -> bool {
    text.is_empty() || (!text.contains(&b'@') && Authority::try_from(text).is_ok())
}
