//! Keys: for a record, the values of a binding's inputs. Arguments and headers are the same for every record of a node;
//! what differs comes from the parent's record or from another node's result for it.

use super::state::{AnswerId, Answers, Delivered, FailureId, NodeResult, State};
use crate::graphql::{Headers, Value};
use crate::operation::{ArgumentError, VariableValues};
use crate::plan::{InputFrom, Node};
use crate::schema::SourceId;
use crate::source::{Answer, Key, Record, Slot, SlotPlace};

/// Why a record has no key.
#[derive(Debug, Clone, Copy)]
pub(super) enum NoKey {
    /// A result that it needs is not there yet.
    NotYet,
    /// A result that it needs has failed.
    Failed(FailureId),
    /// A value that it needs is of another shape than its field; the source that gave it.
    Mismatch(Option<SourceId>),
}

/// The coerced arguments of a node (specification, section 6.4.1), one for each that its field defines.
pub(super) fn arguments(node: &Node, variables: &VariableValues) -> Result<Vec<Option<Value>>, ArgumentError> {
    node.arguments.iter().map(|argument| argument.value(variables)).collect()
}

/// The key of a record for one binding.
pub(super) fn key(
    state: &State,
    node: &Node,
    inputs: &[InputFrom],
    number: u32,
    arguments: &[Option<Value>],
    headers: &Headers,
) -> Result<Key, NoKey> {
    let mut key = Key::with_capacity(inputs.len());
    for input in inputs {
        key.push(match input {
            InputFrom::Argument(place, below) => {
                arguments.get(*place).and_then(Option::as_ref).and_then(|value| value.at(below)).cloned()
            }
            InputFrom::Header(name) => headers.get(name).map(|value| Value::String(value.into())),
            InputFrom::Constant(value) => Some(value.clone()),
            InputFrom::Property(places) => {
                let at = state.record(node.anchor, number);
                Some(value(state, at.answer, Slot::Object(at.record), places)?)
            }
            InputFrom::Node(needed, places) => match state.result(*needed, number) {
                NodeResult::Pending => return Err(NoKey::NotYet),
                NodeResult::Delivered(delivered) => Some(delivered_value(state, delivered, places)?),
            },
        });
    }
    Ok(key)
}

/// A value of what another node delivered for the record.
fn delivered_value(state: &State, delivered: &Delivered, places: &[usize]) -> Result<Value, NoKey> {
    match &delivered.answers {
        Answers::One(id) => value(state, *id, state.answer(*id).root(), places),
        Answers::Joined(ids) => {
            let mut items = Vec::new();
            for id in ids.iter() {
                if let Value::List(more) = value(state, *id, state.answer(*id).root(), places)? {
                    items.extend(more);
                }
            }
            Ok(Value::List(items))
        }
        Answers::None => match delivered.failures.first() {
            Some(failure) => Err(NoKey::Failed(*failure)),
            None => Ok(Value::Null),
        },
    }
}

/// The value at the end of a way through objects; null where a null ends the way early.
fn value(state: &State, id: AnswerId, slot: Slot, places: &[usize]) -> Result<Value, NoKey> {
    let answer = state.answer(id);
    let mut slot = slot;
    for place in places {
        slot = match slot {
            Slot::Object(record) => answer.property(record, *place),
            Slot::Null | Slot::Absent => return Ok(Value::Null),
            Slot::Json(_) | Slot::Plain(_) | Slot::List(_) | Slot::Mismatch => Slot::Mismatch,
        };
    }
    slot_value(answer, slot).ok_or_else(|| NoKey::Mismatch(state.source_of(id)))
}

/// The value in a slot; nothing for what is no value.
fn slot_value(answer: &Answer, slot: Slot) -> Option<Value> {
    let text = |span| std::str::from_utf8(answer.bytes(span)).unwrap_or_default();
    match slot {
        // It was read when it was decoded, and its words are kept as they are.
        Slot::Json(span) if matches!(answer.bytes(span).first(), Some(b'-' | b'0'..=b'9')) => {
            Some(Value::Number(text(span).into()))
        }
        Slot::Json(span) => Value::from_json(text(span)).ok(),
        Slot::Plain(span) => Some(Value::String(text(span).into())),
        Slot::List(run) => {
            answer.items(run).iter().map(|item| slot_value(answer, *item)).collect::<Option<_>>().map(Value::List)
        }
        Slot::Absent | Slot::Null => Some(Value::Null),
        Slot::Object(_) | Slot::Mismatch => None,
    }
}

/// The record of the operation's root: an object without properties.
pub(super) fn root_answer() -> Answer {
    let mut answer =
        Answer::new(bytes::Bytes::new(), Vec::new(), Slot::Object(Record { first: 0, number: Record::UNNUMBERED }));
    answer.number(SlotPlace::Root, 0);
    answer
}
