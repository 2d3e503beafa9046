//! Fields of leaf types have no selections, and all others do (specification, section 5.3.3).

use apollo_compiler::Node;
use apollo_compiler::ast::{Field, Type};

use super::context::{Context, end_of, start_of};
use crate::operation::mistakes::Mistakes;

/// Tells a field that has selections and may not, or the other way round.
pub(super) fn check(context: &Context<'_>, field: &Node<Field>, type_: &Type, mistakes: &mut Mistakes) {
    let (name, Some(definition)) = (&field.name, context.type_named(type_.inner_named_type())) else { return };
    if !definition.is_leaf() {
        if field.selection_set.is_empty() {
            mistakes.tell(&[start_of(field)], || {
                format!(
                    "Field \"{name}\" of type \"{type_}\" must have a selection of subfields. Did you mean \"{name} {{ \
                     ... }}\"?"
                )
            });
        }
    } else if !field.selection_set.is_empty() {
        mistakes.tell(&[start_of_selections(context, field)], || {
            format!("Field \"{name}\" must not have a selection since type \"{type_}\" has no subfields.")
        });
    }
}

/// Behind what may stand before them, and may have braces of its own.
fn start_of_selections(context: &Context<'_>, field: &Field) -> usize {
    let name = field.name.location().map_or(0, |span| span.end_offset());
    let argument = field.arguments.last().map_or(0, end_of);
    let directive = field.directives.last().map_or(0, end_of);
    context.next_sign(name.max(argument).max(directive), '{')
}
