//! Writes what is selected of the schema as JSON.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use apollo_compiler::Schema;
use apollo_compiler::ast;
use apollo_compiler::executable::Field;

use super::resolve::{Object, Value};
use crate::graphql::{self, write_quoted};
use crate::operation::collect::{CollectedField, SelectionSets};
use crate::operation::document::Operation;
use crate::operation::variable::VariableValues;
use crate::source::Deadline;

/// What an introspection is written with.
pub(super) struct Writer<'w> {
    pub(super) operation: &'w Operation,
    pub(super) variables: &'w VariableValues,
    pub(super) schema: &'w Schema,
    /// Until when it is to be written.
    pub(super) deadline: Deadline,
    /// Bytes that may still be written.
    pub(super) room: Cell<usize>,
    /// Fields by the selections that they come from: many objects have the same.
    pub(super) collected: RefCell<HashMap<(&'static str, Vec<usize>), Fields<'w>>>,
}

type Fields<'w> = Rc<[CollectedField<'w, &'w str>]>;

impl<'w> Writer<'w> {
    /// The value of `__schema` or `__type`.
    pub(super) fn root_field(&self, field: &CollectedField<'w>) -> String {
        let object = match field.first.name.as_str() {
            "__schema" => Some(Object::Schema),
            _ => match self.argument(field.first, "name") {
                Some(graphql::Value::String(name)) => self.schema.types.get(&*name).map(Object::Named),
                _ => None,
            },
        };
        let mut out = Vec::new();
        match object {
            Some(object) => self.object(object, &field.selection_sets, &mut out),
            None => out.extend_from_slice(b"null"),
        }
        self.room.set(self.room.get().saturating_sub(out.len()));
        String::from_utf8(out).unwrap_or_else(|_| "null".to_owned())
    }

    /// Whether there is neither time nor room for more: what is written then is not sent.
    fn is_spent(&self, written: usize) -> bool {
        written >= self.room.get() || self.deadline.has_passed()
    }

    fn object(&self, object: Object<'w>, sets: &SelectionSets<'w>, out: &mut Vec<u8>) {
        if self.is_spent(out.len()) {
            return;
        }
        out.push(b'{');
        let fields = self.fields(object.type_name(), sets);
        for (place, field) in fields.iter().enumerate() {
            if place > 0 {
                out.push(b',');
            }
            write_quoted(field.response_key, out);
            out.push(b':');
            let deprecated = self.argument(field.first, "includeDeprecated");
            let deprecated = matches!(deprecated, Some(graphql::Value::Boolean(true)));
            self.value(object.field(self.schema, field.name, deprecated), &field.selection_sets, out);
        }
        out.push(b'}');
    }

    fn fields(&self, type_: &'static str, sets: &SelectionSets<'w>) -> Fields<'w> {
        let mut collected = self.collected.borrow_mut();
        let collect = || self.operation.collect_introspection_fields(type_, sets, self.variables).into();
        Rc::clone(collected.entry((type_, sets.identity())).or_insert_with(collect))
    }

    fn value(&self, value: Value<'w>, sets: &SelectionSets<'w>, out: &mut Vec<u8>) {
        match value {
            Value::Null => out.extend_from_slice(b"null"),
            Value::Boolean(true) => out.extend_from_slice(b"true"),
            Value::Boolean(false) => out.extend_from_slice(b"false"),
            Value::Text(text) => write_quoted(&text, out),
            Value::Object(object) => self.object(object, sets, out),
            Value::Texts(texts) => write_list(texts, out, |text, out| write_quoted(&text, out)),
            Value::Objects(objects) => write_list(objects, out, |object, out| self.object(object, sets, out)),
        }
    }

    /// An argument of text or truth, the only ones that introspection has.
    fn argument(&self, field: &Field, name: &str) -> Option<graphql::Value> {
        match &**field.specified_argument_by_name(name)? {
            ast::Value::String(text) => Some(graphql::Value::String(text.as_str().into())),
            ast::Value::Boolean(flag) => Some(graphql::Value::Boolean(*flag)),
            ast::Value::Variable(name) => {
                let place = self.operation.variables.iter().position(|variable| *variable.name == **name)?;
                self.variables.get(place)?.clone()
            }
            _ => None,
        }
    }
}

fn write_list<T>(items: Vec<T>, out: &mut Vec<u8>, write: impl Fn(T, &mut Vec<u8>)) {
    out.push(b'[');
    for (place, item) in items.into_iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        write(item, out);
    }
    out.push(b']');
}
