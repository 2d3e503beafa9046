//! The variables that decide a plan, without those that only a request needs: for whoever looks at a plan and runs nothing.

use super::coerce::coerce_variables;
use super::document::Operation;
use super::variable::VariableValues;
use crate::graphql::{Error, Value};
use crate::schema::Schema;

/// The values of those variables that `@skip` and `@include` use; of all others there is none.
///
/// # Errors
/// `BAD_USER_INPUT` for one of these that is wrong, or has neither a value nor a default.
pub fn condition_values(
    schema: &Schema,
    operation: &Operation,
    raw: Option<&Value>,
) -> Result<VariableValues, Vec<Error>> {
    let mut values: VariableValues = operation.variables.iter().map(|_| None).collect();
    for place in &operation.conditions {
        let definition = std::slice::from_ref(&operation.variables[*place]);
        values[*place] = coerce_variables(schema, definition, raw)?.pop().flatten();
    }
    Ok(values)
}
