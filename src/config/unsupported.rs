//! Directives of the language that a later version brings. They are refused by name, because a schema that asks for
//! protection must not be served without it.

use apollo_compiler::Node;
use apollo_compiler::Schema;
use apollo_compiler::ast::{Directive, InputValueDefinition};
use apollo_compiler::schema::ExtendedType;

use super::reader::Reader;

const NAMES: [&str; 5] = ["authenticated", "requiresScopes", "cost", "listSize", "events"];

/// Tells every use of a directive that is not yet supported.
pub(super) fn refuse_unsupported(reader: &mut Reader<'_>, schema: &Schema) {
    for definition in schema.directive_definitions.values() {
        refuse_on_inputs(reader, &definition.arguments);
    }
    for type_ in schema.types.values() {
        refuse(reader, type_.directives().iter().map(|directive| &**directive));
        match type_ {
            ExtendedType::Object(object) => object.fields.values().for_each(|field| {
                refuse(reader, field.directives.iter());
                refuse_on_inputs(reader, &field.arguments);
            }),
            ExtendedType::Interface(interface) => interface.fields.values().for_each(|field| {
                refuse(reader, field.directives.iter());
                refuse_on_inputs(reader, &field.arguments);
            }),
            ExtendedType::InputObject(input) => {
                input.fields.values().for_each(|field| refuse(reader, field.directives.iter()));
            }
            ExtendedType::Scalar(_) | ExtendedType::Union(_) | ExtendedType::Enum(_) => {}
        }
    }
}

fn refuse_on_inputs(reader: &mut Reader<'_>, inputs: &[Node<InputValueDefinition>]) {
    for input in inputs {
        refuse(reader, input.directives.iter());
    }
}

fn refuse<'a>(reader: &mut Reader<'_>, directives: impl Iterator<Item = &'a Node<Directive>>) {
    for directive in directives.filter(|directive| NAMES.contains(&directive.name.as_str())) {
        let span = reader.span(directive.location());
        reader.mistakes.error(span, format!("`@{}` is not yet supported", directive.name));
    }
}
