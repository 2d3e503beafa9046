//! The numbers by which a plan's parts know each other.

/// The number of a node in its plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub u32);

/// The number of an anchor: a place in a node's answers at whose records other nodes hang.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AnchorId(pub u32);

impl AnchorId {
    /// The one record of the operation's root, which has no properties.
    pub const ROOT: AnchorId = AnchorId(0);
}
