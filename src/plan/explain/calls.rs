//! How many calls a binding makes for so many parents, at most.

use super::Sharing;
use super::extent::{differs, is_of_parent};
use crate::plan::Part;
use crate::schema::{BatchOf, BindingRequest};
use crate::source::Access;

/// Calls, and how parents share them.
pub(super) struct Calls {
    pub(super) count: u64,
    pub(super) how: Sharing,
}

/// The calls of one binding. Of a parent whose own value is a list, the list is taken to have `rows` values, and no two
/// parents the same.
pub(super) fn calls(part: &Part, access: Access, parents: u64, rows: u64) -> Calls {
    let keys = if differs(&part.inputs) { parents } else { 1 };
    let (count, how) = match &part.binding.request {
        BindingRequest::Value(_) => (0, Sharing::Nobody),
        BindingRequest::Sql(..) | BindingRequest::Rest(..) if access == Access::Write => (1, Sharing::Once),
        BindingRequest::Rest(_, rest) if let Some(batch) = &rest.batch => {
            let of_each = if batch.of == BatchOf::ListOfValues { rows } else { 1 };
            let max = u64::try_from(batch.max).unwrap_or(u64::MAX);
            let others = part.inputs.iter().zip(0..).filter(|(_, place)| *place != batch.input);
            if keys > 1 && others.into_iter().any(|(input, _)| is_of_parent(input)) {
                // Parents that differ in anything else are asked for in calls of their own.
                (keys.saturating_mul(of_each.div_ceil(max)), Sharing::BatchedApart)
            } else {
                (keys.saturating_mul(of_each).div_ceil(max), Sharing::Batched(max))
            }
        }
        BindingRequest::Sql(..) | BindingRequest::Rest(..) if keys <= 1 => (keys, Sharing::Once),
        BindingRequest::Sql(..) => (keys.div_ceil(crate::source::sql::MOST_KEYS as u64), Sharing::Together),
        BindingRequest::Rest(..) => (keys, Sharing::Each),
    };
    Calls { count, how }
}
