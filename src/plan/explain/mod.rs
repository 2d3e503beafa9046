//! A plan, explained before anything is fetched: what is asked of whom and how often, what runs at the same time, what waits
//! for what, and how long it can take. For people as a tree (`text`), for machines as JSON. It shows templates and names, and
//! never a value, neither of a request nor of the environment.

mod calls;
mod extent;
mod paths;
mod request;
mod text;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use serde::{Serialize, Serializer};

use super::{NodeId, Part, Plan};
use crate::graphql::{SourceKind, milliseconds};
use crate::operation::OperationKind;
use crate::schema::{Schema, SourceDefinition};
use crate::source::Access;

use calls::{Calls, calls};
use extent::Extents;
use request::Request;

/// An operation, explained.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// `query` or `mutation`.
    pub operation: &'static str,
    /// Its name.
    pub name: Option<Box<str>>,
    /// How many items each list is taken to have.
    pub rows: u64,
    /// Calls to sources in all, at most; but a statement that PostgreSQL cannot run for many parents at once is run for each
    /// of them, and only the database knows which one that is.
    pub calls: u64,
    /// How many an operation may make.
    pub max_calls: u32,
    /// How long it takes at most, by the timeouts that are declared.
    #[serde(rename = "worstMs", serialize_with = "as_milliseconds")]
    pub worst: Duration,
    /// The operation's deadline.
    #[serde(rename = "deadlineMs", serialize_with = "as_milliseconds")]
    pub deadline: Duration,
    /// What is fetched for the root fields.
    pub fetches: Vec<ExplainedNode>,
}

/// One field's fetches at one place of the operation.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExplainedNode {
    /// Where its value first stands in the response, without indexes; empty for a field that only templates need.
    pub path: Vec<Arc<str>>,
    /// `Type.field`.
    pub coordinate: Arc<str>,
    /// For how many parents it is fetched, at most.
    pub parents: u64,
    /// Coordinates of what it waits for, beside the field above it.
    pub waits_for: Vec<Arc<str>>,
    /// When it starts at the latest, and when it has ended, from the start of the operation.
    #[serde(rename = "startMs", serialize_with = "as_milliseconds")]
    pub start: Duration,
    /// When it has ended.
    #[serde(rename = "endMs", serialize_with = "as_milliseconds")]
    pub end: Duration,
    /// Its bindings, which are fetched at the same time.
    pub bindings: Vec<ExplainedBinding>,
    /// What starts when it has arrived.
    pub fetches: Vec<ExplainedNode>,
}

/// One binding of a field.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExplainedBinding {
    /// The source; none for `@value`, which asks nobody.
    pub source: Option<Arc<str>>,
    /// What it is.
    pub kind: Option<SourceKind>,
    /// Calls, at most.
    pub calls: u64,
    /// How parents share them.
    pub how: Sharing,
    /// Its timeout.
    #[serde(rename = "timeoutMs", serialize_with = "as_milliseconds")]
    pub timeout: Duration,
    /// What is sent, in words: the statement, or method, path, headers and body. `…` stands for what only the database knows.
    pub request: String,
    /// What stands for each placeholder of the statement.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<String>,
    /// The columns that are read; nothing where all are, or for a call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub columns: Option<Vec<Box<str>>>,
    /// What the author may want to change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warning: Option<String>,
}

/// How parents share calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Sharing {
    /// There is one parent, or nothing of the call differs between them.
    Once,
    /// One statement serves all of them.
    Together,
    /// One call serves so many of them.
    Batched(u64),
    /// One call serves those that differ in nothing else that it names: at worst each has its own.
    BatchedApart,
    /// Each has its own.
    Each,
    /// It is the call of this field, made once for both.
    SameAs(Arc<str>),
    /// It is made here.
    Nobody,
}

/// Explains a plan; each list is taken to have so many items.
#[must_use]
pub fn explain(plan: &Plan, schema: &Schema, name: Option<&str>, rows: u64) -> Explanation {
    let mut explaining = Explaining {
        plan,
        schema,
        rows,
        extents: Extents::of(plan, rows),
        paths: paths::of(plan),
        ends: HashMap::new(),
        known: HashMap::new(),
        calls: 0,
    };
    let mut fetches = Vec::new();
    let mut worst = Duration::ZERO;
    for nodes in &plan.root_fields {
        // The root fields of a mutation run one after the other.
        let start = if plan.kind == OperationKind::Mutation { worst } else { Duration::ZERO };
        for id in nodes {
            let node = explaining.node(*id, start);
            worst = worst.max(last_end(&node));
            fetches.push(node);
        }
    }
    Explanation {
        operation: match plan.kind {
            OperationKind::Query => "query",
            OperationKind::Mutation => "mutation",
        },
        name: name.map(Into::into),
        rows,
        calls: explaining.calls,
        max_calls: schema.limits.max_calls,
        worst,
        deadline: schema.limits.deadline,
        fetches,
    }
}

struct Explaining<'p> {
    plan: &'p Plan,
    schema: &'p Schema,
    rows: u64,
    extents: Extents,
    paths: HashMap<NodeId, Vec<Arc<str>>>,
    ends: HashMap<NodeId, Duration>,
    /// Calls that were explained, each with the field that makes it.
    known: HashMap<String, Arc<str>>,
    calls: u64,
}

impl Explaining<'_> {
    fn node(&mut self, id: NodeId, earliest: Duration) -> ExplainedNode {
        let node = self.plan.node(id);
        let parents = self.extents.records(node.anchor);
        let ends = node.needs.iter().filter_map(|needed| self.ends.get(needed));
        let start = ends.copied().max().unwrap_or_default().max(earliest);
        let bindings: Vec<ExplainedBinding> =
            node.parts.iter().map(|part| self.binding(id, part, node.access, parents)).collect();
        let longest = bindings.iter().map(|binding| binding.timeout).max().unwrap_or_default();
        let end = (start + longest).min(self.schema.limits.deadline);
        self.ends.insert(id, end);
        let mut hanging: Vec<NodeId> = self.extents.below(id).to_vec();
        // What others wait for is explained before them.
        hanging.sort_by_key(|id| (self.depth_of_needs(*id), *id));
        let fetches = hanging.into_iter().map(|below| self.node(below, end)).collect();
        let waits_for = node.needs.iter().map(|needed| Arc::clone(&self.plan.node(*needed).coordinate)).collect();
        let path = self.paths.get(&id).cloned().unwrap_or_default();
        ExplainedNode {
            path,
            coordinate: Arc::clone(&node.coordinate),
            parents,
            waits_for,
            start,
            end,
            bindings,
            fetches,
        }
    }

    /// `check` has refused circles of needs.
    fn depth_of_needs(&self, id: NodeId) -> usize {
        let needs = &self.plan.node(id).needs;
        needs.iter().map(|needed| self.depth_of_needs(*needed) + 1).max().unwrap_or(0)
    }

    fn binding(&mut self, id: NodeId, part: &Part, access: Access, parents: u64) -> ExplainedBinding {
        let node = self.plan.node(id);
        let source = part.binding.request.source().map(|source| self.schema.source(source));
        let Calls { mut count, mut how } = calls(part, access, parents, self.rows);
        let Request { text, parameters, columns } = request::of(self.schema, part, how == Sharing::Together);
        if access == Access::Read && source.is_some() {
            // As the source tells calls apart: by what is sent, for whom, and how long it may take.
            let key = format!(
                "{:?} {:?} {text} {parameters:?} {:?} {:?} {columns:?}",
                node.anchor, part.binding.timeout, part.inputs, node.arguments
            );
            match self.known.get(&key) {
                Some(other) => (count, how) = (0, Sharing::SameAs(Arc::clone(other))),
                None => drop(self.known.insert(key, Arc::clone(&node.coordinate))),
            }
        }
        self.calls = self.calls.saturating_add(count);
        let warning = match how {
            Sharing::Each if count > 1 => Some(format!(
                "a call for each of {parents} parents; a service that takes many values at once is asked by `{{batch.…}}`"
            )),
            Sharing::BatchedApart => {
                Some("parents that differ in another `{parent.…}` are asked for in calls of their own".to_owned())
            }
            _ => None,
        };
        ExplainedBinding {
            source: source.map(|source| Arc::clone(&source.name)),
            kind: source.map(SourceDefinition::kind),
            calls: count,
            how,
            timeout: part.binding.timeout,
            request: text,
            parameters,
            columns,
            warning,
        }
    }
}

fn last_end(node: &ExplainedNode) -> Duration {
    node.fetches.iter().map(last_end).fold(node.end, Duration::max)
}

fn as_milliseconds<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(milliseconds(*duration))
}
