//! Each page of `spec/diagnostics` is one test: a rule in a sentence, a schema, and what its author is told. The
//! pages show everything that `tributary check` prints, and nothing is asserted elsewhere. A schema of several files has
//! a block for each, named behind its language.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use tributary::config::{self, Environment, SourceFile};
use tributary::schema;

/// What the author of a schema is told; empty for a schema without a mistake.
fn diagnostics_of(files: Vec<SourceFile>) -> String {
    let environment = Environment::new(|name| (name == "SET").then(|| "set".to_owned()));
    let told = match config::parse(files, Path::new("tests/spec/diagnostics"), &environment) {
        Ok(config) => match schema::build(&config) {
            Ok((_, warnings)) => warnings,
            Err(errors) => errors,
        },
        Err(errors) => errors,
    };
    told.render(false)
}

/// The text between a line of three backticks with a language and the next line of three backticks.
fn block<'a>(page: &'a str, language: &str) -> &'a str {
    let start = page.find(&format!("```{language}\n")).expect("each page has both blocks") + language.len() + 4;
    let length = page[start..].find("```").expect("each block is closed");
    &page[start..start + length]
}

/// The schema files of a page.
fn files(page: &str) -> Vec<SourceFile> {
    let blocks = page.split("```graphql").skip(1).filter_map(|rest| rest.split_once('\n'));
    let file = |(name, rest): (&str, &str)| SourceFile {
        name: if name.is_empty() { "schema.graphql" } else { name.trim() }.to_owned(),
        text: rest.split_once("```").map(|(text, _)| text.to_owned()).unwrap_or_default(),
    };
    blocks.map(file).collect()
}

fn pages() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/spec/diagnostics");
    let entries = std::fs::read_dir(folder).expect("the pages are there");
    let mut pages: Vec<PathBuf> = entries.map(|entry| entry.expect("readable").path()).collect();
    pages.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    pages.sort();
    pages
}

/// With `UPDATE_PAGES` set, what is told is written into the pages instead, for a person to read in the diff.
#[test]
fn every_page_is_told_as_it_is_written() {
    let mut wrong = String::new();
    for path in pages() {
        let page = std::fs::read_to_string(&path).expect("readable");
        let expected = block(&page, "text");
        let told = diagnostics_of(files(&page));
        if told == expected {
            continue;
        }
        if std::env::var_os("UPDATE_PAGES").is_some() {
            let updated = page.replace(&format!("```text\n{expected}```"), &format!("```text\n{told}```"));
            std::fs::write(&path, updated).expect("writable");
        }
        let name = path.file_name().expect("a file").to_string_lossy();
        let _ = writeln!(wrong, "---- {name}\nexpected:\n{expected}\ntold:\n{told}");
    }
    assert!(wrong.is_empty(), "{wrong}");
}
