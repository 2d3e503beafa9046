//! The places in a node's answers at whose records other nodes hang. After decoding, execution walks them and gives each
//! such record its number.

use super::ids::AnchorId;
use crate::schema::TypeId;

/// A place in answers where objects stand.
#[derive(Debug)]
pub struct Position {
    /// What hangs on the records here; nothing where only records below matter.
    pub anchor: Option<AnchorId>,
    /// How the type of a record is known.
    pub typing: Typing,
    /// The properties that lead to further records.
    pub below: Vec<Below>,
}

/// A property that leads to further records.
#[derive(Debug)]
pub struct Below {
    /// Its place in the record.
    pub place: usize,
    /// For records of which types the operation selects it; empty for all.
    pub only: Vec<TypeId>,
    /// The records there.
    pub position: Position,
}

/// How the concrete type of a record is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Typing {
    /// It can be no other.
    Always(TypeId),
    /// The property at this place tells it, by the meanings of this abstract type.
    Told(usize, TypeId),
    /// No field is resolved here: the object is only passed on the way to a property.
    None,
}
