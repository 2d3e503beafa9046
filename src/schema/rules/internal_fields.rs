//! What clients see must still be a schema when `@internal` fields are gone.

use apollo_compiler::schema::ExtendedType;

use crate::config::{Config, Mistakes, Span};

/// Tells types that are left without fields, and `@internal` fields that an interface of theirs has.
pub(in crate::schema) fn check(config: &Config, mistakes: &mut Mistakes) {
    for (name, type_) in &config.schema.types {
        let (fields, interfaces) = match type_ {
            ExtendedType::Object(object) => (&object.fields, &object.implements_interfaces),
            ExtendedType::Interface(interface) => (&interface.fields, &interface.implements_interfaces),
            ExtendedType::Scalar(_) | ExtendedType::Union(_) | ExtendedType::Enum(_) | ExtendedType::InputObject(_) => {
                continue;
            }
        };
        if !fields.is_empty() && fields.keys().all(|field| internal(config, name, field).is_some()) {
            let place = config.places.get(name.as_str()).copied();
            let message = format!("every field of `{name}` is `@internal`, so clients see none");
            mistakes.error_with_hint(place, message, "take `@internal` off one of them".to_owned());
        }
        for field in fields.keys() {
            let Some(span) = internal(config, name, field) else { continue };
            for interface in interfaces {
                let seen = config.schema.type_field(interface, field).is_ok();
                if seen && internal(config, interface, field).is_none() {
                    let hint = format!("make it `@internal` on `{interface}` too");
                    let message = format!("`{name}.{field}` is `@internal`, but clients see `{interface}.{field}`");
                    mistakes.error_with_hint(span, message, hint);
                }
            }
        }
    }
}

fn internal(config: &Config, type_: &str, field: &str) -> Option<Span> {
    config.directives.fields.get(&format!("{type_}.{field}"))?.internal
}
