//! `@discriminator` names object types that its interface or union can be, each value once.

use std::collections::HashSet;

use crate::config::{Config, DiscriminatorDirective, Mistakes};
use crate::schema::type_table::TypeTable;
use crate::schema::{AbstractType, TypeKind};

/// Tells types that are unknown or not possible, and values that stand twice; warns of types that no value means.
pub(in crate::schema) fn check(config: &Config, table: &TypeTable, mistakes: &mut Mistakes) {
    for type_ in &table.types {
        let directive = config.directives.discriminators.get(&*type_.name);
        if let (TypeKind::Abstract(abstract_type), Some(directive)) = (&type_.kind, directive) {
            check_types(table, &type_.name, abstract_type, directive, mistakes);
        }
    }
}

fn check_types(
    table: &TypeTable,
    name: &str,
    abstract_type: &AbstractType,
    directive: &DiscriminatorDirective,
    mistakes: &mut Mistakes,
) {
    let possible: Vec<&str> = abstract_type.possible.iter().map(|id| &*table.type_(*id).name).collect();
    if let Some(field) = directive.field.as_ref().filter(|field| field.value.is_empty()) {
        mistakes.error(field.span, "the property of a discriminator has a name");
    }
    let mut values = HashSet::new();
    for (value, type_) in &directive.types {
        if !values.insert(&value.value) {
            let message = format!("the value `{}` has a meaning already", value.value);
            mistakes.error_with_hint(value.span, message, "take one of them out".to_owned());
        }
        if !possible.contains(&type_.value.as_str()) {
            let message = format!("`{name}` can never be a `{}`", type_.value);
            mistakes.error_of_name(type_.span, message, &type_.value, possible.iter().copied());
        }
    }
    let meant: HashSet<&str> = directive.types.iter().map(|(_, type_)| type_.value.as_str()).collect();
    for missing in possible.iter().filter(|name| !directive.types.is_empty() && !meant.contains(*name)) {
        let message = format!("no value of the discriminator of `{name}` means `{missing}`");
        let hint = format!("add `{{ value: \"…\", type: \"{missing}\" }}` to `types`");
        mistakes.warning(directive.span, message, hint);
    }
}
