//! The rules of validation (specification, section 5) that apollo-compiler lacks or has otherwise than the reference
//! implementation, one a file. Each tells all that it finds. They look at documents that may be wrong in other ways, so
//! what they do not find is no mistake of theirs.

mod custom_scalars;
mod inputs;
mod merged_arguments;
mod one_of;
mod single_subscription_field;
mod unique_input_fields;
mod variable_positions;

use apollo_compiler::ExecutableDocument;
use apollo_compiler::Schema;
use apollo_compiler::validation::DiagnosticData;

use super::mistakes::Mistakes;

/// What apollo-compiler calls the mistakes that are for our rules to tell.
const OURS: [&str; 5] = [
    "SubscriptionUsesMultipleFields",
    "SubscriptionUsesIntrospection",
    "SubscriptionUsesConditionalSelection",
    "ConflictingFieldArgument",
    "DisallowedVariableUsage",
];

/// What apollo-compiler calls a document that nests too deep, or without end, to be walked.
const TOO_DEEP: [&str; 4] =
    ["RecursionError", "RecursionLimitError", "DeeplyNestedType", "RecursiveFragmentDefinition"];

/// Whether apollo-compiler tells something that is for our rules to tell.
pub(super) fn is_ours(schema: &Schema, mistake: &DiagnosticData) -> bool {
    let is_named = mistake.unstable_error_name().is_some_and(|name| OURS.contains(&name));
    is_named || custom_scalars::is_ours(schema, mistake)
}

/// Whether our rules would not come to an end with the document of this mistake.
pub(super) fn is_too_deep(mistake: &DiagnosticData) -> bool {
    mistake.unstable_error_name().is_some_and(|name| TOO_DEEP.contains(&name))
}

/// Tells every mistake by these rules.
pub(super) fn check(document: &ExecutableDocument, schema: &Schema, max_fields: usize, mistakes: &mut Mistakes<'_>) {
    unique_input_fields::check(document, mistakes);
    for operation in document.operations.iter() {
        single_subscription_field::check(document, schema, operation, mistakes);
        merged_arguments::check(document, schema, operation, max_fields, mistakes);
        let inputs = inputs::of_operation(document, schema, operation);
        custom_scalars::check(schema, operation, &inputs, mistakes);
        variable_positions::check(operation, &inputs, mistakes);
        one_of::check(schema, operation, &inputs, mistakes);
    }
}
