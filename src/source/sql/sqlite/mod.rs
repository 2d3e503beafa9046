//! Embedded SQLite, and the only place that knows rusqlite. SQLite blocks, so every statement runs on a thread that may
//! block; nothing of it runs on the threads that serve requests.

mod cell;
mod connection;
mod database;
mod failure;
mod look;
mod parameter;

pub use database::{Runs, SqliteDatabase};
pub use look::holds_other_tables;
