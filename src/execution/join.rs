//! Joining the objects that several bindings of one field brought: their properties are laid over each other, and the
//! first answer that has a property wins, null included. Lists need no joining: their items follow one another as they
//! are.

use crate::source::{Answer, Record, Run, Slot, Span};

use super::state::number;

/// Lays objects of one layout over each other, of `width` properties each. Null where every answer is null.
pub(super) fn overlay(answers: &[&Answer], width: usize) -> Answer {
    let mut joined = Joined::default();
    let roots: Vec<Slot> = answers.iter().map(|answer| joined.append(answer)).collect();
    let root = joined.overlay(&roots, width);
    Answer::new(joined.text.into(), joined.slots, root)
}

#[derive(Default)]
struct Joined {
    text: Vec<u8>,
    slots: Vec<Slot>,
}

impl Joined {
    /// Takes over an answer's text and slots, and gives its root as it is here.
    fn append(&mut self, answer: &Answer) -> Slot {
        let (text, slots) = (number(self.text.len()), number(self.slots.len()));
        self.text.extend_from_slice(answer.text());
        self.slots.extend(answer.slots().iter().map(|slot| moved(*slot, text, slots)));
        moved(answer.root(), text, slots)
    }

    fn overlay(&mut self, roots: &[Slot], width: usize) -> Slot {
        let records: Vec<Record> = roots
            .iter()
            .filter_map(|root| if let Slot::Object(record) = root { Some(*record) } else { None })
            .collect();
        if records.is_empty() {
            return Slot::Null;
        }
        let first = self.slots.len();
        for place in 0..width {
            let of_each = records.iter().map(|record| self.slots[record.first as usize + place]);
            let winner = of_each.into_iter().find(|slot| *slot != Slot::Absent);
            self.slots.push(winner.unwrap_or(Slot::Absent));
        }
        Slot::Object(Record { first: number(first), number: Record::UNNUMBERED })
    }
}

fn moved(slot: Slot, text: u32, slots: u32) -> Slot {
    let span = |span: Span| Span { start: span.start + text, end: span.end + text };
    match slot {
        Slot::Json(place) => Slot::Json(span(place)),
        Slot::Plain(place) => Slot::Plain(span(place)),
        Slot::List(run) => Slot::List(Run { first: run.first + slots, len: run.len }),
        Slot::Object(record) => Slot::Object(Record { first: record.first + slots, ..record }),
        Slot::Absent | Slot::Null | Slot::Mismatch => slot,
    }
}
