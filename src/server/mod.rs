//! HTTP and only HTTP: accept loop, routes, media types, GraphiQL, health, and the adapter for async-graphql's world.
//! How an operation is executed is the gateway's business; what a flag is called is the command line's.

mod acceptor;
mod activity;
mod ambiguity;
mod arrival;
mod compress;
mod connection;
mod content_coding;
mod cors;
mod crowd;
mod decompress;
mod edge;
mod executor;
mod field_value;
mod front_door;
mod graphiql;
mod graphql;
mod head_reader;
mod health;
mod media_type;
mod metrics;
mod noted_body;
mod paced_body;
mod parameters;
mod refusal;
mod request_body;
mod routes;
mod serve;
mod served;
mod server_timing;
mod settings;
mod turned_away;
mod watched_stream;

pub use executor::GatewayExecutor;
pub use graphiql::GraphiqlTab;
pub use serve::{BindError, Server};
pub use served::Served;
pub use settings::ServerSettings;
