//! Diagnostics as a JSON document, for editors and scripts. Its fields are a promise: one may be added, none is renamed
//! or taken away. Columns count UTF-16 units, as the Language Server Protocol and most editors do; the text for people
//! counts characters.

use serde::Serialize;

use super::diagnostic::Amounts;
use super::{Diagnostic, Severity, SourceMap};

/// The whole document.
#[derive(Serialize)]
struct Report<'a> {
    errors: usize,
    warnings: usize,
    diagnostics: Vec<Entry<'a>>,
}

/// One mistake. Lines and columns are counted from 1, and the end is behind the last character; all are null where no
/// place in a file is meant.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'a> {
    severity: &'static str,
    message: &'a str,
    hint: Option<&'a str>,
    file: Option<&'a str>,
    line: Option<usize>,
    column: Option<usize>,
    end_line: Option<usize>,
    end_column: Option<usize>,
}

/// Writes the document, with a line feed behind it.
pub(super) fn report(sources: &SourceMap, list: &[Diagnostic], found: Amounts) -> String {
    let diagnostics = list.iter().map(|diagnostic| entry(sources, diagnostic)).collect();
    let report = Report { errors: found.errors, warnings: found.warnings, diagnostics };
    let mut text = serde_json::to_string_pretty(&report).expect("names, texts and numbers are JSON");
    text.push('\n');
    text
}

fn entry<'a>(sources: &SourceMap, diagnostic: &'a Diagnostic) -> Entry<'a> {
    let place = diagnostic.place.as_ref();
    let start = place.map(|place| sources.line_column_utf16(place.span.file, place.span.start));
    let end = place.map(|place| sources.line_column_utf16(place.span.file, place.span.end));
    Entry {
        severity: match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        message: &diagnostic.message,
        hint: diagnostic.hint.as_deref(),
        file: place.map(|place| place.file.as_str()),
        line: start.map(|(line, _)| line),
        column: start.map(|(_, column)| column),
        end_line: end.map(|(line, _)| line),
        end_column: end.map(|(_, column)| column),
    }
}
