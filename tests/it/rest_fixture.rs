//! A REST source made by hand, and bindings for it, so that a source can be asked without a schema file around it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use tributary::graphql::{Headers, Value};
use tributary::schema::{
    Binding, BindingRequest, HeaderTemplate, Input, InputRef, ListStyle, Method, Naming, Piece, QueryParameter,
    RestBinding, RestTarget, Secret, SourceDefinition, SourceId, SourceTarget, Template, UrlTemplate,
};
use tributary::source::rest::RestSource;
use tributary::source::{
    Access, Answer, Cause, Columns, Deadline, Failure, Fetch, Key, Meter, OperationScope, Script, Wanted, WantedItem,
};

/// A source in the making.
pub struct Service {
    /// What the schema would say.
    pub definition: SourceDefinition,
}

impl Service {
    /// A source with the defaults of the language.
    pub fn at(url: &str) -> Service {
        let target = RestTarget {
            url: Secret(url.to_owned()),
            headers: Vec::new(),
            header_inputs: Vec::new(),
            forward: Vec::new(),
            connect: Duration::from_secs(1),
            redirects: 0,
            ca: None,
        };
        let definition = SourceDefinition {
            name: "service".into(),
            target: SourceTarget::Rest(target),
            concurrency: 64,
            queue: 256,
            max_answer: 10 * 1024 * 1024,
            retry: None,
            breaker: None,
            naming: Naming::Exact,
        };
        Service { definition }
    }

    /// The same with other places.
    pub fn with_places(mut self, concurrency: usize, queue: usize) -> Service {
        self.definition.concurrency = concurrency;
        self.definition.queue = queue;
        self
    }

    /// The same with a change to what is particular to REST.
    pub fn with(mut self, change: impl FnOnce(&mut RestTarget)) -> Service {
        let SourceTarget::Rest(target) = &mut self.definition.target else { unreachable!("a REST source") };
        change(target);
        self
    }

    /// A source that answers from a script.
    pub fn scripted(&self, script: Script) -> Arc<RestSource> {
        let source = RestSource::scripted(&self.definition, self.target(), script);
        Arc::new(source.expect("a source"))
    }

    /// The source itself.
    pub fn connect(&self) -> Arc<RestSource> {
        self.try_connect().expect("a source")
    }

    /// The source itself, or why there is none.
    pub fn try_connect(&self) -> Result<Arc<RestSource>, String> {
        RestSource::connect(&self.definition, self.target()).map(Arc::new)
    }

    fn target(&self) -> &RestTarget {
        let SourceTarget::Rest(target) = &self.definition.target else { unreachable!("a REST source") };
        target
    }
}

/// A template: `{0}` is the first input, everything else is text.
pub fn template(text: &str) -> Template {
    let mut pieces = Vec::new();
    let mut push = |piece: &str| {
        if !piece.is_empty() {
            pieces.push(Piece::Text(piece.into()));
        }
        pieces.len()
    };
    let mut inputs = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (input, after) = after.split_once('}').expect("a closing brace");
        inputs.push((push(before), input.parse().expect("a number")));
        rest = after;
    }
    push(rest);
    for (place, input) in inputs.into_iter().rev() {
        let input = InputRef { input, default: None, list: ListStyle::Repeat };
        pieces.insert(place, Piece::Input(input));
    }
    Template { pieces }
}

/// A header with its value.
pub fn header(name: &str, value: &str) -> HeaderTemplate {
    HeaderTemplate { name: name.into(), value: template(value) }
}

/// A call of `/path?name=value`, where `{0}` is the first argument.
pub fn call(method: Method, url: &str) -> RestBinding {
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let segments = path.split('/').skip(1).map(template).collect();
    let query = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| QueryParameter { name: name.into(), value: template(value) })
        .collect();
    let url = UrlTemplate { segments, query };
    RestBinding {
        method,
        url,
        headers: Vec::new(),
        body: None,
        at: Vec::new(),
        null_on: Vec::new(),
        hedge: None,
        batch: None,
    }
}

/// A fetch that can be changed before it is asked.
pub struct Asking {
    /// What is asked.
    pub call: RestBinding,
    /// The values of the arguments, for each key.
    pub keys: Vec<Key>,
    /// Until when.
    pub timeout: Duration,
    /// Whether it may write.
    pub access: Access,
    /// What it shares with others.
    pub scope: Arc<OperationScope>,
}

/// What became of a fetch, key by key, and how long it took.
#[derive(Debug)]
pub struct Asked {
    /// In the order of the keys.
    pub results: Vec<Result<Answer, Failure>>,
    /// From the first poll to the last result.
    pub took: Duration,
}

/// A GET with one key and five seconds.
pub fn get(url: &str) -> Asking {
    asking(call(Method::Get, url))
}

/// A call with one key without values and five seconds.
pub fn asking(call: RestBinding) -> Asking {
    let (timeout, access) = (Duration::from_secs(5), Access::Read);
    Asking { call, keys: vec![Vec::new()], timeout, access, scope: scope(&[]) }
}

/// The scope of an operation of a client with these headers.
pub fn scope(headers: &[(&str, &str)]) -> Arc<OperationScope> {
    let headers = headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    Arc::new(OperationScope::new(Headers(headers), 1_000))
}

/// Text as a key's only value.
pub fn text(value: &str) -> Key {
    vec![Some(Value::String(value.into()))]
}

impl Asking {
    /// The same for one key.
    pub fn key(mut self, key: Key) -> Asking {
        self.keys = vec![key];
        self
    }

    /// The same under another timeout.
    pub fn within(mut self, milliseconds: u64) -> Asking {
        self.timeout = Duration::from_millis(milliseconds);
        self
    }

    /// The same in the scope of an operation.
    pub fn in_scope(mut self, scope: &Arc<OperationScope>) -> Asking {
        self.scope = Arc::clone(scope);
        self
    }

    /// The fetch, its time running.
    pub fn fetch(self) -> Fetch {
        let keys = self.keys.iter().map(Vec::len).max().unwrap_or_default();
        let inputs = (0..keys).map(|index| Input::Argument(vec![index.to_string().into()])).collect();
        let request = BindingRequest::Rest(SourceId(0), self.call);
        Fetch {
            source: SourceId(0),
            binding: Arc::new(Binding { request, inputs, timeout: self.timeout, retry: None, fallback: None }),
            keys: self.keys,
            wanted: Arc::new(Wanted { list_depth: 0, item: WantedItem::Leaf }),
            columns: Columns::All,
            deadline: Deadline::of_operation(Duration::from_secs(60)).within(self.timeout),
            access: self.access,
            scope: self.scope,
            meter: Meter::default(),
        }
    }

    /// Asks a source for every key.
    pub async fn ask(self, source: &Arc<RestSource>) -> Asked {
        let started = Instant::now();
        let mut results: Vec<_> = Arc::clone(source).fetch(self.fetch()).collect().await;
        results.sort_by_key(|(index, _)| *index);
        Asked { results: results.into_iter().map(|(_, result)| result).collect(), took: started.elapsed() }
    }

    /// Asks a source for the only key, which fails.
    pub async fn fail(self, source: &Arc<RestSource>) -> Failure {
        let mut asked = self.ask(source).await;
        assert_eq!(asked.results.len(), 1);
        asked.results.remove(0).expect_err("a failure")
    }

    /// Asks a source for the only key, and gives what it failed with.
    pub async fn cause(self, source: &Arc<RestSource>) -> Cause {
        self.fail(source).await.cause
    }

    /// Asks a source for the only key; the bytes of the answer.
    pub async fn bytes(self, source: &Arc<RestSource>) -> Vec<u8> {
        let mut asked = self.ask(source).await;
        assert_eq!(asked.results.len(), 1);
        let answer = asked.results.remove(0).expect("an answer");
        match answer.root() {
            tributary::source::Slot::Json(span) | tributary::source::Slot::Plain(span) => answer.bytes(span).to_vec(),
            other => format!("{other:?}").into_bytes(),
        }
    }
}
