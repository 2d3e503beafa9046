//! The texts of the schema files, and places in them. It knows nothing of GraphQL.

use std::fmt;

/// A schema file.
#[derive(Clone)]
pub struct SourceFile {
    /// Its name, as diagnostics show it.
    pub name: String,
    /// What it holds.
    pub text: String,
}

/// Without the text, in which a password can stand.
impl fmt::Debug for SourceFile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SourceFile").field("name", &self.name).finish_non_exhaustive()
    }
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
    /// Where the lines of each file start, so that no place is found by reading a file from its start.
    lines: Vec<Vec<usize>>,
}

impl SourceMap {
    /// A map of these files, numbered in their order. A byte order mark before a text is no part of it.
    #[must_use]
    pub fn new(mut files: Vec<SourceFile>) -> SourceMap {
        for file in files.iter_mut().filter(|file| file.text.starts_with('\u{feff}')) {
            file.text.remove(0);
        }
        let starts = |file: &SourceFile| {
            std::iter::once(0).chain(file.text.match_indices('\n').map(|(newline, _)| newline + 1)).collect()
        };
        let lines = files.iter().map(starts).collect();
        SourceMap { files, lines }
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
        let (line, before) = self.before(span.file, span.start);
        (line, before.chars().count() + 1)
    }

    /// The same for a byte, as editors count: the column in UTF-16 units.
    #[must_use]
    pub fn line_column_utf16(&self, file: usize, offset: usize) -> (usize, usize) {
        let (line, before) = self.before(file, offset);
        (line, before.encode_utf16().count() + 1)
    }

    /// The whole line in which a span starts.
    #[must_use]
    pub fn line_text(&self, span: Span) -> &str {
        let (line, _) = self.before(span.file, span.start);
        let start = self.lines.get(span.file).and_then(|starts| starts.get(line - 1)).copied().unwrap_or_default();
        let text = self.files.get(span.file).map(|file| file.text.as_str()).unwrap_or_default();
        text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default()
    }

    /// The number of the line of a byte, from 1, and what stands before the byte in it.
    fn before(&self, file: usize, offset: usize) -> (usize, &str) {
        let Some(starts) = self.lines.get(file) else { return (1, "") };
        let line = starts.partition_point(|start| *start <= offset).max(1);
        let start = starts.get(line - 1).copied().unwrap_or_default();
        (line, self.text(Span { file, start, end: offset }))
    }
}
