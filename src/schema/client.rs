//! The schema that clients see: no binding directives, no `@internal` fields, none of our own types. Documents are
//! validated against it, introspection answers from it, and `tributary sdl` prints it.

use apollo_compiler::Schema;
use apollo_compiler::validation::Valid;

use super::fold_extensions::fold_extensions;

/// The schema that clients see, valid.
pub struct ClientSchema {
    schema: Valid<Schema>,
}

impl ClientSchema {
    /// Wraps a schema from which everything internal was taken.
    pub(super) fn new(schema: Valid<Schema>) -> ClientSchema {
        ClientSchema { schema }
    }

    /// For `operation`, which validates documents against it.
    pub(crate) fn schema(&self) -> &Valid<Schema> {
        &self.schema
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

impl std::fmt::Debug for ClientSchema {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("ClientSchema")
    }
}
