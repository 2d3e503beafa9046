//! Introspection (specification, section 4): `__schema` and `__type` answered from the schema that clients see. It needs
//! no source, so it is done before anything is fetched. How deep it may go is a limit of the document.

mod literal;
mod resolve;
mod write;

use std::cell::RefCell;

use write::Writer;

use super::collect::{CollectedField, FieldName};
use super::document::Operation;
use super::variable::VariableValues;
use crate::schema::Schema;

/// The introspection fields of an operation's root: each response key with the JSON text of its value.
pub fn introspect(schema: &Schema, operation: &Operation, variables: &VariableValues) -> Vec<(Box<str>, String)> {
    let root = operation.root_selection();
    let fields = operation.collect_fields(schema, operation.root, &root, variables);
    let writer = Writer { operation, variables, schema: schema.client.schema(), collected: RefCell::default() };
    let is_introspection = |field: &&CollectedField<'_>| field.name == FieldName::Introspection;
    fields.iter().filter(is_introspection).map(|field| (field.response_key.into(), writer.root_field(field))).collect()
}
