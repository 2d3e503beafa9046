//! Introspection (specification, section 4): `__schema` and `__type` answered from the schema that clients see. It needs
//! no source, so it is done before anything is fetched. How deep it may go is a limit of the document.

mod literal;
mod resolve;
mod write;

use std::cell::{Cell, RefCell};

use write::Writer;

use super::collect::CollectedField;
use super::document::Operation;
use super::variable::VariableValues;
use crate::graphql::{Error, ErrorCode, ErrorList, Location};
use crate::schema::Schema;
use crate::source::Deadline;

/// The value of `__schema` or `__type`, the same wherever it stands.
#[derive(Debug)]
pub struct Introspected {
    /// As JSON; nothing for a null where none may stand.
    pub json: Option<String>,
    /// What failed in it, each with its path from here on.
    pub errors: ErrorList,
}

/// The values of introspection fields. Each of `wanted` is where the fields stand that are merged into one.
///
/// # Errors
/// A request error for an introspection that takes more than the largest response, or longer than the deadline.
pub fn introspect(
    schema: &Schema,
    operation: &Operation,
    variables: &VariableValues,
    wanted: &[Vec<Location>],
    deadline: Deadline,
) -> Result<Vec<Introspected>, Error> {
    let known = operation.introspection_fields();
    let space = Cell::new(usize::try_from(schema.limits.max_response).unwrap_or(usize::MAX));
    let collected = RefCell::default();
    let client = schema.client.schema();
    let (path, errors) = (RefCell::default(), RefCell::new(ErrorList::new(schema.limits.max_errors)));
    let writer = Writer { operation, variables, schema: client, deadline, room: space, collected, path, errors };
    let mut written = Vec::new();
    for places in wanted {
        let fields: Vec<_> = places.iter().filter_map(|place| known.get(place).copied()).collect();
        let field = CollectedField::of(&fields, places)
            .ok_or_else(|| Error::request(ErrorCode::Internal, "an introspection field is not where it was"))?;
        let json = writer.root_field(&field).ok();
        if writer.room.get() == 0 {
            let message = "the introspection takes more than the largest response";
            return Err(Error::request(ErrorCode::OperationTooComplex, message));
        }
        if deadline.has_passed() {
            let message = "the introspection takes longer than the operation may";
            return Err(Error::request(ErrorCode::DeadlineExceeded, message));
        }
        let errors = writer.errors.replace(ErrorList::new(schema.limits.max_errors));
        written.push(Introspected { json, errors });
    }
    Ok(written)
}
