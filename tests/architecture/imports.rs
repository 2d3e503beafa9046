//! Which module names which: every path that begins with `crate`, `super` or `self`, in a `use` or inline.

use std::collections::{BTreeMap, BTreeSet};

use crate::source_text::SourceText;

/// The floors from the ground up; a module imports only from its own floor and those before it.
pub const FLOORS: [&str; 10] =
    ["graphql", "config", "schema", "source", "operation", "plan", "execution", "gateway", "server", "cli"];

/// Imports that go up.
pub fn upward_imports(file: &SourceText) -> Vec<String> {
    let module = file.module();
    let Some(own) = module.first().and_then(|name| floor(name)) else { return Vec::new() };
    let upward = paths(&file.code()).into_iter().filter_map(|path| {
        let target = absolute(&path, &module, is_folder(file));
        let other = target.first().and_then(|name| floor(name))?;
        (other > own).then(|| format!("{}: {} imports from {}", file.path, FLOORS[own], FLOORS[other]))
    });
    upward.collect()
}

/// Pairs of files that import each other. A name that a `mod.rs` passes on counts for the file that defines it.
pub fn mutual_imports(files: &[SourceText]) -> Vec<String> {
    let modules: BTreeMap<Vec<String>, &SourceText> = files.iter().map(|file| (file.module(), file)).collect();
    let mut imports = BTreeSet::new();
    for file in files.iter().filter(|file| !is_folder(file)) {
        for path in paths(&file.code()) {
            let target = absolute(&path, &file.module(), false);
            if let Some(other) = defining_module(&target, &modules) {
                imports.insert((file.module(), other));
            }
        }
    }
    let mutual = imports.iter().filter(|(one, other)| one < other && imports.contains(&(other.clone(), one.clone())));
    mutual.map(|(one, other)| format!("{} and {} import each other", one.join("::"), other.join("::"))).collect()
}

fn floor(name: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| *floor == name)
}

fn is_folder(file: &SourceText) -> bool {
    file.path.ends_with("/mod.rs") || file.path == "src/lib.rs"
}

/// The path from the crate's root. `super` in a test module inside a file is that file.
fn absolute(path: &[String], module: &[String], is_folder: bool) -> Vec<String> {
    let mut base = module.to_vec();
    if !is_folder && path.first().is_some_and(|first| first == "super") {
        base.pop();
    }
    let supers = path.iter().take_while(|segment| *segment == "super").count();
    match path.first().map(String::as_str) {
        Some("crate") => base.clear(),
        Some("super") => base.truncate((base.len() + 1).saturating_sub(supers + usize::from(is_folder))),
        _ => {}
    }
    let rest = path.iter().skip_while(|segment| matches!(segment.as_str(), "crate" | "super" | "self"));
    base.into_iter().chain(rest.cloned()).collect()
}

/// The module whose file defines what a path names.
fn defining_module(path: &[String], modules: &BTreeMap<Vec<String>, &SourceText>) -> Option<Vec<String>> {
    let length = (1..=path.len()).rev().find(|length| modules.contains_key(&path[..*length]))?;
    let (module, rest) = path.split_at(length);
    let file = modules[module];
    if !is_folder(file) {
        return Some(module.to_vec());
    }
    let name = rest.first()?;
    let code = file.code();
    let passed_on = exports(&code).into_iter().find(|export| export.last() == Some(name) && export.len() > 1)?;
    defining_module(&[module, &passed_on].concat(), modules)
}

/// The paths of every `pub use` of a module's own parts.
fn exports(code: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for (index, _) in code.match_indices("use ") {
        read_tree(code[index + 4..].trim_start(), &mut Vec::new(), &mut found);
    }
    found
}

/// Every path that begins at the crate's root or at the module itself.
fn paths(code: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for root in ["crate", "super", "self"] {
        for (index, _) in code.match_indices(&format!("{root}::")) {
            let before = code[..index].chars().next_back();
            if before.is_none_or(|before| !before.is_alphanumeric() && before != '_' && before != ':') {
                read_tree(&code[index..], &mut Vec::new(), &mut found);
            }
        }
    }
    found
}

/// Reads a path or a tree of paths; gives what stands behind it.
fn read_tree<'c>(code: &'c str, prefix: &mut Vec<String>, found: &mut Vec<Vec<String>>) -> &'c str {
    let depth = prefix.len();
    let mut code = code;
    loop {
        let length = code.find(|character: char| !character.is_alphanumeric() && character != '_');
        let (word, rest) = code.split_at(length.unwrap_or(code.len()));
        if !word.is_empty() {
            prefix.push(word.to_owned());
        }
        code = rest;
        match code.strip_prefix("::").map(str::trim_start) {
            Some(below) if below.starts_with(|first: char| first.is_alphanumeric() || first == '_') => code = below,
            Some(below) if below.starts_with('{') => {
                code = read_group(&below[1..], prefix, found);
                break;
            }
            _ => {
                found.push(prefix.clone());
                break;
            }
        }
    }
    prefix.truncate(depth);
    code
}

fn read_group<'c>(code: &'c str, prefix: &mut Vec<String>, found: &mut Vec<Vec<String>>) -> &'c str {
    let mut code = code.trim_start();
    while !code.is_empty() && !code.starts_with('}') {
        code = read_tree(code, prefix, found);
        // What follows a path in a group, such as `as _`, is no path.
        code = code.trim_start_matches(|character| character != ',' && character != '}');
        code = code.trim_start_matches(',').trim_start();
    }
    code.strip_prefix('}').unwrap_or(code)
}

#[test]
fn an_import_that_goes_up_is_found() {
    for text in
        ["use crate::server::Server;", "fn f() { crate::cli::run() }", "use crate::{graphql, gateway::Gateway};"]
    {
        let file = SourceText::invented("src/schema/types.rs", text);
        assert_eq!(upward_imports(&file).len(), 1, "{text}");
    }
    for text in
        ["use crate::graphql::Value;", "// crate::cli", "use super::TypeId;", "const A: &str = \"crate::cli::x\";"]
    {
        let file = SourceText::invented("src/schema/types.rs", text);
        assert!(upward_imports(&file).is_empty(), "{text}");
    }
}

#[test]
fn two_files_that_import_each_other_are_found() {
    let files = |second: &str| {
        [
            SourceText::invented("src/plan/mod.rs", "mod a;\nmod b;\npub use a::{A, Other};\npub use b::B;"),
            SourceText::invented("src/plan/a.rs", "use super::B;"),
            SourceText::invented("src/plan/b.rs", second),
        ]
    };
    for mutual in ["use super::{Other, C};", "use crate::plan::A;", "fn f(a: super::a::A) {}", "use crate::plan::a;"] {
        assert_eq!(mutual_imports(&files(mutual)), ["plan::a and plan::b import each other"], "{mutual}");
    }
    for fine in ["use super::C;", "use crate::graphql::Value;", ""] {
        assert!(mutual_imports(&files(fine)).is_empty(), "{fine}");
    }
}
