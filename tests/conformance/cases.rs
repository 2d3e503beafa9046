//! Where the cases are, and how they are counted.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value as Json;
use tributary::config::{self, Environment, SourceFile};
use tributary::gateway::{Debug, Gateway};
use tributary::graphql::{Request, Value};
use tributary::schema::{self, Schema};
use tributary::source::connect;

/// What is written beside a schema of the cases, whose documents are larger than people's.
pub const WIDE_LIMITS: &str = "extend schema @gateway(maxAliases: 10000, maxRootFields: 10000, maxDepth: 1000)";

/// The cases of a file; nothing where they are not here.
pub fn cases(file: &str) -> Option<Json> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let found: PathBuf = [root.join("../shared/conformance"), root.join("../../shared/conformance")]
        .into_iter()
        .find(|folder| folder.is_dir())?
        .join(file);
    let text = std::fs::read_to_string(found).ok()?;
    Some(serde_json::from_str(&without_lone_surrogates(&text)).expect("the cases are JSON"))
}

/// JSON text in which each lone surrogate, which no text of ours can hold, is U+FFFD.
fn without_lone_surrogates(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(place) = rest.find('\\') {
        out.push_str(&rest[..place]);
        rest = &rest[place..];
        let unit = |text: &str| {
            let digits = text.strip_prefix("\\u")?.get(..4)?;
            u32::from_str_radix(digits, 16).ok()
        };
        let (escape, length) = match (unit(rest), rest.get(6..).and_then(unit)) {
            (Some(0xd800..0xdc00), Some(0xdc00..0xe000)) => (&rest[..12], 12),
            (Some(0xd800..0xe000), _) => ("\\ufffd", 6),
            (Some(_), _) => (&rest[..6], 6),
            (None, _) => (&rest[..2], 2),
        };
        out.push_str(escape);
        rest = &rest[length..];
    }
    out + rest
}

/// A schema from its text, or its mistakes.
pub fn schema_of(text: String) -> Result<Schema, String> {
    let file = SourceFile { name: "case.graphql".to_owned(), text };
    let environment = Environment::new(|_| None);
    let config = config::parse(vec![file], Path::new("."), &environment).map_err(|mistakes| mistakes.render(false))?;
    let (schema, _) = schema::build(&config).map_err(|mistakes| mistakes.render(false))?;
    Ok(schema)
}

/// A gateway for a schema.
pub fn gateway_of(text: String) -> Result<Gateway, String> {
    let schema = schema_of(text)?;
    let sources = connect(&schema).map_err(|error| error.to_string())?;
    Ok(Gateway::new(Arc::new(schema), sources, Debug::Hidden))
}

/// Puts a case to a gateway: the response, and its text.
pub async fn ask(gateway: &Gateway, case: &Json) -> (Value, String) {
    let request = Request {
        query: case["query"].as_str().unwrap_or_default().to_owned(),
        operation_name: case.get("operationName").and_then(Json::as_str).map(ToOwned::to_owned),
        variables: case.get("variables").and_then(|json| Value::from_json(&json.to_string()).ok()),
        ..Request::default()
    };
    let response = gateway.execute(request).await;
    let text = String::from_utf8_lossy(&response.body).into_owned();
    (Value::from_json(&text).expect("a response is JSON"), text)
}

/// What came of a kind of cases.
pub struct Tally {
    kind: &'static str,
    passed: usize,
    failed: BTreeMap<&'static str, Vec<String>>,
    excused: Vec<String>,
    excuses: &'static [(&'static str, &'static str)],
    shows: bool,
}

impl Tally {
    /// Counts cases of a kind; an excuse is a case that is held to be wrong itself, with the reason.
    pub fn new(kind: &'static str, excuses: &'static [(&'static str, &'static str)]) -> Tally {
        let shows = std::env::var("TRIBUTARY_SHOW_CASES").is_ok();
        Tally { kind, passed: 0, failed: BTreeMap::new(), excused: Vec::new(), excuses, shows }
    }

    /// Counts one: what is wrong with its outcome, if anything, and what to show then.
    pub fn count(&mut self, case: &Json, problem: Option<&'static str>, details: impl FnOnce() -> String) {
        let id = case["id"].as_str().unwrap_or_default();
        let Some(problem) = problem else {
            self.passed += 1;
            return;
        };
        if self.excuses.iter().any(|(excused, _)| *excused == id) {
            self.excused.push(id.to_owned());
            return;
        }
        self.failed.entry(problem).or_default().push(id.to_owned());
        if self.shows {
            println!("--- {id} {problem}\n{}\n", details());
        }
    }

    /// Prints the count, and fails where a case did not come out right or an excuse is not needed.
    pub fn finish(self) {
        let failed: usize = self.failed.values().map(Vec::len).sum();
        let Tally { kind, passed, excused, .. } = &self;
        println!("{kind} cases: {passed} passed, {failed} failed, {} held to be wrong", excused.len());
        assert!(failed == 0, "{kind}: {:?}", self.failed);
        assert_eq!(excused.len(), self.excuses.len(), "{kind}: some of {:?} pass", self.excuses);
    }
}

/// Whether a response is that of a request that was not executed.
pub fn is_refused(response: &Value) -> bool {
    response.get("data").is_none() && has_errors(response)
}

/// Whether a response has errors.
pub fn has_errors(response: &Value) -> bool {
    matches!(response.get("errors"), Some(Value::List(errors)) if !errors.is_empty())
}
