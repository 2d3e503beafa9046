//! tributary: a GraphQL aggregation gateway. One `schema.graphql` binds fields to SQL and REST; a query's fields are
//! fetched in parallel, and what a source fails to deliver is null and stands in `errors`, beside the data that arrived.
//!
//! The crate is a house of floors; a module imports only from floors below it. Read them from the ground up:
//!
//! ```text
//! graphql < config < schema < source < operation < plan < execution < gateway < server < cli
//! ```
//!
//! Two journeys go through it, each one way. At start:
//!
//! ```text
//! schema.graphql → config::load → schema::build → source::connect → gateway::Gateway → server::serve
//!    text           Config         Schema           Sources           compiled           listening
//! ```
//!
//! And for each request:
//!
//! ```text
//! HTTP bytes → server → operation (or a cached plan) → plan → execution::schedule → source → execution::complete → bytes
//! ```

#![warn(clippy::print_stdout, clippy::print_stderr)]

pub mod cli;
pub mod config;
pub mod execution;
pub mod gateway;
pub mod graphql;
pub mod operation;
pub mod plan;
pub mod schema;
pub mod server;
pub mod source;
