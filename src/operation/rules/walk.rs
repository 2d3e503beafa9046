//! The walk over a document: each definition once, with the types of the places, as far as they are known, from the
//! operation down to values within values. Every rule about one node is called here, and nothing else is decided.

use apollo_compiler::ast::{
    Argument, Directive, DirectiveLocation, Field, FieldDefinition, FragmentDefinition, FragmentSpread, InlineFragment,
    InputValueDefinition, OperationDefinition, OperationType, Selection, Type, Value, VariableDefinition,
};
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{Name, Node};

use super::context::{Context, is_composite, start_of};
use super::overlapping_fields::OverlappingFields;
use super::type_system::directives_of;
use super::usages::{Definition, Place, Usages, identity};
use super::{
    fields_on_correct_type, fragments_on_composite_types, known_argument_names, known_directives, known_fragment_names,
    known_operation_types, known_type_names, no_schema_introspection, possible_fragment_spreads,
    provided_required_arguments, scalar_leafs, single_field_subscriptions, unique_argument_names, unique_directives,
    unique_input_field_names, unique_variable_names, values_of_correct_type, variables_are_input_types,
};
use crate::operation::mistakes::Mistakes;

/// Walks a document and notes its usages of variables; without `overlapping`, overlapping fields are not looked at.
pub(super) fn walk<'w, 'd>(
    context: &'w Context<'d>,
    usages: &'w mut Usages<'d>,
    overlapping: Option<OverlappingFields<'w, 'd>>,
    mistakes: &'w mut Mistakes,
) {
    let subscribed = single_field_subscriptions::MAX_SELECTIONS;
    let definition = Definition::Fragment(0);
    let mut walk = Walk { context, usages, overlapping, mistakes, definition, subscribed };
    for (directives, location) in context.tree.definitions.iter().flat_map(directives_of) {
        walk.directives(directives, location, None);
    }
    for operation in context.operations() {
        walk.operation(operation);
    }
    for (id, fragment) in context.fragments().iter().enumerate() {
        walk.definition = Definition::Fragment(id);
        walk.fragment(fragment.definition);
    }
}

struct Walk<'w, 'd> {
    context: &'w Context<'d>,
    usages: &'w mut Usages<'d>,
    overlapping: Option<OverlappingFields<'w, 'd>>,
    mistakes: &'w mut Mistakes,
    /// Where the walk is.
    definition: Definition,
    /// Selections of subscriptions that may still be looked at.
    subscribed: usize,
}

/// The field that selections and directives stand at, and its type; nothing at the root.
type FieldAt<'d> = Option<&'d FieldDefinition>;

impl<'d> Walk<'_, 'd> {
    fn operation(&mut self, operation: &'d Node<OperationDefinition>) {
        let context = self.context;
        self.definition = Definition::Operation(identity(operation));
        known_operation_types::check(context, operation, self.mistakes);
        unique_variable_names::check(operation, self.mistakes);
        single_field_subscriptions::check(context, operation, &mut self.subscribed, self.mistakes);
        let location = match operation.operation_type {
            OperationType::Query => DirectiveLocation::Query,
            OperationType::Mutation => DirectiveLocation::Mutation,
            OperationType::Subscription => DirectiveLocation::Subscription,
        };
        operation.variables.iter().for_each(|variable| self.variable(variable));
        self.directives(&operation.directives, location, None);
        let root = context.schema.root_operation(operation.operation_type).and_then(|root| context.composite(root));
        self.selection_set(&operation.selection_set, root, None);
    }

    fn variable(&mut self, variable: &'d Node<VariableDefinition>) {
        let type_ = &*variable.ty;
        known_type_names::check(self.context, type_.inner_named_type(), self.mistakes);
        variables_are_input_types::check(self.context, variable, self.mistakes);
        if let Some(default) = &variable.default_value {
            self.value_of(default, self.as_input(type_), false);
        }
        self.directives(&variable.directives, DirectiveLocation::VariableDefinition, None);
    }

    fn fragment(&mut self, fragment: &'d FragmentDefinition) {
        let (context, condition) = (self.context, &fragment.type_condition);
        known_type_names::check(context, condition, self.mistakes);
        fragments_on_composite_types::check(context, Some(&fragment.name), condition, self.mistakes);
        self.directives(&fragment.directives, DirectiveLocation::FragmentDefinition, None);
        self.selection_set(&fragment.selection_set, context.composite(condition), None);
    }

    /// The selections of an operation, a fragment or a field.
    fn selection_set(&mut self, selections: &'d [Selection], parent: Option<&'d ExtendedType>, field: FieldAt<'d>) {
        if let Some(overlapping) = &mut self.overlapping {
            overlapping.check(parent, selections, self.mistakes);
        }
        self.selections(selections, parent, field);
    }

    fn selections(&mut self, selections: &'d [Selection], parent: Option<&'d ExtendedType>, field: FieldAt<'d>) {
        for selection in selections {
            match selection {
                Selection::Field(field) => self.field(field, parent),
                Selection::FragmentSpread(spread) => self.spread(spread, parent, field),
                Selection::InlineFragment(inline) => self.inline_fragment(inline, parent, field),
            }
        }
    }

    fn field(&mut self, field: &'d Node<Field>, parent: Option<&'d ExtendedType>) {
        let context = self.context;
        let definition = parent.and_then(|parent| context.field(parent, &field.name));
        unique_argument_names::check(&field.arguments, self.mistakes);
        if let Some(parent) = parent {
            fields_on_correct_type::check(context, field, parent, self.mistakes);
            if let Some(definition) = definition {
                let coordinate = || format!("{}.{}", parent_in_words(parent.name(), &field.name), field.name);
                let owner = || format!("field \"{}\"", coordinate());
                let definitions = &definition.arguments;
                known_argument_names::check(context, &field.arguments, definitions, &owner, self.mistakes);
                let place = start_of(field);
                provided_required_arguments::check(place, &field.arguments, definitions, &coordinate, self.mistakes);
            }
        }
        let type_ = definition.map(|definition| &definition.ty).filter(|type_| context.schema.is_output_type(type_));
        if let Some(type_) = type_ {
            scalar_leafs::check(context, field, type_, self.mistakes);
            no_schema_introspection::check(context, field, type_, self.mistakes);
        }
        self.arguments(&field.arguments, definition.map_or(&[], |definition| &definition.arguments));
        self.directives(&field.directives, DirectiveLocation::Field, definition);
        if !field.selection_set.is_empty() {
            let below = type_.and_then(|type_| context.composite(type_.inner_named_type()));
            self.selection_set(&field.selection_set, below, definition);
        }
    }

    fn spread(&mut self, spread: &'d Node<FragmentSpread>, parent: Option<&'d ExtendedType>, field: FieldAt<'d>) {
        known_fragment_names::check(self.context, spread, self.mistakes);
        if let Some(parent) = parent {
            possible_fragment_spreads::check_spread(self.context, spread, parent, self.mistakes);
        }
        self.directives(&spread.directives, DirectiveLocation::FragmentSpread, field);
    }

    fn inline_fragment(
        &mut self,
        inline: &'d Node<InlineFragment>,
        parent: Option<&'d ExtendedType>,
        field: FieldAt<'d>,
    ) {
        let context = self.context;
        let type_ = match &inline.type_condition {
            None => parent,
            Some(condition) => {
                known_type_names::check(context, condition, self.mistakes);
                fragments_on_composite_types::check(context, None, condition, self.mistakes);
                context.type_named(condition).filter(|type_| is_composite(type_))
            }
        };
        if let (Some(type_), Some(parent)) = (type_, parent) {
            possible_fragment_spreads::check_inline(context, start_of(inline), type_, parent, self.mistakes);
        }
        self.directives(&inline.directives, DirectiveLocation::InlineFragment, field);
        self.selections(&inline.selection_set, type_, field);
    }

    /// A directive that is not there has the arguments of the field where it stands, as the reference implementation has it.
    fn directives(&mut self, directives: &'d [Node<Directive>], location: DirectiveLocation, field: FieldAt<'d>) {
        let context = self.context;
        known_directives::check(context, directives, location, self.mistakes);
        unique_directives::check(context, directives, self.mistakes);
        for directive in directives {
            unique_argument_names::check(&directive.arguments, self.mistakes);
            let definition = context.schema.directive_definitions.get(&directive.name);
            let Some(definition) = definition else {
                self.arguments(&directive.arguments, field.map_or(&[], |field| &field.arguments));
                continue;
            };
            let (given, definitions) = (&directive.arguments, &definition.arguments);
            let coordinate = || format!("@{}", directive.name);
            let owner = || format!("directive \"@{}\"", directive.name);
            known_argument_names::check(context, given, definitions, &owner, self.mistakes);
            let place = start_of(directive);
            provided_required_arguments::check(place, given, definitions, &coordinate, self.mistakes);
            self.arguments(given, definitions);
        }
    }

    fn arguments(&mut self, arguments: &'d [Node<Argument>], definitions: &'d [Node<InputValueDefinition>]) {
        for argument in arguments {
            let definition = definitions.iter().find(|definition| definition.name == argument.name);
            let type_ = definition.and_then(|definition| self.as_input(&definition.ty));
            let has_default = definition.is_some_and(|definition| definition.default_value.is_some());
            self.value_of(&argument.value, type_, has_default);
        }
    }

    /// The whole value of an argument or a default.
    fn value_of(&mut self, value: &'d Node<Value>, type_: Option<&'d Type>, has_default: bool) {
        if let Some(type_) = type_ {
            values_of_correct_type::check(self.context, value, type_, self.mistakes);
        }
        self.value(value, Place { type_, has_default, one_of: None });
    }

    fn value(&mut self, value: &'d Node<Value>, place: Place<'d>) {
        match &**value {
            Value::Variable(name) => self.usages.note(self.definition, name, place, start_of(value)),
            Value::List(items) => {
                let item = place.type_.filter(|type_| type_.is_list()).map(Type::item_type);
                for value in items {
                    self.value(value, Place { type_: item, has_default: false, one_of: None });
                }
            }
            Value::Object(fields) => {
                unique_input_field_names::check(fields, self.mistakes);
                for (name, value) in fields {
                    self.value(value, self.place_in(place.type_, name));
                }
            }
            Value::Null | Value::Boolean(_) | Value::Int(_) | Value::Float(_) | Value::String(_) | Value::Enum(_) => {}
        }
    }

    /// What is expected of a field of an input object.
    fn place_in(&self, type_: Option<&'d Type>, field: &Name) -> Place<'d> {
        let object = type_.and_then(|type_| self.context.type_named(type_.inner_named_type()));
        let Some(ExtendedType::InputObject(object)) = object else {
            return Place { type_: None, has_default: false, one_of: None };
        };
        let definition = object.fields.get(field);
        Place {
            type_: definition.map(|definition| &*definition.ty),
            has_default: definition.is_some_and(|definition| definition.default_value.is_some()),
            one_of: object.directives.has("oneOf").then_some(&**object),
        }
    }

    /// The type itself, where it is an input type.
    fn as_input(&self, type_: &'d Type) -> Option<&'d Type> {
        Some(type_).filter(|type_| self.context.schema.is_input_type(type_))
    }
}

/// The type that the reference implementation names before a field: none has those of introspection.
fn parent_in_words<'n>(parent: &'n str, field: &str) -> &'n str {
    if field.starts_with("__") { "<meta>" } else { parent }
}
