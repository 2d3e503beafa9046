//! The outside world behind one closed enum: databases and services, each called with a [`Deadline`], bounded by its
//! [`Places`], answered key by key. It knows bindings and projections; of queries, plans and GraphQL types it knows
//! nothing.

mod access;
mod answer;
mod breaker;
mod columns;
mod deadline;
mod decode;
mod durations;
mod failure;
mod fault;
mod faults;
mod fetch;
mod heavy_work;
mod hedge;
mod hedge_budget;
mod items;
mod meter;
mod operation_scope;
mod places;
mod progress;
mod projection;
pub mod rest;
mod retry;
mod retry_budget;
mod rows;
mod script;
mod source_faults;
mod source_state;
mod sources;
pub mod sql;
mod turns;
mod verdict;
mod watch;

pub use access::Access;
pub use answer::{Answer, Record, Run, Slot, SlotPlace, Span};
pub use breaker::{Admission, Breaker, BreakerState, Pass};
pub use columns::Columns;
pub use deadline::{Deadline, DeadlineScope, Expired};
pub use decode::{decode_body, decode_rows};
pub use durations::{DurationCounts, Durations};
pub use failure::{Cause, Detail, ErrorId, Failure, Reason};
pub use fault::{Fault, FaultKind};
pub use faults::{Faults, Misfit};
pub use fetch::{Fetch, FetchResults, Key, KeyResult};
pub use heavy_work::{HeavyWork, Interest};
pub use hedge::hedged;
pub use hedge_budget::HedgeBudget;
pub use items::{Found, Items, all_items, first_item, read_items};
pub use meter::{Counts, Meter};
pub use operation_scope::{CallAnswer, CallKey, CallResult, OperationScope};
pub use places::{Place, Places};
pub use progress::{Progress, Terms, run_call};
pub use projection::{Projection, Property, Wanted, WantedItem};
pub use retry::{Retry, Safety, with_retry};
pub use retry_budget::RetryBudget;
pub use rows::{Cell, KeyRows, Rows, RowsBuilder};
pub use script::{Script, ScriptedAnswer, ScriptedCall};
pub use source_faults::{Meeting, SourceFaults, meeting};
pub use source_state::SourceState;
pub use sources::{
    ConnectError, ConnectErrors, Sources, connect, connect_faulty, connect_one_by_one, connect_scripted, reconnect,
};
pub use turns::{Turn, Turns};
pub use watch::{Health, Watch};
