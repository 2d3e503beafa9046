//! The directives of a schema, typed and with their places, beside the parsed schema itself.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use apollo_compiler::Name;
use apollo_compiler::Schema;
use apollo_compiler::ast::FieldDefinition;
use apollo_compiler::collections::IndexMap;
use apollo_compiler::parser::{FileId, SourceSpan};
use apollo_compiler::schema::{Component, ExtendedType};

use super::discriminator::read_discriminator;
use super::field::read_field;
use super::gateway::read_gateway;
use super::reader::{Reader, span_of};
use super::source::read_source;
use super::unsupported::refuse_unsupported;
use super::{DiscriminatorDirective, FieldDirectives, GatewayDirective, Mistakes, SourceDirective, SourceMap, Span};

/// The definitions of every directive of the language: the contract, printed by `tributary directives`.
pub const DIRECTIVES: &str = include_str!("directives.graphql");

/// What the author wrote, with typed directives that may still make no sense. Where the mistakes hold an error, the
/// schema is what could be made of the rest, and is there for telling what else is wrong.
pub struct Config {
    /// The whole schema, our directives and their definitions included.
    pub(crate) schema: Schema,
    /// The files.
    pub files: Arc<SourceMap>,
    /// The folder at which paths start.
    pub base: PathBuf,
    /// The files that the schema names, whether they are there or not.
    pub named_files: Vec<PathBuf>,
    /// What stands on the schema and its types.
    pub directives: SchemaDirectives,
    /// The mistakes so far; `schema::build` tells them with its own.
    pub mistakes: Mistakes,
    /// Types that are named and defined nowhere. They stand in the schema as scalars that take everything.
    pub missing_types: HashSet<String>,
    /// Whether each source could be read, so that one without a description is a mistake.
    pub sources_are_known: bool,
    /// Where each type and field of the author's is named: `Type` and `Type.field`.
    pub places: HashMap<String, Span>,
    /// The number of each file that the parser knows.
    pub(super) numbers: HashMap<FileId, usize>,
}

impl Config {
    /// The place of a node of the parsed schema; nothing for a definition of our own.
    pub(crate) fn span(&self, location: Option<SourceSpan>) -> Option<Span> {
        span_of(&self.files, &self.numbers, location)
    }
}

/// What stands on a schema and its types.
#[derive(Debug, Default)]
pub struct SchemaDirectives {
    /// `@gateway`; empty where it was left out.
    pub gateway: GatewayDirective,
    /// Each `@source`, in order.
    pub sources: Vec<SourceDirective>,
    /// The directives of each field, by `Type.field`.
    pub fields: HashMap<String, FieldDirectives>,
    /// `@discriminator` of interfaces and unions, by type.
    pub discriminators: HashMap<String, DiscriminatorDirective>,
}

impl std::fmt::Debug for Config {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Config").field("directives", &self.directives).finish_non_exhaustive()
    }
}

/// Reads every directive of a schema; what is malformed goes to the reader's mistakes.
pub(super) fn read_directives(reader: &mut Reader<'_>, schema: &Schema) -> SchemaDirectives {
    let mut directives = SchemaDirectives::default();
    for directive in &schema.schema_definition.directives {
        match directive.name.as_str() {
            "gateway" => directives.gateway = read_gateway(reader, directive),
            "source" => directives.sources.extend(read_source(reader, directive)),
            _ => {}
        }
    }
    for (name, type_) in &schema.types {
        for field in fields_of(type_).into_iter().flat_map(IndexMap::values) {
            let written = read_field(reader, field);
            directives.fields.insert(format!("{name}.{}", field.name), written);
        }
        if let Some(directive) = type_.directives().get("discriminator") {
            directives.discriminators.insert(name.to_string(), read_discriminator(reader, directive));
        }
    }
    refuse_unsupported(reader, schema);
    directives
}

/// Where each type and field of the author's is named.
pub(super) fn read_places(reader: &Reader<'_>, schema: &Schema) -> HashMap<String, Span> {
    let mut places = HashMap::new();
    for (name, type_) in &schema.types {
        places.insert(name.to_string(), reader.span(type_.name().location()));
        for field in fields_of(type_).into_iter().flat_map(IndexMap::values) {
            places.insert(format!("{name}.{}", field.name), reader.span(field.name.location()));
        }
    }
    places
}

fn fields_of(type_: &ExtendedType) -> Option<&IndexMap<Name, Component<FieldDefinition>>> {
    match type_ {
        ExtendedType::Object(object) => Some(&object.fields),
        ExtendedType::Interface(interface) => Some(&interface.fields),
        ExtendedType::Scalar(_) | ExtendedType::Union(_) | ExtendedType::Enum(_) | ExtendedType::InputObject(_) => None,
    }
}
