//! The headers of a call: the binding's, then the source's, then what is passed on of the client's; of the same name
//! the first of these counts. What frames a message on one connection is never taken from anyone.

use hyper::header::{HeaderName, HeaderValue};

use super::text::{Rejected, text};
use crate::graphql::{Headers, Value};
use crate::schema::HeaderTemplate;

/// Headers of one connection (RFC 9110, section 7.6.1), and those that describe a body which we write ourselves.
const OURS: [&str; 15] = [
    "accept-encoding",
    "connection",
    "content-encoding",
    "content-length",
    "expect",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "trailers",
    "transfer-encoding",
    "upgrade",
    "x-request-timeout-ms",
];

/// Headers that mean the request to us, and nothing to a source.
const OF_THE_CLIENTS_REQUEST: [&str; 2] = ["content-type", "host"];

/// What a source adds to the headers of each binding.
#[derive(Debug)]
pub(super) struct SourceHeaders {
    /// Its own.
    pub fixed: Vec<HeaderTemplate>,
    /// The client headers that they name.
    pub inputs: Vec<Box<str>>,
    /// Client headers passed on, in lower case.
    pub forward: Vec<Box<str>>,
}

/// Headers with their values.
pub(super) type Fields = Vec<(HeaderName, HeaderValue)>;

/// Writes the headers of a call.
///
/// # Errors
/// [`Rejected`] for a control character, a list or an object.
pub(super) fn headers(
    binding: &[HeaderTemplate],
    key: &[Option<Value>],
    source: &SourceHeaders,
    client: &Headers,
) -> Result<Fields, Rejected> {
    let mut fields = Fields::with_capacity(binding.len() + source.fixed.len() + source.forward.len());
    push_templates(binding, key, &mut fields)?;
    let is_bound = |name: &str| binding.iter().any(|header| &*header.name == name);
    if !source.fixed.is_empty() {
        let key: Vec<_> = source.inputs.iter().map(|name| client.get(name).map(string)).collect();
        push_templates(source.fixed.iter().filter(|header| !is_bound(&header.name)), &key, &mut fields)?;
    }
    let is_fixed = |name: &str| source.fixed.iter().any(|header| &*header.name == name);
    for name in source.forward.iter().filter(|name| !is_bound(name) && !is_fixed(name)) {
        push_forwarded(name, client, &mut fields)?;
    }
    Ok(fields)
}

fn string(text: &str) -> Value {
    Value::String(text.into())
}

fn push_templates<'a>(
    templates: impl IntoIterator<Item = &'a HeaderTemplate>,
    key: &[Option<Value>],
    fields: &mut Fields,
) -> Result<(), Rejected> {
    for header in templates {
        if let Some(value) = text(&header.value, key)? {
            push(&header.name, &value, fields)?;
        }
    }
    Ok(())
}

fn push_forwarded(name: &str, client: &Headers, fields: &mut Fields) -> Result<(), Rejected> {
    if OF_THE_CLIENTS_REQUEST.contains(&name) || is_of_the_connection(name, client) {
        return Ok(());
    }
    for (_, value) in client.0.iter().filter(|(given, _)| given.eq_ignore_ascii_case(name)) {
        push(name, value, fields)?;
    }
    Ok(())
}

/// Whether the client's `connection` header names it.
fn is_of_the_connection(name: &str, client: &Headers) -> bool {
    let Some(named) = client.get("connection") else { return false };
    named.split(',').any(|option| option.trim().eq_ignore_ascii_case(name))
}

fn push(name: &str, value: &str, fields: &mut Fields) -> Result<(), Rejected> {
    if OURS.contains(&name) {
        return Ok(());
    }
    if value.chars().any(char::is_control) {
        return Err(Rejected("a control character in a header"));
    }
    let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| Rejected("a malformed header name"))?;
    let value = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| Rejected("a malformed header value"))?;
    fields.push((name, value));
    Ok(())
}
