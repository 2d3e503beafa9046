//! What is believed of a schema: its types and fields, and on each field how it is resolved. Immutable once built;
//! everything is found by a number that was given out when it was built, so that nothing later looks up a name twice.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Binding, ClientSchema, FieldId, GatewayLimits, Input, SourceDefinition, SourceId, SourceTarget, TypeId};
use crate::graphql::Value;

/// A whole schema that was found right.
#[derive(Debug)]
pub struct Schema {
    /// Every type but the introspection types, under its [`TypeId`].
    pub types: Vec<TypeDefinition>,
    /// The numbers of the types by name.
    pub type_ids: HashMap<Box<str>, TypeId>,
    /// The root type of queries.
    pub query: TypeId,
    /// The root type of mutations.
    pub mutation: Option<TypeId>,
    /// Every source, under its [`SourceId`].
    pub sources: Vec<Arc<SourceDefinition>>,
    /// Limits and habits of the gateway.
    pub limits: GatewayLimits,
    /// The schema that clients see.
    pub client: ClientSchema,
}

/// A type and what it is.
#[derive(Debug)]
pub struct TypeDefinition {
    /// Its name.
    pub name: Arc<str>,
    /// What it is.
    pub kind: TypeKind,
}

/// The kinds of types (specification, section 3.4).
#[derive(Debug)]
pub enum TypeKind {
    /// A scalar.
    Scalar(Scalar),
    /// An enum with its values.
    Enum(Vec<Box<str>>),
    /// An object type.
    Object(ObjectType),
    /// An interface or a union.
    Abstract(AbstractType),
    /// An input object type.
    InputObject(InputObjectType),
}

/// What is known of a scalar's coercion. Scalars that an author defines pass through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scalar {
    /// 32 bits.
    Int,
    /// IEEE 754 double.
    Float,
    /// Text.
    String,
    /// True or false.
    Boolean,
    /// Text; taken from numbers too.
    Id,
    /// `BigInt` and `Decimal`: an exact number, written as a string.
    ExactNumber,
    /// Any JSON, unchanged.
    Custom,
}

/// An object type.
#[derive(Debug, Default)]
pub struct ObjectType {
    /// Its fields, `@internal` ones included.
    pub fields: Vec<FieldDefinition>,
}

/// An interface or a union.
#[derive(Debug)]
pub struct AbstractType {
    /// An interface's own fields; a union has none.
    pub fields: Vec<FieldDefinition>,
    /// The object types that it can be.
    pub possible: Vec<TypeId>,
    /// The raw property that tells which: `@discriminator(field:)`, or `__typename`.
    pub discriminator: Box<str>,
    /// What each value of that property means: `types` of the directive, or each type by its own name.
    pub meanings: HashMap<Box<str>, TypeId>,
}

/// An input object type.
#[derive(Debug)]
pub struct InputObjectType {
    /// Its fields.
    pub fields: Vec<InputValueDefinition>,
    /// Whether exactly one field must be given (`@oneOf`).
    pub one_of: bool,
}

/// An argument or an input field.
#[derive(Debug, Clone)]
pub struct InputValueDefinition {
    /// Its name.
    pub name: Box<str>,
    /// Its type.
    pub type_: TypeRef,
    /// Its default, already coerced to the type.
    pub default: Option<Value>,
}

/// A field of an object or interface type.
#[derive(Debug)]
pub struct FieldDefinition {
    /// Its name.
    pub name: Arc<str>,
    /// `Type.field`.
    pub coordinate: Arc<str>,
    /// Its type.
    pub type_: TypeRef,
    /// Its arguments.
    pub arguments: Vec<InputValueDefinition>,
    /// Where its value comes from.
    pub resolution: Resolution,
}

/// Where the value of a field comes from.
#[derive(Debug)]
pub enum Resolution {
    /// A property of its parent's value.
    Property(PropertyName),
    /// An object without properties of its own: a field of a root type that has an object type and no binding.
    EmptyObject,
    /// One binding, or several whose answers are joined. Never empty.
    Bound(Vec<Arc<Binding>>),
}

/// How the property behind a field is named.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PropertyName {
    /// The field's own name, as the source's `naming` writes it.
    Own(Arc<str>),
    /// `@from(path:)`: raw names, from the parent's value down. Never empty.
    From(Vec<Box<str>>),
}

/// A type with its wrappers, from the outside in.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum TypeRef {
    /// A named type that may be null.
    Named(TypeId),
    /// A list that may be null.
    List(Box<TypeRef>),
    /// Never null; never holds another `NonNull`.
    NonNull(Box<TypeRef>),
}

impl TypeRef {
    /// The type under all wrappers.
    #[must_use]
    pub fn named(&self) -> TypeId {
        match self {
            TypeRef::Named(id) => *id,
            TypeRef::List(inner) | TypeRef::NonNull(inner) => inner.named(),
        }
    }

    /// The type without an outer `NonNull`.
    #[must_use]
    pub fn nullable(&self) -> &TypeRef {
        match self {
            TypeRef::NonNull(inner) => inner,
            TypeRef::Named(_) | TypeRef::List(_) => self,
        }
    }

    /// Whether null may not stand here.
    #[must_use]
    pub fn is_non_null(&self) -> bool {
        matches!(self, TypeRef::NonNull(_))
    }

    /// How many lists are around the named type.
    #[must_use]
    pub fn list_depth(&self) -> u8 {
        match self {
            TypeRef::Named(_) => 0,
            TypeRef::List(inner) => inner.list_depth().saturating_add(1),
            TypeRef::NonNull(inner) => inner.list_depth(),
        }
    }
}

impl Schema {
    /// The definition of a type.
    #[must_use]
    pub fn type_(&self, id: TypeId) -> &TypeDefinition {
        &self.types[id.0 as usize]
    }

    /// The definition of a field.
    #[must_use]
    pub fn field(&self, id: FieldId) -> &FieldDefinition {
        &self.fields(id.owner)[id.index as usize]
    }

    /// The fields of an object or interface type; none for the others.
    #[must_use]
    pub fn fields(&self, id: TypeId) -> &[FieldDefinition] {
        match &self.type_(id).kind {
            TypeKind::Object(object) => &object.fields,
            TypeKind::Abstract(interface) => &interface.fields,
            TypeKind::Scalar(_) | TypeKind::Enum(_) | TypeKind::InputObject(_) => &[],
        }
    }

    /// Whether any binding or source reads headers of requests.
    #[must_use]
    pub fn reads_headers(&self) -> bool {
        let of_source = |source: &Arc<SourceDefinition>| match &source.target {
            SourceTarget::Rest(target) => !target.forward.is_empty() || !target.header_inputs.is_empty(),
            SourceTarget::Postgres(_) | SourceTarget::Sqlite(_) => false,
        };
        let of_field = |field: &FieldDefinition| match &field.resolution {
            Resolution::Bound(bindings) => {
                bindings.iter().flat_map(|binding| &binding.inputs).any(|input| matches!(input, Input::Header(_)))
            }
            Resolution::Property(_) | Resolution::EmptyObject => false,
        };
        let fields = self.types.iter().flat_map(|type_| match &type_.kind {
            TypeKind::Object(object) => &*object.fields,
            TypeKind::Abstract(interface) => &*interface.fields,
            TypeKind::Scalar(_) | TypeKind::Enum(_) | TypeKind::InputObject(_) => &[],
        });
        self.sources.iter().any(of_source) || fields.into_iter().any(of_field)
    }

    /// The field of that name.
    #[must_use]
    pub fn field_named(&self, owner: TypeId, name: &str) -> Option<FieldId> {
        let index = self.fields(owner).iter().position(|field| &*field.name == name)?;
        Some(FieldId { owner, index: u16::try_from(index).ok()? })
    }

    /// The number of a type by its name.
    #[must_use]
    pub fn type_named(&self, name: &str) -> Option<TypeId> {
        self.type_ids.get(name).copied()
    }

    /// The definition of a source.
    #[must_use]
    pub fn source(&self, id: SourceId) -> &SourceDefinition {
        &self.sources[id.0 as usize]
    }

    /// Whether values of this type are leaves: scalars and enums.
    #[must_use]
    pub fn is_leaf(&self, id: TypeId) -> bool {
        matches!(self.type_(id).kind, TypeKind::Scalar(_) | TypeKind::Enum(_))
    }
}
