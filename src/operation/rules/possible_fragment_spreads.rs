//! A fragment stands only where some object can be of its type (specification, section 5.5.2.3).

use apollo_compiler::Node;
use apollo_compiler::ast::FragmentSpread;
use apollo_compiler::schema::ExtendedType;

use super::context::{Context, start_of};
use crate::operation::mistakes::Mistakes;

/// Tells an inline fragment, which begins at a place, that no object of the type round it is of.
pub(super) fn check_inline(
    context: &Context<'_>,
    place: usize,
    type_: &ExtendedType,
    parent: &ExtendedType,
    mistakes: &mut Mistakes,
) {
    if !do_overlap(context, type_, parent) {
        mistakes.tell(&[place], || format!("Fragment cannot {}", words(type_, parent)));
    }
}

/// Tells a spread of a fragment that no object of the type round it is of.
pub(super) fn check_spread(
    context: &Context<'_>,
    spread: &Node<FragmentSpread>,
    parent: &ExtendedType,
    mistakes: &mut Mistakes,
) {
    let name = &spread.fragment_name;
    let fragment = context.fragment(name).and_then(|fragment| context.composite(&fragment.type_condition));
    if let Some(type_) = fragment.filter(|type_| !do_overlap(context, type_, parent)) {
        mistakes.tell(&[start_of(spread)], || format!("Fragment \"{name}\" cannot {}", words(type_, parent)));
    }
}

fn words(type_: &ExtendedType, parent: &ExtendedType) -> String {
    format!("be spread here as objects of type \"{}\" can never be of type \"{}\".", parent.name(), type_.name())
}

fn do_overlap(context: &Context<'_>, one: &ExtendedType, other: &ExtendedType) -> bool {
    let is_abstract = |type_: &ExtendedType| matches!(type_, ExtendedType::Interface(_) | ExtendedType::Union(_));
    let may_be = |type_: &ExtendedType, name: &str| context.schema.is_subtype(type_.name(), name);
    match (is_abstract(one), is_abstract(other)) {
        _ if one.name() == other.name() => true,
        (true, true) => context.possible_types(one).into_iter().any(|name| may_be(other, name)),
        (true, false) => may_be(one, other.name()),
        (false, true) => may_be(other, one.name()),
        (false, false) => false,
    }
}
