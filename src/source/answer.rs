//! A decoded answer: one text and one flat list of slots. An object is a run of slots, one for each property of its
//! projection; a list is a run of slots, one for each item. There is no tree of values and no map for an object.

use bytes::Bytes;

/// An answer, decoded by a projection.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    text: Bytes,
    slots: Vec<Slot>,
    root: Slot,
}

/// A range of an answer's text, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Where it begins.
    pub start: u32,
    /// Where it ends.
    pub end: u32,
}

/// A run of slots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// The first slot.
    pub first: u32,
    /// How many.
    pub len: u32,
}

/// An object: its slots, and the number that execution gave it among the records of its node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record {
    /// Its first slot; the projection tells how many follow.
    pub first: u32,
    /// Its number; [`Record::UNNUMBERED`] where nothing hangs on it.
    pub number: u32,
}

/// One value of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Slot {
    /// The answer has no such property.
    #[default]
    Absent,
    /// Null.
    Null,
    /// A leaf as JSON text, checked: it can be copied into a response as it is.
    Json(Span),
    /// A leaf as plain text, UTF-8: it is escaped when it is written.
    Plain(Span),
    /// A list.
    List(Run),
    /// An object.
    Object(Record),
    /// A value of another shape than the projection wants: text where an object was to be.
    Mismatch,
}

impl Record {
    /// The number of a record on which nothing hangs.
    pub const UNNUMBERED: u32 = u32::MAX;
}

impl Answer {
    /// An answer from its parts. `root` and all slots refer to these `slots` and this `text`.
    #[must_use]
    pub fn new(text: Bytes, slots: Vec<Slot>, root: Slot) -> Answer {
        Answer { text, slots, root }
    }

    /// An answer that is null.
    #[must_use]
    pub fn null() -> Answer {
        Answer { root: Slot::Null, ..Answer::default() }
    }

    /// The answer's value.
    #[must_use]
    pub fn root(&self) -> Slot {
        self.root
    }

    /// The text that spans refer to.
    #[must_use]
    pub fn text(&self) -> &Bytes {
        &self.text
    }

    /// Every slot.
    #[must_use]
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// The bytes of a span; empty where the span is not of this answer.
    #[must_use]
    pub fn bytes(&self, span: Span) -> &[u8] {
        self.text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    /// The items of a list.
    #[must_use]
    pub fn items(&self, run: Run) -> &[Slot] {
        self.slots.get(run.first as usize..(run.first as usize + run.len as usize)).unwrap_or_default()
    }

    /// One property of an object.
    #[must_use]
    pub fn property(&self, record: Record, place: usize) -> Slot {
        self.slots.get(record.first as usize + place).copied().unwrap_or_default()
    }

    /// Gives the record in a slot its number; other slots stay as they are.
    pub fn number(&mut self, slot: SlotPlace, number: u32) {
        let slot = match slot {
            SlotPlace::Root => Some(&mut self.root),
            SlotPlace::At(index) => self.slots.get_mut(index as usize),
        };
        if let Some(Slot::Object(record)) = slot {
            record.number = number;
        }
    }

    /// The slot at a place.
    #[must_use]
    pub fn slot(&self, place: SlotPlace) -> Slot {
        match place {
            SlotPlace::Root => self.root,
            SlotPlace::At(index) => self.slots.get(index as usize).copied().unwrap_or_default(),
        }
    }
}

/// Where a slot stands in an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlotPlace {
    /// The answer's value itself.
    Root,
    /// One of its slots.
    At(u32),
}
