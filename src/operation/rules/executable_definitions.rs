//! A document that is executed defines operations and fragments only (specification, section 5.1.1).

use apollo_compiler::ast::Definition;

use super::context::Context;
use crate::operation::mistakes::Mistakes;

/// Tells definitions of a type system.
pub(super) fn check(context: &Context<'_>, mistakes: &mut Mistakes) {
    for definition in &context.tree.definitions {
        if matches!(definition, Definition::OperationDefinition(_) | Definition::FragmentDefinition(_)) {
            continue;
        }
        let start = definition.location().map_or(0, |span| span.offset());
        mistakes.tell(&[start], || {
            let name = definition.name().map_or_else(|| "schema".to_owned(), |name| format!("\"{name}\""));
            format!("The {name} definition is not executable.")
        });
    }
}
