//! `@sql`: a statement behind a field, as it was written.

use std::time::Duration;

use apollo_compiler::Node;
use apollo_compiler::ast::Directive;

use super::arguments::Arguments;
use super::reader::Reader;
use super::template_parser::Syntax;
use super::{Span, Written, WrittenJson, WrittenTemplate};

/// `@sql` as it was written.
#[derive(Debug)]
pub struct SqlDirective {
    /// `source`.
    pub source: Option<Written<String>>,
    /// `query`.
    pub query: WrittenTemplate,
    /// `timeout`.
    pub timeout: Option<Written<Duration>>,
    /// `fallback`.
    pub fallback: Option<WrittenJson>,
    /// The whole directive.
    pub span: Span,
}

/// Reads the directive; nothing without a statement.
pub(super) fn read_sql(reader: &mut Reader<'_>, directive: &Node<Directive>) -> Option<SqlDirective> {
    let arguments = Arguments::of_directive(reader, directive);
    arguments.refuse(reader, &["cache"]);
    refuse_coalesce(reader, &arguments);
    Some(SqlDirective {
        source: arguments.text(reader, "source"),
        query: arguments.template(reader, "query", Syntax::Sql)?,
        timeout: arguments.duration(reader, "timeout"),
        fallback: arguments.json(reader, "fallback"),
        span: arguments.span,
    })
}

/// Calls are not shared between operations yet, so only a wish for sharing is refused; `false` is what happens.
pub(super) fn refuse_coalesce(reader: &mut Reader<'_>, arguments: &Arguments<'_>) {
    if arguments.flag(reader, "coalesce").is_some_and(|flag| flag.value) {
        arguments.refuse(reader, &["coalesce"]);
    }
}
