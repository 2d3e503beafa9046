//! Introspection (specification, section 4): `__schema` and `__type` answered from the schema that clients see. It needs
//! no source, so it is done before anything is fetched. How deep it may go is a limit of the document.

mod literal;
mod resolve;
mod write;

use std::cell::{Cell, RefCell};

use write::Writer;

use super::collect::FieldName;
use super::document::Operation;
use super::variable::VariableValues;
use crate::graphql::{Error, ErrorCode};
use crate::schema::Schema;
use crate::source::Deadline;

/// The introspection fields of an operation's root: each response key with the JSON text of its value.
///
/// # Errors
/// A request error for an introspection that takes more than the largest response, or longer than the deadline.
pub fn introspect(
    schema: &Schema,
    operation: &Operation,
    variables: &VariableValues,
    deadline: Deadline,
) -> Result<Vec<(Box<str>, String)>, Error> {
    let root = operation.root_selection();
    let fields = operation.collect_fields(schema, operation.root, &root, variables);
    let space = Cell::new(usize::try_from(schema.limits.max_response).unwrap_or(usize::MAX));
    let collected = RefCell::default();
    let writer = Writer { operation, variables, schema: schema.client.schema(), deadline, room: space, collected };
    let mut written = Vec::new();
    for field in fields.iter().filter(|field| field.name == FieldName::Introspection) {
        let value = writer.root_field(field);
        if writer.room.get() == 0 {
            let message = "the introspection takes more than the largest response";
            return Err(Error::request(ErrorCode::OperationTooComplex, message));
        }
        if deadline.has_passed() {
            let message = "the introspection takes longer than the operation may";
            return Err(Error::request(ErrorCode::DeadlineExceeded, message));
        }
        written.push((field.response_key.into(), value));
    }
    Ok(written)
}
