//! Types that begin with `tributary__` are the language's own: an author neither defines nor extends any, and only
//! directives use them, because clients never see them.

use apollo_compiler::Name;
use apollo_compiler::ast::Type;
use apollo_compiler::schema::ExtendedType;

use crate::config::{Config, Mistakes};

/// With what every type of the language begins.
pub(in crate::schema) const PREFIX: &str = "tributary__";

/// Whether a type is the language's own, and not one that an author named as if it were.
pub(in crate::schema) fn is_of_the_language(config: &Config, type_: &ExtendedType) -> bool {
    type_.name().starts_with(PREFIX) && config.span(type_.name().location()).is_none()
}

/// Tells definitions, extensions and uses of such types.
pub(in crate::schema) fn check(config: &Config, mistakes: &mut Mistakes) {
    for type_ in config.schema.types.values() {
        if is_of_the_language(config, type_) {
            check_extensions(config, type_, mistakes);
            continue;
        }
        if type_.name().starts_with(PREFIX) {
            let span = config.span(type_.name().location());
            let message = format!("`{}` begins with `{PREFIX}`, as only types of the language do", type_.name());
            mistakes.error_with_hint(span, message, "give it another name".to_owned());
        }
        check_uses(config, type_, mistakes);
    }
}

fn check_extensions(config: &Config, type_: &ExtendedType, mistakes: &mut Mistakes) {
    for extension in type_.extensions() {
        let span = config.span(extension.location());
        let message = format!("`{}` belongs to the language of tributary and is not extended", type_.name());
        mistakes.error_with_hint(span, message, "`tributary directives` prints its definition".to_owned());
    }
}

/// Fields, arguments and input fields.
fn check_uses(config: &Config, type_: &ExtendedType, mistakes: &mut Mistakes) {
    let fields = match type_ {
        ExtendedType::Object(object) => &object.fields,
        ExtendedType::Interface(interface) => &interface.fields,
        ExtendedType::InputObject(input) => {
            input.fields.values().for_each(|field| check_use(config, &field.ty, mistakes));
            return;
        }
        ExtendedType::Scalar(_) | ExtendedType::Union(_) | ExtendedType::Enum(_) => return,
    };
    for field in fields.values() {
        check_use(config, &field.ty, mistakes);
        field.arguments.iter().for_each(|argument| check_use(config, &argument.ty, mistakes));
    }
}

fn check_use(config: &Config, type_: &Type, mistakes: &mut Mistakes) {
    let name: &Name = type_.inner_named_type();
    let is_ours = config.schema.types.get(name).is_some_and(|type_| is_of_the_language(config, type_));
    if is_ours {
        let message = format!("`{name}` belongs to the language of tributary, and clients never see it");
        mistakes.error_with_hint(config.span(name.location()), message, "define a type of your own".to_owned());
    }
}
