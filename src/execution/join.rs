//! Joining what several bindings of one field brought: the items of lists one after the other, the properties of objects
//! laid over each other, where the first answer that has a property wins, null included.

use crate::source::{Answer, Record, Run, Slot, Span};

use super::state::number;

/// Joins answers of one layout, whose objects have `width` properties. Null where every answer is null.
pub(super) fn join(answers: &[&Answer], is_list: bool, width: usize) -> Answer {
    let mut joined = Joined::default();
    let roots: Vec<Slot> = answers.iter().map(|answer| joined.append(answer)).collect();
    let root = if is_list { joined.items(&roots) } else { joined.overlay(&roots, width) };
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

    fn items(&mut self, roots: &[Slot]) -> Slot {
        let first = self.slots.len();
        let mut any = false;
        for root in roots {
            if let Slot::List(run) = root {
                any = true;
                self.slots.extend_from_within(run.first as usize..(run.first + run.len) as usize);
            }
        }
        if any { Slot::List(Run { first: number(first), len: number(self.slots.len() - first) }) } else { Slot::Null }
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
