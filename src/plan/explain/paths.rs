//! Where the value of each node first stands in the response.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::plan::{Item, NodeId, Plan, Shape, ShapeValue};

/// The response keys that lead to each node, without indexes.
pub(super) fn of(plan: &Plan) -> HashMap<NodeId, Vec<Arc<str>>> {
    let mut walk = Walk { found: HashMap::new(), walked: HashSet::new(), path: Vec::new() };
    walk.shape(&plan.root);
    walk.found
}

struct Walk {
    found: HashMap<NodeId, Vec<Arc<str>>>,
    /// Shapes that were walked: a shape stands at one place, or at several whose first was walked.
    walked: HashSet<*const Shape>,
    path: Vec<Arc<str>>,
}

impl Walk {
    fn shape(&mut self, shape: &Arc<Shape>) {
        if !self.walked.insert(Arc::as_ptr(shape)) {
            return;
        }
        for field in &shape.fields {
            self.path.push(Arc::clone(&field.key));
            match &field.value {
                ShapeValue::Typename(_) | ShapeValue::Introspection(_) | ShapeValue::Nothing(_) => {}
                ShapeValue::EmptyObject(_, shape) => self.shape(shape),
                ShapeValue::Property(_, _, item) => self.item(item),
                ShapeValue::Node(id, _, item) => {
                    self.found.entry(*id).or_insert_with(|| self.path.clone());
                    self.item(item);
                }
            }
            self.path.pop();
        }
    }

    fn item(&mut self, item: &Item) {
        match item {
            Item::Leaf(_) => {}
            Item::Object(_, shape) => self.shape(shape),
            Item::Abstract { shapes, .. } => shapes.iter().for_each(|(_, shape)| self.shape(shape)),
        }
    }
}
