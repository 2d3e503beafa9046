//! What is known of documents seen before: the operation that a text means, and its plans, bounded by the memory that
//! they take. Mistakes are not kept: a document that is refused costs its parsing each time, and no memory.

use std::sync::Arc;

use ahash::RandomState;
use moka::sync::Cache;

use super::tallies::{Tallies, Tally};
use crate::graphql::{Error, ErrorCode};
use crate::operation::{Operation, VariableValues};
use crate::plan::{self, Plan};
use crate::schema::Schema;
use crate::source::{Deadline, HeavyWork};

/// Most memory of operations, and as much of plans, in bytes as they are estimated.
const MAX_MEMORY: u64 = 64 * 1024 * 1024;

/// A plan or an operation larger than this is not kept: it would drive out too many others.
const MAX_ONE: u64 = MAX_MEMORY / 16;

/// How many times the size of its text a parsed document takes, as measured.
const OF_TEXT: u64 = 60;

/// With more variables in `@skip` and `@include` than this, a plan is not kept.
const MAX_CONDITIONS: usize = 8;

/// An operation by the text of its document and the name that was asked for.
type OperationKey = (Box<str>, Option<Box<str>>);

/// A plan by its operation and the values of the variables that change it.
type PlanKey = (Arc<OperationKey>, Vec<Option<bool>>);

/// The caches of a gateway.
#[derive(Debug)]
pub(super) struct Plans {
    operations: Cache<Arc<OperationKey>, Arc<Known>, RandomState>,
    /// Plans of operations that have several.
    plans: Cache<PlanKey, Arc<Plan>, RandomState>,
}

/// An operation with the key that it is kept under.
#[derive(Debug, Clone)]
pub(super) struct Known {
    key: Arc<OperationKey>,
    operation: Arc<Operation>,
    /// Its plan or why there is none, where no variable changes that.
    plan: Option<Result<Arc<Plan>, Error>>,
    /// Where it is counted.
    pub(super) tally: Arc<Tally>,
}

/// What is made anew is made by few at a time, and within its operation's deadline.
#[derive(Debug, Clone, Copy)]
pub(super) struct Making<'m> {
    pub(super) schema: &'m Schema,
    pub(super) heavy_work: &'m HeavyWork,
    pub(super) tallies: &'m Tallies,
    pub(super) deadline: Deadline,
}

impl Making<'_> {
    /// Does work on so many bytes of a document.
    ///
    /// # Errors
    /// `GatewayOverloaded` where there was no place for it in time.
    pub(super) async fn run<T>(&self, bytes: usize, work: impl FnOnce() -> T) -> Result<T, Error> {
        self.heavy_work.run(bytes, self.deadline, work).await.map_err(|_| {
            Error::request(
                ErrorCode::GatewayOverloaded,
                "the gateway had no time to read this operation; try again later",
            )
        })
    }
}

impl Known {
    /// The memory that it takes, in bytes.
    fn size(&self) -> u64 {
        let of_plan = self.plan.as_ref().and_then(|plan| plan.as_ref().ok()).map_or(0, |plan| plan.size as u64);
        self.key.0.len() as u64 * OF_TEXT + 512 + of_plan
    }
}

impl std::ops::Deref for Known {
    type Target = Operation;

    fn deref(&self) -> &Operation {
        &self.operation
    }
}

impl Default for Plans {
    fn default() -> Plans {
        let of_operation = |_: &Arc<OperationKey>, known: &Arc<Known>| bounded(known.size());
        let of_plan = |_: &PlanKey, plan: &Arc<Plan>| bounded(plan.size as u64);
        let operations = Cache::builder().max_capacity(MAX_MEMORY).weigher(of_operation);
        let plans = Cache::builder().max_capacity(MAX_MEMORY).weigher(of_plan);
        Plans {
            operations: operations.build_with_hasher(RandomState::new()),
            plans: plans.build_with_hasher(RandomState::new()),
        }
    }
}

impl Plans {
    /// The operation that a text means.
    ///
    /// # Errors
    /// The request errors of a document that means none; `GatewayOverloaded` where there is no time to read it.
    pub(super) async fn operation(
        &self,
        making: Making<'_>,
        text: &str,
        name: Option<&str>,
    ) -> Result<Arc<Known>, Vec<Error>> {
        let key: Arc<OperationKey> = Arc::new((text.into(), name.map(Into::into)));
        if let Some(known) = self.operations.get(&key) {
            return Ok(known);
        }
        let read = making.run(text.len(), || self.read(&making, text, name, key)).await;
        read.map_err(|error| vec![error])?
    }

    fn read(
        &self,
        making: &Making<'_>,
        text: &str,
        name: Option<&str>,
        key: Arc<OperationKey>,
    ) -> Result<Arc<Known>, Vec<Error>> {
        // Whoever waited for a place with the same text may find it read.
        if let Some(known) = self.operations.get(&key) {
            return Ok(known);
        }
        let operation = Arc::new(Operation::parse(making.schema, text, name)?);
        let tally = making.tallies.of(operation.name.as_deref());
        let is_one = operation.conditions.is_empty();
        let plan = is_one.then(|| plan::build(making.schema, &operation, &VariableValues::new()).map(Arc::new));
        let known = Arc::new(Known { key: Arc::clone(&key), operation, plan, tally });
        let without_plan = || Arc::new(Known { plan: None, ..Known::clone(&known) });
        let kept = if known.size() <= MAX_ONE { Arc::clone(&known) } else { without_plan() };
        if kept.size() <= MAX_ONE {
            self.operations.insert(key, kept);
        }
        Ok(known)
    }

    /// The plan of an operation for these variables.
    ///
    /// # Errors
    /// A request error for an operation that cannot be planned; `GatewayOverloaded` where there is no time to do so.
    pub(super) async fn plan(
        &self,
        making: Making<'_>,
        known: &Known,
        variables: &VariableValues,
    ) -> Result<Arc<Plan>, Error> {
        if let Some(plan) = &known.plan {
            return plan.clone();
        }
        let (schema, size) = (making.schema, known.key.0.len());
        let conditions = known.condition_values(variables);
        if conditions.len() > MAX_CONDITIONS {
            return making.run(size, || plan::build(schema, known, variables).map(Arc::new)).await?;
        }
        let key = (Arc::clone(&known.key), conditions);
        if let Some(plan) = self.plans.get(&key) {
            return Ok(plan);
        }
        making.run(size, || self.make(schema, known, variables, key)).await?
    }

    fn make(
        &self,
        schema: &Schema,
        known: &Known,
        variables: &VariableValues,
        key: PlanKey,
    ) -> Result<Arc<Plan>, Error> {
        if let Some(plan) = self.plans.get(&key) {
            return Ok(plan);
        }
        let plan = Arc::new(plan::build(schema, known, variables)?);
        if plan.size as u64 <= MAX_ONE {
            self.plans.insert(key, Arc::clone(&plan));
        }
        Ok(plan)
    }
}

fn bounded(size: u64) -> u32 {
    u32::try_from(size).unwrap_or(u32::MAX)
}
