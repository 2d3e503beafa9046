//! Introspection (specification, section 4): `__schema` and `__type` answered from the schema that clients see. It needs
//! no source, so it is done before anything is fetched.

use apollo_compiler::introspection::partial_execute;
use apollo_compiler::request::coerce_variable_values;
use apollo_compiler::response::JsonMap;

use super::document::Operation;
use super::variable::VariableValues;
use crate::graphql::{Error, ErrorCode};
use crate::schema::Schema;

/// The introspection fields of an operation's root: each response key with the JSON text of its value.
///
/// # Errors
/// A request error where introspection itself fails.
pub fn introspect(
    schema: &Schema,
    operation: &Operation,
    variables: &VariableValues,
) -> Result<Vec<(Box<str>, String)>, Error> {
    let failed = |message: String| Error::request(ErrorCode::GraphqlValidationFailed, message);
    let client = schema.client.schema();
    let Some(definition) = operation.definition() else { return Ok(Vec::new()) };
    let given: JsonMap = operation
        .variables
        .iter()
        .zip(variables)
        .filter_map(|(variable, value)| {
            let json = serde_json::from_str(&value.as_ref()?.to_json()).ok()?;
            Some((variable.name.to_string().into(), json))
        })
        .collect();
    let values =
        coerce_variable_values(client, definition, &given).map_err(|error| failed(error.message().to_string()))?;
    let response = partial_execute(client, &client.implementers_map(), operation.document(), definition, &values)
        .map_err(|error| failed(error.message().to_string()))?;
    let data = response.data.unwrap_or_default();
    Ok(data.iter().map(|(key, value)| (key.as_str().into(), value.to_string())).collect())
}
