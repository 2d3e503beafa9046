//! The schema that clients see: no binding directives, no `@internal` fields, none of our own types. Documents are
//! validated against it, introspection answers from it, and `tributary sdl` prints it.

use apollo_compiler::Schema;
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::validation::Valid;

use super::fold_extensions::fold_extensions;

/// What introspection tells of a type or of one of its members, in bytes, as measured.
const OF_ONE_MEMBER: usize = 250;

/// The schema that clients see, valid.
pub struct ClientSchema {
    schema: Valid<Schema>,
    size: usize,
}

impl ClientSchema {
    /// Wraps a schema from which everything internal was taken.
    pub(super) fn new(schema: Valid<Schema>) -> ClientSchema {
        let members = schema.types.values().map(|type_| 1 + members(type_));
        let size = members.sum::<usize>() * OF_ONE_MEMBER;
        ClientSchema { schema, size }
    }

    /// For `operation`, which validates documents against it.
    pub(crate) fn schema(&self) -> &Valid<Schema> {
        &self.schema
    }

    /// How much there is to tell of it, in bytes: more than its names, and no more than a few times its text.
    #[must_use]
    pub fn size(&self) -> usize {
        self.size
    }

    /// Whether clients see a field, by its coordinate.
    #[must_use]
    pub fn shows(&self, coordinate: &str) -> bool {
        coordinate.split_once('.').is_some_and(|(type_, field)| self.schema.type_field(type_, field).is_ok())
    }

    /// The schema in the schema definition language, without what every schema has, each type in one piece.
    #[must_use]
    pub fn sdl(&self) -> String {
        let mut schema = Schema::clone(&self.schema);
        schema.directive_definitions.shift_remove("oneOf");
        fold_extensions(&mut schema);
        schema.to_string()
    }
}

/// How many fields or values a type has.
fn members(type_: &ExtendedType) -> usize {
    match type_ {
        ExtendedType::Scalar(_) => 0,
        ExtendedType::Object(object) => object.fields.len(),
        ExtendedType::Interface(interface) => interface.fields.len(),
        ExtendedType::Union(union) => union.members.len(),
        ExtendedType::Enum(enum_) => enum_.values.len(),
        ExtendedType::InputObject(input) => input.fields.len(),
    }
}

impl std::fmt::Debug for ClientSchema {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("ClientSchema")
    }
}
