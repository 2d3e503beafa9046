//! A field or a directive names each of its arguments once (specification, section 5.4.2).

use apollo_compiler::Node;
use apollo_compiler::ast::Argument;

use super::arguments::repeated_names;
use crate::operation::mistakes::Mistakes;

/// Tells names that stand again.
pub(super) fn check(arguments: &[Node<Argument>], mistakes: &mut Mistakes) {
    for (name, places) in repeated_names(arguments.iter().map(|argument| &argument.name)) {
        mistakes.tell(&places, || format!("There can be only one argument named \"{name}\"."));
    }
}
