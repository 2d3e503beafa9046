//! `@gateway`: limits and habits of the whole gateway, as far as they were written.

use std::time::Duration;

use apollo_compiler::Node;
use apollo_compiler::ast::Directive;

use super::Written;
use super::arguments::Arguments;
use super::origin::{ANY_ORIGIN, origin_hint};
use super::reader::Reader;

/// `@gateway` as it was written; what was left out is nothing here.
#[derive(Debug, Default)]
pub struct GatewayDirective {
    /// `deadline`.
    pub deadline: Option<Written<Duration>>,
    /// `maxBody`.
    pub max_body: Option<Written<u64>>,
    /// `maxTokens`.
    pub max_tokens: Option<usize>,
    /// `maxDepth`.
    pub max_depth: Option<usize>,
    /// `maxAliases`.
    pub max_aliases: Option<usize>,
    /// `maxRootFields`.
    pub max_root_fields: Option<usize>,
    /// `maxFields`.
    pub max_fields: Option<usize>,
    /// `maxCalls`.
    pub max_calls: Option<usize>,
    /// `maxResponse`.
    pub max_response: Option<Written<u64>>,
    /// `maxErrors`.
    pub max_errors: Option<usize>,
    /// `partialStatus`.
    pub partial_status: Option<u16>,
    /// `introspection`.
    pub introspection: Option<bool>,
    /// `graphiql`.
    pub graphiql: Option<bool>,
    /// `cors`.
    pub cors: Vec<Written<String>>,
}

/// Reads the directive.
pub(super) fn read_gateway(reader: &mut Reader<'_>, directive: &Node<Directive>) -> GatewayDirective {
    let arguments = Arguments::of_directive(reader, directive);
    arguments.refuse(reader, &["jwt", "persisted", "maxBatch", "maxCost", "cache"]);
    GatewayDirective {
        deadline: arguments.duration(reader, "deadline"),
        max_body: arguments.byte_size(reader, "maxBody"),
        max_tokens: arguments.count(reader, "maxTokens", 1),
        max_depth: arguments.count(reader, "maxDepth", 1),
        max_aliases: arguments.count(reader, "maxAliases", 0),
        max_root_fields: arguments.count(reader, "maxRootFields", 1),
        max_fields: arguments.count(reader, "maxFields", 1),
        max_calls: arguments.count(reader, "maxCalls", 1),
        max_response: arguments.byte_size(reader, "maxResponse"),
        max_errors: arguments.count(reader, "maxErrors", 1),
        partial_status: read_partial_status(reader, &arguments),
        introspection: arguments.flag(reader, "introspection").map(|flag| flag.value),
        graphiql: arguments.flag(reader, "graphiql").map(|flag| flag.value),
        cors: read_cors(reader, &arguments),
    }
}

fn read_partial_status(reader: &mut Reader<'_>, arguments: &Arguments<'_>) -> Option<u16> {
    let status = arguments.statuses(reader, "partialStatus").into_iter().next()?;
    if ![200, 294].contains(&status.value) {
        let hint = "it is 200 or 294".to_owned();
        reader.mistakes.error_with_hint(status.span, "`partialStatus` of `@gateway` has two choices", hint);
    }
    Some(status.value)
}

/// Origins; `*` is all of them and stands alone.
fn read_cors(reader: &mut Reader<'_>, arguments: &Arguments<'_>) -> Vec<Written<String>> {
    let origins = arguments.texts(reader, "cors");
    let is_alone = origins.len() == 1;
    for origin in &origins {
        if origin.value != ANY_ORIGIN {
            if let Some(hint) = origin_hint(&origin.value) {
                reader.mistakes.error_with_hint(origin.span, format!("`{}` is no origin", origin.value), hint);
            }
        } else if !is_alone {
            let hint = "write `*` alone for every origin, or leave it out".to_owned();
            reader.mistakes.error_with_hint(origin.span, "`*` in `cors` of `@gateway` stands beside origins", hint);
        }
    }
    origins
}
