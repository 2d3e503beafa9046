//! Writes what is selected of the schema as JSON.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use apollo_compiler::Schema;
use apollo_compiler::ast;
use apollo_compiler::executable::Field;

use super::resolve::{Object, Value, is_nullable};
use crate::graphql::{self, Error, ErrorCode, ErrorList, Location, Path, PathSegment, write_quoted};
use crate::operation::arguments::ArgumentError;
use crate::operation::collect::{CollectedField, SelectionSets, Uncollected};
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
    /// The way from the root field to what is being written.
    pub(super) path: RefCell<Vec<PathSegment>>,
    /// What failed in the root field being written.
    pub(super) errors: RefCell<ErrorList>,
}

type Fields<'w> = Rc<Result<Vec<CollectedField<'w, &'w str>>, Uncollected>>;

/// Null stands where none may. Its error is recorded.
pub(super) struct NullAbove;

impl<'w> Writer<'w> {
    /// The value of `__schema` or `__type`.
    pub(super) fn root_field(&self, field: &CollectedField<'w, ()>) -> Result<String, NullAbove> {
        let mut out = Vec::new();
        let is_schema = field.first.name == "__schema";
        let written = if is_schema {
            self.object(Object::Schema, &field.selection_sets, &mut out)
        } else {
            self.type_named(field, &mut out)
        };
        if written.is_err() {
            if is_schema {
                return Err(NullAbove);
            }
            out.clear();
            out.extend_from_slice(b"null");
        }
        self.room.set(self.room.get().saturating_sub(out.len()));
        Ok(String::from_utf8(out).unwrap_or_else(|_| "null".to_owned()))
    }

    fn type_named(&self, field: &CollectedField<'w, ()>, out: &mut Vec<u8>) -> Result<(), NullAbove> {
        let object = match self.argument(field.first, "name") {
            Some(graphql::Value::String(name)) => self.schema.types.get(&*name).map(Object::Named),
            _ => return Err(self.null_argument("name", &field.locations)),
        };
        if let Some(object) = object {
            return self.object(object, &field.selection_sets, out);
        }
        out.extend_from_slice(b"null");
        Ok(())
    }

    fn null_argument(&self, name: &str, locations: &[Location]) -> NullAbove {
        self.error(&ArgumentError::Null(name.into()).to_string(), locations)
    }

    fn error(&self, message: &str, locations: &[Location]) -> NullAbove {
        self.errors.borrow_mut().add(|| Error {
            path: Some(Path(self.path.borrow().clone())),
            locations: locations.to_vec(),
            ..Error::request(ErrorCode::BadUserInput, message)
        });
        NullAbove
    }

    /// Whether there is neither time nor room for more: what is written then is not sent.
    fn is_spent(&self, written: usize) -> bool {
        written >= self.room.get() || self.deadline.has_passed()
    }

    fn object(&self, object: Object<'w>, sets: &SelectionSets<'w>, out: &mut Vec<u8>) -> Result<(), NullAbove> {
        if self.is_spent(out.len()) {
            return Ok(());
        }
        let fields = self.fields(object.type_name(), sets);
        let fields = match &*fields {
            Ok(fields) => fields,
            Err(Uncollected { message, locations }) => return Err(self.error(message, locations)),
        };
        out.push(b'{');
        for (place, field) in fields.iter().enumerate() {
            if place > 0 {
                out.push(b',');
            }
            write_quoted(field.response_key, out);
            out.push(b':');
            let mark = out.len();
            let written = self.within(PathSegment::Key(field.response_key.into()), || self.field(object, field, out));
            if written.is_err() {
                if !is_nullable(object.type_name(), field.name) {
                    return Err(NullAbove);
                }
                out.truncate(mark);
                out.extend_from_slice(b"null");
            }
        }
        out.push(b'}');
        Ok(())
    }

    fn field(
        &self,
        object: Object<'w>,
        field: &CollectedField<'w, &'w str>,
        out: &mut Vec<u8>,
    ) -> Result<(), NullAbove> {
        let deprecated = match self.argument(field.first, "includeDeprecated") {
            Some(graphql::Value::Boolean(flag)) => flag,
            Some(_) => return Err(self.null_argument("includeDeprecated", &field.locations)),
            None => false,
        };
        self.value(object.field(self.schema, field.name, deprecated), &field.selection_sets, out)
    }

    fn within<T>(&self, step: PathSegment, write: impl FnOnce() -> T) -> T {
        self.path.borrow_mut().push(step);
        let result = write();
        self.path.borrow_mut().pop();
        result
    }

    fn fields(&self, type_: &'static str, sets: &SelectionSets<'w>) -> Fields<'w> {
        let mut collected = self.collected.borrow_mut();
        let collect = || Rc::new(self.operation.collect_introspection_fields(type_, sets, self.variables));
        Rc::clone(collected.entry((type_, sets.identity())).or_insert_with(collect))
    }

    fn value(&self, value: Value<'w>, sets: &SelectionSets<'w>, out: &mut Vec<u8>) -> Result<(), NullAbove> {
        match value {
            Value::Null => out.extend_from_slice(b"null"),
            Value::Boolean(true) => out.extend_from_slice(b"true"),
            Value::Boolean(false) => out.extend_from_slice(b"false"),
            Value::Text(text) => write_quoted(&text, out),
            Value::Object(object) => return self.object(object, sets, out),
            Value::Texts(texts) => {
                return self.list(texts, out, |text, out| {
                    write_quoted(&text, out);
                    Ok(())
                });
            }
            Value::Objects(objects) => return self.list(objects, out, |object, out| self.object(object, sets, out)),
        }
        Ok(())
    }

    /// No item of an introspection is null.
    fn list<T>(
        &self,
        items: Vec<T>,
        out: &mut Vec<u8>,
        write: impl Fn(T, &mut Vec<u8>) -> Result<(), NullAbove>,
    ) -> Result<(), NullAbove> {
        out.push(b'[');
        for (place, item) in items.into_iter().enumerate() {
            if place > 0 {
                out.push(b',');
            }
            self.within(PathSegment::Index(place), || write(item, out))?;
        }
        out.push(b']');
        Ok(())
    }

    /// An argument of text or truth, the only ones that introspection has.
    fn argument(&self, field: &Field, name: &str) -> Option<graphql::Value> {
        match &**field.specified_argument_by_name(name)? {
            ast::Value::String(text) => Some(graphql::Value::String(text.as_str().into())),
            ast::Value::Boolean(flag) => Some(graphql::Value::Boolean(*flag)),
            ast::Value::Null => Some(graphql::Value::Null),
            ast::Value::Variable(name) => {
                let place = self.operation.variables.iter().position(|variable| *variable.name == **name)?;
                self.variables.get(place)?.clone()
            }
            _ => None,
        }
    }
}
