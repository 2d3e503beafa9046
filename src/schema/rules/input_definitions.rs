//! Rules of the specification for arguments and input fields that apollo-compiler leaves out: a required input is not
//! deprecated (section 3.13.3), and the fields of a `@oneOf` input object are nullable and have no default (section 3.10).

use apollo_compiler::Node;
use apollo_compiler::ast::InputValueDefinition;
use apollo_compiler::schema::{ExtendedType, InputObjectType};

use crate::config::{Config, Mistakes};

/// Tells inputs that the specification refuses.
pub(in crate::schema) fn check(config: &Config, mistakes: &mut Mistakes) {
    for definition in config.schema.directive_definitions.values() {
        check_deprecated(config, definition.arguments.iter(), mistakes);
    }
    for type_ in config.schema.types.values() {
        let fields = match type_ {
            ExtendedType::Object(object) => &object.fields,
            ExtendedType::Interface(interface) => &interface.fields,
            ExtendedType::InputObject(input) => {
                check_deprecated(config, input.fields.values().map(|field| &field.node), mistakes);
                check_one_of(config, input, mistakes);
                continue;
            }
            ExtendedType::Scalar(_) | ExtendedType::Union(_) | ExtendedType::Enum(_) => continue,
        };
        for field in fields.values() {
            check_deprecated(config, field.arguments.iter(), mistakes);
        }
    }
}

fn check_deprecated<'a>(
    config: &Config,
    inputs: impl Iterator<Item = &'a Node<InputValueDefinition>>,
    mistakes: &mut Mistakes,
) {
    for input in inputs.filter(|input| input.is_required() && input.directives.has("deprecated")) {
        let span = config.span(input.name.location());
        let hint = "make it nullable, or give it a default".to_owned();
        mistakes.error_with_hint(span, format!("`{}` is required, so it cannot be deprecated", input.name), hint);
    }
}

fn check_one_of(config: &Config, input: &InputObjectType, mistakes: &mut Mistakes) {
    if !input.directives.has("oneOf") {
        return;
    }
    for field in input.fields.values() {
        let problem = if field.ty.is_non_null() {
            "must be nullable"
        } else if field.default_value.is_some() {
            "has no default"
        } else {
            continue;
        };
        let span = config.span(field.name.location());
        mistakes.error(span, format!("`{}.{}` {problem}: its input object is `@oneOf`", input.name, field.name));
    }
}
