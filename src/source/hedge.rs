//! A second, identical call for one that has not answered: whichever answers first wins. It knows nothing of what a call
//! is, nor of when a second one is allowed.

use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, select};

use super::CallResult;

/// Makes a call, and another one where it has not answered after a while and `second` gives one. The first answer wins, and the
/// other call is dropped. What is no answer by `is_answer` waits for the other call.
///
/// # Errors
/// The failure that came first, where both have failed.
pub async fn hedged<S>(
    first: impl Future<Output = CallResult>,
    after: Duration,
    second: impl FnOnce() -> Option<S>,
    is_answer: impl Fn(&CallResult) -> bool,
) -> CallResult
where
    S: Future<Output = CallResult>,
{
    let mut first = pin!(first);
    if let Ok(result) = tokio::time::timeout(after, first.as_mut()).await {
        return result;
    }
    let Some(second) = second() else { return first.await };
    let second = pin!(second);
    let (result, other) = match select(first, second).await {
        Either::Left((result, second)) => (result, Either::Right(second)),
        Either::Right((result, first)) => (result, Either::Left(first)),
    };
    if is_answer(&result) {
        return result;
    }
    let later = other.await;
    if is_answer(&later) { later } else { result }
}
