//! The files of this repository, and their text without comments and literals.

use std::fs;
use std::path::{Path, PathBuf};

/// A file with its path from the top of the repository.
pub struct SourceText {
    pub path: String,
    pub text: String,
}

impl SourceText {
    /// A file that is made up, to prove that a check can fail.
    pub fn invented(path: &str, text: &str) -> SourceText {
        SourceText { path: path.to_owned(), text: text.to_owned() }
    }

    /// The text with every comment, string and character literal taken out.
    pub fn code(&self) -> String {
        without_literals(&self.text)
    }

    /// `["schema", "types"]` for `src/schema/types.rs`, `["schema"]` for `src/schema/mod.rs`.
    pub fn module(&self) -> Vec<String> {
        let path = self.path.trim_start_matches("src/").trim_end_matches(".rs");
        let mut module: Vec<String> = path.split('/').map(str::to_owned).collect();
        if module.last().is_some_and(|name| matches!(name.as_str(), "mod" | "lib" | "main")) {
            module.pop();
        }
        module
    }
}

/// The top of the repository.
pub fn top() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file below these folders.
pub fn rust_files(folders: &[&str]) -> Vec<SourceText> {
    let mut files = Vec::new();
    for folder in folders {
        collect(&top().join(folder), &mut files);
    }
    assert!(files.len() > 20, "the files are not where they are looked for");
    files
}

fn collect(folder: &Path, files: &mut Vec<SourceText>) {
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("a readable file");
            let path = path.strip_prefix(top()).expect("below the top").display().to_string();
            files.push(SourceText { path, text });
        }
    }
}

fn without_literals(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = literal_length(rest, code.chars().next_back()).unwrap_or(0);
        if length > 0 {
            // Lines keep their numbers.
            code.extend(rest[..length].chars().filter(|character| *character == '\n'));
            code.push(' ');
            rest = &rest[length..];
        } else {
            code.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    code
}

/// How long the comment or literal is that the text begins with.
fn literal_length(text: &str, before: Option<char>) -> Option<usize> {
    if text.starts_with("//") {
        return Some(text.find('\n').unwrap_or(text.len()));
    }
    if text.starts_with("/*") {
        return Some(text.find("*/").map_or(text.len(), |end| end + 2));
    }
    let after_word = before.is_some_and(|character| character.is_alphanumeric() || character == '_');
    if !after_word && (text.starts_with("r\"") || text.starts_with("r#") || text.starts_with("br")) {
        let hashes = text.trim_start_matches(['b', 'r']).chars().take_while(|character| *character == '#').count();
        let start = text.find('"').filter(|start| *start <= hashes + 2)?;
        let end = format!("\"{}", "#".repeat(hashes));
        return Some(text[start + 1..].find(&end).map_or(text.len(), |length| start + 1 + length + end.len()));
    }
    if let Some(quoted) = text.strip_prefix('"') {
        return Some(1 + quoted_length(quoted, '"'));
    }
    let mut characters = text.strip_prefix('\'')?.chars();
    match (characters.next()?, characters.next()?) {
        ('\\', _) => Some(1 + quoted_length(&text[1..], '\'')),
        (one, '\'') => Some(2 + one.len_utf8()),
        // A lifetime.
        _ => None,
    }
}

fn quoted_length(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (index, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if character == quote => return index + 1,
            _ => {}
        }
    }
    text.len()
}

#[test]
fn comments_and_literals_are_taken_out() {
    for (text, code) in [
        ("a // b\nc", "a  \nc"),
        ("a /* b */ c", "a   c"),
        ("f(\"x\\\"y\", z)", "f( , z)"),
        ("r#\"a\"b\"# c", "  c"),
        ("for<'a> 'b' '\\'' x", "for<'a>     x"),
    ] {
        assert_eq!(without_literals(text), code, "{text}");
    }
}
