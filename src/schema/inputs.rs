//! The inputs of a binding: what each slot of its templates names, looked up and numbered. A name that leads nowhere
//! is told here, where it was written.

use super::type_table::TypeTable;
use super::{FieldId, Input, InputRef, ListStyle, Resolution, TypeId, TypeKind, TypeRef};
use crate::config::{Config, Mistakes, Root, Slot, did_you_mean};

/// Whether a position can write a list behind commas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Position {
    /// The value of a query parameter, where `|csv` has a meaning.
    QueryValue,
    /// Anywhere else.
    Other,
}

/// The inputs of one binding, as far as they have been met.
pub(super) struct Inputs<'a> {
    config: &'a Config,
    table: &'a TypeTable,
    field: FieldId,
    list: Vec<Input>,
}

impl<'a> Inputs<'a> {
    /// None yet, for a binding of this field.
    pub(super) fn of(config: &'a Config, table: &'a TypeTable, field: FieldId) -> Inputs<'a> {
        Inputs { config, table, field, list: Vec::new() }
    }

    /// All that were met, under their numbers.
    pub(super) fn into_list(self) -> Vec<Input> {
        self.list
    }

    /// Looks up what a slot names; nothing where that is a mistake, which is then told.
    pub(super) fn resolve(&mut self, slot: &Slot, position: Position, mistakes: &mut Mistakes) -> Option<InputRef> {
        if slot.csv && position == Position::Other {
            let hint = "it joins a list by commas in a query value of a URL".to_owned();
            mistakes.error_with_hint(slot.span, "`|csv` has no meaning here", hint);
        }
        let input = match slot.root {
            Root::Arguments => self.argument(slot, mistakes)?,
            Root::Parent => self.parent(slot, mistakes)?,
            Root::Headers => Input::Header(slot.path.concat().to_lowercase().into()),
            Root::Batch | Root::Claims => {
                mistakes.error(slot.span, format!("`{{{}.…}}` is not yet supported", slot.root.name()));
                return None;
            }
            Root::Environment => return None,
        };
        let place = self.list.iter().position(|known| *known == input).unwrap_or_else(|| {
            self.list.push(input);
            self.list.len() - 1
        });
        let list = if slot.csv { ListStyle::Csv } else { ListStyle::Repeat };
        Some(InputRef { input: u16::try_from(place).ok()?, default: slot.default.clone(), list })
    }

    fn argument(&self, slot: &Slot, mistakes: &mut Mistakes) -> Option<Input> {
        let field = self.table.field(self.field);
        let mut known = &field.arguments;
        let mut owner = format!("`{}` has no argument", field.coordinate);
        for (depth, step) in slot.path.iter().enumerate() {
            let Some(definition) = known.iter().find(|definition| *definition.name == **step) else {
                let hint = did_you_mean(step, known.iter().map(|definition| &*definition.name));
                mistakes.error_with_hint(slot.span, format!("{owner} `{step}`"), hint);
                return None;
            };
            if depth + 1 == slot.path.len() {
                break;
            }
            match (&self.table.type_(definition.type_.named()).kind, definition.type_.list_depth()) {
                (TypeKind::InputObject(input), 0) => {
                    known = &input.fields;
                    owner = format!("`{}` has no field", self.table.type_(definition.type_.named()).name);
                }
                // What a custom scalar holds is known only per request.
                (TypeKind::Scalar(super::Scalar::Custom), 0) => break,
                _ => {
                    let shown = self.table.show(&definition.type_);
                    mistakes.error(slot.span, format!("`{step}` is of type `{shown}` and has nothing below it"));
                    return None;
                }
            }
        }
        Some(Input::Argument(slot.path.iter().map(|step| step.as_str().into()).collect()))
    }

    fn parent(&self, slot: &Slot, mistakes: &mut Mistakes) -> Option<Input> {
        if self.table.is_root(self.field.owner) {
            let name = &self.table.type_(self.field.owner).name;
            let hint = "an argument is `{args.…}`".to_owned();
            mistakes.error_with_hint(slot.span, format!("a field of the root type `{name}` has no parent"), hint);
            return None;
        }
        let mut owner = self.field.owner;
        let mut path = Vec::new();
        for (depth, step) in slot.path.iter().enumerate() {
            let id = self.parent_field(owner, step, slot, mistakes)?;
            path.push(id);
            let is_last = depth + 1 == slot.path.len();
            if !self.may_be_step(id, depth, is_last, slot, mistakes) {
                return None;
            }
            owner = self.table.field(id).type_.named();
        }
        Some(Input::Parent(path))
    }

    fn parent_field(&self, owner: TypeId, step: &str, slot: &Slot, mistakes: &mut Mistakes) -> Option<FieldId> {
        let found = self.table.field_named(owner, step);
        if found.is_none() {
            let hint = did_you_mean(step, self.table.fields(owner).iter().map(|field| &*field.name));
            let message = format!("`{}` has no field `{step}`", self.table.type_(owner).name);
            mistakes.error_with_hint(slot.span, message, hint);
        }
        found
    }

    /// Whether a field can stand at this place of a parent path; tells why not.
    fn may_be_step(&self, id: FieldId, depth: usize, is_last: bool, slot: &Slot, mistakes: &mut Mistakes) -> bool {
        let field = self.table.field(id);
        let bound = self.table.is_bound(self.config, id);
        let required = |type_: &TypeRef, has_default: bool| type_.is_non_null() && !has_default;
        let shown = self.table.show(&field.type_);
        let (problem, hint) = if bound && depth > 0 {
            ("has a binding of its own, which a template cannot reach through another field", None)
        } else if bound && field.arguments.iter().any(|given| required(&given.type_, given.default.is_some())) {
            ("has required arguments, which a template cannot give", None)
        } else if matches!(field.resolution, Resolution::EmptyObject) {
            ("has no value of its own", None)
        } else if is_last && !self.table.is_leaf(field.type_.named()) {
            ("is not a leaf", Some(format!("it is of type `{shown}`; name a field below it")))
        } else if !is_last && field.type_.list_depth() > 0 {
            ("is a list, so nothing below it can be named", Some(format!("it is of type `{shown}`")))
        } else if !is_last && !self.table.is_object(field.type_.named()) {
            ("is no object, so nothing below it can be named", Some(format!("it is of type `{shown}`")))
        } else {
            return true;
        };
        mistakes.error_with_hint(slot.span, format!("`{}` {problem}", field.coordinate), hint);
        false
    }
}
