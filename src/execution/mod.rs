//! Runs a plan: schedule, fetch, complete. This is the only place where a field fails, and nothing of HTTP is known here.

mod complete;
mod error_counts;
mod field_failure;
mod job;
mod join;
mod keys;
mod leaf;
mod numbering;
mod run;
mod schedule;
mod state;
mod timing;

pub use error_counts::{ErrorCounts, ErrorKind};
pub use job::{Debug, Job, Reporting};
pub use run::run;
