//! The texts of the schema files, and places in them. It knows nothing of GraphQL.

/// A schema file.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Its name, as diagnostics show it.
    pub name: String,
    /// What it holds.
    pub text: String,
}

/// A range of bytes in one file, ordered by place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The number of the file in the map.
    pub file: usize,
    /// The first byte.
    pub start: usize,
    /// Behind the last byte.
    pub end: usize,
}

/// All schema files under their numbers.
#[derive(Debug, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
}

impl SourceMap {
    /// A map of these files, numbered in their order. A byte order mark before a text is no part of it.
    #[must_use]
    pub fn new(mut files: Vec<SourceFile>) -> SourceMap {
        for file in files.iter_mut().filter(|file| file.text.starts_with('\u{feff}')) {
            file.text.remove(0);
        }
        SourceMap { files }
    }

    /// The files in order.
    #[must_use]
    pub fn files(&self) -> &[SourceFile] {
        &self.files
    }

    /// The text of a span; empty where there is none.
    #[must_use]
    pub fn text(&self, span: Span) -> &str {
        self.files.get(span.file).and_then(|file| file.text.get(span.start..span.end)).unwrap_or_default()
    }

    /// Line and column of the start of a span, both from 1, the column in characters.
    #[must_use]
    pub fn line_column(&self, span: Span) -> (usize, usize) {
        let before = self.text(Span { start: 0, end: span.start, ..span });
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        (line, column)
    }

    /// The whole line in which a span starts.
    #[must_use]
    pub fn line_text(&self, span: Span) -> &str {
        let text = self.files.get(span.file).map(|file| file.text.as_str()).unwrap_or_default();
        let start = text.get(..span.start).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1);
        text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default()
    }
}
