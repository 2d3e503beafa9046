//! A fallback: checked against the field's type in names of fields, then written in the shape of an answer, with raw
//! property names, so that it is completed as an answer is.

use std::sync::Arc;

use super::leaf::{constant_of, leaf_fits};
use super::type_table::TypeTable;
use super::{AbstractType, FieldDefinition, FieldId, PropertyName, Resolution, TypeId, TypeKind, TypeRef};
use crate::config::{Config, JsonLiteral, Mistakes, Naming, Written, WrittenJson};
use crate::graphql::Value;

/// The JSON text of a fallback; nothing where it does not fit, which is then told.
pub(super) fn resolve_fallback(
    config: &Config,
    table: &TypeTable,
    field: FieldId,
    written: &WrittenJson,
    naming: Naming,
    mistakes: &mut Mistakes,
) -> Option<Arc<str>> {
    let mut shaper = Shaper { config, table, naming, mistakes };
    let raw = shaper.shape(written, &table.field(field).type_)?;
    Some(raw.to_json().into())
}

struct Shaper<'a> {
    config: &'a Config,
    table: &'a TypeTable,
    naming: Naming,
    mistakes: &'a mut Mistakes,
}

impl Shaper<'_> {
    fn shape(&mut self, written: &WrittenJson, type_: &TypeRef) -> Option<Value> {
        match (type_, &written.value) {
            (TypeRef::NonNull(_), JsonLiteral::Null) => self.refuse(written, type_),
            (TypeRef::NonNull(inner), _) => self.shape(written, inner),
            (_, JsonLiteral::Null) => Some(Value::Null),
            (TypeRef::List(item), JsonLiteral::List(items)) => {
                items.iter().map(|value| self.shape(value, item)).collect::<Option<_>>().map(Value::List)
            }
            (TypeRef::List(_), _) => self.refuse(written, type_),
            (TypeRef::Named(id), _) => match &self.table.type_(*id).kind {
                TypeKind::Object(_) => self.object(written, type_, *id, None),
                TypeKind::Abstract(abstract_type) => self.abstract_object(written, type_, abstract_type),
                TypeKind::Scalar(_) | TypeKind::Enum(_) => self.leaf(written, type_, *id),
                TypeKind::InputObject(_) => self.refuse(written, type_),
            },
        }
    }

    fn leaf(&mut self, written: &WrittenJson, type_: &TypeRef, id: TypeId) -> Option<Value> {
        let value = self.constant(written)?;
        if leaf_fits(&self.table.type_(id).kind, &value) { Some(value) } else { self.refuse(written, type_) }
    }

    fn object(
        &mut self,
        written: &WrittenJson,
        type_: &TypeRef,
        id: TypeId,
        discriminator: Option<(&str, &str)>,
    ) -> Option<Value> {
        let JsonLiteral::Object(given) = &written.value else { return self.refuse(written, type_) };
        let mut raw = Value::Object(Vec::new());
        if let Some((property, value)) = discriminator {
            insert(&mut raw, &[property.into()], Value::String(value.into()));
        }
        let mut complete = true;
        for (name, value) in given.iter().filter(|(name, _)| name.value != "__typename") {
            let Some(field) = self.table.field_named(id, &name.value).map(|field| self.table.field(field)) else {
                let known = self.table.fields(id).iter().map(|field| &*field.name);
                let message = format!("`{}` has no field `{}`", self.table.type_(id).name, name.value);
                self.mistakes.error_of_name(name.span, message, &name.value, known);
                complete = false;
                continue;
            };
            match (self.path(field), self.shape(value, &field.type_)) {
                (Some(path), Some(value)) => insert(&mut raw, &path, value),
                (None, _) => {
                    let message =
                        format!("`{}` is fetched by its own binding, which a fallback does not stop", field.coordinate);
                    self.mistakes.error_with_hint(name.span, message, "leave it out".to_owned());
                }
                (_, None) => complete = false,
            }
        }
        let whole = self.all_given(given, written, id);
        (complete && whole).then_some(raw)
    }

    /// Whether every field that must not be null and has no binding of its own is given.
    fn all_given(&mut self, given: &[(Written<String>, WrittenJson)], written: &WrittenJson, id: TypeId) -> bool {
        let missing = self.table.fields(id).iter().find(|field| {
            field.type_.is_non_null()
                && self.path(field).is_some()
                && !given.iter().any(|(name, _)| *name.value == *field.name)
        });
        if let Some(field) = missing {
            let message = format!("the fallback has no `{}`, which must not be null", field.name);
            self.mistakes.error_with_hint(written.span, message, format!("write `{}: …` in it", field.name));
        }
        missing.is_none()
    }

    fn abstract_object(
        &mut self,
        written: &WrittenJson,
        type_: &TypeRef,
        abstract_type: &AbstractType,
    ) -> Option<Value> {
        let JsonLiteral::Object(given) = &written.value else { return self.refuse(written, type_) };
        let named =
            given.iter().find(|(name, _)| name.value == "__typename").and_then(|(_, value)| self.constant(value));
        let name = named.as_ref().and_then(Value::as_text).unwrap_or_default();
        let id = self.table.type_ids.get(name).copied().filter(|id| abstract_type.possible.contains(id));
        let meaning =
            abstract_type.meanings.iter().filter(|(_, meant)| Some(**meant) == id).map(|(value, _)| value).min();
        let (Some(id), Some(meaning)) = (id, meaning) else {
            let message = format!("a value of `{}` says its object type as `__typename`", self.table.show(type_));
            let first = abstract_type.possible.first().map(|id| &*self.table.type_(*id).name);
            let hint = first.map(|name| format!("write `{{ __typename: \"{name}\", … }}`"));
            self.mistakes.error_with_hint(written.span, message, hint);
            return None;
        };
        self.object(written, type_, id, Some((&abstract_type.discriminator, meaning)))
    }

    /// The raw names that lead to a field's value; nothing for one that is fetched by itself.
    fn path(&self, field: &FieldDefinition) -> Option<Vec<Box<str>>> {
        let bound =
            self.config.directives.fields.get(&*field.coordinate).is_some_and(|found| !found.bindings.is_empty());
        match &field.resolution {
            Resolution::Property(PropertyName::Own(name)) if !bound => Some(vec![self.naming.property(name).into()]),
            Resolution::Property(PropertyName::From(path)) if !bound => Some(path.clone()),
            Resolution::Property(_) | Resolution::EmptyObject | Resolution::Bound(_) => None,
        }
    }

    fn constant(&mut self, written: &WrittenJson) -> Option<Value> {
        constant_of(written, "a fallback is a constant", self.mistakes)
    }

    fn refuse(&mut self, written: &WrittenJson, type_: &TypeRef) -> Option<Value> {
        let message = format!("the fallback does not fit the type `{}`", self.table.show(type_));
        let hint = format!("a value of it is `{}`", self.table.example(type_));
        self.mistakes.error_with_hint(written.span, message, hint);
        None
    }
}

/// Puts a value under a path, making objects on the way.
fn insert(object: &mut Value, path: &[Box<str>], value: Value) {
    let Value::Object(fields) = object else { return };
    let Some((first, rest)) = path.split_first() else { return };
    if rest.is_empty() {
        fields.retain(|(name, _)| name != first);
        fields.push((first.clone(), value));
        return;
    }
    let place = fields.iter().position(|(name, _)| name == first).unwrap_or_else(|| {
        fields.push((first.clone(), Value::Object(Vec::new())));
        fields.len() - 1
    });
    insert(&mut fields[place].1, rest, value);
}
