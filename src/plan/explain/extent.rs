//! How many records there are at each place of a plan, if every list has so many items, and which nodes hang on whose.

use std::collections::HashMap;

use crate::plan::{AnchorId, InputFrom, Node, NodeId, Plan, Position};
use crate::source::{Wanted, WantedItem};

/// The records of a plan.
#[derive(Debug)]
pub(super) struct Extents {
    records: HashMap<AnchorId, u64>,
    below: HashMap<NodeId, Vec<NodeId>>,
}

impl Extents {
    /// Counts them from the root down. A node stands behind the one on whose records it hangs.
    pub(super) fn of(plan: &Plan, rows: u64) -> Extents {
        let mut extents = Extents { records: HashMap::from([(AnchorId::ROOT, 1)]), below: HashMap::new() };
        let mut open: Vec<NodeId> = plan.hanging_on(AnchorId::ROOT).to_vec();
        while let Some(id) = open.pop() {
            let node = plan.node(id);
            let keys = keys(node, extents.records(node.anchor));
            let mut anchors = Vec::new();
            if let (Some(position), Some(part)) = (&node.position, node.parts.first()) {
                walk(position, &part.wanted, keys, rows, &mut anchors);
            }
            for (anchor, count) in anchors {
                extents.records.insert(anchor, count);
                let hanging = plan.hanging_on(anchor);
                open.extend_from_slice(hanging);
                extents.below.entry(id).or_default().extend_from_slice(hanging);
            }
        }
        extents
    }

    /// How many records a node hangs on.
    pub(super) fn records(&self, anchor: AnchorId) -> u64 {
        self.records.get(&anchor).copied().unwrap_or(1)
    }

    /// The nodes that hang on a node's records.
    pub(super) fn below(&self, id: NodeId) -> &[NodeId] {
        self.below.get(&id).map_or(&[], Vec::as_slice)
    }
}

/// How many different keys a node makes at most: one for each parent, or a single one where nothing of them differs.
fn keys(node: &Node, parents: u64) -> u64 {
    if node.parts.iter().any(|part| differs(&part.inputs)) { parents } else { 1 }
}

/// Whether inputs come from the parent.
pub(super) fn differs(inputs: &[InputFrom]) -> bool {
    inputs.iter().any(is_of_parent)
}

/// Whether an input comes from the parent.
pub(super) fn is_of_parent(input: &InputFrom) -> bool {
    matches!(input, InputFrom::Property(_) | InputFrom::Node(..))
}

fn walk(position: &Position, wanted: &Wanted, above: u64, rows: u64, anchors: &mut Vec<(AnchorId, u64)>) {
    let count = above.saturating_mul(rows.saturating_pow(wanted.list_depth.into()));
    anchors.extend(position.anchor.map(|anchor| (anchor, count)));
    let WantedItem::Object(projection) = &wanted.item else { return };
    for below in &position.below {
        if let Some(property) = projection.properties().get(below.place) {
            walk(&below.position, &property.wanted, count, rows, anchors);
        }
    }
}
