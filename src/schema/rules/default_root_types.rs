//! Without a `schema` definition, types named `Mutation` and `Subscription` are the root types, and must be object types
//! (specification, section 3.3.1).

use apollo_compiler::schema::ExtendedType;

use crate::config::{Config, Mistakes};

/// Tells types of these names that are no object types.
pub(in crate::schema) fn check(config: &Config, mistakes: &mut Mistakes) {
    let is_implicit = config.schema.schema_definition.location().is_none();
    if !is_implicit {
        return;
    }
    for (name, operations) in [("Mutation", "mutations"), ("Subscription", "subscriptions")] {
        let Some(type_) = config.schema.types.get(name) else { continue };
        let is_root = matches!(type_, ExtendedType::Object(_));
        if !is_root && !config.missing_types.contains(name) {
            let message = format!("`{name}` is the root type of {operations}, and must be an object type");
            let hint = "write `type` here, or name the root types: `schema { query: Query }`".to_owned();
            mistakes.error_with_hint(config.span(type_.name().location()), message, hint);
        }
    }
}
