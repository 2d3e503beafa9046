//! Calls of a SQL source without a schema file: bindings by hand, values in, JSON out.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use tributary::graphql::{Headers, Value};
use tributary::schema::{
    Binding, BindingRequest, FieldId, Input, InputRef, ListStyle, Naming, Piece, SourceDefinition, SourceId,
    SourceTarget, SqlBinding, Take, Template, TypeId,
};
use tributary::source::sql::SqlSource;
use tributary::source::{
    Access, Answer, Cause, Columns, Deadline, Failure, Fetch, Key, Meter, OperationScope, Slot, Wanted, WantedItem,
};

/// A SQL source under test.
#[derive(Clone)]
pub struct Source(pub Arc<SqlSource>);

/// How a statement is called.
#[derive(Clone)]
pub struct Call {
    /// The statement; each `{}` is the next parameter.
    pub statement: String,
    /// The values of each key.
    pub keys: Vec<Vec<Value>>,
    /// How long it may take.
    pub timeout: Duration,
    /// Whether it may write.
    pub access: Access,
    /// What is taken of the rows: the first value of the first, or of all.
    pub take: Take,
    /// What the calls of one operation share.
    pub scope: Arc<OperationScope>,
}

pub fn call(statement: &str) -> Call {
    Call {
        statement: statement.to_owned(),
        keys: vec![vec![]],
        timeout: Duration::from_secs(20),
        access: Access::Read,
        take: Take::Value,
        scope: scope(),
    }
}

pub fn scope() -> Arc<OperationScope> {
    Arc::new(OperationScope::new(Headers::default(), 1_000_000))
}

pub fn text(text: &str) -> Value {
    Value::String(text.into())
}

pub fn json(text: &str) -> Value {
    Value::from_json(text).expect("JSON")
}

impl Call {
    pub fn with(mut self, values: Vec<Value>) -> Call {
        self.keys = vec![values];
        self
    }

    pub fn with_keys(mut self, keys: Vec<Vec<Value>>) -> Call {
        self.keys = keys;
        self
    }

    pub fn within(mut self, milliseconds: u64) -> Call {
        self.timeout = Duration::from_millis(milliseconds);
        self
    }

    pub fn taking(mut self, take: Take) -> Call {
        self.take = take;
        self
    }

    pub fn writing(mut self) -> Call {
        self.access = Access::Write;
        self
    }

    pub fn in_scope(mut self, scope: &Arc<OperationScope>) -> Call {
        self.scope = Arc::clone(scope);
        self
    }

    pub fn fetch(self) -> Fetch {
        let mut pieces = Vec::new();
        for (index, words) in self.statement.split("{}").enumerate() {
            if index > 0 {
                let input = u16::try_from(index - 1).expect("few inputs");
                pieces.push(Piece::Input(InputRef { input, default: None, list: ListStyle::Repeat }));
            }
            if !words.is_empty() {
                pieces.push(Piece::Text(words.into()));
            }
        }
        let field = |index: usize| FieldId { owner: TypeId(0), index: u16::try_from(index).expect("few inputs") };
        let inputs = (0..pieces.len()).map(|index| Input::Parent(vec![field(index)])).collect();
        let sql = SqlBinding { statement: Template { pieces }, take: self.take };
        let request = BindingRequest::Sql(SourceId(0), sql);
        Fetch {
            source: SourceId(0),
            binding: Arc::new(Binding { request, inputs, timeout: self.timeout, retry: None, fallback: None }),
            keys: self.keys.into_iter().map(|values| values.into_iter().map(Some).collect::<Key>()).collect(),
            wanted: Arc::new(Wanted { list_depth: u8::from(self.take == Take::Values), item: WantedItem::Leaf }),
            columns: Columns::First,
            deadline: Deadline::of_operation(Duration::from_secs(60)).within(self.timeout),
            access: self.access,
            scope: self.scope,
            meter: Meter::default(),
        }
    }
}

impl Source {
    pub fn new(target: SourceTarget, concurrency: usize, max_answer: u64) -> Source {
        let definition = SourceDefinition {
            name: "shop".into(),
            target,
            concurrency,
            queue: 1_000,
            max_answer,
            retry: None,
            breaker: None,
            naming: Naming::Exact,
        };
        Source(Arc::new(SqlSource::connect(&definition).expect("a source that can work")))
    }

    /// The first value of each key's rows as JSON, in the order of the keys.
    pub async fn all(&self, call: Call) -> Vec<Result<String, Failure>> {
        self.all_counted(call).await.0
    }

    /// The same, and how many calls that took.
    pub async fn all_counted(&self, call: Call) -> (Vec<Result<String, Failure>>, u32) {
        let fetch = call.fetch();
        let meter = fetch.meter.clone();
        let mut results: Vec<_> = Arc::clone(&self.0).fetch(fetch).collect().await;
        results.sort_by_key(|(index, _)| *index);
        let told = |(_, result): (usize, Result<Answer, Failure>)| result.map(|answer| to_json(&answer, answer.root()));
        (results.into_iter().map(told).collect(), meter.counts().calls)
    }

    /// The first value of the first row as JSON.
    pub async fn value(&self, call: Call) -> Result<String, Failure> {
        self.all(call).await.remove(0)
    }

    /// What went wrong.
    pub async fn cause(&self, call: Call) -> Cause {
        self.value(call).await.expect_err("a failure").cause
    }
}

fn to_json(answer: &Answer, slot: Slot) -> String {
    match slot {
        Slot::List(run) => {
            let items: Vec<String> = answer.items(run).iter().map(|item| to_json(answer, *item)).collect();
            format!("[{}]", items.join(","))
        }
        Slot::Null => "null".to_owned(),
        Slot::Json(span) => String::from_utf8(answer.bytes(span).to_vec()).expect("UTF-8"),
        Slot::Plain(span) => text(std::str::from_utf8(answer.bytes(span)).expect("UTF-8")).to_json(),
        other => format!("{other:?}"),
    }
}

/// Waits until something holds; fails after five seconds.
pub async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) -> Duration {
    let started = Instant::now();
    while !holds().await {
        assert!(started.elapsed() < Duration::from_secs(5), "never: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    started.elapsed()
}
