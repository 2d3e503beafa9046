//! Diagnostics as text for people. A renderer of our own, because three lines a mistake are what fits a terminal on
//! which thirty of them stand.

use std::fmt::Write as _;

use super::diagnostic::{Diagnostic, Place, Severity};
use super::source_map::SourceMap;

/// Escape sequences, or nothing at all.
struct Palette {
    error: &'static str,
    warning: &'static str,
    faint: &'static str,
    bold: &'static str,
    reset: &'static str,
}

const PLAIN: Palette = Palette { error: "", warning: "", faint: "", bold: "", reset: "" };
const COLOURED: Palette =
    Palette { error: "\x1b[1;31m", warning: "\x1b[1;33m", faint: "\x1b[34m", bold: "\x1b[1m", reset: "\x1b[0m" };

/// Writes every diagnostic and a last line that counts them; empty text for none.
pub(super) fn render(sources: &SourceMap, list: &[Diagnostic], colour: bool) -> String {
    if list.is_empty() {
        return String::new();
    }
    let palette = if colour { &COLOURED } else { &PLAIN };
    let mut out = String::new();
    for diagnostic in list {
        write_diagnostic(&mut out, sources, diagnostic, palette);
        out.push('\n');
    }
    let _ = writeln!(out, "{}{}{}", palette.bold, count(list), palette.reset);
    out
}

fn write_diagnostic(out: &mut String, sources: &SourceMap, diagnostic: &Diagnostic, palette: &Palette) {
    let (word, tone) = match diagnostic.severity {
        Severity::Error => ("error", palette.error),
        Severity::Warning => ("warning", palette.warning),
    };
    let Palette { faint, bold, reset, .. } = palette;
    let _ = writeln!(out, "{tone}{word}{reset}{bold}: {}{reset}", diagnostic.message);
    let margin = diagnostic.place.as_ref().map_or(1, |place| place.line.to_string().len());
    if let Some(place) = &diagnostic.place {
        write_excerpt(out, sources, place, palette, tone);
    }
    if let Some(hint) = &diagnostic.hint {
        let _ = writeln!(out, "{:margin$} {faint}={reset} hint: {hint}", "");
    }
}

fn write_excerpt(out: &mut String, sources: &SourceMap, place: &Place, palette: &Palette, tone: &str) {
    let Palette { faint, reset, .. } = palette;
    let number = place.line.to_string();
    let margin = number.len();
    let line = sources.line_text(place.span);
    let _ = writeln!(out, "{:margin$}{faint}-->{reset} {}:{}:{}", "", place.file, place.line, place.column);
    let _ = writeln!(out, "{faint}{number} |{reset} {}", line.replace(char::is_control, " "));
    let before = place.column - 1;
    let rest = line.chars().count().saturating_sub(before);
    let length = sources.text(place.span).lines().next().unwrap_or_default().chars().count().min(rest).max(1);
    let _ = writeln!(out, "{:margin$} {faint}|{reset} {:before$}{tone}{}{reset}", "", "", "^".repeat(length));
}

/// `2 errors, 1 warning`.
fn count(list: &[Diagnostic]) -> String {
    let errors = list.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).count();
    let parts: Vec<String> = [(errors, "error"), (list.len() - errors, "warning")]
        .into_iter()
        .filter(|(amount, _)| *amount > 0)
        .map(|(amount, word)| format!("{amount} {word}{}", if amount == 1 { "" } else { "s" }))
        .collect();
    parts.join(", ")
}
