//! A gateway in this process, made from the text of a schema, in front of real sources.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tributary::config::{self, Environment, SourceFile};
use tributary::gateway::{Debug, Gateway};
use tributary::graphql::{Headers, Request, Value};
use tributary::schema::{self, Schema};
use tributary::source::{Faults, Script, connect_faulty, connect_scripted};

/// A response and how long it took.
#[derive(Debug)]
pub struct Answered {
    pub text: String,
    pub took: Duration,
    value: Value,
}

/// The gateway of a schema.
pub fn gateway(text: &str) -> Arc<Gateway> {
    faulty_gateway(text, Faults::default())
}

/// The gateway of a schema whose sources have faults on purpose.
pub fn faulty_gateway(text: &str, faults: Faults) -> Arc<Gateway> {
    let schema = schema_of(text);
    let sources = connect_faulty(&schema, faults).expect("sources that can be connected");
    Arc::new(Gateway::new(Arc::new(schema), sources, Debug::Hidden))
}

/// The gateway of a schema whose sources a script plays.
pub fn scripted_gateway(text: &str, script: &Script) -> Arc<Gateway> {
    let schema = schema_of(text);
    let sources = connect_scripted(&schema, script).expect("sources that can be connected");
    Arc::new(Gateway::new(Arc::new(schema), sources, Debug::Hidden))
}

/// A schema that is right.
pub fn schema_of(text: &str) -> Schema {
    let files = vec![SourceFile { name: "schema.graphql".to_owned(), text: text.to_owned() }];
    let config = config::parse(files, Path::new("."), &Environment::new(|_| None));
    let config = config.map_err(|mistakes| mistakes.render(false)).expect("a schema that can be read");
    let built = schema::build(&config).map_err(|mistakes| mistakes.render(false));
    built.expect("a schema that is right").0
}

/// Asks a gateway.
pub async fn ask(gateway: &Gateway, query: &str) -> Answered {
    ask_with(gateway, Request { query: query.to_owned(), ..Request::default() }).await
}

/// Asks a gateway with the headers of a client.
pub async fn ask_as(gateway: &Gateway, query: &str, headers: &[(&str, &str)]) -> Answered {
    let headers = Headers(headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect());
    ask_with(gateway, Request { query: query.to_owned(), headers, ..Request::default() }).await
}

/// Asks a gateway with a whole request.
pub async fn ask_with(gateway: &Gateway, request: Request) -> Answered {
    let started = Instant::now();
    let response = gateway.execute(request).await;
    let took = started.elapsed();
    let text = String::from_utf8(response.body.to_vec()).expect("UTF-8");
    let value = Value::from_json(&text).expect("JSON");
    Answered { text, took, value }
}

impl Answered {
    /// `data`, as JSON.
    pub fn data(&self) -> String {
        self.value.get("data").expect("data").to_json()
    }

    /// Each error as `path CODE source`.
    pub fn errors(&self) -> Vec<String> {
        let Some(Value::List(errors)) = self.value.get("errors") else { return Vec::new() };
        errors.iter().map(error_words).collect()
    }
}

fn error_words(error: &Value) -> String {
    let word = |name: &str| error.at(&["extensions", name]).and_then(Value::as_text).unwrap_or("-").to_owned();
    let path = match error.get("path") {
        Some(Value::List(steps)) => steps.iter().filter_map(Value::as_text).collect::<Vec<_>>().join("."),
        _ => "-".to_owned(),
    };
    format!("{path} {} {}", word("code"), word("source"))
}
