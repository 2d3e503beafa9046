//! A request understood: its document parsed and validated under limits, its variables coerced, its fields collected.
//! Nothing here knows where values come from.

mod arguments;
mod coerce;
mod collect;
mod condition_values;
mod document;
mod introspection;
mod limits;
mod meetings;
mod mistakes;
mod places;
mod rules;
mod syntax;
mod variable;

pub use arguments::{ArgumentError, ArgumentValue, FieldArguments};
pub use coerce::coerce_variables;
pub use collect::{CollectedField, FieldName, SelectionSets, Uncollected};
pub use condition_values::condition_values;
pub use document::{Operation, OperationKind};
pub use introspection::{Introspected, introspect};
pub use variable::{VariableDefinition, VariableValues};
