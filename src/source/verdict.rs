//! What a call says of its source: the breaker acts by it, and operators are told of it.

use super::{CallAnswer, CallResult, Cause, DeadlineScope, Failure};

/// What a call says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Well,
    Ill,
    /// Nothing: it never came to it.
    Nothing,
}

/// What a result says of the source. One of many keys says it for all of them.
pub(super) fn verdict(result: &CallResult) -> Verdict {
    match result {
        Err(failure) if failure.is_answer => Verdict::Well,
        Err(failure) => verdict_of(&failure.cause),
        Ok(CallAnswer::Each(of_each)) => {
            let is_ill = |failure: &Failure| verdict_of(&failure.cause) == Verdict::Ill;
            if of_each.iter().filter_map(|rows| rows.as_ref().err()).any(is_ill) { Verdict::Ill } else { Verdict::Well }
        }
        Ok(_) => Verdict::Well,
    }
}

/// What a failure says: an answer that the source means as one, be it a refusal, is a sign of health.
fn verdict_of(cause: &Cause) -> Verdict {
    match cause {
        // How long an operation takes is its client's choice.
        Cause::TimedOut(expired) if expired.scope == DeadlineScope::Operation => Verdict::Nothing,
        Cause::TimedOut(_) | Cause::Unavailable(_) | Cause::BadResponse(_) => Verdict::Ill,
        Cause::Status(status) if *status >= 500 || *status == 429 => Verdict::Ill,
        Cause::QueryFailed(Some(state)) if is_of_the_server(state) => Verdict::Ill,
        Cause::Status(_) | Cause::QueryFailed(_) | Cause::TooLarge(_) => Verdict::Well,
        Cause::RejectedInput(..)
        | Cause::Overloaded
        | Cause::CircuitOpen(_)
        | Cause::CallLimit(_)
        | Cause::Internal => Verdict::Nothing,
    }
}

/// The classes of SQLSTATE for a server without resources, that is being stopped, or that is broken.
fn is_of_the_server(state: &str) -> bool {
    ["53", "57P", "58", "XX"].iter().any(|class| state.starts_with(class))
}
