//! What will be fetched, and in which shape the answer goes out, decided before anything is fetched. A plan is immutable,
//! holds nothing of one request's values, and can be kept for every request with the same document.

mod build;
mod explain;
mod ids;
mod node;
mod position;
mod properties;
mod shape;

pub use build::build;
pub use explain::{ExplainedBinding, ExplainedNode, Explanation, Sharing, explain};
pub use ids::{AnchorId, NodeId};
pub use node::{InputFrom, Node, Part};
pub use position::{Below, Position, Typing};
pub use shape::{Item, Leaf, Shape, ShapeField, ShapeValue};

use std::sync::Arc;

use crate::graphql::Location;
use crate::operation::OperationKind;

/// The plan of one operation.
#[derive(Debug)]
pub struct Plan {
    /// Query or mutation.
    pub kind: OperationKind,
    /// The shape of `data`.
    pub root: Arc<Shape>,
    /// Every node, under its [`NodeId`].
    pub nodes: Vec<Node>,
    /// The nodes that hang on each anchor's records, under its [`AnchorId`].
    pub anchors: Vec<Vec<NodeId>>,
    /// For each root field the nodes that hang on the root for it: a mutation runs field after field.
    pub root_fields: Vec<Vec<NodeId>>,
    /// The fields that are answered from the schema, each by where those stand that are merged into it.
    pub introspections: Vec<Vec<Location>>,
    /// About how many bytes the plan takes.
    pub size: usize,
}

impl Plan {
    /// A node.
    #[must_use]
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    /// The nodes that hang on an anchor's records.
    #[must_use]
    pub fn hanging_on(&self, anchor: AnchorId) -> &[NodeId] {
        &self.anchors[anchor.0 as usize]
    }
}
