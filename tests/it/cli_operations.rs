//! What an operator is told of each operation, as text and as JSON, and what a client may ask of one.

use std::fs;
use std::process::Command;

use serde_json::Value as Json;

use crate::program::{Serving, tributary};

const SCHEMA: &str = r#"
schema @source(name: "down", rest: {url: "http://127.0.0.1:1"}) @source(name: "db", sql: {url: "sqlite::memory:"}) {
  query: Query
}
type Query { one: Int @sql(query: "select 1") thing: Int @rest(get: "/secret-path") }
"#;

/// Serves the schema; without colours, which only terminals get.
fn serve(arguments: &[&str], run: impl FnOnce(&Serving)) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("schema.graphql"), SCHEMA).expect("written");
    let mut command: Command = tributary(&["serve", "--listen", "127.0.0.1:0"]);
    let mut serving = Serving::start(command.args(arguments).current_dir(folder.path()));
    run(&serving);
    assert_eq!(serving.terminate(), Some(0));
    serving.told()
}

#[test]
fn whoever_develops_reads_one_line_for_each_operation() {
    let told = serve(&["--dev"], |serving| {
        serving.query("query Both { one thing }");
        serving.query("{ __typename }");
        serving.query("{ two }");
    });
    let lines: Vec<&str> = told.lines().filter(|line| !line.starts_with("20")).collect();
    assert_eq!(lines.len(), 3, "{told}");
    assert!(lines[0].starts_with("query Both  "), "{told}");
    assert!(lines[0].contains(" down 1 call ") && lines[0].contains(" ms, 1 failed"), "{told}");
    assert!(lines[0].contains(" db 1 call ") && lines[0].ends_with("  1 error"), "{told}");
    assert!(lines[1].starts_with("query (no name)  ") && lines[1].ends_with("  no source asked"), "{told}");
    assert!(lines[2].starts_with("refused GRAPHQL_VALIDATION_FAILED  "), "{told}");
    assert!(!told.contains('\u{1b}'), "{told}");
}

#[test]
fn programs_read_the_same_as_json() {
    let told = serve(&[], |serving| {
        serving.query("query Both { one thing }");
        serving.query("{ a\u{1b}[31m }");
    });
    let lines: Vec<Json> = told.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let operations: Vec<&Json> =
        lines.iter().filter(|line| line["target"] == "tributary::operation").map(|line| &line["fields"]).collect();
    assert_eq!(operations.len(), 2, "{told}");
    let both = operations[0];
    assert_eq!((&both["graphql.operation.name"], &both["graphql.operation.type"]), (&"Both".into(), &"query".into()));
    assert_eq!((&both["errors"], both["elapsed_ms"].is_number()), (&1.into(), true));
    let sums = |place: usize| (both["sources"][place]["source"].clone(), both["sources"][place]["failures"].clone());
    assert_eq!((sums(0), sums(1)), (("down".into(), 1.into()), ("db".into(), 0.into())));
    assert_eq!(operations[1]["error.type"], "GRAPHQL_PARSE_FAILED", "{told}");
    assert!(lines.iter().all(|line| line["timestamp"].is_string() && line["level"].is_string()), "{told}");
}

#[test]
fn operations_can_be_left_out_of_the_log() {
    let told = serve(&["--log", "info,tributary::operation=off"], |serving| {
        serving.query("{ one }");
    });
    assert!(told.contains("stopping") && !told.contains("operation\""), "{told}");
}

#[test]
fn causes_are_in_responses_for_whoever_develops_alone() {
    for (arguments, is_told) in [(&["--dev"][..], true), (&[], false)] {
        serve(arguments, |serving| {
            let reply = serving.query("{ thing }");
            assert_eq!(reply.contains("secret-path"), is_told, "{reply}");
        });
    }
}

#[test]
fn a_client_may_ask_what_was_fetched() {
    serve(&[], |serving| {
        let body = r#"{"query":"{ one thing }"}"#;
        let traced = serving.post_with("x-tributary-trace: 1\r\n", body);
        let header = traced.lines().find(|line| line.starts_with("server-timing: ")).expect("a header");
        assert!(header.starts_with("server-timing: total;dur="), "{header}");
        assert!(header.contains(", down;dur=") && header.contains("desc=\"calls 1, hits 0, failures 1\""), "{header}");
        assert!(traced.contains(r#""extensions":{"sources":[{"source":"down","kind":"rest","calls":1,"#), "{traced}");
        for headers in ["", "x-tributary-trace: 0\r\n"] {
            let plain = serving.post_with(headers, body);
            assert!(!plain.contains("server-timing") && !plain.contains("\"sources\""), "{plain}");
        }
    });
}
