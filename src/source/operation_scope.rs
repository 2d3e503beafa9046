//! What the calls of one operation share: the client's headers, the number of calls made, and the calls themselves, so
//! that identical ones are made once. It lives as long as the operation and holds nothing longer.

use std::collections::HashMap;
use std::future::Future;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared, WeakShared};

use super::{Access, Cause, Detail, Failure, KeyRows, Meter, Turns};
use crate::graphql::Headers;
use crate::schema::SourceId;

/// What one operation's calls have in common.
#[derive(Debug)]
pub struct OperationScope {
    headers: Headers,
    max_calls: u32,
    count: AtomicU32,
    limit_reached: OnceLock<Failure>,
    turns: Turns,
    calls_made: Mutex<HashMap<CallKey, Known>>,
}

/// Everything that can change the answer of a call, in one text. Built in one place for each kind of source.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CallKey {
    /// The source.
    pub source: SourceId,
    /// The timeout that the call runs under: one that may take longer is another call.
    pub timeout: std::time::Duration,
    /// The call in its own words: method, URL, headers and body, or statement and parameters.
    pub words: Box<[u8]>,
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
            count: AtomicU32::new(0),
            limit_reached: OnceLock::new(),
            turns: Turns::default(),
            calls_made: Mutex::default(),
        }
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
                let result = call.await;
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
        let shared = async move {
            let result = call.await;
            if let Some(scope) = scope.upgrade() {
                scope.remember(remembered, result.clone());
            }
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
        self.calls_made.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Keeps what a call brought. One that found no place was not made: whoever asks next may find one.
    fn remember(&self, key: CallKey, result: CallResult) {
        let mut calls_made = self.calls_made.lock().unwrap_or_else(PoisonError::into_inner);
        match &result {
            Err(Failure { cause: Cause::Overloaded, attempts: 0, .. }) => calls_made.remove(&key),
            _ => calls_made.insert(key, Known::Ended(result)),
        };
    }

    /// Counts a call that is shared with nobody. All that are too many are one failure, so that the log tells it once.
    ///
    /// # Errors
    /// `CallLimit`.
    pub fn count(&self, meter: &Meter) -> Result<(), Failure> {
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
