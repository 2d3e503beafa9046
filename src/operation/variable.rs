//! The variables of an operation: as it defines them, and as a request gives them.

use crate::graphql::{Location, Value};
use crate::schema::TypeRef;

/// A variable as the operation defines it.
#[derive(Debug)]
pub struct VariableDefinition {
    /// Its name, without `$`.
    pub name: Box<str>,
    /// Its type.
    pub type_: TypeRef,
    /// The type as it is written, for messages.
    pub type_text: Box<str>,
    /// Its default, coerced.
    pub default: Option<Value>,
    /// Where it is defined.
    pub place: Option<Location>,
}

/// The coerced variables of a request: one for each that the operation defines, in their order; nothing where a variable
/// was not given and has no default.
pub type VariableValues = Vec<Option<Value>>;
