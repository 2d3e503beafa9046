//! Literals in messages, printed as the reference implementation prints them: long lists and objects over several lines.

use std::fmt::Write as _;

use apollo_compiler::Node;
use apollo_compiler::ast::Value;

use super::context::Context;
use super::literals::is_block_string;

/// Longest list or object in one line, in UTF-16 code units.
const MAX_LINE: usize = 80;

/// What is printed of one literal at most, in bytes and roughly: messages are cut there.
const MAX_PRINTED: usize = 4_100;

/// A literal as it is printed.
pub(super) fn printed(context: &Context<'_>, value: &Node<Value>) -> String {
    let text = match &**value {
        Value::Null => "null".to_owned(),
        Value::Boolean(flag) => flag.to_string(),
        Value::Enum(name) => name.to_string(),
        Value::Variable(name) => format!("${name}"),
        Value::Int(number) => number.as_str().to_owned(),
        Value::Float(number) => number.as_str().to_owned(),
        Value::String(text) if is_block_string(context, value) => block_string(text),
        Value::String(text) => string(text),
        Value::List(items) => enclosed(items.iter().map(|item| printed(context, item)), ("[", "", "]")),
        Value::Object(fields) if fields.is_empty() => "{  }".to_owned(),
        Value::Object(fields) => {
            let field =
                |(name, value): &(apollo_compiler::Name, Node<Value>)| format!("{name}: {}", printed(context, value));
            enclosed(fields.iter().map(field), ("{", " ", "}"))
        }
    };
    cut(text)
}

/// Items in one line or, where that would be too long, one a line.
fn enclosed(items: impl Iterator<Item = String>, (open, space, close): (&str, &str, &str)) -> String {
    let mut printed = 0;
    let is_shown = |item: &String| {
        let is_shown = printed < MAX_PRINTED;
        printed += item.len();
        is_shown
    };
    let items: Vec<String> = items.take_while(is_shown).collect();
    let width = items.iter().map(|item| units(item) + 2).sum::<usize>().saturating_sub(2);
    if width + 2 * (1 + space.len()) > MAX_LINE {
        let lines = items.join("\n").replace('\n', "\n  ");
        return format!("{open}\n  {lines}\n{close}");
    }
    format!("{open}{space}{}{space}{close}", items.join(", "))
}

fn string(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars().take(MAX_PRINTED) {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' => {
                let _ = write!(out, "\\u{:04X}", u32::from(character));
            }
            other => out.push(other),
        }
    }
    out + "\""
}

fn block_string(text: &str) -> String {
    let escaped = text.replace("\"\"\"", "\\\"\"\"");
    let starts_blank = |line: &str| line.is_empty() || line.starts_with([' ', '\t']);
    let is_single_line = !escaped.contains('\n');
    let leads = !is_single_line && escaped.lines().skip(1).all(starts_blank);
    let trails = (text.ends_with('"') && !escaped.ends_with("\\\"\"\"")) || text.ends_with('\\');
    let is_long = !is_single_line || units(text) > 70 || trails || leads || escaped.ends_with("\\\"\"\"");
    let before = if (is_long && !(is_single_line && text.starts_with([' ', '\t']))) || leads { "\n" } else { "" };
    let behind = if is_long { "\n" } else { "" };
    format!("\"\"\"{before}{escaped}{behind}\"\"\"")
}

fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

fn cut(mut text: String) -> String {
    if text.len() > MAX_PRINTED {
        let end = (0..=MAX_PRINTED).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.truncate(end);
    }
    text
}
