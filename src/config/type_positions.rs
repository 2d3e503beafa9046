//! Arguments and input fields take input types, and fields give output types (specification, section 3.4.2 "Input and
//! Output Types"). apollo-compiler tells it at the whole field; here it is told at the type.

use apollo_compiler::Schema;
use apollo_compiler::ast::{InputValueDefinition, Type};
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{Name, Node};

use super::Mistakes;
use super::reader::Places;

/// Whether a message of apollo-compiler says what [`check_positions`] tells.
pub(super) fn is_about_positions(message: &str) -> bool {
    ["` field must be of an input type", "` field must return an output type"].iter().any(|end| message.ends_with(end))
}

/// Tells types that stand where they cannot.
pub(super) fn check_positions(schema: &Schema, places: Places<'_>, mistakes: &mut Mistakes) {
    let mut check = Check { schema, places, mistakes };
    for directive in schema.directive_definitions.values() {
        directive.arguments.iter().for_each(|argument| check.takes_input(argument));
    }
    for type_ in schema.types.values() {
        let fields = match type_ {
            ExtendedType::Object(object) => &object.fields,
            ExtendedType::Interface(interface) => &interface.fields,
            ExtendedType::InputObject(input) => {
                input.fields.values().for_each(|field| check.takes_input(field));
                continue;
            }
            ExtendedType::Scalar(_) | ExtendedType::Union(_) | ExtendedType::Enum(_) => continue,
        };
        for field in fields.values() {
            check.gives_output(&field.ty);
            field.arguments.iter().for_each(|argument| check.takes_input(argument));
        }
    }
}

struct Check<'a> {
    schema: &'a Schema,
    places: Places<'a>,
    mistakes: &'a mut Mistakes,
}

impl Check<'_> {
    fn takes_input(&mut self, input: &Node<InputValueDefinition>) {
        let name = input.ty.inner_named_type();
        let noun = match self.schema.types.get(name) {
            Some(ExtendedType::Object(_)) => "an object type",
            Some(ExtendedType::Interface(_)) => "an interface",
            Some(ExtendedType::Union(_)) => "a union",
            _ => return,
        };
        let hint = format!("define it as `input {name} {{ … }}`");
        self.tell(name, format!("`{name}` is {noun}, and `{}` takes an input type", input.name), hint);
    }

    fn gives_output(&mut self, type_: &Type) {
        let name = type_.inner_named_type();
        if self.schema.get_input_object(name).is_some() && !name.starts_with("tributary__") {
            let hint = format!("a field gives a `type {name} {{ … }}`; arguments take an `input`");
            self.tell(name, format!("`{name}` is an input type, and a field gives an output type"), hint);
        }
    }

    fn tell(&mut self, name: &Name, message: String, hint: String) {
        if let Some(span) = self.places.span(name.location()) {
            self.mistakes.error_with_hint(span, message, hint);
        }
    }
}
