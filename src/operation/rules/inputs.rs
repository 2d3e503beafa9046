//! Every value that an operation gives to an argument, an input field or a variable, with what is expected there.
//! Fragments are walked once for each operation that reaches them.

use std::collections::HashSet;

use apollo_compiler::ast::{Argument, InputValueDefinition, Type, Value};
use apollo_compiler::executable::{DirectiveList, Operation, Selection, SelectionSet};
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{ExecutableDocument, Node, Schema};

/// A value and what is expected in its place.
pub(super) struct Input<'d> {
    pub(super) value: &'d Node<Value>,
    pub(super) type_: &'d Type,
    /// Whether the place has a default of its own.
    pub(super) has_default: bool,
}

/// Every value that an operation gives, also those inside others.
pub(super) fn of_operation<'d>(
    document: &'d ExecutableDocument,
    schema: &'d Schema,
    operation: &'d Operation,
) -> Vec<Input<'d>> {
    let mut walk = Walk { document, schema, fragments: HashSet::new(), inputs: Vec::new() };
    for variable in &operation.variables {
        variable.default_value.iter().for_each(|default| walk.value(default, &variable.ty, false));
    }
    walk.directives(&operation.directives);
    walk.selection_set(&operation.selection_set);
    walk.inputs
}

struct Walk<'d> {
    document: &'d ExecutableDocument,
    schema: &'d Schema,
    fragments: HashSet<&'d str>,
    inputs: Vec<Input<'d>>,
}

impl<'d> Walk<'d> {
    fn selection_set(&mut self, set: &'d SelectionSet) {
        for selection in &set.selections {
            self.directives(selection.directives());
            match selection {
                Selection::Field(field) => {
                    self.arguments(&field.arguments, &field.definition.arguments);
                    self.selection_set(&field.selection_set);
                }
                Selection::InlineFragment(inline) => self.selection_set(&inline.selection_set),
                Selection::FragmentSpread(spread) => {
                    let Some(fragment) = self.document.fragments.get(&spread.fragment_name) else { continue };
                    if self.fragments.insert(fragment.name.as_str()) {
                        self.directives(&fragment.directives);
                        self.selection_set(&fragment.selection_set);
                    }
                }
            }
        }
    }

    fn directives(&mut self, directives: &'d DirectiveList) {
        let schema = self.schema;
        for directive in directives {
            if let Some(definition) = schema.directive_definitions.get(&directive.name) {
                self.arguments(&directive.arguments, &definition.arguments);
            }
        }
    }

    fn arguments(&mut self, arguments: &'d [Node<Argument>], definitions: &'d [Node<InputValueDefinition>]) {
        for argument in arguments {
            if let Some(definition) = definitions.iter().find(|definition| definition.name == argument.name) {
                self.value(&argument.value, &definition.ty, definition.default_value.is_some());
            }
        }
    }

    fn value(&mut self, value: &'d Node<Value>, type_: &'d Type, has_default: bool) {
        self.inputs.push(Input { value, type_, has_default });
        match &**value {
            Value::List(items) if type_.is_list() => {
                for item in items {
                    self.value(item, type_.item_type(), false);
                }
            }
            Value::Object(fields) => {
                let Some(ExtendedType::InputObject(input)) = self.schema.types.get(type_.inner_named_type()) else {
                    return;
                };
                for (name, value) in fields {
                    if let Some(field) = input.fields.get(name) {
                        self.value(value, &field.ty, field.default_value.is_some());
                    }
                }
            }
            _ => {}
        }
    }
}
