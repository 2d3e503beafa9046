//! A fetch node: one bound field at one place of the operation. It serves every record of its anchor: for each it makes
//! a key, and equal keys are asked for once. With several bindings it is a join node: each part fetches for itself, and
//! the node makes records of its own from what they bring.

use std::sync::Arc;

use super::ids::{AnchorId, NodeId};
use super::position::Position;
use crate::graphql::Value;
use crate::operation::FieldArguments;
use crate::schema::{Binding, TypeId};
use crate::source::{Access, Columns, Wanted};

/// One bound field at one place of the operation.
#[derive(Debug)]
pub struct Node {
    /// On whose records it hangs.
    pub anchor: AnchorId,
    /// Of which type a record must be to have this field; every record of the root has it.
    pub only: Option<TypeId>,
    /// `Type.field`.
    pub coordinate: Arc<str>,
    /// The arguments of the field.
    pub arguments: FieldArguments,
    /// One for each binding. Never empty.
    pub parts: Vec<Part>,
    /// Whether the field is a list: then several parts are joined item after item, else property by property.
    pub is_list: bool,
    /// The records in its answers on which other nodes hang; nothing where there are none.
    pub position: Option<Position>,
    /// Whether it may write.
    pub access: Access,
    /// Nodes on the same anchor whose results its templates name.
    pub needs: Vec<NodeId>,
}

/// One binding of a node.
#[derive(Debug)]
pub struct Part {
    /// What is asked.
    pub binding: Arc<Binding>,
    /// What the answer must bring; equal in its layout for all parts of a node.
    pub wanted: Arc<Wanted>,
    /// The columns that its statement must bring: those of all parts of the plan with this binding, so that identical
    /// calls stay identical. Nothing of it matters to a call.
    pub columns: Columns,
    /// Where the binding's inputs come from, one for each.
    pub inputs: Vec<InputFrom>,
}

/// Where the value of an input comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InputFrom {
    /// An argument by its place, and input fields below it.
    Argument(usize, Vec<Box<str>>),
    /// A property of the parent's record, and properties below it.
    Property(Vec<usize>),
    /// The result of another node for the same record, and properties below it.
    Node(NodeId, Vec<usize>),
    /// A header of the client.
    Header(Box<str>),
    /// The environment's, the same for every request; or the null that an object without properties has.
    Constant(Value),
}
