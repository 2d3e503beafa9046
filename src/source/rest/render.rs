//! A binding and a key become a call, or nothing to ask for. Everything that a value can be refused for is found here,
//! before anything is sent.

use super::body::body;
use super::call::Call;
use super::headers::{SourceHeaders, headers};
use super::pairs::pairs;
use super::path::{Path, path};
use super::text::Rejected;
use crate::graphql::{Headers, Value};
use crate::schema::{Input, RestBinding};

/// Longest path with its query. A URL of twice as many bytes cannot be sent at all, and few services take one of these.
pub(super) const LONGEST_TARGET: usize = 32_768;

/// What a key asks for.
#[derive(Debug)]
pub(super) enum Rendered {
    /// This call.
    Call(Call),
    /// Nothing: a parent's value in the path is null, and so is the answer.
    Null,
}

/// Renders a call.
///
/// # Errors
/// [`Rejected`] where a value has no form in its place.
pub(super) fn render(
    binding: &RestBinding,
    inputs: &[Input],
    key: &[Option<Value>],
    source: &SourceHeaders,
    client: &Headers,
) -> Result<Rendered, Rejected> {
    let Path::Written(mut target) = path(&binding.url.segments, inputs, key)? else { return Ok(Rendered::Null) };
    let query = pairs(&binding.url.query, key)?;
    if !query.is_empty() {
        target.push('?');
        target.push_str(&query);
    }
    if target.len() > LONGEST_TARGET {
        return Err(Rejected("a URL of more than 32768 bytes"));
    }
    let headers = headers(&binding.headers, key, source, client)?;
    let body = binding.body.as_ref().map(|template| body(template, inputs, key)).transpose()?;
    Ok(Rendered::Call(Call { method: binding.method, target, headers, body }))
}
