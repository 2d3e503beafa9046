//! A directive stands once in a place, unless it is repeatable (specification, section 5.7.3).

use std::collections::HashMap;

use apollo_compiler::Node;
use apollo_compiler::ast::Directive;

use super::context::{Context, start_of};
use crate::operation::mistakes::Mistakes;

/// Tells directives that stand again.
pub(super) fn check(context: &Context<'_>, directives: &[Node<Directive>], mistakes: &mut Mistakes) {
    let mut known = HashMap::new();
    for directive in directives {
        let name = &directive.name;
        if context.schema.directive_definitions.get(name).is_none_or(|definition| definition.repeatable) {
            continue;
        }
        let place = start_of(directive);
        let first = *known.entry(name.as_str()).or_insert(place);
        if first != place {
            mistakes
                .tell(&[first, place], || format!("The directive \"@{name}\" can only be used once at this location."));
        }
    }
}
