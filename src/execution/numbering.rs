//! Numbering: each record on which nodes hang gets the next number of its anchor, once, when its answer arrives. From
//! then on a record and what was fetched for it are found by that number, and nothing is counted while completing.

use super::state::{AnswerId, RecordAt, State, number};
use crate::graphql::unquote;
use crate::plan::{AnchorId, Position, Typing};
use crate::schema::{Schema, SourceId, TypeId, TypeKind};
use crate::source::{Answer, Record, Slot, SlotPlace};

/// Keeps an answer, its records numbered. Gives the new numbers in the order in which the records stand.
pub(super) fn keep_numbered(
    state: &mut State,
    schema: &Schema,
    mut answer: Answer,
    source: Option<SourceId>,
    position: Option<&Position>,
) -> (AnswerId, Vec<(AnchorId, u32)>) {
    let id = AnswerId(number(state.answers.len()));
    let mut numbers = Vec::new();
    if let Some(position) = position {
        let mut numbering = Numbering { schema, id, anchors: &mut state.anchors, numbers: &mut numbers };
        numbering.walk(&mut answer, SlotPlace::Root, position);
    }
    (state.keep_answer(answer, source), numbers)
}

struct Numbering<'n> {
    schema: &'n Schema,
    id: AnswerId,
    anchors: &'n mut Vec<Vec<RecordAt>>,
    numbers: &'n mut Vec<(AnchorId, u32)>,
}

impl Numbering<'_> {
    /// Goes no deeper than the plan's positions and the answer's lists, and the decoder has bounded both.
    fn walk(&mut self, answer: &mut Answer, place: SlotPlace, position: &Position) {
        match answer.slot(place) {
            Slot::List(run) => {
                for item in run.first..run.first + run.len {
                    self.walk(answer, SlotPlace::At(item), position);
                }
            }
            Slot::Object(record) => {
                let type_ = type_of(self.schema, answer, record, position.typing);
                if type_.is_none() && position.typing != Typing::None {
                    return;
                }
                if let (Some(anchor), Some(type_)) = (position.anchor, type_) {
                    let records = &mut self.anchors[anchor.0 as usize];
                    let next = number(records.len());
                    answer.number(place, next);
                    records.push(RecordAt { answer: self.id, record: Record { number: next, ..record }, type_ });
                    self.numbers.push((anchor, next));
                }
                for below in &position.below {
                    if below.only.is_empty() || type_.is_none_or(|type_| below.only.contains(&type_)) {
                        self.walk(answer, SlotPlace::At(record.first + number(below.place)), &below.position);
                    }
                }
            }
            Slot::Absent | Slot::Null | Slot::Json(_) | Slot::Plain(_) | Slot::Mismatch => {}
        }
    }
}

/// The concrete type of a record (specification, section 6.4.3, `ResolveAbstractType`); nothing where its answer does not
/// tell a possible one.
pub(super) fn type_of(schema: &Schema, answer: &Answer, record: Record, typing: Typing) -> Option<TypeId> {
    let (place, abstract_type) = match typing {
        Typing::Always(type_) => return Some(type_),
        Typing::Told(place, abstract_type) => (place, abstract_type),
        Typing::None => return None,
    };
    let TypeKind::Abstract(abstract_type) = &schema.type_(abstract_type).kind else { return None };
    let (span, is_json) = match answer.property(record, place) {
        Slot::Json(span) => (span, true),
        Slot::Plain(span) => (span, false),
        Slot::Absent | Slot::Null | Slot::List(_) | Slot::Object(_) | Slot::Mismatch => return None,
    };
    let text = std::str::from_utf8(answer.bytes(span)).ok()?;
    let quoted = if is_json && text.starts_with('"') { unquote(text) } else { None };
    abstract_type.meanings.get(quoted.as_deref().unwrap_or(text)).copied()
}
