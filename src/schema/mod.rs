//! What is believed: types, fields, and on each field its bindings as data. Built from a [`crate::config::Config`] by
//! rules, each in its own file, that report all mistakes at once.

mod binding;
mod client;
mod ids;
mod limits;
mod source_definition;
mod template;
mod types;

pub use binding::{
    Binding, BindingRequest, BodyTemplate, HeaderTemplate, Input, Method, QueryParameter, RestBinding, SqlBinding,
    Take, UrlTemplate,
};
pub use client::ClientSchema;
pub use ids::{FieldId, SourceId, TypeId};
pub use limits::GatewayLimits;
pub use source_definition::{
    InitScript, Naming, PostgresTarget, RestTarget, Secret, SourceDefinition, SourceTarget, SqliteTarget,
};
pub use template::{InputRef, JsonTemplate, ListStyle, Piece, Template};
pub use types::{
    AbstractType, FieldDefinition, InputObjectType, InputValueDefinition, ObjectType, PropertyName, Resolution, Scalar,
    Schema, TypeDefinition, TypeKind, TypeRef,
};
