//! What is known of documents seen before: the operation that a text means, and its plans, bounded by the size of their
//! texts. Mistakes are not kept: a document that is refused costs its parsing each time, and no memory.

use std::sync::Arc;

use moka::sync::Cache;

use crate::graphql::{Error, Value};
use crate::operation::{Operation, VariableValues};
use crate::plan::{self, Plan};
use crate::schema::Schema;

/// Bytes of document text that are remembered: plans are some tens of times larger.
const MAX_TEXT: u64 = 4 * 1024 * 1024;

/// With more variables in `@skip` and `@include` than this, a plan is not kept.
const MAX_CONDITIONS: usize = 8;

/// An operation by the text of its document and the name that was asked for.
type OperationKey = (Box<str>, Option<Box<str>>);

/// A plan by its operation and the values of the variables that change it.
type PlanKey = (Arc<OperationKey>, Vec<bool>);

/// The caches of a gateway.
#[derive(Debug)]
pub(super) struct Plans {
    operations: Cache<Arc<OperationKey>, Known>,
    plans: Cache<PlanKey, Arc<Plan>>,
}

/// An operation with the key that it is kept under.
#[derive(Debug, Clone)]
pub(super) struct Known {
    key: Arc<OperationKey>,
    operation: Arc<Operation>,
}

impl std::ops::Deref for Known {
    type Target = Operation;

    fn deref(&self) -> &Operation {
        &self.operation
    }
}

impl Default for Plans {
    fn default() -> Plans {
        let operations =
            Cache::builder().max_capacity(MAX_TEXT).weigher(|key: &Arc<OperationKey>, _: &Known| weight(key)).build();
        let plans =
            Cache::builder().max_capacity(MAX_TEXT).weigher(|key: &PlanKey, _: &Arc<Plan>| weight(&key.0)).build();
        Plans { operations, plans }
    }
}

impl Plans {
    /// The operation that a text means.
    ///
    /// # Errors
    /// The request errors of a document that means none.
    pub(super) fn operation(&self, schema: &Schema, text: &str, name: Option<&str>) -> Result<Known, Vec<Error>> {
        let key: Arc<OperationKey> = Arc::new((text.into(), name.map(Into::into)));
        if let Some(known) = self.operations.get(&key) {
            return Ok(known);
        }
        let operation = Arc::new(Operation::parse(schema, text, name)?);
        let known = Known { key: Arc::clone(&key), operation };
        self.operations.insert(key, known.clone());
        Ok(known)
    }

    /// The plan of an operation for these variables.
    ///
    /// # Errors
    /// A request error for an operation that cannot be planned.
    pub(super) fn plan(&self, schema: &Schema, known: &Known, variables: &VariableValues) -> Result<Arc<Plan>, Error> {
        if known.conditions.len() > MAX_CONDITIONS {
            return plan::build(schema, known, variables).map(Arc::new);
        }
        let is_true = |place: &usize| matches!(variables.get(*place), Some(Some(Value::Boolean(true))));
        let key = (Arc::clone(&known.key), known.conditions.iter().map(is_true).collect());
        if let Some(plan) = self.plans.get(&key) {
            return Ok(plan);
        }
        let plan = Arc::new(plan::build(schema, known, variables)?);
        self.plans.insert(key, Arc::clone(&plan));
        Ok(plan)
    }
}

fn weight(key: &OperationKey) -> u32 {
    u32::try_from(key.0.len() + 64).unwrap_or(u32::MAX)
}
