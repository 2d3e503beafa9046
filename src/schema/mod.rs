//! What is believed: types, fields, and on each field its bindings as data. Built from a [`crate::config::Config`] by
//! rules, each in its own file, that report all mistakes at once.

mod binding;
mod breaker_policy;
mod build;
mod client;
mod client_schema;
mod coercion;
mod fallback;
mod fold_extensions;
mod ids;
mod inputs;
mod introspection_types;
mod leaf;
mod limits;
mod resolve_batch;
mod resolve_binding;
mod resolve_source;
mod resolve_template;
mod resolve_url;
mod retry_policy;
mod rules;
mod source_definition;
mod template;
mod type_table;
mod types;

pub use crate::config::{Method, Naming};
pub use binding::{
    BatchOf, Binding, BindingRequest, BodyTemplate, HeaderTemplate, Input, QueryParameter, RestBatch, RestBinding,
    SqlBinding, Take, UrlTemplate,
};
pub use breaker_policy::BreakerPolicy;
pub use build::build;
pub use client::ClientSchema;
pub use ids::{FieldId, SourceId, TypeId};
pub use limits::{AllowedOrigins, GatewayLimits};
pub use retry_policy::RetryPolicy;
pub use source_definition::{
    InitScript, PostgresTarget, RestTarget, Secret, SourceDefinition, SourceTarget, SqliteTarget,
};
pub use template::{InputRef, JsonTemplate, ListStyle, Piece, Template};
pub use types::{
    AbstractType, FieldDefinition, InputObjectType, InputValueDefinition, ObjectType, PropertyName, Resolution, Scalar,
    Schema, TypeDefinition, TypeKind, TypeRef,
};
