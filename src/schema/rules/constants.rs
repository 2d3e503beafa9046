//! A constant of `@value` that does not fit its field's type becomes null and an error each time it is asked for.

use crate::config::{BindingDirective, Config, JsonLiteral, Mistakes, WrittenJson};
use crate::schema::leaf::{constant_of, is_coerced};
use crate::schema::type_table::TypeTable;
use crate::schema::{FieldDefinition, PropertyName, Resolution, TypeId, TypeKind, TypeRef};

/// Warns of constants that do not fit.
pub(in crate::schema) fn check(config: &Config, table: &TypeTable, mistakes: &mut Mistakes) {
    for id in table.field_ids() {
        let bindings = table.written(config, id).map_or(&[][..], |written| &written.bindings);
        for binding in bindings {
            if let BindingDirective::Value(value) = binding {
                check_value(table, &value.of, &table.field(id).type_, mistakes);
            }
        }
    }
}

fn check_value(table: &TypeTable, written: &WrittenJson, type_: &TypeRef, mistakes: &mut Mistakes) {
    // What a template brings is known only per request; an incomplete one was told.
    if matches!(&written.value, JsonLiteral::Text(text) if text.constant().is_none() || !text.complete) {
        return;
    }
    let fits = match (type_, &written.value) {
        (TypeRef::NonNull(_), JsonLiteral::Null) => false,
        (TypeRef::NonNull(inner), _) => return check_value(table, written, inner, mistakes),
        (_, JsonLiteral::Null) => true,
        (TypeRef::List(item), JsonLiteral::List(items)) => {
            return items.iter().for_each(|value| check_value(table, value, item, mistakes));
        }
        (TypeRef::List(_), _) => false,
        (TypeRef::Named(id), value) => match (&table.type_(*id).kind, value) {
            (TypeKind::Object(_), JsonLiteral::Object(_)) => return check_object(table, written, *id, mistakes),
            (TypeKind::Abstract(_), JsonLiteral::Object(_)) => true,
            (TypeKind::Scalar(_) | TypeKind::Enum(_), _) if has_templates(written) => true,
            (kind @ (TypeKind::Scalar(_) | TypeKind::Enum(_)), _) => {
                constant_of(written, "", mistakes).is_some_and(|value| is_coerced(kind, &value))
            }
            _ => false,
        },
    };
    if !fits {
        let message = format!("this constant does not fit the type `{}`", table.show(type_));
        let hint = format!("a value of it is `{}`; this one becomes null and an error", table.example(type_));
        mistakes.warning(written.span, message, hint);
    }
}

/// The properties of an object by their raw names; a field deeper than one name is not followed.
fn check_object(table: &TypeTable, written: &WrittenJson, id: TypeId, mistakes: &mut Mistakes) {
    let JsonLiteral::Object(given) = &written.value else { return };
    for field in table.fields(id) {
        let Some(name) = raw_name(field) else { continue };
        if let Some((_, value)) = given.iter().find(|(key, _)| key.value == name) {
            check_value(table, value, &field.type_, mistakes);
        }
    }
}

fn raw_name(field: &FieldDefinition) -> Option<&str> {
    match &field.resolution {
        Resolution::Property(PropertyName::Own(name)) => Some(name),
        Resolution::Property(PropertyName::From(path)) if path.len() == 1 => path.first().map(|name| &**name),
        Resolution::Property(_) | Resolution::EmptyObject | Resolution::Bound(_) => None,
    }
}

fn has_templates(written: &WrittenJson) -> bool {
    match &written.value {
        JsonLiteral::Text(text) => text.constant().is_none(),
        JsonLiteral::List(items) => items.iter().any(has_templates),
        JsonLiteral::Object(fields) => fields.iter().any(|(_, value)| has_templates(value)),
        JsonLiteral::Null | JsonLiteral::Boolean(_) | JsonLiteral::Number(_) | JsonLiteral::Enum(_) => false,
    }
}
