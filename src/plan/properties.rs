//! The properties that a plan wants of answers, while it is being made: a tree of positions, each with the properties
//! that fields and templates need there. When all is known it becomes projections and numbered positions.

use super::ids::AnchorId;
use super::position::{Below, Position, Typing};
use crate::schema::{Naming, PropertyName, TypeId};
use crate::source::{Projection, Property, Wanted, WantedItem};

/// The number of a position in [`Properties`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct PositionId(usize);

/// All positions of a plan.
#[derive(Debug, Default)]
pub(super) struct Properties {
    positions: Vec<PositionDraft>,
}

#[derive(Debug)]
struct PositionDraft {
    typing: Typing,
    anchor: Option<AnchorId>,
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    name: EntryName,
    list_depth: u8,
    kind: EntryKind,
    only: Vec<TypeId>,
}

/// How a property is named: by a field, as the source's naming writes it, or raw.
#[derive(Debug, Clone, PartialEq, Eq)]
enum EntryName {
    Field(Box<str>),
    Raw(Box<str>),
}

/// What a property is read as. One that is read in two ways has two entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum EntryKind {
    Leaf,
    /// Objects of a declared type.
    Object(TypeId, PositionId),
    /// An object that `@from` passes through, for fields of this type.
    Passed(TypeId, PositionId),
}

/// What a field's value is read as.
#[derive(Debug, Clone, Copy)]
pub(super) enum ReadAs {
    /// A leaf.
    Leaf,
    /// Objects of a declared type.
    Object(TypeId),
}

impl Properties {
    /// How many properties there are in all.
    pub(super) fn count(&self) -> usize {
        self.positions.iter().map(|position| position.entries.len()).sum()
    }

    /// A new position for objects of a declared type.
    pub(super) fn position(&mut self, typing: Typing) -> PositionId {
        self.positions.push(PositionDraft { typing, anchor: None, entries: Vec::new() });
        PositionId(self.positions.len() - 1)
    }

    /// The property that tells the type of the objects at a position.
    pub(super) fn discriminator(&mut self, position: PositionId, property: &str, abstract_type: TypeId) -> usize {
        let place = self.entry(position, EntryName::Raw(property.into()), 0, EntryKind::Leaf, None);
        self.positions[position.0].typing = Typing::Told(place, abstract_type);
        place
    }

    /// The anchor of a position; `new` makes one where there is none.
    pub(super) fn anchor(&mut self, position: PositionId, new: impl FnOnce() -> AnchorId) -> AnchorId {
        *self.positions[position.0].anchor.get_or_insert_with(new)
    }

    /// The places that lead from a record of type `owner` to a field's property, and the position of the objects there.
    pub(super) fn field(
        &mut self,
        position: PositionId,
        owner: TypeId,
        property: &PropertyName,
        list_depth: u8,
        read_as: ReadAs,
    ) -> (Vec<usize>, Option<PositionId>) {
        let mut places = Vec::with_capacity(1);
        let (at, name) = match property {
            PropertyName::Own(name) => (position, EntryName::Field((&**name).into())),
            PropertyName::From(path) => {
                let (last, passed) = path.split_last().map_or(("", &[][..]), |(last, passed)| (&**last, passed));
                let mut at = position;
                for name in passed {
                    let (place, below) = self.passed(at, owner, name);
                    places.push(place);
                    at = below;
                }
                (at, EntryName::Raw(last.into()))
            }
        };
        let only = (at == position).then_some(owner);
        match read_as {
            ReadAs::Leaf => {
                places.push(self.entry(at, name, list_depth, EntryKind::Leaf, only));
                (places, None)
            }
            ReadAs::Object(declared) => {
                let known = self.find(at, |entry| {
                    entry.name == name
                        && entry.list_depth == list_depth
                        && matches!(entry.kind, EntryKind::Object(type_, _) if type_ == declared)
                });
                let below = match known {
                    Some((_, EntryKind::Object(_, below))) => below,
                    _ => self.position(Typing::Always(declared)),
                };
                places.push(self.entry(at, name, list_depth, EntryKind::Object(declared, below), only));
                (places, Some(below))
            }
        }
    }

    fn passed(&mut self, at: PositionId, owner: TypeId, name: &str) -> (usize, PositionId) {
        let name = EntryName::Raw(name.into());
        let known = self.find(at, |entry| {
            entry.name == name && matches!(entry.kind, EntryKind::Passed(type_, _) if type_ == owner)
        });
        let below = match known {
            Some((_, EntryKind::Passed(_, below))) => below,
            _ => self.position(Typing::None),
        };
        (self.entry(at, name, 0, EntryKind::Passed(owner, below), Some(owner)), below)
    }

    fn find(&self, at: PositionId, is_it: impl Fn(&Entry) -> bool) -> Option<(usize, EntryKind)> {
        let entries = &self.positions[at.0].entries;
        entries.iter().position(is_it).map(|place| (place, entries[place].kind))
    }

    fn entry(
        &mut self,
        at: PositionId,
        name: EntryName,
        list_depth: u8,
        kind: EntryKind,
        only: Option<TypeId>,
    ) -> usize {
        let known = self.find(at, |entry| entry.name == name && entry.list_depth == list_depth && entry.kind == kind);
        let entries = &mut self.positions[at.0].entries;
        let place = known.map_or(entries.len(), |(place, _)| place);
        if known.is_none() {
            entries.push(Entry { name, list_depth, kind, only: Vec::new() });
        }
        if let Some(only) = only.filter(|only| !entries[place].only.contains(only)) {
            entries[place].only.push(only);
        }
        place
    }

    /// What answers of a source must bring, in the words of its naming.
    pub(super) fn wanted(&self, list_depth: u8, position: Option<PositionId>, naming: Naming) -> Wanted {
        let item = position.map_or(WantedItem::Leaf, |position| WantedItem::Object(self.projection(position, naming)));
        Wanted { list_depth, item }
    }

    fn projection(&self, position: PositionId, naming: Naming) -> Projection {
        let property = |entry: &Entry| {
            let name = match &entry.name {
                EntryName::Field(name) => naming.property(name).into(),
                EntryName::Raw(name) => name.clone(),
            };
            let below = match entry.kind {
                EntryKind::Leaf => None,
                EntryKind::Object(_, below) | EntryKind::Passed(_, below) => Some(below),
            };
            Property { name, wanted: self.wanted(entry.list_depth, below, naming) }
        };
        Projection::new(self.positions[position.0].entries.iter().map(property).collect())
    }

    /// The records at and below a position on which nodes hang; nothing where there are none.
    pub(super) fn numbered(&self, position: PositionId) -> Option<Position> {
        let draft = &self.positions[position.0];
        let below: Vec<Below> = draft
            .entries
            .iter()
            .enumerate()
            .filter_map(|(place, entry)| match entry.kind {
                EntryKind::Leaf => None,
                EntryKind::Object(_, below) | EntryKind::Passed(_, below) => {
                    Some(Below { place, only: entry.only.clone(), position: self.numbered(below)? })
                }
            })
            .collect();
        (draft.anchor.is_some() || !below.is_empty()).then_some(Position {
            anchor: draft.anchor,
            typing: draft.typing,
            below,
        })
    }
}
