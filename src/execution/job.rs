//! What one execution is given.

use std::sync::Arc;

use super::error_counts::ErrorCounts;
use crate::operation::{Introspected, OperationKind, VariableValues};
use crate::plan::Plan;
use crate::schema::{Schema, TypeId};
use crate::source::{Deadline, OperationScope, Sources};

/// Everything that an execution needs; nothing of it changes.
#[derive(Debug)]
pub struct Job<'e> {
    /// The schema.
    pub schema: &'e Schema,
    /// Its sources.
    pub sources: &'e Sources,
    /// What to do.
    pub plan: &'e Plan,
    /// The coerced variables.
    pub variables: VariableValues,
    /// What this operation's calls share.
    pub scope: Arc<OperationScope>,
    /// When the response must go out, with what has arrived.
    pub deadline: Deadline,
    /// The values of the plan's introspection fields.
    pub introspection: Vec<Introspected>,
    /// Whether errors carry their causes.
    pub debug: Debug,
    /// What is told of the fetches.
    pub reporting: Reporting,
    /// Where errors are counted.
    pub errors: &'e ErrorCounts,
}

/// What is told of an operation's fetches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reporting {
    /// Nothing: nobody asked.
    Nothing,
    /// The response has a report beside its body.
    Beside,
    /// The client reads it too, as `extensions.sources`.
    InResponse,
}

/// What responses tell of the inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Debug {
    /// Nothing: causes go to the log alone.
    Hidden,
    /// How an operation would be executed, where that is asked: statements and paths, which a demo has no reason to hide.
    Plans,
    /// `--dev`: that, and under `extensions.debug` the causes of failures.
    Shown,
}

impl Job<'_> {
    /// The root type of the operation.
    pub(super) fn root_type(&self) -> TypeId {
        match self.plan.kind {
            OperationKind::Query => self.schema.query,
            OperationKind::Mutation => self.schema.mutation.unwrap_or(self.schema.query),
        }
    }
}
