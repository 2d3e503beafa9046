//! SQL sources: statements with bound parameters on PostgreSQL and on embedded SQLite.

mod explained;
mod known_columns;
mod many;
mod postgres;
mod refused;
mod sql_source;
mod sqlite;
mod statement;

pub use explained::explained;
pub use postgres::{FillError, Filling, MOST_KEYS, fill as fill_postgres};
pub use sql_source::SqlSource;
pub use sqlite::holds_other_tables;
