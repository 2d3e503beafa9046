//! The schema that clients see is made here: the author's own, without our definitions, our directives and `@internal`
//! fields.

use std::collections::HashSet;

use apollo_compiler::ast::{self, FieldDefinition};
use apollo_compiler::collections::IndexMap;
use apollo_compiler::schema::{Component, DirectiveList, ExtendedType};
use apollo_compiler::validation::Valid;
use apollo_compiler::{Name, Node};

use super::ClientSchema;
use super::introspection_types::{bring_up_to_date, order};
use crate::config::{Config, DIRECTIVES, Mistakes, is_of_a_circle_of_directives};

/// Takes everything internal out; where nothing valid is left, that is told.
pub(super) fn client_schema(config: &Config, mistakes: &mut Mistakes) -> Option<ClientSchema> {
    let mut schema = config.schema.clone();
    let ours = our_directives();
    schema.types.retain(|name, _| !name.starts_with("tributary__"));
    schema.directive_definitions.retain(|name, _| !ours.contains(name.as_str()));
    strip(&mut schema.schema_definition.make_mut().directives, &ours);
    for definition in schema.directive_definitions.values_mut() {
        for argument in &mut definition.make_mut().arguments {
            strip_plain(&mut argument.make_mut().directives, &ours);
        }
    }
    for type_ in schema.types.values_mut() {
        strip_type(type_, &ours);
    }
    bring_up_to_date(&mut schema);
    order(&mut schema);
    match schema.validate() {
        Ok(valid) => Some(ClientSchema::new(valid)),
        Err(failed) => {
            let messages = failed.errors.iter().map(|found| found.error.to_string());
            let grave: Vec<String> = messages.filter(|message| !is_of_a_circle_of_directives(message)).collect();
            for message in &grave {
                mistakes.error(None, format!("without `@internal` fields the schema is not valid: {message}"));
            }
            grave.is_empty().then(|| ClientSchema::new(Valid::assume_valid(failed.partial)))
        }
    }
}

/// The names of the directives that `directives.graphql` defines.
fn our_directives() -> HashSet<&'static str> {
    let names = DIRECTIVES.lines().filter_map(|line| line.strip_prefix("directive @"));
    names.filter_map(|rest| rest.split(['(', ' ']).next()).collect()
}

fn strip_type(type_: &mut ExtendedType, ours: &HashSet<&str>) {
    match type_ {
        ExtendedType::Scalar(scalar) => strip(&mut scalar.make_mut().directives, ours),
        ExtendedType::Union(union) => strip(&mut union.make_mut().directives, ours),
        ExtendedType::Object(object) => {
            let object = object.make_mut();
            strip(&mut object.directives, ours);
            strip_fields(&mut object.fields, ours);
        }
        ExtendedType::Interface(interface) => {
            let interface = interface.make_mut();
            strip(&mut interface.directives, ours);
            strip_fields(&mut interface.fields, ours);
        }
        ExtendedType::Enum(definition) => strip(&mut definition.make_mut().directives, ours),
        ExtendedType::InputObject(input) => {
            let input = input.make_mut();
            strip(&mut input.directives, ours);
            for field in input.fields.values_mut() {
                strip_plain(&mut field.make_mut().directives, ours);
            }
        }
    }
}

fn strip_fields(fields: &mut IndexMap<Name, Component<FieldDefinition>>, ours: &HashSet<&str>) {
    fields.retain(|_, field| !field.directives.has("internal"));
    for field in fields.values_mut() {
        let field = field.make_mut();
        strip_plain(&mut field.directives, ours);
        for argument in &mut field.arguments {
            strip_plain(&mut argument.make_mut().directives, ours);
        }
    }
}

fn strip(directives: &mut DirectiveList, ours: &HashSet<&str>) {
    directives.0.retain(|directive| !ours.contains(directive.name.as_str()));
}

fn strip_plain(directives: &mut ast::DirectiveList, ours: &HashSet<&str>) {
    directives.0.retain(|directive: &Node<ast::Directive>| !ours.contains(directive.name.as_str()));
}
