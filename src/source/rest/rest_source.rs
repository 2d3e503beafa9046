//! One HTTP service: a call for each key, each within its deadline and in a place of the source's.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use tokio::time::Instant;

use super::call::Call;
use super::headers::SourceHeaders;
use super::origin::Origin;
use super::render::{Rendered, render};
use super::send::{HttpService, Sending};
use super::transport::{ScriptedService, Transport};
use crate::graphql::{SourceKind, Value};
use crate::schema::{BindingRequest, Method, RestBinding, RestTarget, RetryPolicy, SourceDefinition};
use crate::source::{
    Access, Answer, Breaker, CallAnswer, CallResult, Cause, Detail, Failure, Fetch, FetchResults, HedgeBudget, Places,
    Progress, Retry, RetryBudget, Safety, Script, SourceFaults, SourceState, Terms, Watch, decode_body, hedged,
    meeting, run_call,
};

/// Most bytes that operators see of an answer that is no JSON.
const SHOWN: usize = 1024;

/// One HTTP service.
#[derive(Debug)]
pub struct RestSource {
    headers: SourceHeaders,
    places: Places,
    transport: Transport,
    /// How calls are tried again whose binding does not say.
    retry: Option<RetryPolicy>,
    budget: Arc<RetryBudget>,
    hedges: HedgeBudget,
    breaker: Option<Arc<Breaker>>,
    faults: Option<Arc<SourceFaults>>,
    watch: Arc<Watch>,
}

impl RestSource {
    /// Makes a client for a service; connects with the first call.
    ///
    /// # Errors
    /// What is wrong with the definition, without secrets.
    pub fn connect(definition: &SourceDefinition, target: &RestTarget) -> Result<RestSource, String> {
        let service = HttpService::new(definition, target)?;
        Ok(RestSource::over(definition, target, Transport::Http(Box::new(service))))
    }

    /// A service that answers from a script.
    ///
    /// # Errors
    /// A malformed URL; certificates are not looked at.
    pub fn scripted(definition: &SourceDefinition, target: &RestTarget, script: Script) -> Result<RestSource, String> {
        Origin::parse(&target.url.0)?;
        let name = Arc::clone(&definition.name);
        let service = ScriptedService { name, script, max_answer: definition.max_answer };
        Ok(RestSource::over(definition, target, Transport::Scripted(service)))
    }

    fn over(definition: &SourceDefinition, target: &RestTarget, transport: Transport) -> RestSource {
        let headers = SourceHeaders {
            fixed: target.headers.clone(),
            inputs: target.header_inputs.clone(),
            forward: target.forward.clone(),
        };
        let places = Places::new(definition.concurrency, definition.queue);
        let (retry, budget, hedges) = (definition.retry.clone(), Arc::default(), HedgeBudget::default());
        let breaker = definition.breaker.clone().map(|policy| Arc::new(Breaker::new(policy)));
        let watch = Arc::default();
        RestSource { headers, places, transport, retry, budget, hedges, breaker, watch, faults: None }
    }

    /// The same with faults on purpose.
    #[must_use]
    pub fn with_faults(self, faults: Option<Arc<SourceFaults>>) -> RestSource {
        RestSource { faults, ..self }
    }

    /// One call for each key, at most three quarters of the source's places at once.
    pub fn fetch(self: Arc<Self>, fetch: Fetch) -> FetchResults {
        let keys = fetch.keys.len();
        let at_once = self.places.for_one_fetch();
        let fetch = Arc::new(fetch);
        if let Ok(binding) = rest_binding(&fetch)
            && let Some(batch) = &binding.batch
        {
            return self.batches(&fetch, binding, batch);
        }
        let answer = move |index| {
            let (source, fetch) = (Arc::clone(&self), Arc::clone(&fetch));
            async move { (index, source.answer(&fetch, index).await) }
        };
        match keys {
            1 => stream::once(answer(0)).boxed(),
            _ => stream::iter(0..keys).map(answer).buffer_unordered(at_once).boxed(),
        }
    }

    /// How it is.
    pub fn state(&self, named: (Arc<str>, SourceKind)) -> SourceState {
        SourceState::of(named, &self.watch, self.breaker.as_deref(), &self.places, None)
    }

    /// Where its calls find a place.
    pub(super) fn places(&self) -> &Places {
        &self.places
    }

    async fn answer(self: Arc<Self>, fetch: &Arc<Fetch>, index: usize) -> Result<Answer, Failure> {
        let binding = rest_binding(fetch)?;
        let key = fetch.keys.get(index).map(Vec::as_slice).unwrap_or_default();
        let Some(call) = self.render(fetch, binding, key)? else { return Ok(Answer::null()) };
        let started = Instant::now();
        let key = call.key(fetch.source, fetch.binding.timeout);
        let made = Arc::clone(&self).make(Arc::clone(fetch), call);
        let result = fetch.scope.call(key, fetch.access, &fetch.meter, made).await;
        let Some(body) = body_for(binding, result)? else { return Ok(Answer::null()) };
        let decode = || decode_body(&body, &binding.at, &fetch.wanted);
        let decoded = fetch.scope.work(body.len() as u64, fetch.deadline, decode).await;
        decoded.map_err(|failure| Failure { attempts: 1, elapsed: started.elapsed(), ..failure })
    }

    /// A call for a key; nothing where there is nothing to ask for.
    pub(super) fn render(
        &self,
        fetch: &Fetch,
        binding: &RestBinding,
        key: &[Option<Value>],
    ) -> Result<Option<Call>, Failure> {
        match render(binding, &fetch.binding.inputs, key, &self.headers, fetch.scope.headers()) {
            Ok(Rendered::Call(call)) => Ok(Some(call)),
            Ok(Rendered::Null) => Ok(None),
            Err(rejected) => Err(Failure::unsent(Cause::RejectedInput(rejected.0, None), Detail::default())),
        }
    }

    /// Makes a call. The place is taken here and not around the whole fetch, so that whoever joins an identical call
    /// of the operation holds none.
    pub(super) async fn make(self: Arc<Self>, fetch: Arc<Fetch>, call: Call) -> CallResult {
        let retry = self.retry(&fetch, &call);
        let terms = Terms {
            deadline: fetch.deadline,
            meter: fetch.meter.clone(),
            retry,
            breaker: self.breaker.clone(),
            watch: Arc::clone(&self.watch),
        };
        // In a box, as within: each future around it holds it more than once, and is moved to where it runs.
        run_call(terms, |progress| Box::pin(self.attempt(&fetch, &call, progress))).await
    }

    /// One attempt, hedged where that is asked for and allowed. Its place is free while the next one waits.
    async fn attempt(&self, fetch: &Fetch, call: &Call, progress: Progress) -> CallResult {
        let deadline = fetch.deadline;
        let _turn = fetch.scope.turns().take(fetch.source, &self.places).await?;
        progress.may_go()?;
        if deadline.has_passed() {
            // A future is polled before its deadline is looked at; nothing may be sent by then.
            return std::future::pending().await;
        }
        self.hedges.note_call();
        let sending = Sending { deadline, access: fetch.access, progress };
        let binding = rest_binding(fetch)?;
        let Some(after) = binding.hedge.filter(|_| is_repeatable(fetch, call)) else {
            return self.send(binding, call, &sending).await;
        };
        // It waits for no place, and takes none that others may need: nobody is worse off for it.
        let second = || {
            let is_well = sending.progress.may_be_hedged();
            let place = self.places.take_spare().filter(|_| is_well)?;
            let beside = Sending { progress: sending.progress.of_a_hedge(), ..sending };
            self.hedges.take().then_some(async move {
                let _place = place;
                self.send(binding, call, &beside).await
            })
        };
        let first = self.send(binding, call, &sending);
        // In a box, so that a call which is not hedged is no larger for it.
        Box::pin(hedged(first, after, second, means_answer)).await
    }

    /// Sends a call, unless a fault on purpose is in its way.
    async fn send(&self, binding: &RestBinding, call: &Call, sending: &Sending) -> CallResult {
        let fault = meeting(self.faults.as_deref());
        if let Some(answer) = fault.instead(&sending.progress) {
            return judged(binding, answer);
        }
        let sent = Box::pin(self.transport.send(call, sending)).await;
        judged(binding, fault.after(sent, sending.deadline).await)
    }

    fn retry(&self, fetch: &Fetch, call: &Call) -> Option<Retry> {
        let policy = fetch.binding.retry.clone().or_else(|| self.retry.clone())?;
        let safety = if is_repeatable(fetch, call) { Safety::Repeatable } else { Safety::OnlyUnsent };
        Some(Retry { policy, budget: Arc::clone(&self.budget), safety })
    }
}

/// What an answer is before anything is tried again or counted: a status in `nullOn` is an answer like another, and what
/// cannot be JSON is none.
fn judged(binding: &RestBinding, result: CallResult) -> CallResult {
    let means_null = |status| binding.null_on.contains(&status);
    match result {
        Err(failure @ Failure { cause: Cause::Status(status), .. }) if means_null(status) => {
            Err(Failure { is_answer: true, ..failure })
        }
        Ok(CallAnswer::Http { status, body }) if !means_null(status) && !may_be_json(&body) => {
            let detail = Detail::new(String::from_utf8_lossy(&body[..body.len().min(SHOWN)]));
            Err(Failure::unsent(Cause::BadResponse("is not JSON"), detail))
        }
        result => result,
    }
}

/// Whether the first and the last character are those of a JSON text, or nothing is there. The rest is looked at when it is
/// decoded, by which time the call is over.
fn may_be_json(body: &[u8]) -> bool {
    if body.is_empty() {
        return true;
    }
    let text = body.trim_ascii();
    match (text.first(), text.last()) {
        (Some(b'{'), Some(b'}')) | (Some(b'['), Some(b']')) | (Some(b'-' | b'0'..=b'9'), Some(b'0'..=b'9')) => true,
        (Some(b'"'), Some(b'"')) => text.len() > 1,
        (Some(_), _) => matches!(text, b"null" | b"true" | b"false"),
        (None, _) => false,
    }
}

/// What a call means to a binding, which may share it with others: a status in its `nullOn` and a success without a body
/// are null.
pub(super) fn body_for(binding: &RestBinding, result: CallResult) -> Result<Option<Bytes>, Failure> {
    let means_null = |status| binding.null_on.contains(&status);
    match result {
        Ok(CallAnswer::Http { status, body }) => Ok((!body.is_empty() && !means_null(status)).then_some(body)),
        Err(Failure { cause: Cause::Status(status), .. }) if means_null(status) => Ok(None),
        Err(failure) => Err(failure),
        Ok(CallAnswer::Rows(_) | CallAnswer::Each(_) | CallAnswer::Refused) => {
            Err(Failure::unsent(Cause::Internal, Detail::new("rows from a REST source")))
        }
    }
}

/// Whether sending it twice does nothing twice.
fn is_repeatable(fetch: &Fetch, call: &Call) -> bool {
    call.method == Method::Get && fetch.access == Access::Read
}

/// Whether another call would bring nothing better: it is an answer, or the service has refused what was asked for.
fn means_answer(result: &CallResult) -> bool {
    match result {
        Ok(_) | Err(Failure { is_answer: true, .. }) => true,
        Err(Failure { cause: Cause::Status(status), .. }) => *status < 500 && *status != 429,
        Err(_) => false,
    }
}

pub(super) fn rest_binding(fetch: &Fetch) -> Result<&RestBinding, Failure> {
    match &fetch.binding.request {
        BindingRequest::Rest(_, binding) => Ok(binding),
        BindingRequest::Sql(..) | BindingRequest::Value(_) => {
            Err(Failure::unsent(Cause::Internal, Detail::new("no REST binding")))
        }
    }
}
