//! Arguments that must be given are given (specification, section 5.4.2.1).

use std::collections::HashSet;

use apollo_compiler::Node;
use apollo_compiler::ast::{Argument, InputValueDefinition};

use super::arguments::is_required;
use crate::operation::mistakes::Mistakes;

/// Tells those that are not, at the place where they would have to be; `owner` is the coordinate of the field or the
/// directive, such as `Query.a` or `@skip`.
pub(super) fn check(
    place: usize,
    arguments: &[Node<Argument>],
    definitions: &[Node<InputValueDefinition>],
    owner: &dyn Fn() -> String,
    mistakes: &mut Mistakes,
) {
    let mut required = definitions.iter().filter(|definition| is_required(definition)).peekable();
    if required.peek().is_none() {
        return;
    }
    let given: HashSet<&str> = arguments.iter().map(|argument| argument.name.as_str()).collect();
    for definition in required.filter(|definition| !given.contains(definition.name.as_str())) {
        mistakes.tell(&[place], || {
            format!(
                "Argument \"{}({}:)\" of type \"{}\" is required, but it was not provided.",
                owner(),
                definition.name,
                definition.ty
            )
        });
    }
}
