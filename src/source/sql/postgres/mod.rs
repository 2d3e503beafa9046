//! PostgreSQL, and the only place that knows tokio-postgres and deadpool-postgres. Read in this order: the `settings`
//! and the `session`, which is our `own_session` or `pooled`, the `connector` that makes `connections` (`guarded`), the `notes` on each, its `lease` to one
//! fetch, `cancel` for what a lease leaves behind, the `line` on which the statements of one fetch are `run`; which text is
//! `described` and `prepared` for one key (`wrapped`) or for many (`lateral`, by `batch`, unless `volatile`); then how values go in (`parameter`) and come out
//! (`format`, `scalar`). `fill` stands beside all that: it fills an
//! empty database, for the demo.

mod address;
mod array;
mod batch;
mod binary;
mod calendar;
mod cancel;
mod connections;
mod connector;
mod database;
mod described;
mod failure;
mod fill;
mod format;
mod guarded;
mod kept_statements;
mod lateral;
mod lease;
mod line;
mod notes;
mod numeric;
mod own_session;
mod parameter;
mod pooled;
mod prepared;
mod run;
mod scalar;
mod session;
mod settings;
mod volatile;
mod wrapped;

pub use batch::{Batch, MOST_KEYS};
pub use database::PostgresDatabase;
pub use fill::{FillError, Filling, fill};
pub use lateral::outline;
pub use line::{Asked, Line, Ran};
pub use parameter::check;
pub use run::Values;
