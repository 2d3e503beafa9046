//! A subscription selects one root field, whatever the number of its selections and fragments, and none of introspection
//! (specification, section 5.2.4.1).

use std::collections::HashSet;

use apollo_compiler::ast::{Directive, OperationType};
use apollo_compiler::executable::{Field, Operation, Selection, SelectionSet};
use apollo_compiler::{ExecutableDocument, Node, Schema};

use super::Mistakes;

/// Tells what is too many.
pub(super) fn check(
    document: &ExecutableDocument,
    schema: &Schema,
    operation: &Operation,
    mistakes: &mut Mistakes<'_>,
) {
    if operation.operation_type != OperationType::Subscription {
        return;
    }
    let subject = match &operation.name {
        Some(name) => format!("Subscription \"{name}\""),
        None => "Anonymous Subscription".to_owned(),
    };
    let mut collected =
        Collected { document, schema, fields: Vec::new(), conditions: Vec::new(), fragments: HashSet::new() };
    collected.selection_set(&operation.selection_set);
    let keys: HashSet<&str> = collected.fields.iter().map(|field| field.response_key().as_str()).collect();
    if keys.len() > 1 {
        let first = collected.fields.first().map(|field| field.response_key());
        let further = collected.fields.iter().filter(|field| Some(field.response_key()) != first);
        let message = format!("{subject} must select only one top level field.");
        mistakes.tell(message, further.map(|field| field.location()).collect::<Vec<_>>());
    }
    for field in collected.fields.iter().filter(|field| field.name.starts_with("__")) {
        mistakes.tell(format!("{subject} must not select an introspection top level field."), [field.location()]);
    }
    if !collected.conditions.is_empty() {
        let message = format!("{subject} must not use `@skip` or `@include` directives in the top level selection.");
        mistakes.tell(message, collected.conditions.iter().map(|directive| directive.location()));
    }
}

struct Collected<'d> {
    document: &'d ExecutableDocument,
    schema: &'d Schema,
    fields: Vec<&'d Node<Field>>,
    conditions: Vec<&'d Node<Directive>>,
    fragments: HashSet<&'d str>,
}

impl<'d> Collected<'d> {
    fn selection_set(&mut self, set: &'d SelectionSet) {
        for selection in &set.selections {
            let is_condition = |directive: &&Node<Directive>| matches!(&*directive.name, "skip" | "include");
            self.conditions.extend(selection.directives().iter().filter(is_condition));
            match selection {
                Selection::Field(field) => self.fields.push(field),
                Selection::InlineFragment(inline) => self.selection_set(&inline.selection_set),
                Selection::FragmentSpread(spread) => {
                    let Some(fragment) = self.document.fragments.get(&spread.fragment_name) else { continue };
                    let is_new = self.fragments.insert(fragment.name.as_str());
                    if is_new && self.schema.types.contains_key(fragment.type_condition()) {
                        self.selection_set(&fragment.selection_set);
                    }
                }
            }
        }
    }
}
