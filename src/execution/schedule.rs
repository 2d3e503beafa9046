//! The schedule: what can be fetched is fetched at once, and whatever arrives lets the next fetches start. A node serves a
//! record as soon as the values that its templates name are there; it never waits for a level, a sibling, or the other
//! records of its parent. Everything happens in one task: the state is plainly owned, and dropping the future cancels
//! every call that is still under way.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::{BoxStream, SelectAll};
use futures_util::{FutureExt as _, StreamExt as _};

use super::field_failure::FieldFailure;
use super::job::Job;
use super::join::overlay;
use super::keys::{NoKey, arguments, key, root_answer};
use super::numbering::keep_numbered;

use super::state::{AnswerId, Answers, Delivered, FailureId, KeyState, NodeResult, PartState, RecordAt, State, number};
use crate::graphql::Value;
use crate::plan::{AnchorId, Node, NodeId, Part};
use crate::schema::{BindingRequest, Input, JsonTemplate, SourceId};
use crate::source::{
    Access, Answer, Cause, Detail, ErrorId, Failure, Fetch, Key, KeyResult, Record, WantedItem, decode_body,
};

/// Most bytes of arguments that the keys of one operation may hold together.
const MAX_COPIED: usize = 64 * 1024 * 1024;

/// Runs nodes until nothing is left to wait for.
pub(super) struct Schedule<'e> {
    job: &'e Job<'e>,
    pub(super) state: State,
    running: SelectAll<BoxStream<'static, Event>>,
    /// Nodes with records that wait, to be looked at.
    ready: BTreeSet<NodeId>,
    /// Records of fields of a mutation that have not delivered everything.
    held: HashMap<NodeId, Vec<(AnchorId, u32)>>,
    /// Failed calls that the log has.
    logged: HashSet<ErrorId>,
    /// Bytes of arguments that keys hold.
    copied: usize,
}

/// What a running fetch tells: one key's result, or that it is over. Keys are told by their place in the part.
enum Event {
    Result(NodeId, usize, u32, Result<Answer, Failure>),
    Ended(NodeId, usize, Vec<u32>),
}

impl<'e> Schedule<'e> {
    /// Nothing started; the root's record is there.
    pub(super) fn new(job: &'e Job<'e>) -> Schedule<'e> {
        let mut state = State::new(job.plan);
        let answer = state.keep_answer(root_answer(), None);
        let root = RecordAt { answer, record: Record { first: 0, number: 0 }, type_: job.root_type() };
        state.anchors[AnchorId::ROOT.0 as usize].push(root);
        Schedule {
            job,
            state,
            running: SelectAll::new(),
            ready: BTreeSet::new(),
            held: HashMap::new(),
            logged: HashSet::new(),
            copied: 0,
        }
    }

    /// Starts these nodes for the root's record, and runs all that follows from them to its end.
    pub(super) async fn run(&mut self, nodes: &[NodeId]) {
        for node in nodes {
            self.state.node(*node).waiting.push(0);
            self.ready.insert(*node);
        }
        self.start_ready();
        while let Some(event) = self.running.next().await {
            self.take(event);
            // What has arrived at the same moment is taken together, so that it starts its followers together.
            while let Some(Some(event)) = self.running.next().now_or_never() {
                self.take(event);
            }
            self.start_ready();
        }
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Result(node, part, place, result) => self.key_result(node, part, place, result),
            Event::Ended(node, part, places) => {
                let keys = &self.state.nodes[node.0 as usize].parts[part].keys;
                let is_lost = |place: &u32| keys[*place as usize].delivered.is_none();
                let lost: Vec<u32> = places.into_iter().filter(is_lost).collect();
                for place in lost {
                    let failure = Failure::unsent(Cause::Internal, Detail::new("the fetch ended without a result"));
                    self.key_result(node, part, place, Err(failure));
                }
                self.fetch_ends(node, part);
            }
        }
    }

    /// Asks for the waiting records of every node that can go on. Values that need no source settle at once, and may let
    /// further nodes go on.
    fn start_ready(&mut self) {
        while let Some(id) = self.ready.pop_first() {
            let waiting = std::mem::take(&mut self.state.node(id).waiting);
            if !waiting.is_empty() {
                self.start(id, waiting);
            }
        }
    }

    fn start(&mut self, id: NodeId, waiting: Vec<u32>) {
        let node = self.job.plan.node(id);
        let arguments = match arguments(node, &self.job.variables) {
            Ok(arguments) => arguments,
            Err(error) => return self.settle_all(id, waiting, FieldFailure::of_argument(error)),
        };
        // Every record's key holds the arguments: large ones are not multiplied by any number of records.
        let size: usize = arguments.iter().flatten().map(Value::size).sum();
        self.copied = self.copied.saturating_add(size.saturating_mul(waiting.len()));
        if self.copied > MAX_COPIED {
            let cause = Cause::RejectedInput("arguments too large for so many parents", None);
            let failure = Failure::unsent(cause, Detail::default());
            return self.settle_all(id, waiting, FieldFailure::of_call(&node.parts[0], node.access, failure));
        }
        let mut new_keys: Vec<Vec<(u32, Key)>> = node.parts.iter().map(|_| Vec::new()).collect();
        let mut keys = Vec::with_capacity(node.parts.len());
        for record in waiting {
            match self.keys_of(&mut keys, node, record, &arguments) {
                Ok(()) => self.start_record(id, record, &mut keys, &mut new_keys),
                Err(no_key) => self.without_key(id, record, no_key),
            }
        }
        for (place, (part, keys)) in node.parts.iter().zip(new_keys).enumerate() {
            if !keys.is_empty() {
                self.start_part(id, node, place, part, keys);
            }
        }
    }

    fn settle_all(&mut self, id: NodeId, records: Vec<u32>, failure: FieldFailure) {
        let failure = self.state.keep_failure(failure);
        for record in records {
            self.settle(id, record, failed(failure));
        }
    }

    /// Makes the record's key for each part.
    fn keys_of(&self, keys: &mut Vec<Key>, node: &Node, record: u32, arguments: &[Option<Value>]) -> Result<(), NoKey> {
        let headers = self.job.scope.headers();
        keys.clear();
        for part in &node.parts {
            keys.push(key(&self.state, node, &part.inputs, record, arguments, headers)?);
        }
        Ok(())
    }

    fn without_key(&mut self, id: NodeId, record: u32, no_key: NoKey) {
        match no_key {
            NoKey::NotYet => {
                self.state.node(id).blocked.insert(record);
            }
            NoKey::Mismatch(source) => {
                let failure = self.state.keep_failure(FieldFailure::of_mismatch(source));
                self.settle(id, record, failed(failure));
            }
            NoKey::Failed(failure) => self.settle(id, record, failed(failure)),
        }
    }

    /// Notes the record's keys that are new, and settles the record where all of them are known.
    fn start_record(&mut self, id: NodeId, record: u32, keys: &mut Vec<Key>, new_keys: &mut [Vec<(u32, Key)>]) {
        for (part, key) in keys.drain(..).enumerate() {
            let state = &mut self.state.node(id).parts[part];
            let next = number(state.keys.len());
            let place = *state.places.entry(key).or_insert_with_key(|key| {
                state.keys.push(KeyState::default());
                new_keys[part].push((next, key.clone()));
                next
            });
            if state.of_record.len() <= record as usize {
                state.of_record.resize(record as usize + 1, u32::MAX);
            }
            state.of_record[record as usize] = place;
            state.keys[place as usize].waiting.push(record);
        }
        self.settle_if_known(id, record);
    }

    fn start_part(&mut self, id: NodeId, node: &Node, place: usize, part: &Part, keys: Vec<(u32, Key)>) {
        let source = match &part.binding.request {
            BindingRequest::Sql(source, _) | BindingRequest::Rest(source, _) => *source,
            BindingRequest::Value(template) => {
                for (key_place, key) in keys {
                    let result = local_value(part, template, &key);
                    self.key_result(id, place, key_place, result);
                }
                return;
            }
        };
        let meter = self.state.timing.begin(id, place, source, keys.len(), self.job.deadline.elapsed());
        if self.job.deadline.has_passed() {
            for (key_place, _) in keys {
                let failure =
                    Failure::unsent(Cause::TimedOut(self.job.deadline.expired()), Detail::new("never started"));
                self.key_result(id, place, key_place, Err(failure));
            }
            self.fetch_ends(id, place);
            return;
        }
        let (places, keys): (Vec<u32>, Vec<Key>) = keys.into_iter().unzip();
        let results = self.job.sources.fetch(Fetch {
            source,
            binding: Arc::clone(&part.binding),
            keys,
            wanted: Arc::clone(&part.wanted),
            columns: part.columns.clone(),
            deadline: self.job.deadline.within(part.binding.timeout),
            access: node.access,
            scope: Arc::clone(&self.job.scope),
            meter,
        });
        self.running.push(events(id, place, places, results));
    }

    fn fetch_ends(&mut self, id: NodeId, part: usize) {
        if let Some(source) = self.job.plan.node(id).parts[part].binding.request.source() {
            self.state.timing.end(id, part, source, self.job.deadline.elapsed());
        }
    }

    /// What became of a key: its answer is numbered once, and every record that waits for it is settled.
    fn key_result(&mut self, id: NodeId, part: usize, place: u32, result: Result<Answer, Failure>) {
        let node = self.job.plan.node(id);
        let binding = &node.parts[part];
        let (answer, failure) = match result {
            Ok(answer) => (Some(answer), None),
            Err(failure) => {
                self.state.timing.fail(id, part);
                let mut failure = FieldFailure::of_call(binding, node.access, failure);
                self.log(&failure, &node.coordinate);
                let fallback = fallback(binding);
                failure.is_degraded = fallback.is_some();
                (fallback, Some(self.state.keep_failure(failure)))
            }
        };
        let source = binding.binding.request.source();
        let answers = match answer {
            None => Answers::None,
            // The records of a list are those of its parts; objects are laid over each other first.
            Some(answer) if node.parts.len() == 1 || node.is_list => Answers::One(self.keep(id, answer, source)),
            Some(answer) => Answers::One(self.state.keep_answer(answer, source)),
        };
        let delivered = Delivered { answers, failures: failure.into_iter().collect() };
        let key = &mut self.state.node(id).parts[part].keys[place as usize];
        key.delivered = Some(delivered);
        for record in std::mem::take(&mut key.waiting) {
            self.settle_if_known(id, record);
        }
    }

    /// Tells operators of a failed call once, and of no more failed calls of one operation than its response can list.
    fn log(&mut self, failure: &FieldFailure, coordinate: &str) {
        let most = self.job.schema.limits.max_errors;
        let Some(id) = failure.id() else { return };
        if self.logged.len() > most || !self.logged.insert(id) {
            return;
        }
        if self.logged.len() > most {
            tracing::warn!(most, "further fetches of this operation failed, and are not told");
        } else {
            failure.log(self.job.schema, coordinate);
        }
    }

    /// Keeps an answer of a node; the nodes that hang on its records may now start. Below a field of a mutation they start
    /// when all of the field is done.
    fn keep(&mut self, id: NodeId, answer: Answer, source: Option<SourceId>) -> AnswerId {
        let plan = self.job.plan;
        let position = plan.node(id).position.as_ref();
        let (answer, numbers) = keep_numbered(&mut self.state, self.job.schema, answer, source, position);
        if plan.node(id).access == Access::Write {
            self.held.entry(id).or_default().extend(numbers);
        } else {
            self.hang(numbers);
        }
        answer
    }

    /// Lets the nodes start that hang on records.
    fn hang(&mut self, records: Vec<(AnchorId, u32)>) {
        let plan = self.job.plan;
        for (anchor, record) in records {
            let type_ = self.state.record(anchor, record).type_;
            for hanging in plan.hanging_on(anchor) {
                if plan.node(*hanging).only.is_none_or(|only| only == type_) {
                    self.state.node(*hanging).waiting.push(record);
                    self.ready.insert(*hanging);
                }
            }
        }
    }

    /// Settles a record of a node once each part has delivered for it.
    fn settle_if_known(&mut self, id: NodeId, record: u32) {
        if let NodeResult::Delivered(_) = self.state.result(id, record) {
            return;
        }
        let of_part = |part: &PartState| {
            let place = part.of_record[record as usize];
            let delivered = part.keys.get(place as usize).and_then(|key| key.delivered.clone());
            delivered.map(|delivered| (place, delivered))
        };
        let settled = match &*self.state.nodes[id.0 as usize].parts {
            [part] => of_part(part).map(|(_, delivered)| delivered),
            parts => {
                let delivered: Option<(Vec<u32>, Vec<Delivered>)> = parts.iter().map(of_part).collect();
                delivered.map(|(places, delivered)| self.join(id, places, &delivered))
            }
        };
        if let Some(settled) = settled {
            self.settle(id, record, settled);
        }
    }

    /// Joins what the parts of a node delivered; records with the same keys share what comes of it.
    fn join(&mut self, id: NodeId, places: Vec<u32>, delivered: &[Delivered]) -> Delivered {
        if let Some(known) = self.state.node(id).joined.get(&places) {
            return known.clone();
        }
        let node = self.job.plan.node(id);
        let failures = delivered.iter().flat_map(|part| part.failures.iter().copied()).collect();
        let ids: Arc<[AnswerId]> = delivered
            .iter()
            .filter_map(|part| if let Answers::One(answer) = part.answers { Some(answer) } else { None })
            .collect();
        let answers = match ids.len() {
            0 => Answers::None,
            _ if node.is_list => Answers::Joined(ids),
            _ => {
                let objects: Vec<&Answer> = ids.iter().map(|answer| self.state.answer(*answer)).collect();
                let joined = overlay(&objects, width(node));
                Answers::One(self.keep(id, joined, None))
            }
        };
        let joined = Delivered { answers, failures };
        self.state.node(id).joined.insert(places, joined.clone());
        joined
    }

    /// Settles a record; nodes that wait for this result may now go on.
    fn settle(&mut self, id: NodeId, record: u32, delivered: Delivered) {
        self.state.settle(id, record, delivered);
        if let Some(records) = self.held.remove(&id) {
            self.hang(records);
        }
        let plan = self.job.plan;
        for sibling in plan.hanging_on(plan.node(id).anchor) {
            if plan.node(*sibling).needs.contains(&id) && self.state.node(*sibling).blocked.remove(&record) {
                self.state.node(*sibling).waiting.push(record);
                self.ready.insert(*sibling);
            }
        }
    }
}

/// The results of a fetch as events. A source that panics or stops early has ended: what it owes is noticed then.
fn events(
    id: NodeId,
    part: usize,
    places: Vec<u32>,
    results: BoxStream<'static, KeyResult>,
) -> BoxStream<'static, Event> {
    let of_key = places.clone();
    AssertUnwindSafe(results)
        .catch_unwind()
        .filter_map(move |result| {
            let event = match result {
                Ok((index, result)) => of_key.get(index).map(|place| Event::Result(id, part, *place, result)),
                Err(_) => None,
            };
            std::future::ready(event)
        })
        .chain(futures_util::stream::once(std::future::ready(Event::Ended(id, part, places))))
        .boxed()
}

/// The value of `@value`, made here: it asks nobody.
fn local_value(part: &Part, template: &JsonTemplate, key: &Key) -> Result<Answer, Failure> {
    let is_argument = |input: u16| matches!(part.binding.inputs.get(usize::from(input)), Some(Input::Argument(_)));
    let json = template.value(key, &is_argument).to_json();
    decode_body(&Bytes::from(json), &[], &part.wanted)
}

/// What takes the place of a failed fetch, where the author named something.
fn fallback(part: &Part) -> Option<Answer> {
    let json = part.binding.fallback.as_ref()?;
    decode_body(&Bytes::copy_from_slice(json.as_bytes()), &[], &part.wanted).ok()
}

/// Nothing but a failure.
fn failed(failure: FailureId) -> Delivered {
    Delivered { answers: Answers::None, failures: [failure].into() }
}

/// How many properties the objects of a node's answers have.
fn width(node: &Node) -> usize {
    node.parts.first().map_or(0, |part| match &part.wanted.item {
        WantedItem::Object(projection) => projection.properties().len(),
        WantedItem::Leaf => 0,
    })
}
