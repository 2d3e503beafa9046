//! Directives are there, and may stand where they do (specification, sections 5.7.1 and 5.7.2).

use apollo_compiler::Node;
use apollo_compiler::ast::{Directive, DirectiveLocation};

use super::context::{Context, start_of};
use crate::operation::mistakes::Mistakes;

/// Tells directives that are not there, or not for this location.
pub(super) fn check(
    context: &Context<'_>,
    directives: &[Node<Directive>],
    location: DirectiveLocation,
    mistakes: &mut Mistakes,
) {
    for directive in directives {
        let (name, place) = (&directive.name, start_of(directive));
        match context.schema.directive_definitions.get(name) {
            // What the document itself defines is told as that.
            None if context.defined_types.contains(name.as_str()) => {}
            None => mistakes.tell(&[place], || format!("Unknown directive \"@{name}\".")),
            Some(definition) if !definition.locations.contains(&location) => {
                mistakes.tell(&[place], || format!("Directive \"@{name}\" may not be used on {location}."));
            }
            Some(_) => {}
        }
    }
}
