//! PostgreSQL, and the only place that knows tokio-postgres and deadpool. Read in this order: `settings` of a session, a
//! `connection`, its `lease` to one fetch, `cancel` for what a lease leaves behind, the `line` on which the statements of
//! one fetch are `run`; then how values go in (`parameter`) and come out (`prepared`, `format`, `scalar`).

mod address;
mod array;
mod as_text;
mod binary;
mod calendar;
mod cancel;
mod connection;
mod connector;
mod database;
mod failure;
mod format;
mod lease;
mod line;
mod numeric;
mod parameter;
mod prepared;
mod run;
mod scalar;
mod settings;

pub use database::PostgresDatabase;
pub use line::Line;
