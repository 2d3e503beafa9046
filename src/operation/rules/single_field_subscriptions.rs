//! A subscription selects one root field, whatever the number of its selections and fragments, and none of introspection;
//! which one it is does not depend on variables (specification, section 5.2.4.1).

use std::collections::{HashMap, HashSet};

use apollo_compiler::ast::{Directive, Field, OperationDefinition, OperationType, Selection};
use apollo_compiler::{Name, Node};

use super::context::{Context, end_of, start_of};
use crate::operation::mistakes::Mistakes;

/// Selections that the subscriptions of a document may have in all: each goes through its fragments anew.
pub(super) const MAX_SELECTIONS: usize = 500_000;

/// Tells what is too much; `left` is how many selections may still be looked at.
pub(super) fn check(
    context: &Context<'_>,
    operation: &Node<OperationDefinition>,
    left: &mut usize,
    mistakes: &mut Mistakes,
) {
    let (OperationType::Subscription, Some(root)) =
        (operation.operation_type, context.schema.root_operation(OperationType::Subscription))
    else {
        return;
    };
    let subject = || match &operation.name {
        Some(name) => format!("Subscription \"{name}\""),
        None => "Anonymous Subscription".to_owned(),
    };
    let mut collected =
        Collected { context, root, left, fields: Vec::new(), conditions: Vec::new(), fragments: HashSet::new() };
    collected.selections(&operation.selection_set);
    if *collected.left == 0 {
        return mistakes.refuse("the subscriptions of the document select too many fields");
    }
    let Collected { fields, conditions, .. } = collected;
    if !conditions.is_empty() {
        return mistakes.tell(&conditions, || {
            format!("{} must not use `@skip` or `@include` directives in the top level selection.", subject())
        });
    }
    let keys = in_groups(&fields);
    match keys.as_slice() {
        [] => mistakes.tell(&[start_of_selections(context, operation)], || {
            format!("{} must select one top level field.", subject())
        }),
        [_] => {}
        [_, further @ ..] => {
            let places: Vec<usize> = further.iter().flatten().map(|field| start_of(field)).collect();
            mistakes.tell(&places, || format!("{} must select only one top level field.", subject()));
        }
    }
    for group in keys.iter().filter(|group| group.first().is_some_and(|field| field.name.starts_with("__"))) {
        let places: Vec<usize> = group.iter().map(|field| start_of(field)).collect();
        mistakes.tell(&places, || format!("{} must not select an introspection top level field.", subject()));
    }
}

/// The fields of each response key, in the order in which the keys come first.
fn in_groups<'d>(fields: &[&'d Node<Field>]) -> Vec<Vec<&'d Node<Field>>> {
    let mut places = HashMap::new();
    let mut groups: Vec<Vec<&'d Node<Field>>> = Vec::new();
    for field in fields {
        let place = *places.entry(field.response_name().as_str()).or_insert(groups.len());
        match groups.get_mut(place) {
            Some(group) => group.push(field),
            None => groups.push(vec![field]),
        }
    }
    groups
}

fn start_of_selections(context: &Context<'_>, operation: &Node<OperationDefinition>) -> usize {
    let name = operation.name.as_ref().and_then(Name::location).map(|span| span.end_offset());
    let variable = operation.variables.last().map(end_of);
    let directive = operation.directives.last().map(end_of);
    let behind = name.max(variable).max(directive).unwrap_or_else(|| start_of(operation));
    context.next_sign(behind, '{')
}

struct Collected<'c, 'd> {
    context: &'c Context<'d>,
    root: &'c Name,
    left: &'c mut usize,
    fields: Vec<&'d Node<Field>>,
    /// Where `@skip` and `@include` stand.
    conditions: Vec<usize>,
    fragments: HashSet<&'d str>,
}

impl<'d> Collected<'_, 'd> {
    /// Without recursion: a chain of fragments can be as long as the document.
    fn selections(&mut self, selections: &'d [Selection]) {
        let mut open = vec![selections.iter()];
        while let Some(set) = open.last_mut() {
            let Some(selection) = set.next() else {
                open.pop();
                continue;
            };
            *self.left = self.left.saturating_sub(1);
            if *self.left == 0 {
                return;
            }
            if self.is_conditional(selection) {
                continue;
            }
            match selection {
                Selection::Field(field) => self.fields.push(field),
                Selection::InlineFragment(inline) => {
                    if inline.type_condition.as_ref().is_none_or(|condition| self.applies(condition)) {
                        open.push(inline.selection_set.iter());
                    }
                }
                Selection::FragmentSpread(spread) => {
                    let Some(fragment) = self.context.fragment(&spread.fragment_name) else { continue };
                    if self.applies(&fragment.type_condition) && self.fragments.insert(&fragment.name) {
                        open.push(fragment.selection_set.iter());
                    }
                }
            }
        }
    }

    /// `DoesFragmentTypeApply` (specification, section 6.3.2).
    fn applies(&self, condition: &Name) -> bool {
        condition == self.root || self.context.schema.is_subtype(condition, self.root)
    }

    fn is_conditional(&mut self, selection: &Selection) -> bool {
        let directives = match selection {
            Selection::Field(field) => &field.directives,
            Selection::FragmentSpread(spread) => &spread.directives,
            Selection::InlineFragment(inline) => &inline.directives,
        };
        let named = |name: &str| directives.iter().find(|directive: &&Node<Directive>| directive.name == *name);
        let condition = named("skip").or_else(|| named("include")).map(start_of);
        self.conditions.extend(condition);
        condition.is_some()
    }
}
