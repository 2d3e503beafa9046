//! What the calls of one operation share: the client's headers, the number of calls made, and the calls themselves, so
//! that identical ones are made once. It lives as long as the operation and holds nothing longer.

use std::future::Future;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use ahash::AHashMap;
use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared, WeakShared};

use super::{Access, Cause, Deadline, Detail, Failure, HeavyWork, KeyRows, Meter, Turns};
use crate::graphql::Headers;
use crate::schema::SourceId;

/// Bytes of an answer that are decoded or written out in about a millisecond, which nobody minds to wait for.
const LIGHT: u64 = 256 * 1024;

/// What one operation's calls have in common.
#[derive(Debug)]
pub struct OperationScope {
    headers: Headers,
    max_calls: u32,
    max_kept: u64,
    kept: AtomicU64,
    heavy_work: Option<Arc<HeavyWork>>,
    count: AtomicU32,
    limit_reached: OnceLock<Failure>,
    turns: Turns,
    calls_made: Mutex<AHashMap<CallKey, Known>>,
    /// How often what was read has been forgotten.
    forgotten: AtomicU32,
}

/// Everything that can change the answer of a call, in one text. Built in one place for each kind of source.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CallKey {
    /// The source.
    pub source: SourceId,
    /// The timeout that the call runs under: one that may take longer is another call.
    pub timeout: std::time::Duration,
    /// The call in its own words: method, URL, headers and body, or statement and parameters.
    pub words: Bytes,
}

/// What a call brought, before anyone chose from it.
#[derive(Debug, Clone)]
pub enum CallAnswer {
    /// An HTTP answer.
    Http {
        /// Its status, which is 2xx.
        status: u16,
        /// Its body.
        body: Bytes,
    },
    /// The rows of a statement.
    Rows(KeyRows),
    /// What one call has for each of many keys, in their order.
    Each(Arc<[Result<KeyRows, Failure>]>),
    /// The statement cannot be run for many keys at once.
    Refused,
}

impl CallAnswer {
    /// Bytes that it holds.
    fn size(&self) -> u64 {
        match self {
            CallAnswer::Http { body, .. } => body.len() as u64,
            CallAnswer::Rows(rows) => rows.rows.size(),
            CallAnswer::Each(each) => {
                // Keys that were answered together share their rows, and stand side by side.
                let (mut size, mut last) = (0, std::ptr::null());
                for rows in each.iter().flatten().map(|of_key| &of_key.rows) {
                    if last != Arc::as_ptr(rows) {
                        (size, last) = (size + rows.size(), Arc::as_ptr(rows));
                    }
                }
                size
            }
            CallAnswer::Refused => 0,
        }
    }
}

/// What became of a call.
pub type CallResult = Result<CallAnswer, Failure>;

type SharedCall = Shared<BoxFuture<'static, CallResult>>;

#[derive(Debug)]
enum Known {
    UnderWay(WeakShared<BoxFuture<'static, CallResult>>),
    Ended(CallResult),
}

impl OperationScope {
    /// The scope of one operation.
    #[must_use]
    pub fn new(headers: Headers, max_calls: u32) -> OperationScope {
        OperationScope {
            headers,
            max_calls,
            max_kept: u64::MAX,
            kept: AtomicU64::new(0),
            heavy_work: None,
            count: AtomicU32::new(0),
            limit_reached: OnceLock::new(),
            turns: Turns::default(),
            calls_made: Mutex::default(),
            forgotten: AtomicU32::new(0),
        }
    }

    /// The same with a bound on what all answers together may take, in bytes.
    #[must_use]
    pub fn keeping_at_most(mut self, bytes: u64) -> OperationScope {
        self.max_kept = bytes;
        self
    }

    /// The same with places for what there is to compute.
    #[must_use]
    pub fn working_in(mut self, heavy_work: Arc<HeavyWork>) -> OperationScope {
        self.heavy_work = Some(heavy_work);
        self
    }

    /// Does work on so many bytes that have arrived. Much of it waits for a place, until the deadline at most.
    pub async fn work<T>(&self, bytes: u64, deadline: Deadline, work: impl FnOnce() -> T) -> T {
        match &self.heavy_work {
            Some(heavy_work) if bytes > LIGHT => {
                heavy_work.run_in_any_case(usize::try_from(bytes).unwrap_or(usize::MAX), deadline, work).await
            }
            _ => work(),
        }
    }

    /// What is held of answers, in bytes.
    #[must_use]
    pub fn kept(&self) -> u64 {
        self.kept.load(Ordering::Relaxed)
    }

    /// What all answers together may take, in bytes.
    #[must_use]
    pub fn max_kept(&self) -> u64 {
        self.max_kept
    }

    /// The client's headers.
    #[must_use]
    pub fn headers(&self) -> &Headers {
        &self.headers
    }

    /// The turns of the operation's calls.
    #[must_use]
    pub fn turns(&self) -> &Turns {
        &self.turns
    }

    /// Makes a call, or takes what an identical one of this operation brings or has brought, a failure too. The call ends
    /// by its own deadline, which is no later than that of anybody who joins it, since the timeout is part of the key. A
    /// call that nobody waits for any more is dropped. A call that writes is always made, and what was read before it is
    /// forgotten.
    ///
    /// # Errors
    /// What the call failed with; `CallLimit` when the operation has made all its calls.
    pub async fn call(
        self: &Arc<Self>,
        key: CallKey,
        access: Access,
        meter: &Meter,
        call: impl Future<Output = CallResult> + Send + 'static,
    ) -> CallResult {
        match access {
            Access::Write => {
                self.count(meter)?;
                self.forget();
                let result = self.keep(call.await);
                self.forget();
                result
            }
            Access::Read => match self.join(key, meter, call)? {
                Joined::Ended(result) => result,
                Joined::UnderWay(shared) => shared.await,
            },
        }
    }

    fn join(
        self: &Arc<Self>,
        key: CallKey,
        meter: &Meter,
        call: impl Future<Output = CallResult> + Send + 'static,
    ) -> Result<Joined, Failure> {
        let mut calls_made = self.calls_made.lock().unwrap_or_else(PoisonError::into_inner);
        match calls_made.get(&key) {
            Some(Known::Ended(result)) => {
                meter.hit();
                return Ok(Joined::Ended(result.clone()));
            }
            Some(Known::UnderWay(weak)) => {
                if let Some(shared) = weak.upgrade() {
                    meter.hit();
                    return Ok(Joined::UnderWay(shared));
                }
            }
            None => {}
        }
        self.count(meter)?;
        let scope = Arc::downgrade(self);
        let remembered = key.clone();
        let forgotten = self.forgotten.load(Ordering::Relaxed);
        let meter = meter.clone();
        let shared = async move {
            let result = call.await;
            let Some(scope) = scope.upgrade() else { return result };
            if let Ok(CallAnswer::Refused) = &result {
                scope.take_back(&meter);
            }
            let result = scope.keep(result);
            scope.remember(remembered, result.clone(), forgotten);
            result
        }
        .boxed()
        .shared();
        if let Some(weak) = shared.downgrade() {
            calls_made.insert(key, Known::UnderWay(weak));
        }
        Ok(Joined::UnderWay(shared))
    }

    /// What was read before a write is not what is there after it: whoever reads next asks again.
    fn forget(&self) {
        let mut calls_made = self.calls_made.lock().unwrap_or_else(PoisonError::into_inner);
        self.forgotten.fetch_add(1, Ordering::Relaxed);
        calls_made.clear();
    }

    /// Keeps what a call brought, unless it began before a write ended. One that found no place was not made: whoever asks
    /// next may find one.
    fn remember(&self, key: CallKey, result: CallResult, forgotten: u32) {
        let mut calls_made = self.calls_made.lock().unwrap_or_else(PoisonError::into_inner);
        if self.forgotten.load(Ordering::Relaxed) != forgotten {
            return;
        }
        match &result {
            Err(Failure { cause: Cause::Overloaded, attempts: 0, .. }) => calls_made.remove(&key),
            _ => calls_made.insert(key, Known::Ended(result)),
        };
    }

    /// What an operation holds of answers is bounded, whatever it selects of them.
    fn keep(&self, result: CallResult) -> CallResult {
        let size = result.as_ref().map_or(0, CallAnswer::size);
        if self.kept.fetch_add(size, Ordering::Relaxed).saturating_add(size) <= self.max_kept {
            return result;
        }
        self.kept.fetch_sub(size, Ordering::Relaxed);
        let detail = Detail::new("the answers of the operation are too large together");
        Err(Failure { attempts: 1, ..Failure::unsent(Cause::TooLarge(self.max_kept), detail) })
    }

    /// Takes a call back that was counted and not made. Whoever joined it was not counted.
    fn take_back(&self, meter: &Meter) {
        self.count.fetch_sub(1, Ordering::Relaxed);
        meter.take_back();
    }

    /// Counts a call. All that are too many are one failure, so that the log tells it once.
    fn count(&self, meter: &Meter) -> Result<(), Failure> {
        if self.limit_reached.get().is_none() && self.count.fetch_add(1, Ordering::Relaxed) < self.max_calls {
            meter.call();
            return Ok(());
        }
        let failure = || Failure::unsent(Cause::CallLimit(self.max_calls), Detail::default());
        Err(self.limit_reached.get_or_init(failure).clone())
    }
}

enum Joined {
    Ended(CallResult),
    UnderWay(SharedCall),
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use bytes::Bytes;

    use super::{CallAnswer, CallKey, OperationScope};
    use crate::graphql::Headers;
    use crate::schema::SourceId;
    use crate::source::{Access, Meter};

    fn key(words: &str) -> CallKey {
        CallKey {
            source: SourceId(0),
            timeout: Duration::from_secs(1),
            words: Bytes::copy_from_slice(words.as_bytes()),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_being_read_when_a_write_ended_is_read_again() {
        let scope = Arc::new(OperationScope::new(Headers::default(), 10));
        let read = |body: &'static str, milliseconds| {
            let answer = async move {
                tokio::time::sleep(Duration::from_millis(milliseconds)).await;
                Ok(CallAnswer::Http { status: 200, body: Bytes::from_static(body.as_bytes()) })
            };
            let scope = Arc::clone(&scope);
            async move { scope.call(key("read"), Access::Read, &Meter::default(), answer).await }
        };
        let early = tokio::spawn(read("before", 100));
        tokio::time::sleep(Duration::from_millis(10)).await;
        let write = async { Ok(CallAnswer::Refused) };
        scope.call(key("write"), Access::Write, &Meter::default(), write).await.expect("written");
        early.await.expect("a task").expect("an answer");
        let Ok(CallAnswer::Http { body, .. }) = read("after", 1).await else { panic!("an answer") };
        assert_eq!(body, "after");
    }
}
