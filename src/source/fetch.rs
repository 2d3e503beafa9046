//! One fetch as a source sees it: a binding, a list of keys, what to bring, and until when. The source gives one result
//! for each key, in whatever order they arrive.

use std::sync::Arc;

use futures_util::stream::BoxStream;

use super::{Access, Answer, Columns, Deadline, Failure, Meter, OperationScope, Wanted};
use crate::graphql::Value;
use crate::schema::{Binding, SourceId};

/// The values of a binding's inputs, one for each, in their order; nothing where a value was not given.
pub type Key = Vec<Option<Value>>;

/// What a node asks of its source.
#[derive(Debug, Clone)]
pub struct Fetch {
    /// Who is asked.
    pub source: SourceId,
    /// What is asked.
    pub binding: Arc<Binding>,
    /// For whom: distinct keys, each answered once.
    pub keys: Vec<Key>,
    /// What the answer must bring.
    pub wanted: Arc<Wanted>,
    /// The columns that a statement must bring for it, and for whatever else of the operation asks the same.
    pub columns: Columns,
    /// Until when.
    pub deadline: Deadline,
    /// Whether it may write.
    pub access: Access,
    /// What the calls of one operation share.
    pub scope: Arc<OperationScope>,
    /// Where its calls are counted.
    pub meter: Meter,
}

/// The place of a key in [`Fetch::keys`], and what became of it.
pub type KeyResult = (usize, Result<Answer, Failure>);

/// One result for each key, as they arrive. Dropping it cancels what is still under way.
pub type FetchResults = BoxStream<'static, KeyResult>;
