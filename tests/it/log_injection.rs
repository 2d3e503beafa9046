//! What comes from outside into the log: names, values, answers and headers that try to forge a line, to move a cursor, or
//! to colour one.

use std::fs;

use crate::program::{Serving, tributary};
use crate::rest_server::{Behaviour, RestServer};

/// A line of its own where newlines count, and commands for a terminal, in one byte too.
const HOSTILE: &str = "x\n{\"level\":\"ERROR\",\"fields\":{\"message\":\"forged\"}}\r\n2026-01-01 ERROR forged\u{1b}[2J\u{1b}]0;owned\u{7}\u{7f}\u{9b}31m\u{85}";

const SCHEMA: &str = r#"
schema @source(name: "up", rest: {url: "{env.UP}"}) @source(name: "db", sql: {url: "sqlite::memory:"}) { query: Query }
type Query {
  body: String @rest(get: "/body")
  garbage: String @rest(get: "/garbage")
  header: String @rest(get: "/body", headers: [{name: "x-tenant", value: "{headers.x-tenant}"}])
  path(name: String): String @rest(get: "/body/{args.name}")
  row(name: String): Int @sql(query: "select {args.name} from nothing where x = {args.name}")
  number(n: Int): Int @value(of: 1)
}
"#;

/// What the program logs of hostile operations.
async fn told(arguments: &'static [&'static str]) -> String {
    let service = RestServer::start().await;
    // The one command that a header may hold.
    let header = "x-message: \u{9b}31m forged".to_owned();
    service.on("*", Behaviour::Answer(500, vec![header], HOSTILE.as_bytes().to_vec()));
    service.on("/garbage", Behaviour::Raw(HOSTILE.as_bytes().to_vec()));
    let url = service.url();
    let asked = tokio::task::spawn_blocking(move || {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("schema.graphql"), SCHEMA).expect("written");
        let mut command = tributary(&["serve", "--listen", "127.0.0.1:0", "--log", "debug"]);
        let mut serving = Serving::start(command.args(arguments).env("UP", url).current_dir(folder.path()));
        ask(&serving);
        assert_eq!(serving.terminate(), Some(0));
        serving.told_bytes()
    });
    String::from_utf8(asked.await.expect("asked")).expect("UTF-8")
}

fn ask(serving: &Serving) {
    let body = |query: &str, name: &str| {
        let hostile = serde_json::json!({ "name": HOSTILE, HOSTILE: HOSTILE });
        serde_json::json!({ "query": query, "operationName": name, "variables": hostile }).to_string()
    };
    let with_name = "query Q($name: String) { path(name: $name) row(name: $name) body garbage header }";
    serving.post(&body(with_name, "Q"));
    serving.post_with("x-tenant: \u{9b}31m\u{85} forged\r\n", &body(with_name, "Q"));
    // Refused: as an operation, as a name, as a value, as a document, as JSON, as HTTP.
    serving.post(&body("query Q { body }", HOSTILE));
    serving.post(&body("query Q($name: Int) { number(n: $name) }", "Q"));
    serving.post(&body(&format!("query Q {{ number(n: \"{HOSTILE}\") }}"), "Q"));
    serving.post(&body(&format!("query Q {{ path(name: {}) nothing }}", serde_json::Value::from(HOSTILE)), "Q"));
    serving.post(HOSTILE);
    serving.post_with("accept: \u{9b}31m\r\n", "{}");
    serving.post_with("x-bad: \u{1b}[31m\r\n", "{}");
}

/// Whether a character is more than text.
fn commands(text: &str) -> Vec<char> {
    text.chars().filter(|character| character.is_control() && *character != '\n').collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s6_nothing_from_outside_forges_a_line_of_json() {
    let told = told(&[]).await;
    assert_eq!(commands(&told), Vec::<char>::new(), "{told:?}");
    let lines: Vec<serde_json::Value> =
        told.lines().map(|line| serde_json::from_str(line).expect("every line is an event of ours")).collect();
    assert!(lines.iter().all(|line| line["timestamp"].is_string() && line["fields"]["message"] != "forged"), "{told}");
    // It is there, as text; and comes back as it was.
    let details: Vec<&str> = lines.iter().filter_map(|line| line["fields"]["detail"].as_str()).collect();
    assert!(details.iter().any(|detail| detail.contains(HOSTILE)), "{told}");
    assert!(lines.len() > 10, "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s6_nothing_from_outside_forges_a_line_for_people() {
    let told = told(&["--dev"]).await;
    assert_eq!(commands(&told), Vec::<char>::new(), "{told:?}");
    for line in told.lines() {
        let begins = ["2", "query ", "refused "].iter().any(|start| line.starts_with(start));
        assert!(begins && !line.starts_with("2026-01-01 ERROR"), "{line:?} in {told}");
    }
    assert!(told.contains(r"\u{1b}[2J") && told.contains(r"\u{9b}31m"), "{told}");
}

/// Requests that are no operation have their line as well.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s6_every_refused_request_has_its_line() {
    let told = tokio::task::spawn_blocking(|| {
        let folder = tempfile::tempdir().expect("a folder");
        let schema = "type Query { a: Int @value(of: 1) } type Mutation { b: Int @value(of: 1) }";
        fs::write(folder.path().join("schema.graphql"), schema).expect("written");
        let mut serving = Serving::start(tributary(&["serve", "--listen", "127.0.0.1:0"]).current_dir(folder.path()));
        serving.post("{");
        serving.post_with("accept: image/png\r\n", "{\"query\":\"{ a }\"}");
        crate::program::Client::connect(&serving.address).get("/graphql?query=mutation%7Bb%7D");
        assert_eq!(serving.terminate(), Some(0));
        serving.told()
    });
    let told = told.await.expect("asked");
    let refused: Vec<serde_json::Value> = told
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON")["fields"].clone())
        .filter(|fields| fields["message"] == "operation refused")
        .collect();
    let codes: Vec<_> = refused.iter().map(|fields| fields["error.type"].as_str().expect("a code")).collect();
    assert_eq!(codes, ["BAD_USER_INPUT", "BAD_USER_INPUT", "OPERATION_RESOLUTION_FAILURE"], "{told}");
}
