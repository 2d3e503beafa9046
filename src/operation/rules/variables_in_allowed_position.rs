//! A variable stands only where its type may (specification, section 5.8.5); and where it is a field of a `@oneOf` input
//! object, it is not nullable.

use apollo_compiler::ast::{Type, VariableDefinition};

use super::context::Context;
use super::usages::{Place, Used};
use crate::operation::mistakes::Mistakes;

/// Tells usages of variables of another type.
pub(super) fn check(context: &Context<'_>, used: &Used<'_, '_>, mistakes: &mut Mistakes) {
    for (usage, definition) in used.usages() {
        let (Some(variable), Some(expected)) = (definition, usage.place.type_) else { continue };
        let (name, type_) = (usage.name, &*variable.ty);
        if context.type_named(type_.inner_named_type()).is_none() {
            continue;
        }
        let start = context.start_of_definition(variable);
        if !is_allowed(variable, expected, &usage.place) {
            mistakes.tell_of_each(start, &usage.offsets, || {
                format!("Variable \"${name}\" of type \"{type_}\" used in position expecting type \"{expected}\".")
            });
        }
        if let Some(one_of) = usage.place.one_of.filter(|_| !type_.is_non_null()) {
            mistakes.tell_of_each(start, &usage.offsets, || {
                format!(
                    "Variable \"${name}\" is of type \"{type_}\" but must be non-nullable to be used for OneOf Input \
                     Object \"{}\".",
                    one_of.name
                )
            });
        }
    }
}

/// `IsVariableUsageAllowed`.
fn is_allowed(variable: &VariableDefinition, expected: &Type, place: &Place<'_>) -> bool {
    if !expected.is_non_null() || variable.ty.is_non_null() {
        return variable.ty.is_assignable_to(expected);
    }
    let default_stands = variable.default_value.as_ref().is_some_and(|value| !value.is_null());
    (default_stands || place.has_default) && variable.ty.is_assignable_to(&expected.clone().nullable())
}
