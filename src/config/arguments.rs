//! The arguments of a directive, or the fields of an input object inside it, read by name and type. A value of the
//! wrong GraphQL type reads as absent: the validation of the whole document has told it.

use std::time::Duration;

use apollo_compiler::ast::{Directive, Value};
use apollo_compiler::{Name, Node};

use super::byte_size::{meant_byte_size, parse_byte_size};
use super::duration::{meant_duration, parse_duration};
use super::json::read_json;
use super::reader::Reader;
use super::template_parser::Syntax;
use super::{Span, Written, WrittenHeader, WrittenJson, WrittenTemplate};

/// Names with their values.
pub(super) struct Arguments<'a> {
    owner: String,
    entries: Vec<(&'a Name, &'a Node<Value>)>,
    pub span: Span,
}

impl<'a> Arguments<'a> {
    /// The arguments of a directive.
    pub(super) fn of_directive(reader: &Reader<'_>, directive: &'a Node<Directive>) -> Arguments<'a> {
        Arguments {
            owner: format!("@{}", directive.name),
            entries: directive.arguments.iter().map(|argument| (&argument.name, &argument.value)).collect(),
            span: reader.span(directive.location()),
        }
    }

    /// The value under a name; `null` is as good as nothing.
    fn get(&self, name: &str) -> Option<&'a Node<Value>> {
        let (_, value) = self.entries.iter().find(|(key, _)| **key == name)?;
        (!value.is_null()).then_some(*value)
    }

    /// Refuses what a later version brings, wherever it is written, `null` included.
    pub(super) fn refuse(&self, reader: &mut Reader<'_>, names: &[&str]) {
        for (name, _) in self.entries.iter().filter(|(name, _)| names.contains(&name.as_str())) {
            let span = reader.span(name.location());
            reader.mistakes.error(span, format!("`{name}` of `{}` is not yet supported", self.owner));
        }
    }

    pub(super) fn text(&self, reader: &Reader<'_>, name: &str) -> Option<Written<String>> {
        let node = self.get(name)?;
        Some(Written { value: node.as_str()?.to_owned(), span: reader.span(node.location()) })
    }

    pub(super) fn texts(&self, reader: &Reader<'_>, name: &str) -> Vec<Written<String>> {
        let written =
            |node: &Node<Value>| Some(Written { value: node.as_str()?.to_owned(), span: reader.span(node.location()) });
        self.items(name).into_iter().filter_map(written).collect()
    }

    pub(super) fn flag(&self, reader: &Reader<'_>, name: &str) -> Option<Written<bool>> {
        let node = self.get(name)?;
        Some(Written { value: node.to_bool()?, span: reader.span(node.location()) })
    }

    pub(super) fn name(&self, name: &str) -> Option<&'a Name> {
        self.get(name)?.as_enum()
    }

    /// A whole number of at least `least`.
    pub(super) fn count(&self, reader: &mut Reader<'_>, name: &str, least: i32) -> Option<usize> {
        self.written_count(reader, name, least).map(|count| count.value)
    }

    /// The same, with its place.
    pub(super) fn written_count(&self, reader: &mut Reader<'_>, name: &str, least: i32) -> Option<Written<usize>> {
        let node = self.get(name)?;
        let value = node.to_i32()?;
        let span = reader.span(node.location());
        if value < least {
            let message = format!("`{name}` of `{}` is at least {least}", self.owner);
            reader.mistakes.error_with_hint(span, message, format!("write `{name}: {least}`"));
        }
        Some(Written { value: usize::try_from(value).ok()?, span })
    }

    /// A share, from 0 to 1.
    pub(super) fn share(&self, reader: &mut Reader<'_>, name: &str) -> Option<Written<f64>> {
        let node = self.get(name)?;
        let span = reader.span(node.location());
        let value = node.to_f64()?;
        if !(0.0..=1.0).contains(&value) {
            let message = format!("`{name}` of `{}` is a share from 0 to 1", self.owner);
            reader.mistakes.error_with_hint(span, message, "a fifth is `0.2`".to_owned());
        }
        Some(Written { value, span })
    }

    /// HTTP statuses; a number that is none is told.
    pub(super) fn statuses(&self, reader: &mut Reader<'_>, name: &str) -> Vec<Written<u16>> {
        let mut statuses = Vec::new();
        for node in self.items(name) {
            let span = reader.span(node.location());
            let status = node.to_i32().and_then(|status| u16::try_from(status).ok());
            if let Some(value @ 100..=599) = status {
                statuses.push(Written { value, span });
            } else {
                let message = "an HTTP status is a number from 100 to 599";
                reader.mistakes.error_with_hint(span, message, "one is `404`".to_owned());
            }
        }
        statuses
    }

    pub(super) fn duration(&self, reader: &mut Reader<'_>, name: &str) -> Option<Written<Duration>> {
        let node = self.get(name)?;
        let span = reader.span(node.location());
        let value = node.as_str().and_then(parse_duration);
        if value.is_none() {
            let message = format!("`{name}` of `{}` is no length of time", self.owner);
            let hint = match node.as_str().and_then(meant_duration) {
                Some(meant) => format!("write `{name}: \"{meant}\"`"),
                None => "it has a unit: `\"250ms\"`, `\"2s\"` or `\"1m30s\"`, above zero and at most a day".to_owned(),
            };
            reader.mistakes.error_with_hint(span, message, hint);
        }
        value.map(|value| Written { value, span })
    }

    pub(super) fn byte_size(&self, reader: &mut Reader<'_>, name: &str) -> Option<Written<u64>> {
        let node = self.get(name)?;
        let span = reader.span(node.location());
        let value = node.as_str().and_then(parse_byte_size);
        if value.is_none() {
            let message = format!("`{name}` of `{}` is no number of bytes", self.owner);
            let hint = match node.as_str().and_then(meant_byte_size) {
                Some(meant) => format!("write `{name}: \"{meant}\"`"),
                None => "it has a unit: `\"512B\"`, `\"64KiB\"` or `\"10MiB\"`".to_owned(),
            };
            reader.mistakes.error_with_hint(span, message, hint);
        }
        value.map(|value| Written { value, span })
    }

    pub(super) fn template(&self, reader: &mut Reader<'_>, name: &str, syntax: Syntax) -> Option<WrittenTemplate> {
        let node = self.get(name)?;
        let span = reader.span(node.location());
        let Some(text) = node.as_str() else {
            let hint = format!("write `{name}: \"…\"`");
            reader.mistakes.error_with_hint(span, format!("`{name}` of `{}` is text", self.owner), hint);
            return Some(WrittenTemplate { pieces: Vec::new(), span, complete: false });
        };
        Some(reader.template(text, span, syntax))
    }

    /// A JSON value; `null` is a value here.
    pub(super) fn json(&self, reader: &mut Reader<'_>, name: &str) -> Option<WrittenJson> {
        let (_, node) = self.entries.iter().find(|(key, _)| **key == name)?;
        Some(read_json(reader, node))
    }

    pub(super) fn headers(&self, reader: &mut Reader<'_>, name: &str) -> Vec<WrittenHeader> {
        let mut headers = Vec::new();
        for object in self.objects(reader, name) {
            let header = (object.text(reader, "name"), object.template(reader, "value", Syntax::Text));
            if let (Some(name), Some(value)) = header {
                headers.push(WrittenHeader { name, value });
            }
        }
        headers
    }

    /// An input object.
    pub(super) fn object(&self, reader: &Reader<'_>, name: &str) -> Option<Arguments<'a>> {
        self.arguments_of(reader, name, self.get(name)?)
    }

    /// A list of input objects.
    pub(super) fn objects(&self, reader: &Reader<'_>, name: &str) -> Vec<Arguments<'a>> {
        self.items(name).into_iter().filter_map(|node| self.arguments_of(reader, name, node)).collect()
    }

    fn arguments_of(&self, reader: &Reader<'_>, name: &str, node: &'a Node<Value>) -> Option<Arguments<'a>> {
        let entries = node.as_object()?.iter().map(|(name, value)| (name, value)).collect();
        let owner = format!("{}({name}:)", self.owner);
        Some(Arguments { owner, entries, span: reader.span(node.location()) })
    }

    /// The items of a list; a single value is a list of itself (specification, section 3.11).
    fn items(&self, name: &str) -> Vec<&'a Node<Value>> {
        match self.get(name) {
            Some(node) => node.as_list().map_or_else(|| vec![node], |items| items.iter().collect()),
            None => Vec::new(),
        }
    }
}
