//! The inputs of a binding: what each slot of its templates names, looked up and numbered. A name that leads nowhere
//! is told here, where it was written.

use super::type_table::TypeTable;
use super::{FieldId, Input, InputRef, ListStyle, Resolution, Template, TypeId, TypeKind, TypeRef};
use crate::config::{Config, EnvironmentValue, Mistakes, Root, Slot, Span};
use crate::graphql::Value;

/// Where the value of a template goes, which decides what values it can take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Position {
    /// A segment of a path: one scalar.
    Segment,
    /// The value of a query parameter: scalars, and `|csv` has a meaning.
    QueryValue,
    /// The value of a pair of a form: scalars.
    FormValue,
    /// The value of a header: one scalar.
    Header,
    /// JSON or a parameter of a statement: anything.
    Any,
}

/// The inputs of one binding, as far as they have been met.
pub(super) struct Inputs<'a> {
    config: &'a Config,
    table: &'a TypeTable,
    field: FieldId,
    list: Vec<Input>,
    batching: Batching,
    /// Whether `{batch.…}` was met, right or wrong.
    has_met_batch: bool,
}

/// Whether a binding can serve many parents by one call of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Batching {
    /// It can.
    ByBatch,
    /// A statement is run for all parents by itself.
    ByItself,
    /// It makes no calls.
    Never,
}

impl<'a> Inputs<'a> {
    /// None yet, for a binding of this field.
    pub(super) fn of(config: &'a Config, table: &'a TypeTable, field: FieldId, batching: Batching) -> Inputs<'a> {
        Inputs { config, table, field, list: Vec::new(), batching, has_met_batch: false }
    }

    /// Whether `{batch.…}` was met, also where it was a mistake.
    pub(super) fn has_met_batch(&self) -> bool {
        self.has_met_batch
    }

    /// Tells a batch value among other text, where many values would have no form.
    pub(super) fn check_batch_alone(&self, template: &Template, span: Span, mistakes: &mut Mistakes) {
        let is_batch = |input: &InputRef| matches!(self.list.get(usize::from(input.input)), Some(Input::Batch(_)));
        if template.single().is_none()
            && template.inputs().any(|input| is_batch(input) && input.list == ListStyle::Repeat)
        {
            let hint = "many values stand alone, or in a query value joined by commas: `{batch.id|csv}`".to_owned();
            mistakes.error_with_hint(span, "a batch value stands among other text", hint);
        }
    }

    /// All that were met so far.
    pub(super) fn list(&self) -> &[Input] {
        &self.list
    }

    /// All that were met, under their numbers.
    pub(super) fn into_list(self) -> Vec<Input> {
        self.list
    }

    /// Looks up what a slot names; nothing where that is a mistake, which is then told.
    pub(super) fn resolve(&mut self, slot: &Slot, position: Position, mistakes: &mut Mistakes) -> Option<InputRef> {
        if slot.csv && position != Position::QueryValue {
            let hint = "it joins a list by commas in a query value of a URL".to_owned();
            mistakes.error_with_hint(slot.span, "`|csv` has no meaning here", hint);
        }
        self.has_met_batch |= slot.root == Root::Batch;
        let input = match slot.root {
            Root::Arguments => self.argument(slot, mistakes)?,
            Root::Parent => self.parent(slot, mistakes)?,
            Root::Headers => Input::Header(slot.path.concat().to_lowercase().into()),
            Root::Batch => self.batch(slot, position, mistakes)?,
            Root::Claims => {
                mistakes.error(slot.span, format!("`{{{}.…}}` is not yet supported", slot.root.name()));
                return None;
            }
            Root::Environment => return None,
        };
        self.check_shape(&input, slot, position, mistakes);
        let list = if slot.csv { ListStyle::Csv } else { ListStyle::Repeat };
        Some(InputRef { input: self.number(input)?, default: slot.default.clone(), list })
    }

    /// A value of the environment as an input; nothing where it could never be written, which is then told.
    pub(super) fn environment(
        &mut self,
        known: &EnvironmentValue,
        position: Position,
        mistakes: &mut Mistakes,
    ) -> Option<InputRef> {
        if position == Position::Segment
            && let Some(problem) = problem_of_segment(&known.value)
        {
            let hint = "give the variable a value, or another default behind `??`".to_owned();
            mistakes.error_with_hint(known.span, format!("a segment of a path cannot be {problem}"), hint);
            return None;
        }
        let input = self.number(Input::Environment(known.value.clone()))?;
        Some(InputRef { input, default: None, list: ListStyle::Repeat })
    }

    /// The number of an input, which it keeps.
    fn number(&mut self, input: Input) -> Option<u16> {
        let place = self.list.iter().position(|known| *known == input).unwrap_or_else(|| {
            self.list.push(input);
            self.list.len() - 1
        });
        u16::try_from(place).ok()
    }

    /// Tells a list or an input object where it could never be written.
    fn check_shape(&self, input: &Input, slot: &Slot, position: Position, mistakes: &mut Mistakes) {
        let Some(type_) = self.type_of(input) else { return };
        let is_list = type_.list_depth() > 0;
        let is_object = matches!(self.table.type_(type_.named()).kind, TypeKind::InputObject(_));
        let (goes, takes_list) = match position {
            Position::Segment => ("a segment of a path", false),
            Position::Header => ("a header", false),
            Position::QueryValue => ("a query value", true),
            Position::FormValue => ("a value of a form", true),
            Position::Any => return,
        };
        if is_object || (is_list && !takes_list) {
            let message = format!("`{}` is of type `{}` and cannot be {goes}", slot.name(), self.table.show(&type_));
            let hint = if is_object {
                let below = slot.name().replace('}', ".…}");
                format!("name a field of it: `{below}`")
            } else {
                format!("one value stands there; a list goes into a query: `?name={}`", slot.name())
            };
            mistakes.error_with_hint(slot.span, message, hint);
        }
    }

    /// The type of an input, where it is known from the schema.
    fn type_of(&self, input: &Input) -> Option<TypeRef> {
        match input {
            Input::Header(_) | Input::Environment(_) | Input::Batch(_) => None,
            Input::Parent(path) => path.last().map(|id| self.table.field(*id).type_.clone()),
            Input::Argument(path) => {
                let mut known = &self.table.field(self.field).arguments;
                let mut type_ = None;
                for step in path {
                    let definition = known.iter().find(|definition| definition.name == *step)?;
                    type_ = Some(definition.type_.clone());
                    known = match &self.table.type_(definition.type_.named()).kind {
                        TypeKind::InputObject(input) => &input.fields,
                        TypeKind::Scalar(_) | TypeKind::Enum(_) | TypeKind::Object(_) | TypeKind::Abstract(_) => {
                            return type_.filter(|_| path.last() == Some(step));
                        }
                    };
                }
                type_
            }
        }
    }

    fn argument(&self, slot: &Slot, mistakes: &mut Mistakes) -> Option<Input> {
        let field = self.table.field(self.field);
        let mut known = &field.arguments;
        let mut owner = format!("`{}` has no argument", field.coordinate);
        for (depth, step) in slot.path.iter().enumerate() {
            let Some(definition) = known.iter().find(|definition| *definition.name == **step) else {
                let message = format!("{owner} `{step}`");
                if known.is_empty() {
                    let hint = format!("give it one: `{}({step}: ID!)`", field.name);
                    mistakes.error_with_hint(slot.span, message, hint);
                } else {
                    mistakes.error_of_name(slot.span, message, step, known.iter().map(|known| &*known.name));
                }
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
                    let message = format!("`{step}` is of type `{shown}` and has nothing below it");
                    let whole = slot.path.get(..=depth).unwrap_or_default().join(".");
                    mistakes.error_with_hint(slot.span, message, format!("write `{{args.{whole}}}`"));
                    return None;
                }
            }
        }
        Some(Input::Argument(slot.path.iter().map(|step| step.as_str().into()).collect()))
    }

    /// The values of many parents.
    fn batch(&self, slot: &Slot, position: Position, mistakes: &mut Mistakes) -> Option<Input> {
        let (name, parent) = (slot.name(), format!("{{parent.{}}}", slot.path.join(".")));
        let problem = match (self.batching, position) {
            (Batching::ByItself, _) => {
                Some(("is for REST", format!("a statement runs for all parents at once: `{parent}`")))
            }
            (Batching::Never, _) => Some(("is for calls", format!("write `{parent}`"))),
            (Batching::ByBatch, Position::Segment) => Some((
                "cannot be a segment of a path",
                format!("it stands for many values: `?id={name}`, or `{parent}`"),
            )),
            (Batching::ByBatch, Position::Header) => {
                Some(("cannot be a header", format!("it stands for many values: `?id={name}`, or `{parent}`")))
            }
            (Batching::ByBatch, _) if slot.default.is_some() => {
                Some(("has no default", "a parent without a value is not asked for".to_owned()))
            }
            (Batching::ByBatch, _) => None,
        };
        if let Some((problem, hint)) = problem {
            mistakes.error_with_hint(slot.span, format!("`{name}` {problem}"), hint);
            return None;
        }
        let path = self.path_of_parent(slot, mistakes)?;
        if self.list.iter().any(|known| matches!(known, Input::Batch(other) if *other != path)) {
            let hint = format!("the call is made for the values of one field; another of the parent is `{parent}`");
            mistakes.error_with_hint(slot.span, "a call has one batch value", hint);
            return None;
        }
        Some(Input::Batch(path))
    }

    fn parent(&self, slot: &Slot, mistakes: &mut Mistakes) -> Option<Input> {
        self.path_of_parent(slot, mistakes).map(Input::Parent)
    }

    fn path_of_parent(&self, slot: &Slot, mistakes: &mut Mistakes) -> Option<Vec<FieldId>> {
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
            if !is_last && self.table.is_missing(self.config, &self.table.field(id).type_) {
                return None;
            }
            if !self.may_be_step(id, depth, is_last, slot, mistakes) {
                return None;
            }
            owner = self.table.field(id).type_.named();
        }
        Some(path)
    }

    fn parent_field(&self, owner: TypeId, step: &str, slot: &Slot, mistakes: &mut Mistakes) -> Option<FieldId> {
        let found = self.table.field_named(owner, step);
        if found.is_none() {
            let message = format!("`{}` has no field `{step}`", self.table.type_(owner).name);
            mistakes.error_of_name(slot.span, message, step, self.table.fields(owner).iter().map(|field| &*field.name));
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
            let hint = "only fields of the parent itself can have one".to_owned();
            ("has a binding of its own, which a template cannot reach through another field", Some(hint))
        } else if bound && field.arguments.iter().any(|given| required(&given.type_, given.default.is_some())) {
            ("has required arguments, which a template cannot give", Some("name a field without them".to_owned()))
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

/// Why a value known since the start is refused by every call in whose path it stands.
fn problem_of_segment(value: &Value) -> Option<&'static str> {
    match value.as_text() {
        None => Some("null"),
        Some("") => Some("empty"),
        Some("." | "..") => Some("`.` or `..`"),
        Some(_) => None,
    }
}
