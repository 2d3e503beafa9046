//! `@value`: a constant behind a field, or an object made of arguments and parent values, as it was written.

use apollo_compiler::Node;
use apollo_compiler::ast::Directive;

use super::arguments::Arguments;
use super::reader::Reader;
use super::{JsonLiteral, Span, WrittenJson};

/// `@value` as it was written.
#[derive(Debug)]
pub struct ValueDirective {
    /// `of`; null where it was left out.
    pub of: WrittenJson,
    /// The whole directive.
    pub span: Span,
}

/// Reads the directive.
pub(super) fn read_value(reader: &mut Reader<'_>, directive: &Node<Directive>) -> ValueDirective {
    let arguments = Arguments::of_directive(reader, directive);
    let span = arguments.span;
    let of = arguments.json(reader, "of").unwrap_or(WrittenJson { value: JsonLiteral::Null, span });
    ValueDirective { of, span }
}
