//! The numbers by which a schema's parts know each other. They are given out when it is built and never change.

/// The number of a type in `Schema::types`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TypeId(pub u32);

/// The number of a source in `Schema::sources`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceId(pub u32);

/// A field of an object or interface type: the type, and the place among its fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FieldId {
    /// The type that has the field.
    pub owner: TypeId,
    /// The place in its list of fields.
    pub index: u16,
}
