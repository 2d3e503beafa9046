//! An explanation as a tree for people: a line for each field with its calls, below it what is sent.

use std::fmt::Write as _;
use std::time::Duration;

use super::{ExplainedBinding, ExplainedNode, Explanation, Sharing};

/// Marks for a terminal, or nothing at all.
struct Palette {
    bold: &'static str,
    faint: &'static str,
    warning: &'static str,
    reset: &'static str,
}

const PLAIN: Palette = Palette { bold: "", faint: "", warning: "", reset: "" };
const COLOURED: Palette = Palette { bold: "\x1b[1m", faint: "\x1b[2m", warning: "\x1b[1;33m", reset: "\x1b[0m" };

impl Explanation {
    /// The tree, whole lines.
    #[must_use]
    pub fn text(&self, colour: bool) -> String {
        let palette = if colour { &COLOURED } else { &PLAIN };
        let Palette { bold, reset, warning, .. } = palette;
        let name = self.name.as_ref().map_or_else(String::new, |name| format!(" {name}"));
        let limit = if self.worst < self.deadline {
            format!("at worst {} (deadline {})", length(self.worst), length(self.deadline))
        } else {
            format!("at worst the deadline, {}", length(self.deadline))
        };
        let mut out = format!(
            "{bold}{}{name}{reset}: {}, {limit}; {} in each list\n",
            self.operation,
            counted(self.calls, "call"),
            counted(self.rows, "item")
        );
        for node in &self.fetches {
            out.push('\n');
            write_node(&mut out, node, "", "", palette);
        }
        if self.calls > u64::from(self.max_calls) {
            let _ = writeln!(
                out,
                "\n{warning}warning{reset}: an operation makes {} at most (`maxCalls`); those beyond it fail",
                counted(self.max_calls.into(), "call")
            );
        }
        out
    }
}

/// Writes a node: `first` stands before its first line, `rest` before all others.
fn write_node(out: &mut String, node: &ExplainedNode, first: &str, rest: &str, palette: &Palette) {
    let Palette { bold, faint, warning, reset } = palette;
    let path = if node.path.is_empty() { format!("({})", node.coordinate) } else { node.path.join(".") };
    let waits: Vec<&str> = node.waits_for.iter().map(|needed| &**needed).collect();
    let waits = if waits.is_empty() { String::new() } else { format!(" · after {}", waits.join(" and ")) };
    let below = if node.fetches.is_empty() { "    " } else { "│   " };
    let several = node.bindings.len() > 1;
    for (place, binding) in node.bindings.iter().enumerate() {
        let number = if several { format!(" ({} of {})", place + 1, node.bindings.len()) } else { String::new() };
        let start = if place == 0 { first } else { rest };
        let facts = facts(binding, node.parents);
        let _ = writeln!(out, "{start}{bold}{path}{reset}{number}  {facts}{waits}");
        for line in lines(binding) {
            let _ = writeln!(out, "{rest}{below}{faint}{line}{reset}");
        }
        if let Some(words) = &binding.warning {
            let _ = writeln!(out, "{rest}{below}{warning}warning{reset}: {words}");
        }
    }
    for (place, child) in node.fetches.iter().enumerate() {
        let is_last = place + 1 == node.fetches.len();
        let (branch, trunk) = if is_last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
        write_node(out, child, &format!("{rest}{branch}"), &format!("{rest}{trunk}"), palette);
    }
}

/// `shop (postgres) · 1 statement for 20 parents · 5 s`.
fn facts(binding: &ExplainedBinding, parents: u64) -> String {
    let (Some(source), Some(kind)) = (&binding.source, binding.kind) else { return "made here".to_owned() };
    let noun = if kind.is_database() { "statement" } else { "call" };
    let calls = counted(binding.calls, noun);
    let how = match &binding.how {
        Sharing::Together | Sharing::Batched(_) if parents > 1 => format!("{calls} for {}", counted(parents, "parent")),
        Sharing::BatchedApart => format!("at most {calls} for {}", counted(parents, "parent")),
        Sharing::Once | Sharing::Nobody | Sharing::Together | Sharing::Batched(_) => calls,
        Sharing::Each => format!("{calls}, one for each parent"),
        Sharing::SameAs(other) => format!("the {noun} of {other}"),
    };
    format!("{source} ({kind}) · {how} · {}", length(binding.timeout))
}

/// What is sent, and for a statement what its placeholders are and what is read.
fn lines(binding: &ExplainedBinding) -> Vec<String> {
    if let Sharing::SameAs(_) = binding.how {
        return Vec::new();
    }
    let mut lines = without_indent(&binding.request);
    if !binding.parameters.is_empty() {
        lines.push(binding.parameters.join(", "));
    }
    if let Some(columns) = &binding.columns {
        lines.push(format!("reads {}", if columns.is_empty() { "no column".to_owned() } else { columns.join(", ") }));
    }
    lines
}

/// The lines of a text without what they all begin with, and without empty ones around them.
fn without_indent(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.trim_matches('\n').lines().map(str::trim_end).collect();
    let is_written = |line: &&&str| !line.is_empty();
    let indents = lines.iter().skip(1).filter(is_written).map(|line| line.len() - line.trim_start().len());
    let least = indents.min().unwrap_or(0);
    let cut = |(place, line): (usize, &&str)| match place {
        0 => line.trim_start().to_owned(),
        _ => line.get(least..).unwrap_or_default().to_owned(),
    };
    lines.iter().enumerate().map(cut).filter(|line| !line.is_empty()).collect()
}

fn counted(count: u64, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// `600 ms`, `1.6 s`.
fn length(duration: Duration) -> String {
    match duration.as_millis() {
        millis @ 0..1000 => format!("{millis} ms"),
        millis if millis % 1000 == 0 => format!("{} s", millis / 1000),
        _ => format!("{} s", duration.as_secs_f64()),
    }
}
