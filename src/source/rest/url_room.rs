//! How much room a call for many parents has for their values: its URL may be no longer than services take.

use percent_encoding::utf8_percent_encode;

use super::path::VALUE;
use super::render::LONGEST_TARGET;
use super::rest_source::RestSource;
use crate::graphql::Value;
use crate::schema::{ListStyle, RestBatch, RestBinding};
use crate::source::{Fetch, Key};

/// The room in the URLs of one fetch's calls.
pub(super) struct UrlRoom<'a> {
    /// Who makes the calls.
    pub source: &'a RestSource,
    /// For whom.
    pub fetch: &'a Fetch,
    /// What is called.
    pub binding: &'a RestBinding,
    /// Which of its values are many.
    pub batch: &'a RestBatch,
}

impl UrlRoom<'_> {
    /// Bytes that are left beside the values of a key; none where nothing can be sent for it, so that it spoils no others.
    pub fn left(&self, key: &Key) -> usize {
        match self.source.render(self.fetch, self.binding, key) {
            Ok(Some(call)) => LONGEST_TARGET.saturating_sub(call.target.len()),
            Ok(None) | Err(_) => 0,
        }
    }

    /// Bytes that a further value takes.
    pub fn taken_by(&self, value: &Value) -> usize {
        let length = |text: &str| utf8_percent_encode(text, VALUE).map(str::len).sum::<usize>();
        let value = length(value.as_text().unwrap_or_default());
        let parameters = self.binding.url.query.iter();
        parameters
            .filter_map(|parameter| Some((parameter, parameter.value.single()?)))
            .filter(|(_, input)| input.input == self.batch.input)
            .map(|(parameter, input)| match input.list {
                // With `&` and `=`.
                ListStyle::Repeat => length(&parameter.name) + value + 2,
                ListStyle::Csv => value + 1,
            })
            .sum()
    }
}
