//! Arguments are those of the field or the directive (specification, section 5.4.1).

use apollo_compiler::Node;
use apollo_compiler::ast::{Argument, InputValueDefinition};

use super::context::{Context, start_of};
use super::suggestions::{did_you_mean, near_names};
use crate::operation::mistakes::Mistakes;

/// Tells arguments that are not defined; `owner` says whose they are, such as `field "Query.a"`.
pub(super) fn check(
    context: &Context<'_>,
    arguments: &[Node<Argument>],
    definitions: &[Node<InputValueDefinition>],
    owner: &dyn Fn() -> String,
    mistakes: &mut Mistakes,
) {
    for argument in arguments {
        let name = &argument.name;
        if definitions.iter().any(|definition| definition.name == *name) {
            continue;
        }
        mistakes.tell(&[start_of(argument)], || {
            let known =
                definitions.iter().map(|definition| definition.name.as_str()).filter(|_| context.is_introspectable);
            format!("Unknown argument \"{name}\" on {}.{}", owner(), did_you_mean("", &near_names(name, known)))
        });
    }
}
