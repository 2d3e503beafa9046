//! Keys: for a record, the values of a binding's inputs. Arguments and headers are the same for every record of a node;
//! what differs comes from the parent's record or from another node's result for it.

use super::state::{Delivered, FailureId, NodeResult, State};
use crate::graphql::{Headers, Value};
use crate::operation::{ArgumentError, VariableValues};
use crate::plan::{InputFrom, Node};
use crate::source::{Answer, Key, Record, Slot, SlotPlace};

/// Why a record has no key.
#[derive(Debug)]
pub(super) enum NoKey {
    /// A result that it needs is not there yet.
    NotYet,
    /// A result that it needs has failed.
    Failed(FailureId),
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
                let answer = state.answer(at.answer);
                Some(value(answer, Slot::Object(at.record), places))
            }
            InputFrom::Node(needed, places) => match state.result(*needed, number) {
                NodeResult::Pending => return Err(NoKey::NotYet),
                NodeResult::Delivered(Delivered { answer: Some(answer), .. }) => {
                    let answer = state.answer(*answer);
                    Some(value(answer, answer.root(), places))
                }
                NodeResult::Delivered(Delivered { failures, .. }) => match failures.first() {
                    Some(failure) => return Err(NoKey::Failed(*failure)),
                    None => Some(Value::Null),
                },
            },
        });
    }
    Ok(key)
}

/// The value at the end of a way through objects; null where the way ends early.
fn value(answer: &Answer, slot: Slot, places: &[usize]) -> Value {
    let mut slot = slot;
    for place in places {
        let Slot::Object(record) = slot else { return Value::Null };
        slot = answer.property(record, *place);
    }
    slot_value(answer, slot)
}

fn slot_value(answer: &Answer, slot: Slot) -> Value {
    let text = |span| std::str::from_utf8(answer.bytes(span)).unwrap_or_default();
    match slot {
        Slot::Json(span) => Value::from_json(text(span)).unwrap_or(Value::Null),
        Slot::Plain(span) => Value::String(text(span).into()),
        Slot::List(run) => Value::List(answer.items(run).iter().map(|item| slot_value(answer, *item)).collect()),
        Slot::Absent | Slot::Null | Slot::Object(_) | Slot::Mismatch => Value::Null,
    }
}

/// The record of the operation's root: an object without properties.
pub(super) fn root_answer() -> Answer {
    let mut answer =
        Answer::new(bytes::Bytes::new(), Vec::new(), Slot::Object(Record { first: 0, number: Record::UNNUMBERED }));
    answer.number(SlotPlace::Root, 0);
    answer
}
