//! The shape of a response: what is written for an object of one concrete type, field after field, and where each value
//! stands. Completion walks it and looks nothing up by name.

use std::sync::Arc;

use super::ids::NodeId;
use crate::graphql::Location;
use crate::operation::{FieldArguments, Uncollected};
use crate::schema::{Scalar, TypeId, TypeRef};

/// What is written for an object of one concrete type.
#[derive(Debug, Default)]
pub struct Shape {
    /// Its fields in query order.
    pub fields: Vec<ShapeField>,
    /// Why there is no such object: what is selected of it cannot be told.
    pub refusal: Option<Box<Uncollected>>,
}

impl Shape {
    /// The shape of an object that there is not.
    #[must_use]
    pub fn refused(refusal: Uncollected) -> Shape {
        Shape { fields: Vec::new(), refusal: Some(Box::new(refusal)) }
    }
}

/// One field of a response object.
#[derive(Debug)]
pub struct ShapeField {
    /// Its response key.
    pub key: Arc<str>,
    /// The key as JSON, its colon with it.
    pub key_json: Box<[u8]>,
    /// `Type.field`.
    pub coordinate: Arc<str>,
    /// Where the field stands in the document.
    pub locations: Vec<Location>,
    /// The arguments whose values a request decides, of a field that is not bound: nothing uses them, and they may be wrong.
    pub arguments: FieldArguments,
    /// Its value.
    pub value: ShapeValue,
}

/// Where the value of a field comes from.
#[derive(Debug)]
pub enum ShapeValue {
    /// `__typename`: this JSON.
    Typename(Box<[u8]>),
    /// `__schema` or `__type`, answered before execution: its place in the plan's `introspections`.
    Introspection(usize),
    /// An object without properties of its own.
    EmptyObject(TypeRef, Arc<Shape>),
    /// Null: a property of an object that has none.
    Nothing(TypeRef),
    /// A property of the record, and properties below it.
    Property(Vec<usize>, TypeRef, Item),
    /// The result of a node for this record.
    Node(NodeId, TypeRef, Item),
}

/// What stands under all lists of a value.
#[derive(Debug)]
pub enum Item {
    /// A leaf.
    Leaf(Leaf),
    /// An object of this type.
    Object(TypeId, Arc<Shape>),
    /// An object whose type a property tells.
    Abstract {
        /// The interface or union.
        type_: TypeId,
        /// The place of the property.
        told_by: usize,
        /// A shape for each possible type.
        shapes: Vec<(TypeId, Arc<Shape>)>,
    },
}

/// How a leaf is coerced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaf {
    /// A scalar.
    Scalar(Scalar),
    /// An enum.
    Enum(TypeId),
}
