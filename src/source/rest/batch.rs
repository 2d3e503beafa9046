//! Calls that serve many parents: the values of all of them are asked for together, up to so many in one call, and each
//! parent has the items that hold its own (`parents`). A call that fails costs its own parents.

use std::sync::Arc;

use futures_util::{StreamExt as _, stream};
use tokio::time::Instant;

use super::call::Call;
use super::parents::{Brought, Parents};
use super::rest_source::{RestSource, body_for, rest_binding};
use super::url_room::UrlRoom;
use crate::schema::{RestBatch, RestBinding};
use crate::source::{Cause, Detail, Failure, Fetch, FetchResults, Found, read_items};

impl RestSource {
    /// As few calls as their size allows, in parallel.
    pub(super) fn batches(
        self: Arc<Self>,
        fetch: &Arc<Fetch>,
        binding: &RestBinding,
        batch: &RestBatch,
    ) -> FetchResults {
        let room = UrlRoom { source: &self, fetch, binding, batch };
        let mut parents = Parents::of(fetch, batch, &room);
        let settled = parents.settled();
        let calls: Vec<_> = parents
            .calls()
            .map(|(number, key)| {
                let call = self.render(fetch, binding, key);
                let (source, fetch) = (Arc::clone(&self), Arc::clone(fetch));
                async move { (number, source.items(&fetch, call).await) }
            })
            .collect();
        let arriving = stream::iter(calls).buffer_unordered(self.places().for_one_fetch());
        let results = arriving.flat_map(move |(number, brought)| stream::iter(parents.take(number, brought)));
        stream::iter(settled).chain(results).boxed()
    }

    /// Makes a call and reads its items.
    async fn items(self: Arc<Self>, fetch: &Arc<Fetch>, call: Result<Option<Call>, Failure>) -> Brought {
        let Some(call) = call? else { return Ok(None) };
        let binding = rest_binding(fetch)?;
        let Some(batch) = &binding.batch else {
            return Err(Failure::unsent(Cause::Internal, Detail::new("the binding serves one parent")));
        };
        let started = Instant::now();
        let key = call.key(fetch.source, fetch.binding.timeout);
        let made = Arc::clone(&self).make(Arc::clone(fetch), call);
        let result = fetch.scope.call(key, fetch.access, &fetch.meter, made).await;
        let Some(body) = body_for(binding, result)? else { return Ok(None) };
        let read = || read_items(&body, &binding.at, &batch.by);
        match fetch.scope.work(body.len() as u64, fetch.deadline, read).await {
            Ok(Found::Items(items)) => Ok(Some(items)),
            Ok(Found::Null) => Ok(None),
            Err(failure) => Err(Failure { attempts: 1, elapsed: started.elapsed(), ..failure }),
        }
    }
}
