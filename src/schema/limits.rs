//! Limits and habits of the whole gateway: `@gateway` with every default filled in.

use std::time::Duration;

/// `@gateway`, resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GatewayLimits {
    /// Budget of one operation.
    pub deadline: Duration,
    /// Largest request body in bytes.
    pub max_body: u64,
    /// Most tokens in one document.
    pub max_tokens: usize,
    /// Deepest field, fragments expanded.
    pub max_depth: usize,
    /// Most aliases in one operation, `__typename` not counted.
    pub max_aliases: usize,
    /// Most root fields in one operation.
    pub max_root_fields: usize,
    /// Most fields in one operation, fragments expanded.
    pub max_fields: usize,
    /// Most calls to sources that one operation may make.
    pub max_calls: u32,
    /// Largest response in bytes.
    pub max_response: u64,
    /// Most entries in one `errors` array.
    pub max_errors: usize,
    /// HTTP status of a response with data and errors under `application/graphql-response+json`.
    pub partial_status: u16,
    /// Whether the schema can be asked for.
    pub introspection: bool,
    /// Whether `/` shows GraphiQL.
    pub graphiql: bool,
    /// Whose pages may read what is answered.
    pub cors: AllowedOrigins,
}

/// The origins that a browser may call from, beside our own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum AllowedOrigins {
    /// None.
    #[default]
    Nobody,
    /// Every one.
    Anybody,
    /// These, as browsers write them.
    Listed(Vec<Box<str>>),
}

impl Default for GatewayLimits {
    /// The defaults that `directives.graphql` states.
    fn default() -> GatewayLimits {
        GatewayLimits {
            deadline: Duration::from_secs(10),
            max_body: 2 * 1024 * 1024,
            max_tokens: 15_000,
            max_depth: 20,
            max_aliases: 30,
            max_root_fields: 20,
            max_fields: 5_000,
            max_calls: 1_000,
            max_response: 32 * 1024 * 1024,
            max_errors: 100,
            partial_status: 200,
            introspection: true,
            graphiql: true,
            cors: AllowedOrigins::Nobody,
        }
    }
}
