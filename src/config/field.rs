//! The directives of one field: its bindings in their order, `@from` and `@internal`.

use apollo_compiler::ast::FieldDefinition;
use apollo_compiler::schema::Component;

use super::arguments::Arguments;
use super::reader::Reader;
use super::rest::{RestDirective, read_rest};
use super::sql::{SqlDirective, read_sql};
use super::value::{ValueDirective, read_value};
use super::{Span, Written};

/// What stands on a field.
#[derive(Debug)]
pub struct FieldDirectives {
    /// `@sql`, `@rest` and `@value`, in the order in which they were written.
    pub bindings: Vec<BindingDirective>,
    /// The path of `@from`.
    pub from: Option<Written<String>>,
    /// Where `@internal` stands.
    pub internal: Option<Span>,
    /// The name of the field.
    pub name: Span,
}

/// One binding.
#[derive(Debug)]
pub enum BindingDirective {
    /// `@sql`.
    Sql(SqlDirective),
    /// `@rest`.
    Rest(Box<RestDirective>),
    /// `@value`.
    Value(ValueDirective),
}

impl BindingDirective {
    /// The whole directive.
    #[must_use]
    pub fn span(&self) -> Span {
        match self {
            BindingDirective::Sql(sql) => sql.span,
            BindingDirective::Rest(rest) => rest.span,
            BindingDirective::Value(value) => value.span,
        }
    }
}

/// Reads what stands on a field.
pub(super) fn read_field(reader: &mut Reader<'_>, field: &Component<FieldDefinition>) -> FieldDirectives {
    let name = reader.span(field.name.location());
    let mut directives = FieldDirectives { bindings: Vec::new(), from: None, internal: None, name };
    for directive in &field.directives {
        match directive.name.as_str() {
            "sql" => directives.bindings.extend(read_sql(reader, directive).map(BindingDirective::Sql)),
            "rest" => directives.bindings.push(BindingDirective::Rest(Box::new(read_rest(reader, directive)))),
            "value" => directives.bindings.push(BindingDirective::Value(read_value(reader, directive))),
            "from" => directives.from = Arguments::of_directive(reader, directive).text(reader, "path"),
            "internal" => directives.internal = Some(reader.span(directive.location())),
            _ => {}
        }
    }
    directives
}
