//! `@rest`: an HTTP call behind a field, as it was written.

use std::time::Duration;

use apollo_compiler::Node;
use apollo_compiler::ast::Directive;

use super::arguments::Arguments;
use super::reader::Reader;
use super::retry::{RetryObject, read_retry};
use super::sql::refuse_coalesce;
use super::template_parser::Syntax;
use super::{Method, Span, Written, WrittenHeader, WrittenJson, WrittenTemplate};

/// `@rest` as it was written.
#[derive(Debug)]
pub struct RestDirective {
    /// `source`.
    pub source: Option<Written<String>>,
    /// `get`, `post`, `put`, `patch`, `delete`: those that were written.
    pub calls: Vec<(Method, WrittenTemplate)>,
    /// `body`.
    pub body: Option<WrittenJson>,
    /// `form`.
    pub form: Option<WrittenJson>,
    /// `headers`.
    pub headers: Vec<WrittenHeader>,
    /// `at`.
    pub at: Option<Written<String>>,
    /// `by`.
    pub by: Option<Written<String>>,
    /// `maxBatch`.
    pub max_batch: Option<Written<usize>>,
    /// `nullOn`.
    pub null_on: Vec<Written<u16>>,
    /// `retry`.
    pub retry: Option<RetryObject>,
    /// `hedge`.
    pub hedge: Option<Written<Duration>>,
    /// `timeout`.
    pub timeout: Option<Written<Duration>>,
    /// `fallback`.
    pub fallback: Option<WrittenJson>,
    /// The whole directive.
    pub span: Span,
}

/// Reads the directive.
pub(super) fn read_rest(reader: &mut Reader<'_>, directive: &Node<Directive>) -> RestDirective {
    let arguments = Arguments::of_directive(reader, directive);
    arguments.refuse(reader, &["jq", "cache"]);
    refuse_coalesce(reader, &arguments);
    let mut calls = Vec::new();
    for method in Method::ALL {
        if let Some(url) = arguments.template(reader, method.argument(), Syntax::Text) {
            calls.push((method, url));
        }
    }
    RestDirective {
        source: arguments.text(reader, "source"),
        calls,
        body: arguments.json(reader, "body"),
        form: arguments.json(reader, "form"),
        headers: arguments.headers(reader, "headers"),
        at: arguments.text(reader, "at"),
        by: arguments.text(reader, "by"),
        max_batch: arguments.written_count(reader, "maxBatch", 1),
        null_on: arguments.statuses(reader, "nullOn"),
        retry: read_retry(reader, &arguments),
        hedge: arguments.duration(reader, "hedge"),
        timeout: arguments.duration(reader, "timeout"),
        fallback: arguments.json(reader, "fallback"),
        span: arguments.span,
    }
}
