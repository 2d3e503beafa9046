//! An input object names each field once (specification, section 5.6.3).

use std::collections::HashMap;

use apollo_compiler::ast::{Argument, Value};
use apollo_compiler::executable::{DirectiveList, Selection, SelectionSet};
use apollo_compiler::{ExecutableDocument, Node};

use super::Mistakes;

/// Tells fields that are named again, anywhere in the document.
pub(super) fn check(document: &ExecutableDocument, mistakes: &mut Mistakes<'_>) {
    for operation in document.operations.iter() {
        directives(&operation.directives, mistakes);
        for variable in &operation.variables {
            directives(&variable.directives, mistakes);
            variable.default_value.iter().for_each(|default| value(default, mistakes));
        }
        selection_set(&operation.selection_set, mistakes);
    }
    for fragment in document.fragments.values() {
        directives(&fragment.directives, mistakes);
        selection_set(&fragment.selection_set, mistakes);
    }
}

fn selection_set(set: &SelectionSet, mistakes: &mut Mistakes<'_>) {
    for selection in &set.selections {
        directives(selection.directives(), mistakes);
        match selection {
            Selection::Field(field) => {
                arguments(&field.arguments, mistakes);
                selection_set(&field.selection_set, mistakes);
            }
            Selection::InlineFragment(inline) => selection_set(&inline.selection_set, mistakes),
            Selection::FragmentSpread(_) => {}
        }
    }
}

fn directives(directives: &DirectiveList, mistakes: &mut Mistakes<'_>) {
    directives.iter().for_each(|directive| arguments(&directive.arguments, mistakes));
}

fn arguments(arguments: &[Node<Argument>], mistakes: &mut Mistakes<'_>) {
    for argument in arguments {
        value(&argument.value, mistakes);
    }
}

fn value(given: &Node<Value>, mistakes: &mut Mistakes<'_>) {
    match &**given {
        Value::List(items) => items.iter().for_each(|item| value(item, mistakes)),
        Value::Object(fields) => {
            let mut places = HashMap::new();
            for (name, field) in fields {
                if let Some(first) = places.insert(name.as_str(), name.location()) {
                    let message = format!("There can be only one input field named \"{name}\".");
                    mistakes.tell(message, [first, name.location()]);
                }
                value(field, mistakes);
            }
        }
        _ => {}
    }
}
