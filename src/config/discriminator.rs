//! `@discriminator`: which property tells the object type of an interface or union, as it was written.

use apollo_compiler::Node;
use apollo_compiler::ast::Directive;

use super::arguments::Arguments;
use super::reader::Reader;
use super::{Span, Written};

/// `@discriminator` as it was written.
#[derive(Debug)]
pub struct DiscriminatorDirective {
    /// `field`.
    pub field: Option<Written<String>>,
    /// `types`: values of the property with the names of types; nothing where it was left out.
    pub types: Vec<(Written<String>, Written<String>)>,
    /// The whole directive.
    pub span: Span,
}

/// Reads the directive.
pub(super) fn read_discriminator(reader: &Reader<'_>, directive: &Node<Directive>) -> DiscriminatorDirective {
    let arguments = Arguments::of_directive(reader, directive);
    let types = arguments
        .objects(reader, "types")
        .iter()
        .filter_map(|entry| Some((entry.text(reader, "value")?, entry.text(reader, "type")?)))
        .collect();
    DiscriminatorDirective { field: arguments.text(reader, "field"), types, span: arguments.span }
}
