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
use apollo_compiler::parser::SourceSpan;

use crate::graphql::{Error, ErrorCode, Location};

/// What apollo-compiler says of a subscription's root fields.
const OURS: [&str; 3] = [
    "can only have one root field",
    "can not have an introspection field as a root field",
    "can not specify @skip or @include on root fields",
];

/// Whether apollo-compiler tells something that is for our rules to tell.
pub(super) fn is_ours(schema: &Schema, message: &str) -> bool {
    OURS.iter().any(|end| message.ends_with(end)) || custom_scalars::is_ours(schema, message)
}

/// Every mistake by these rules.
pub(super) fn check(document: &ExecutableDocument, schema: &Schema, max_fields: usize) -> Vec<Error> {
    let mut mistakes = Mistakes { document, found: Vec::new() };
    unique_input_fields::check(document, &mut mistakes);
    for operation in document.operations.iter() {
        single_subscription_field::check(document, schema, operation, &mut mistakes);
        merged_arguments::check(document, schema, operation, max_fields, &mut mistakes);
        let inputs = inputs::of_operation(document, schema, operation);
        custom_scalars::check(schema, operation, &inputs, &mut mistakes);
        variable_positions::check(operation, &inputs, &mut mistakes);
        one_of::check(schema, operation, &inputs, &mut mistakes);
    }
    mistakes.found
}

/// What the rules have found.
struct Mistakes<'d> {
    document: &'d ExecutableDocument,
    found: Vec<Error>,
}

impl Mistakes<'_> {
    /// Tells one, with the places where it stands.
    fn tell(&mut self, message: String, places: impl IntoIterator<Item = Option<SourceSpan>>) {
        let place = |span: SourceSpan| span.line_column(&self.document.sources);
        let locations = places.into_iter().flatten().filter_map(place);
        let locations = locations.map(|place| Location { line: place.line, column: place.column }).collect();
        self.found.push(Error { locations, ..Error::request(ErrorCode::GraphqlValidationFailed, message) });
    }
}
