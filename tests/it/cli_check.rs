//! `tributary check --format json`: what editors read, and how it ends.

#![allow(clippy::panic, reason = "a test that reads no JSON has failed")]

use std::fs;
use std::path::Path;

use serde_json::json;

use crate::program::{finish, run, tributary};

/// What `check --format json` prints, with the code of its end.
fn report(folder: &Path, arguments: &[&str]) -> (i32, serde_json::Value) {
    let arguments = [&["check", "--format", "json"], arguments].concat();
    let (code, out, err) = finish(tributary(&arguments).current_dir(folder));
    assert_eq!(err, "", "{out}");
    (code, serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out}")))
}

#[test]
fn editors_are_told_in_json() {
    let folder = tempfile::tempdir().expect("a folder");
    let wrong = "type Query {\n  \"値 😀\" a: Strin @value(of: \"x\")\n  b(id: ID): Int @rest(get: \"/b\")\n}\n";
    fs::write(folder.path().join("a.graphql"), wrong).expect("written");
    let (code, told) = report(folder.path(), &["."]);
    let entry = |line, column, end, message: &str, hint: &str| {
        json!({"severity": "error", "message": message, "hint": hint, "file": "./a.graphql",
               "line": line, "column": column, "endLine": line, "endColumn": end})
    };
    let source = "describe it: `extend schema @source(name: \"api\", rest: { url: \"http://127.0.0.1:8080\" })`";
    let entries = [
        // Behind two wide characters, of which one is two UTF-16 units.
        entry(2, 13, 18, "cannot find type `Strin` in this schema", "did you mean `String`?"),
        entry(3, 18, 23, "the schema has no REST source for this `@rest`", source),
    ];
    assert_eq!((code, told), (1, json!({"errors": 2, "warnings": 0, "diagnostics": entries})));
}

#[test]
fn editors_are_told_of_warnings_of_nothing_and_of_no_schema() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("schema.graphql"), "type Query { a: String @value(of: \"x\") }").expect("written");
    assert_eq!(report(folder.path(), &[]), (0, json!({"errors": 0, "warnings": 0, "diagnostics": []})));
    fs::write(folder.path().join("schema.graphql"), "type Query { a: String }").expect("written");
    let (code, told) = report(folder.path(), &[]);
    assert_eq!((code, &told["warnings"], &told["diagnostics"][0]["severity"]), (0, &json!(1), &json!("warning")));
    let (code, told) = report(folder.path(), &["nowhere.graphql"]);
    let entry = &told["diagnostics"][0];
    assert_eq!(
        (code, &entry["message"], &entry["file"]),
        (69, &json!("there is no `nowhere.graphql` here"), &json!(null))
    );
    fs::write(folder.path().join("binary.graphql"), b"type\n\xff").expect("written");
    let (code, told) = report(folder.path(), &["binary.graphql"]);
    let message = told["diagnostics"][0]["message"].as_str().unwrap_or_default();
    assert_eq!((code, message), (1, "`binary.graphql` is not UTF-8 text: line 2 cannot be read"));
    // The flag's variable, and a word that is no format.
    let mut command = tributary(&["check", "nowhere.graphql"]);
    let (code, out, err) = finish(command.env("TRIBUTARY_FORMAT", "json"));
    assert!(code == 69 && out.starts_with('{') && err.is_empty(), "{out}{err}");
    assert_eq!(run(&["check", "--format", "yaml"]).0, 2);
}
