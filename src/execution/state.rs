//! What changes while a plan runs, and belongs to this execution alone: answers, numbered records, keys, results.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use ahash::AHashMap;

use super::field_failure::FieldFailure;
use super::timing::Timing;
use crate::plan::{AnchorId, NodeId, Plan};
use crate::schema::{SourceId, TypeId};
use crate::source::{Answer, Key, Record};

/// The number of an answer of this execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct AnswerId(pub(super) u32);

/// The number of a failure of this execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct FailureId(pub(super) u32);

/// Everything that an execution has gathered.
#[derive(Debug, Default)]
pub(super) struct State {
    /// Every answer, under its [`AnswerId`], and the source that gave it; none for what several sources gave together.
    pub(super) answers: Vec<(Answer, Option<SourceId>)>,
    /// Every failure, under its [`FailureId`].
    pub(super) failures: Vec<FieldFailure>,
    /// The numbered records of each anchor.
    pub(super) anchors: Vec<Vec<RecordAt>>,
    /// Each node's progress.
    pub(super) nodes: Vec<NodeState>,
    /// When the fetches ran.
    pub(super) timing: Timing,
}

/// A numbered record: where it stands and what it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct RecordAt {
    pub(super) answer: AnswerId,
    pub(super) record: Record,
    pub(super) type_: TypeId,
}

/// The progress of one node.
#[derive(Debug, Default)]
pub(super) struct NodeState {
    /// Records for which nothing has been asked yet.
    pub(super) waiting: Vec<u32>,
    /// Records that need another node's result first.
    pub(super) blocked: HashSet<u32>,
    /// What the node has for each record, by the record's number.
    pub(super) results: Vec<NodeResult>,
    /// Each part's keys.
    pub(super) parts: Vec<PartState>,
    /// What was made by joining, by the keys of the parts, so that records with equal keys share it.
    pub(super) joined: HashMap<Vec<u32>, Delivered>,
}

/// What a node has for one record.
#[derive(Debug, Clone, Default)]
pub(super) enum NodeResult {
    /// Not there yet.
    #[default]
    Pending,
    /// Settled.
    Delivered(Delivered),
}

/// What was delivered for one key, or for one record.
#[derive(Debug, Clone, Default)]
pub(super) struct Delivered {
    /// What there is.
    pub(super) answers: Answers,
    /// What failed. Beside an answer: bindings that did not contribute, or what a fallback stands in for.
    pub(super) failures: Box<[FailureId]>,
}

/// What a key or a record has.
#[derive(Debug, Clone, Default)]
pub(super) enum Answers {
    /// Nothing: it failed.
    #[default]
    None,
    /// One answer.
    One(AnswerId),
    /// The answers of several bindings of a list: their items follow one another.
    Joined(Arc<[AnswerId]>),
}

/// The keys of one part of a node.
#[derive(Debug, Default)]
pub(super) struct PartState {
    /// The place of each distinct key.
    pub(super) places: AHashMap<Key, u32>,
    /// What became of each, by its place.
    pub(super) keys: Vec<KeyState>,
    /// The key of each record, by the record's number.
    pub(super) of_record: Vec<u32>,
}

/// What became of one key.
#[derive(Debug, Default)]
pub(super) struct KeyState {
    /// The records that wait for it.
    pub(super) waiting: Vec<u32>,
    /// What was delivered.
    pub(super) delivered: Option<Delivered>,
}

impl State {
    /// Nothing gathered yet.
    pub(super) fn new(plan: &Plan) -> State {
        let mut state = State { timing: Timing::new(plan), ..State::default() };
        state.anchors.resize_with(plan.anchors.len(), Vec::new);
        state.nodes.extend(plan.nodes.iter().map(|node| {
            let mut parts = Vec::new();
            parts.resize_with(node.parts.len(), PartState::default);
            NodeState { parts, ..NodeState::default() }
        }));
        state
    }

    pub(super) fn answer(&self, id: AnswerId) -> &Answer {
        &self.answers[id.0 as usize].0
    }

    pub(super) fn source_of(&self, id: AnswerId) -> Option<SourceId> {
        self.answers[id.0 as usize].1
    }

    pub(super) fn failure(&self, id: FailureId) -> &FieldFailure {
        &self.failures[id.0 as usize]
    }

    pub(super) fn record(&self, anchor: AnchorId, number: u32) -> RecordAt {
        self.anchors[anchor.0 as usize][number as usize]
    }

    pub(super) fn node(&mut self, id: NodeId) -> &mut NodeState {
        &mut self.nodes[id.0 as usize]
    }

    /// What a node has for a record.
    pub(super) fn result(&self, node: NodeId, record: u32) -> &NodeResult {
        self.nodes[node.0 as usize].results.get(record as usize).unwrap_or(&NodeResult::Pending)
    }

    pub(super) fn keep_answer(&mut self, answer: Answer, source: Option<SourceId>) -> AnswerId {
        self.answers.push((answer, source));
        AnswerId(number(self.answers.len() - 1))
    }

    pub(super) fn keep_failure(&mut self, failure: FieldFailure) -> FailureId {
        self.failures.push(failure);
        FailureId(number(self.failures.len() - 1))
    }

    /// Settles what a node has for a record.
    pub(super) fn settle(&mut self, node: NodeId, record: u32, delivered: Delivered) {
        let results = &mut self.node(node).results;
        if results.len() <= record as usize {
            results.resize_with(record as usize + 1, NodeResult::default);
        }
        results[record as usize] = NodeResult::Delivered(delivered);
    }
}

/// What one execution gathers is bounded far below 2^32 of anything by `maxCalls` and `maxAnswer`.
pub(super) fn number(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}
