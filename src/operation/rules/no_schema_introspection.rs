//! Where clients may not look into the schema, nothing selects fields of introspection types. `__typename`, which is a
//! string, is none.

use apollo_compiler::Node;
use apollo_compiler::ast::{Field, Type};

use super::context::{Context, start_of};
use crate::operation::mistakes::Mistakes;

/// Tells a field of such a type.
pub(super) fn check(context: &Context<'_>, field: &Node<Field>, type_: &Type, mistakes: &mut Mistakes) {
    if !context.is_introspectable && type_.inner_named_type().starts_with("__") {
        mistakes.tell(&[start_of(field)], || {
            format!(
                "GraphQL introspection has been disabled, but the requested query contained the field \"{}\".",
                field.name
            )
        });
    }
}
