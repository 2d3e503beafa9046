//! Fields are those of the type that they are selected of (specification, section 5.3.1).

use std::cmp::Ordering;

use apollo_compiler::ast::Field;
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{Name, Node};

use super::context::{Context, start_of};
use super::suggestions::{did_you_mean, natural_order, near_names};
use crate::operation::mistakes::Mistakes;

/// Tells a field that the type does not have.
pub(super) fn check(context: &Context<'_>, field: &Node<Field>, parent: &ExtendedType, mistakes: &mut Mistakes) {
    if context.field(parent, &field.name).is_some() {
        return;
    }
    mistakes.tell(&[start_of(field)], || {
        let suggestion =
            if context.is_introspectable { suggestion(context, parent, &field.name) } else { String::new() };
        format!("Cannot query field \"{}\" on type \"{}\".{suggestion}", field.name, parent.name())
    });
}

/// The types that have the field, or else the fields of a name that is near.
fn suggestion(context: &Context<'_>, parent: &ExtendedType, field: &str) -> String {
    let types = types_with(context, parent, field);
    if !types.is_empty() {
        return did_you_mean("to use an inline fragment on", &types);
    }
    let names = match parent {
        ExtendedType::Object(object) => near_names(field, object.fields.keys().map(Name::as_str)),
        ExtendedType::Interface(interface) => near_names(field, interface.fields.keys().map(Name::as_str)),
        _ => Vec::new(),
    };
    did_you_mean("", &names)
}

/// Of the types that an abstract one may be and of their interfaces, those that have a field: the ones that most of them
/// are come first, interfaces before what implements them.
fn types_with<'d>(context: &Context<'d>, parent: &ExtendedType, field: &str) -> Vec<&'d str> {
    let mut found: Vec<(&ExtendedType, usize)> = Vec::new();
    let mut count = |name: &str| {
        let Some(type_) = context.type_named(name).filter(|type_| has_field(type_, field)) else { return false };
        match found.iter_mut().find(|(known, _)| std::ptr::eq(*known, type_)) {
            Some((_, usages)) => *usages += 1,
            None => found.push((type_, 1)),
        }
        true
    };
    for name in context.possible_types(parent) {
        let Some(ExtendedType::Object(object)) = context.type_named(name) else { continue };
        if count(name) {
            for interface in &object.implements_interfaces {
                count(&interface.name);
            }
        }
    }
    // By insertion: what is compared here is not always an order that a sort could rely on.
    let mut sorted: Vec<(&ExtendedType, usize)> = Vec::new();
    for one in found {
        let place = sorted.iter().rposition(|other| order(context, *other, one) != Ordering::Greater);
        sorted.insert(place.map_or(0, |place| place + 1), one);
    }
    sorted.into_iter().map(|(type_, _)| type_.name().as_str()).collect()
}

fn has_field(type_: &ExtendedType, field: &str) -> bool {
    match type_ {
        ExtendedType::Object(object) => object.fields.contains_key(field),
        ExtendedType::Interface(interface) => interface.fields.contains_key(field),
        _ => false,
    }
}

fn order(
    context: &Context<'_>,
    (one, usages): (&ExtendedType, usize),
    (other, others): (&ExtendedType, usize),
) -> Ordering {
    let is_above = |one: &ExtendedType, other: &ExtendedType| {
        matches!(one, ExtendedType::Interface(_)) && context.schema.is_subtype(one.name(), other.name())
    };
    others.cmp(&usages).then_with(|| {
        if is_above(one, other) {
            Ordering::Less
        } else if is_above(other, one) {
            Ordering::Greater
        } else {
            natural_order(one.name(), other.name())
        }
    })
}
