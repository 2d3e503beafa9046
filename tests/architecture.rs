//! The house's invariants, held over the source text. Each check is a function from files to what is wrong with them,
//! and is proved able to fail on a made-up file. What clippy holds (the length of functions, panics) is not repeated.

use std::fs;

#[path = "architecture/imports.rs"]
mod imports;
#[path = "architecture/source_text.rs"]
mod source_text;

use imports::{mutual_imports, upward_imports};
use source_text::{SourceText, rust_files, top};

/// Which crates only some folders may name.
const OUTSIDE: [(&str, &[&str]); 17] = [
    // The demo's services are the outside world in miniature, no edge of ours.
    ("axum", &["src/server/", "src/cli/demo/"]),
    ("hyper", &["src/server/", "src/source/rest/"]),
    ("hyper_util", &["src/server/", "src/source/rest/"]),
    ("async_graphql", &["src/server/"]),
    ("async_graphql_axum", &[]),
    ("tokio_postgres", &["src/source/sql/postgres/"]),
    ("deadpool_postgres", &["src/source/sql/postgres/"]),
    ("rusqlite", &["src/source/sql/sqlite/"]),
    ("reqwest", &[]),
    ("rustls", &["src/source/rest/"]),
    ("url", &["src/source/rest/origin.rs"]),
    ("flate2", &["src/server/", "src/source/rest/unfold.rs"]),
    ("brotli", &["src/server/", "src/source/rest/unfold.rs"]),
    ("apollo_compiler", &["src/config/", "src/schema/", "src/operation/"]),
    ("clap", &["src/cli/"]),
    ("rustix", &["src/cli/"]),
    ("env", &["src/cli/"]),
];

/// What never stands in the source.
const NEVER: [&str; 7] = [".unwrap()", "todo!", "unimplemented!", "dbg!", "unsafe ", "unsafe{", "#[ignore"];

/// Words that stand only in some places: operators' text is read where it is logged or shown on purpose, a key for sharing
/// is built once for each kind of source, and nothing waits in a channel without a bound. (That a call has a `Deadline`, and
/// that `execute` gives a response, the types hold; that no lock is held across an await, clippy does.)
const ONLY_IN: [(&str, &[&str]); 4] = [
    (".for_operators()", &["src/source/", "src/execution/field_failure.rs"]),
    ("CallKey {", &["src/source/operation_scope.rs", "src/source/rest/call.rs", "src/source/sql/sql_source.rs"]),
    ("unbounded_channel", &[]),
    ("channel::unbounded", &[]),
];

/// What the top level of the repository holds, beside names that begin with a dot.
const TOP: [&str; 10] = [
    "Cargo.toml",
    "Cargo.lock",
    "src",
    "schema.graphql",
    "tests",
    "docker",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
    "target",
];

const MAX_LINES: usize = 500;

/// Directives that another specification describes.
const DESCRIBED_ELSEWHERE: [&str; 2] = ["cost", "listSize"];

fn outside_names(file: &SourceText) -> Vec<String> {
    let code = file.code();
    let named = OUTSIDE.iter().filter(|(name, folders)| {
        let allowed = folders.iter().any(|folder| file.path.starts_with(folder));
        !allowed && names(&code, name)
    });
    named.map(|(name, _)| format!("{} may not name {name}", file.path)).collect()
}

/// Whether the code has a path through this crate. `env` is the one of the standard library.
fn names(code: &str, name: &str) -> bool {
    let sought = format!("{name}::");
    code.match_indices(&sought).any(|(index, _)| {
        let before = &code[..index];
        let whole_word = !before.ends_with(|last: char| last.is_alphanumeric() || last == '_');
        whole_word && (!before.ends_with("::") || before.ends_with("std::"))
    }) || code.contains(&format!("use {name};"))
        || (name == "env" && code.contains("std::env"))
}

fn misplaced_words(file: &SourceText) -> Vec<String> {
    let code = file.code();
    let misplaced = ONLY_IN
        .iter()
        .filter(|(words, places)| code.contains(words) && !places.iter().any(|place| file.path.starts_with(place)));
    misplaced.map(|(words, _)| format!("{} may not hold {words}", file.path)).collect()
}

fn forbidden_text(file: &SourceText) -> Vec<String> {
    let code = file.code();
    let mut found: Vec<_> = NEVER.iter().filter(|text| code.contains(**text)).copied().collect();
    found.extend(["TODO", "FIXME", "XXX"].iter().filter(|text| file.text.contains(**text)));
    found.iter().map(|text| format!("{} holds {text}", file.path)).collect()
}

fn shape(file: &SourceText) -> Vec<String> {
    let mut wrong = Vec::new();
    if !file.text.starts_with("//!") {
        wrong.push(format!("{} does not open with what it is", file.path));
    }
    let lines = file.text.lines().count();
    if lines > MAX_LINES {
        wrong.push(format!("{} has {lines} lines", file.path));
    }
    wrong
}

fn undescribed_directives(language: &str) -> Vec<String> {
    let lines: Vec<&str> = language.lines().collect();
    let undescribed = lines.iter().enumerate().filter_map(|(index, line)| {
        let name = line.strip_prefix("directive @")?.split(|character: char| !character.is_alphanumeric()).next()?;
        let described = index > 0 && lines[index - 1].ends_with('"');
        (!described && !DESCRIBED_ELSEWHERE.contains(&name)).then(|| format!("@{name} is not described"))
    });
    undescribed.collect()
}

fn every(files: &[SourceText], check: impl Fn(&SourceText) -> Vec<String>) -> String {
    files.iter().flat_map(check).collect::<Vec<_>>().join("\n")
}

#[test]
fn imports_go_down_the_floors() {
    assert_eq!(every(&rust_files(&["src"]), upward_imports), "");
}

#[test]
fn no_two_modules_import_each_other() {
    assert_eq!(mutual_imports(&rust_files(&["src"])).join("\n"), "");
}

#[test]
fn each_crate_is_named_where_it_belongs() {
    assert_eq!(every(&rust_files(&["src"]), outside_names), "");
}

#[test]
fn what_stands_in_one_place_stands_there_alone() {
    assert_eq!(every(&rust_files(&["src"]), misplaced_words), "");
}

#[test]
fn nothing_is_left_to_do_and_nothing_ignored() {
    assert_eq!(every(&rust_files(&["src"]), forbidden_text), "");
    // These files name what they forbid.
    let mut tests = rust_files(&["tests"]);
    tests.retain(|file| !file.path.starts_with("tests/architecture"));
    let ignored = |file: &SourceText| {
        let ignores = file.code().contains("#[ignore");
        ignores.then(|| format!("{} ignores a test", file.path)).into_iter().collect()
    };
    assert_eq!(every(&tests, ignored), "");
}

#[test]
fn every_file_opens_with_what_it_is_and_is_short() {
    assert_eq!(every(&rust_files(&["src", "tests"]), shape), "");
}

#[test]
fn the_top_level_is_bare() {
    let entries = fs::read_dir(top()).expect("a readable folder");
    let names = entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    let strangers: Vec<_> = names.filter(|name| !name.starts_with('.') && !TOP.contains(&name.as_str())).collect();
    assert!(strangers.is_empty(), "{strangers:?}");
}

#[test]
fn every_directive_is_described() {
    let language = fs::read_to_string(top().join("src/config/directives.graphql")).expect("the language");
    assert_eq!(undescribed_directives(&language).join("\n"), "");
}

#[test]
fn each_check_can_fail() {
    let file = |text: &str| SourceText::invented("src/plan/invented.rs", text);
    for text in ["use axum::Router;", "fn f() { rusqlite::version() }", "use std::env;", "std::env::var(x)"] {
        assert_eq!(outside_names(&file(text)).len(), 1, "{text}");
    }
    for text in ["use crate::config::env::X;", "// axum::Router", "not_axum::x()", "option_env!(a)"] {
        assert!(outside_names(&file(text)).is_empty(), "{text}");
    }
    for text in ["x.for_operators()", "CallKey { source }", "tokio::sync::mpsc::unbounded_channel()"] {
        assert_eq!(misplaced_words(&file(text)).len(), 1, "{text}");
    }
    for text in ["x.unwrap()", "todo!()", "unsafe { x }", "#[ignore]", "// TODO: later"] {
        assert_eq!(forbidden_text(&file(text)).len(), 1, "{text}");
    }
    assert!(forbidden_text(&file("\"x.unwrap()\" x.unwrap_or(1)")).is_empty());
    assert_eq!(shape(&file("fn f() {}")).len(), 1);
    assert_eq!(shape(&file(&format!("//! Long.{}", "\n".repeat(MAX_LINES + 1)))).len(), 1);
    assert!(shape(&file("//! What it is.")).is_empty());
    assert_eq!(undescribed_directives("directive @x on SCHEMA"), ["@x is not described"]);
    assert!(undescribed_directives("\"Text.\"\ndirective @x on SCHEMA\ndirective @cost on ENUM").is_empty());
}
