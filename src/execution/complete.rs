//! Completion (specification, section 6.4.3): the shape is walked and the response written as bytes. At each nullable
//! position the length of the buffer is remembered; a null where none may stand cuts the buffer back to the nearest such
//! mark. Errors already recorded stay. The path is a stack, made into a list only for an error.

use std::sync::Arc;

use super::error_counts::ErrorKind;
use super::field_failure::{ErrorPlace, FieldFailure};
use super::job::{Debug, Job};
use super::leaf::{most_bytes_standing, write_json_leaf, write_standing, write_text_leaf};
use super::numbering::type_of;

use super::state::{AnswerId, Answers, Delivered, NodeResult, State};
use crate::graphql::{Error, ErrorCode, ErrorList, Path, PathSegment};
use crate::operation::Introspected;
use crate::plan::{Item, NodeId, Shape, ShapeField, ShapeValue, Typing};
use crate::schema::{SourceDefinition, SourceId, TypeRef};
use crate::source::{Answer, Record, Run, Slot};

/// A response in the making.
pub(super) struct Completion<'c> {
    job: &'c Job<'c>,
    pub(super) out: Vec<u8>,
    pub(super) errors: ErrorList,
    /// Failures for which a value stands in.
    pub(super) degraded: ErrorList,
    path: Vec<Step<'c>>,
    /// Bytes that were written and cut back again.
    discarded: u64,
    /// Whether the response has become too large: what may be null then is, without a further look.
    is_full: bool,
}

/// One step of the path being written.
#[derive(Clone, Copy)]
enum Step<'c> {
    Field(&'c ShapeField),
    Index(usize),
}

/// Null stands where none may: the nearest nullable position above takes it. Its error is recorded.
#[derive(Debug)]
pub(super) struct NullAbove;

/// What was written at a position.
enum Written {
    Value,
    /// Nothing: the source's value is null.
    Null,
}

/// Where a failure is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    InErrors,
    InDegraded,
}

/// An answer of the state, and the source that gave it.
#[derive(Clone, Copy)]
struct Origin<'c> {
    state: &'c State,
    answer: &'c Answer,
    source: Option<SourceId>,
}

impl<'c> Origin<'c> {
    fn new(state: &'c State, answer: AnswerId) -> Origin<'c> {
        Origin { state, answer: state.answer(answer), source: state.source_of(answer) }
    }
}

impl<'c> Completion<'c> {
    /// Nothing written yet.
    pub(super) fn new(job: &'c Job<'c>) -> Completion<'c> {
        let limit = job.schema.limits.max_errors;
        Completion {
            job,
            out: Vec::with_capacity(1024),
            errors: ErrorList::new(limit),
            degraded: ErrorList::new(limit),
            path: Vec::new(),
            discarded: 0,
            is_full: false,
        }
    }

    /// Writes one field of the root, key and all.
    pub(super) fn root_field(&mut self, state: &State, shape_field: &'c ShapeField) -> Result<(), NullAbove> {
        self.field(Origin::new(state, AnswerId(0)), Record { first: 0, number: 0 }, shape_field)
    }

    fn object(&mut self, origin: Origin<'_>, record: Record, shape: &'c Shape) -> Result<(), NullAbove> {
        self.check_selection(shape)?;
        self.out.push(b'{');
        for (place, field) in shape.fields.iter().enumerate() {
            if place > 0 {
                self.out.push(b',');
            }
            self.field(origin, record, field)?;
        }
        self.out.push(b'}');
        Ok(())
    }

    fn field(&mut self, origin: Origin<'_>, record: Record, field: &'c ShapeField) -> Result<(), NullAbove> {
        self.out.extend_from_slice(&field.key_json);
        match &field.value {
            ShapeValue::Typename(json) => {
                self.out.extend_from_slice(json);
                Ok(())
            }
            ShapeValue::Introspection(place) => {
                self.within(Step::Field(field), |this| this.introspected(&this.job.introspection[*place]))
            }
            ShapeValue::EmptyObject(type_, shape) => self.within(Step::Field(field), |this| {
                this.position(None, type_, |this, _| {
                    this.check_arguments(field)?;
                    this.object(origin, record, shape).map(|()| Written::Value)
                })
            }),
            ShapeValue::Nothing(type_) => self.within(Step::Field(field), |this| {
                this.position(None, type_, |this, _| this.check_arguments(field).map(|()| Written::Null))
            }),
            ShapeValue::Property(places, type_, item)
                if self.leaf_as_it_stands(origin, record, field, places, type_, item) =>
            {
                Ok(())
            }
            ShapeValue::Property(places, type_, item) => self.within(Step::Field(field), |this| {
                this.position(origin.source, type_, |this, type_| {
                    this.check_arguments(field)?;
                    this.nullable(origin, type_, item, property(origin.answer, record, places))
                })
            }),
            ShapeValue::Node(node, type_, item) => {
                self.within(Step::Field(field), |this| this.fetched(origin.state, *node, record, type_, item))
            }
        }
    }

    /// Writes a leaf that is right as it stands, as nearly all are; for any other, and where there may be no room, nothing is
    /// written and false given.
    fn leaf_as_it_stands(
        &mut self,
        origin: Origin<'_>,
        record: Record,
        field: &ShapeField,
        places: &[usize],
        type_: &TypeRef,
        item: &Item,
    ) -> bool {
        let (&[place], Item::Leaf(leaf), true) = (places, item, field.arguments.is_empty()) else { return false };
        if !matches!(type_.nullable(), TypeRef::Named(_)) {
            return false;
        }
        let slot = origin.answer.property(record, place);
        let fits = most_bytes_standing(*leaf, origin.answer, slot).is_some_and(|most| self.has_room(most));
        if fits {
            write_standing(&mut self.out, origin.answer, slot);
        }
        fits
    }

    /// What is selected of an object may not be told (specification, section 6.3.2); then there is none.
    pub(super) fn check_selection(&mut self, shape: &'c Shape) -> Result<(), NullAbove> {
        let Some(refusal) = shape.refusal.as_deref() else { return Ok(()) };
        self.count(None, ErrorCode::BadUserInput, Told::InErrors);
        let place = self.errors.has_room().then(|| self.place());
        self.errors.add(|| {
            let place = ErrorPlace { locations: &refusal.locations, ..place.unwrap_or_default() };
            let mut error = place.error(ErrorCode::BadUserInput, refusal.message.clone());
            // The response itself has no path.
            error.path = error.path.filter(|path| !path.0.is_empty());
            error
        });
        Err(NullAbove)
    }

    /// Writes a value that the schema has answered.
    fn introspected(&mut self, value: &Introspected) -> Result<(), NullAbove> {
        if !value.errors.is_empty() {
            self.count(None, ErrorCode::BadUserInput, Told::InErrors);
            let place = self.place();
            self.errors.add_all(&value.errors, |error| {
                let below = error.path.iter().flat_map(|path| path.0.iter().cloned());
                let path = place.path.0.iter().cloned().chain(below).collect();
                Error { path: Some(Path(path)), ..error.clone() }
            });
        }
        let Some(json) = &value.json else { return Err(NullAbove) };
        self.out.extend_from_slice(json.as_bytes());
        self.within_limit()
    }

    /// Arguments that nothing uses are coerced all the same (specification, section 6.4.1).
    fn check_arguments(&mut self, field: &ShapeField) -> Result<(), NullAbove> {
        for argument in &field.arguments {
            if let Err(error) = argument.value(&self.job.variables) {
                self.failure(&FieldFailure::of_argument(error));
                return Err(NullAbove);
            }
        }
        Ok(())
    }

    fn within<T>(&mut self, step: Step<'c>, write: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(step);
        let result = write(self);
        self.path.pop();
        result
    }

    /// Writes what a node delivered for a record. Its failures are told here, at the field's path.
    fn fetched(
        &mut self,
        state: &State,
        node: NodeId,
        record: Record,
        type_: &'c TypeRef,
        item: &'c Item,
    ) -> Result<(), NullAbove> {
        let lost = Delivered::default();
        let (delivered, is_settled) = match state.result(node, record.number) {
            NodeResult::Delivered(delivered) => (delivered, true),
            NodeResult::Pending => (&lost, false),
        };
        for failure in &delivered.failures {
            self.failure(state.failure(*failure));
        }
        if !is_settled {
            self.error(None, ErrorCode::Internal, "the gateway failed to resolve this field".to_owned());
        }
        match &delivered.answers {
            Answers::One(answer) => {
                let origin = Origin::new(state, *answer);
                self.value(origin, type_, item, origin.answer.root())
            }
            Answers::Joined(answers) => {
                self.position(None, type_, |this, type_| this.joined_list(state, answers, type_, item))
            }
            Answers::None if type_.is_non_null() => Err(NullAbove),
            Answers::None => {
                self.out.extend_from_slice(b"null");
                Ok(())
            }
        }
    }

    fn failure(&mut self, failure: &FieldFailure) {
        let told = if failure.is_degraded { Told::InDegraded } else { Told::InErrors };
        self.count(failure.source, failure.code(), told);
        let list = if failure.is_degraded { &self.degraded } else { &self.errors };
        let place = list.has_room().then(|| self.place());
        let (schema, debug) = (self.job.schema, self.job.debug == Debug::Shown);
        let list = if failure.is_degraded { &mut self.degraded } else { &mut self.errors };
        list.add(|| failure.error(schema, place.unwrap_or_default(), debug));
    }

    /// `CompleteValue` of one slot.
    fn value(&mut self, origin: Origin<'_>, type_: &'c TypeRef, item: &'c Item, slot: Slot) -> Result<(), NullAbove> {
        self.position(origin.source, type_, |this, type_| this.nullable(origin, type_, item, slot))
    }

    /// A position of the response: a null that may not stand goes up, and at a nullable position it stays.
    fn position(
        &mut self,
        source: Option<SourceId>,
        type_: &'c TypeRef,
        write: impl FnOnce(&mut Self, &'c TypeRef) -> Result<Written, NullAbove>,
    ) -> Result<(), NullAbove> {
        if let TypeRef::NonNull(inner) = type_ {
            return match write(self, inner)? {
                Written::Value => Ok(()),
                Written::Null => {
                    let message = format!(
                        "{} has no value for {}, which must not be null",
                        self.name_of(source),
                        self.coordinate()
                    );
                    self.error(source, ErrorCode::NullViolation, message);
                    Err(NullAbove)
                }
            };
        }
        let mark = self.out.len();
        if !self.is_full
            && let Ok(Written::Value) = write(self, type_)
        {
            return Ok(());
        }
        self.discarded += (self.out.len() - mark) as u64;
        self.out.truncate(mark);
        self.out.extend_from_slice(b"null");
        Ok(())
    }

    /// Writes nothing for a null, which its position then writes or sends up.
    fn nullable(
        &mut self,
        origin: Origin<'_>,
        type_: &'c TypeRef,
        item: &'c Item,
        slot: Slot,
    ) -> Result<Written, NullAbove> {
        match (slot, type_) {
            (Slot::Null | Slot::Absent, _) => return Ok(Written::Null),
            (Slot::List(run), TypeRef::List(item_type)) => {
                self.out.push(b'[');
                self.items(origin, run, 0, item_type, item)?;
                self.out.push(b']');
            }
            (_, TypeRef::List(_)) => return self.wrong(origin, "has no list where one is to be"),
            (slot, TypeRef::Named(_) | TypeRef::NonNull(_)) => self.item(origin, item, slot)?,
        }
        Ok(Written::Value)
    }

    /// The items of several answers, one after the other; null where each answer is.
    fn joined_list(
        &mut self,
        state: &State,
        answers: &[AnswerId],
        type_: &'c TypeRef,
        item: &'c Item,
    ) -> Result<Written, NullAbove> {
        let TypeRef::List(item_type) = type_ else { return Ok(Written::Null) };
        let mut count = None;
        for answer in answers {
            let origin = Origin::new(state, *answer);
            if let Slot::List(run) = origin.answer.root() {
                if count.is_none() {
                    self.out.push(b'[');
                }
                let first = count.unwrap_or(0);
                self.items(origin, run, first, item_type, item)?;
                count = Some(first + run.len as usize);
            }
        }
        if count.is_none() {
            return Ok(Written::Null);
        }
        self.out.push(b']');
        Ok(Written::Value)
    }

    /// The items of one list, counted from `first`.
    fn items(
        &mut self,
        origin: Origin<'_>,
        run: Run,
        first: usize,
        type_: &'c TypeRef,
        item: &'c Item,
    ) -> Result<(), NullAbove> {
        for (index, slot) in (first..).zip(origin.answer.items(run)) {
            if index > 0 {
                self.out.push(b',');
            }
            self.within_limit()?;
            self.within(Step::Index(index), |this| this.value(origin, type_, item, *slot))?;
        }
        Ok(())
    }

    fn item(&mut self, origin: Origin<'_>, item: &'c Item, slot: Slot) -> Result<(), NullAbove> {
        let text = |span| std::str::from_utf8(origin.answer.bytes(span)).unwrap_or_default();
        match (item, slot) {
            (Item::Leaf(leaf), Slot::Json(span)) => {
                write_json_leaf(&mut self.out, self.job.schema, *leaf, origin.answer.bytes(span))
                    .or_else(|words| self.wrong(origin, words))?;
                self.within_limit()
            }
            (Item::Leaf(leaf), Slot::Plain(span)) => {
                write_text_leaf(&mut self.out, self.job.schema, *leaf, text(span))
                    .or_else(|words| self.wrong(origin, words))?;
                self.within_limit()
            }
            (Item::Object(_, shape), Slot::Object(record)) => self.object(origin, record, shape),
            (Item::Abstract { type_, told_by, shapes }, Slot::Object(record)) => {
                let told = type_of(self.job.schema, origin.answer, record, Typing::Told(*told_by, *type_));
                match shapes.iter().find(|(type_, _)| Some(*type_) == told) {
                    Some((_, shape)) => self.object(origin, record, shape),
                    None => self.wrong(origin, "does not tell a possible type of the object"),
                }
            }
            (Item::Leaf(_), _) => self.wrong(origin, "has no leaf where one is to be"),
            (Item::Object(..) | Item::Abstract { .. }, _) => self.wrong(origin, "has no object where one is to be"),
        }
    }

    /// A response does not grow past its limit: the value that would pass it is null. What was cut back counts twice
    /// over, so that no operation makes us write far more than it can receive; beyond that the response is full.
    fn within_limit(&mut self) -> Result<(), NullAbove> {
        if self.is_full {
            return Err(NullAbove);
        }
        if self.has_room(0) {
            return Ok(());
        }
        let limit = self.job.schema.limits.max_response;
        let length = self.out.len() as u64;
        self.is_full = length + self.discarded > limit.saturating_mul(2);
        self.count(None, ErrorCode::SourceResponseTooLarge, Told::InErrors);
        let place = self.errors.has_room().then(|| self.place());
        self.errors.add(|| {
            let message = format!("the response would be larger than {limit} bytes");
            let mut error = place.unwrap_or_default().error(ErrorCode::SourceResponseTooLarge, message);
            error.extensions.limit_bytes = Some(limit);
            error
        });
        Err(NullAbove)
    }

    /// Whether so many bytes more are within the limit.
    fn has_room(&self, more: usize) -> bool {
        let limit = self.job.schema.limits.max_response;
        let length = (self.out.len() + more) as u64;
        !self.is_full && length <= limit && length + self.discarded <= limit.saturating_mul(2)
    }

    fn wrong<T>(&mut self, origin: Origin<'_>, words: &str) -> Result<T, NullAbove> {
        let message = format!("{} gave an answer that {words}", self.name_of(origin.source));
        self.error(origin.source, ErrorCode::SourceBadResponse, message);
        Err(NullAbove)
    }

    fn name_of(&self, source: Option<SourceId>) -> &'c str {
        source.map_or("the value", |source| &self.job.schema.source(source).name)
    }

    fn error(&mut self, source: Option<SourceId>, code: ErrorCode, message: String) {
        self.count(source, code, Told::InErrors);
        let place = self.errors.has_room().then(|| self.place());
        let source = source.map(|source| self.job.schema.source(source));
        self.errors.add(|| {
            let mut error = place.unwrap_or_default().error(code, message);
            error.extensions.source = source.map(|source| Arc::clone(&source.name));
            error.extensions.kind = source.map(SourceDefinition::kind);
            error
        });
    }

    /// Counts an error for operators.
    fn count(&self, source: Option<SourceId>, code: ErrorCode, told: Told) {
        let source = source.map(|source| Arc::clone(&self.job.schema.source(source).name));
        let coordinate = self.shape_field().map(|field| Arc::clone(&field.coordinate));
        self.job.errors.note(ErrorKind { source, coordinate, code, is_degraded: told == Told::InDegraded });
    }

    fn coordinate(&self) -> Arc<str> {
        self.shape_field().map_or_else(|| Arc::from(""), |field| Arc::clone(&field.coordinate))
    }

    fn shape_field(&self) -> Option<&'c ShapeField> {
        self.path.iter().rev().find_map(|step| match step {
            Step::Field(field) => Some(*field),
            Step::Index(_) => None,
        })
    }

    fn place(&self) -> ErrorPlace<'c> {
        let segments = self.path.iter().map(|step| match step {
            Step::Field(field) => PathSegment::Key(Arc::clone(&field.key)),
            Step::Index(index) => PathSegment::Index(*index),
        });
        let field = self.shape_field();
        ErrorPlace {
            path: Path(segments.collect()),
            locations: field.map_or(&[], |field| &field.locations),
            coordinate: field.map(|field| &field.coordinate),
        }
    }
}

/// The slot at the end of a way through objects. Where the way is cut, null; where something else stands, a mismatch.
fn property(answer: &Answer, record: Record, places: &[usize]) -> Slot {
    let mut slot = Slot::Object(record);
    for place in places {
        slot = match slot {
            Slot::Object(record) => answer.property(record, *place),
            Slot::Null | Slot::Absent => return slot,
            Slot::Json(_) | Slot::Plain(_) | Slot::List(_) | Slot::Mismatch => return Slot::Mismatch,
        };
    }
    slot
}

/// Errors as the value of a response's entry.
pub(super) fn errors_json(errors: &[Error]) -> Vec<u8> {
    serde_json::to_vec(errors).unwrap_or_else(|_| b"[]".to_vec())
}
