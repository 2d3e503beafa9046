//! Diagnostics as text for people. A renderer of our own, because three lines a mistake are what fits a terminal on
//! which thirty of them stand.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::ops::Range;

use unicode_width::UnicodeWidthStr as _;

use super::diagnostic::{Amounts, Diagnostic, Place, Severity};
use super::masked::masked;
use super::source_map::SourceMap;

/// Longest line that is shown whole, in characters: a schema can be one line.
const MAX_WHOLE: usize = 200;

/// How much of a longer line is shown.
const MAX_SHOWN: usize = 120;

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
    Palette { error: "\x1b[1;31m", warning: "\x1b[1;33m", faint: "\x1b[94m", bold: "\x1b[1m", reset: "\x1b[0m" };

/// Writes every diagnostic and a last line that counts them; empty text for none.
pub(super) fn render(sources: &SourceMap, list: &[Diagnostic], found: Amounts, colour: bool) -> String {
    if list.is_empty() {
        return String::new();
    }
    let palette = if colour { &COLOURED } else { &PLAIN };
    let mut out = String::new();
    for diagnostic in list {
        write_diagnostic(&mut out, sources, diagnostic, palette);
        out.push('\n');
    }
    let _ = writeln!(out, "{}{}{}", palette.bold, count(found, list.len()), palette.reset);
    out
}

fn write_diagnostic(out: &mut String, sources: &SourceMap, diagnostic: &Diagnostic, palette: &Palette) {
    let (word, tone) = match diagnostic.severity {
        Severity::Error => ("error", palette.error),
        Severity::Warning => ("warning", palette.warning),
    };
    let Palette { faint, bold, reset, .. } = palette;
    let _ = writeln!(out, "{tone}{word}{reset}{bold}: {}{reset}", visible(&diagnostic.message));
    let margin = diagnostic.place.as_ref().map_or(1, |place| place.line.to_string().len());
    if let Some(place) = &diagnostic.place {
        write_excerpt(out, sources, place, palette, tone);
    }
    if let Some(hint) = &diagnostic.hint {
        let _ = writeln!(out, "{:margin$} {faint}={reset} hint: {}", "", visible(hint));
    }
}

/// The text with its control characters spelled out: it has words of the schema, which could move the cursor.
fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(char::is_control) {
        return Cow::Borrowed(text);
    }
    let spell = |character: char| {
        if character.is_control() { character.escape_default().to_string() } else { character.to_string() }
    };
    Cow::Owned(text.chars().map(spell).collect())
}

fn write_excerpt(out: &mut String, sources: &SourceMap, place: &Place, palette: &Palette, tone: &str) {
    let Palette { faint, reset, .. } = palette;
    let number = place.line.to_string();
    let margin = number.len();
    let line = masked(sources.line_text(place.span)).replace(char::is_control, " ");
    let length = sources.text(place.span).lines().next().unwrap_or_default().chars().count();
    let Window { text, before, length } = window(&line, place.column - 1, length);
    let _ = writeln!(out, "{:margin$}{faint}-->{reset} {}:{}:{}", "", place.file, place.line, place.column);
    let _ = writeln!(out, "{faint}{number} |{reset} {text}");
    let _ = writeln!(out, "{:margin$} {faint}|{reset} {:before$}{tone}{}{reset}", "", "", "^".repeat(length));
}

/// The part of a line that is shown, and what of it is underlined, in columns of a terminal.
struct Window {
    text: String,
    before: usize,
    length: usize,
}

/// A line round a span of `length` characters behind `before` others; an ellipsis stands for what is left out.
fn window(line: &str, before: usize, length: usize) -> Window {
    let amount = line.chars().count();
    let length = length.min(amount.saturating_sub(before)).max(1);
    if amount <= MAX_WHOLE {
        return underlined(line.to_owned(), before, length);
    }
    let around = MAX_SHOWN.saturating_sub(length) / 2;
    let start = before.saturating_sub(around).min(amount - MAX_SHOWN);
    let shown: String = line.chars().skip(start).take(MAX_SHOWN).collect();
    let left = if start > 0 { "…" } else { "" };
    let right = if start + MAX_SHOWN < amount { "…" } else { "" };
    let before = before - start + left.chars().count();
    underlined(format!("{left}{shown}{right}"), before, length.min(MAX_SHOWN))
}

/// From characters to columns: a wide character takes two, one that joins the one before it none.
fn underlined(text: String, before: usize, length: usize) -> Window {
    let place = |amount: usize| text.char_indices().nth(amount).map_or(text.len(), |(at, _)| at);
    let (start, end) = (place(before), place(before + length));
    let width = |range: Range<usize>| text.get(range).unwrap_or_default().width();
    let (before, length) = (width(0..start), width(start..end).max(1));
    Window { text, before, length }
}

/// `2 errors, 1 warning`, and how many of them are told where that is not all.
fn count(found: Amounts, told: usize) -> String {
    let parts: Vec<String> = [(found.errors, "error"), (found.warnings, "warning")]
        .into_iter()
        .filter(|(amount, _)| *amount > 0)
        .map(|(amount, word)| format!("{amount} {word}{}", if amount == 1 { "" } else { "s" }))
        .collect();
    let counted = parts.join(", ");
    if told < found.errors + found.warnings { format!("{counted}; {told} of them are told here") } else { counted }
}
