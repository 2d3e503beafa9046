//! The parser of templates: `{root.path}`, `?? default`, `|csv`, `{{` and `}}`. It works on the text that a string
//! stands for and gives byte ranges of it; no name is looked up.

use std::ops::Range;

use super::foreign_template::{Refusal, foreign_default, unknown_root, wrong_default};
use super::sql_text::quoted_length;
use super::{Root, Severity};
use crate::graphql::Value;

/// How braces in the text are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Syntax {
    /// Every brace counts.
    Text,
    /// Braces in quoted SQL strings and comments are plain text.
    Sql,
}

/// A part of a template.
#[derive(Debug, PartialEq)]
pub(super) enum ParsedPiece {
    /// Text, its doubled braces made single.
    Text(String),
    /// What stands between two braces.
    Slot(ParsedSlot),
}

/// What stands between two braces.
#[derive(Debug, PartialEq)]
pub(super) struct ParsedSlot {
    pub root: Root,
    pub path: Vec<String>,
    pub default: Option<Value>,
    pub csv: bool,
    pub range: Range<usize>,
}

/// What is wrong with a template.
#[derive(Debug, PartialEq)]
pub(super) struct TemplateMistake {
    pub severity: Severity,
    pub message: String,
    pub hint: Option<String>,
    pub range: Range<usize>,
}

/// Cuts a text into its pieces; malformed slots are left out and told.
pub(super) fn parse_template(text: &str, syntax: Syntax) -> (Vec<ParsedPiece>, Vec<TemplateMistake>) {
    let mut parser = Parser { text, at: 0, plain: String::new(), pieces: Vec::new(), mistakes: Vec::new() };
    while let Some(character) = parser.rest().chars().next() {
        let before = text.get(..parser.at).and_then(|before| before.chars().next_back());
        match quoted_length(parser.rest(), before).filter(|_| syntax == Syntax::Sql) {
            Some(length) => parser.take_plain(length),
            None => parser.step(character),
        }
    }
    parser.end_plain();
    (parser.pieces, parser.mistakes)
}

/// The length of the well-formed slot at the first byte of a text; nothing where none starts.
pub(super) fn well_formed_slot(text: &str) -> Option<usize> {
    let length = slot_length(text.strip_prefix('{').map(|_| text)?)?;
    let inner = text.get(1..length - 1)?;
    parse_slot(inner, 0..length).ok().map(|_| length)
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    plain: String,
    pieces: Vec<ParsedPiece>,
    mistakes: Vec<TemplateMistake>,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn step(&mut self, character: char) {
        let rest = self.rest();
        if rest.starts_with("{{") || rest.starts_with("}}") {
            self.doubt_double_braces();
            self.plain.push(character);
            self.at += 2;
        } else if character == '{' {
            self.slot();
        } else if character == '}' {
            self.mistake("this brace closes nothing", Some("write `}}` for a plain brace"), self.at..self.at + 1);
            self.at += 1;
        } else {
            self.take_plain(character.len_utf8());
        }
    }

    fn take_plain(&mut self, length: usize) {
        self.plain.push_str(self.rest().get(..length).unwrap_or_default());
        self.at += length.max(1);
    }

    fn end_plain(&mut self) {
        if !self.plain.is_empty() {
            self.pieces.push(ParsedPiece::Text(std::mem::take(&mut self.plain)));
        }
    }

    /// A whole template in double braces is hardly meant to be text.
    fn doubt_double_braces(&mut self) {
        let inner = self.rest().get(1..).unwrap_or_default();
        let length =
            well_formed_slot(inner).filter(|length| inner.get(*length..).is_some_and(|end| end.starts_with('}')));
        if let Some(length) = length {
            let slot = inner.get(..length).unwrap_or_default();
            let hint = format!("a template has single braces: `{slot}`");
            self.doubt(format!("`{{{slot}}}` is the plain text `{slot}`"), hint, self.at..self.at + length + 2);
        }
    }

    /// `${args.id}` of other languages; behind a space the sign is one of money.
    fn doubt_dollar(&mut self, range: &Range<usize>) {
        let before = self.text.get(..range.start).unwrap_or_default().strip_suffix('$');
        if before.is_some_and(|before| !before.ends_with(char::is_whitespace)) {
            let slot = self.text.get(range.clone()).unwrap_or_default();
            let message = "the `$` before this template is plain text".to_owned();
            self.doubt(message, format!("a template has no `$`: `{slot}`"), range.start - 1..range.end);
        }
    }

    fn doubt(&mut self, message: String, hint: String, range: Range<usize>) {
        self.mistakes.push(TemplateMistake { severity: Severity::Warning, message, hint: Some(hint), range });
    }

    fn slot(&mut self) {
        let Some(length) = slot_length(self.rest()) else {
            let is_json = self.rest().get(1..).is_some_and(|rest| rest.trim_start().starts_with('"'));
            let hint = if is_json {
                "JSON is written without quotes: `{ id: \"{args.id}\" }`; `{{` is a plain brace"
            } else {
                "write `{{` for a plain brace"
            };
            self.mistake("this template is not closed", Some(hint), self.at..self.at + 1);
            self.at += 1;
            return;
        };
        let range = self.at..self.at + length;
        let inner = self.text.get(range.start + 1..range.end - 1).unwrap_or_default();
        self.at = range.end;
        match parse_slot(inner, range.clone()) {
            Ok(slot) => {
                self.doubt_dollar(&range);
                self.end_plain();
                self.pieces.push(ParsedPiece::Slot(slot));
            }
            Err((message, hint)) => {
                self.mistakes.push(TemplateMistake { severity: Severity::Error, message, hint, range });
            }
        }
    }

    fn mistake(&mut self, message: &str, hint: Option<&str>, range: Range<usize>) {
        let (message, hint) = (message.to_owned(), hint.map(str::to_owned));
        self.mistakes.push(TemplateMistake { severity: Severity::Error, message, hint, range });
    }
}

/// From the opening brace to the closing one, which may not stand in single quotes; a slot is one line.
fn slot_length(text: &str) -> Option<usize> {
    let mut quoted = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            '\'' => quoted = !quoted,
            '}' if !quoted => return Some(at + 1),
            '{' if !quoted => return None,
            '\n' => return None,
            _ => {}
        }
    }
    None
}

fn parse_slot(inner: &str, range: Range<usize>) -> Result<ParsedSlot, Refusal> {
    let (inner, csv) = match inner.trim_end().strip_suffix("|csv") {
        Some(rest) => (rest, true),
        None => (inner, false),
    };
    let (name, default) = match inner.split_once("??") {
        Some((name, default)) => (name, Some(parse_default(default.trim())?)),
        None => (inner, None),
    };
    if let Some(refusal) = foreign_default(name) {
        return Err(refusal);
    }
    if let Some((_, filter)) = name.split_once('|') {
        return Err((format!("`|{}` is no way to write a value", filter.trim()), Some("there is `|csv`".to_owned())));
    }
    let (root, path) = parse_name(name.trim())?;
    Ok(ParsedSlot { root, path, default, csv, range })
}

fn parse_name(name: &str) -> Result<(Root, Vec<String>), Refusal> {
    let (root_name, path) = name.split_once('.').unwrap_or((name, ""));
    let Some(root) = Root::named(root_name).filter(|_| name.contains('.')) else { return Err(unknown_root(name)) };
    // A header's or a variable's name is one name, whatever it holds.
    let steps: Vec<String> = match root {
        Root::Headers | Root::Environment => vec![path.to_owned()],
        Root::Arguments | Root::Parent | Root::Batch | Root::Claims => path.split('.').map(str::to_owned).collect(),
    };
    if steps.iter().all(|step| is_step(root, step)) {
        return Ok((root, steps));
    }
    let example = if root == Root::Headers { "x-tenant" } else { "id" };
    Err((format!("`{{{name}}}` names nothing"), Some(format!("write a name, as in `{{{root_name}.{example}}}`"))))
}

fn is_step(root: Root, step: &str) -> bool {
    let fits = |byte: u8| match root {
        Root::Headers => byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte),
        _ => byte.is_ascii_alphanumeric() || byte == b'_',
    };
    !step.is_empty() && step.bytes().all(fits)
}

fn parse_default(text: &str) -> Result<Value, Refusal> {
    match text {
        "true" => return Ok(Value::Boolean(true)),
        "false" => return Ok(Value::Boolean(false)),
        "null" => return Ok(Value::Null),
        _ => {}
    }
    if let Some(quoted) = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        return Ok(Value::String(quoted.replace("''", "'").into()));
    }
    match Value::from_json(text) {
        Ok(number @ Value::Number(_)) => Ok(number),
        _ => Err(wrong_default(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::{ParsedPiece, Root, Syntax, parse_template};

    /// Shows a template as text in brackets and slots in angle brackets.
    fn show(text: &str, syntax: Syntax) -> String {
        let (pieces, mistakes) = parse_template(text, syntax);
        let shown = pieces.iter().map(|piece| match piece {
            ParsedPiece::Text(text) => format!("[{text}]"),
            ParsedPiece::Slot(slot) => {
                let default = slot.default.as_ref().map(|value| format!("={}", value.to_json())).unwrap_or_default();
                let csv = if slot.csv { ",csv" } else { "" };
                format!("<{} {}{default}{csv}>", slot.root.name(), slot.path.join("/"))
            }
        });
        let told = mistakes.iter().map(|mistake| format!("!{}..{}", mistake.range.start, mistake.range.end));
        shown.chain(told).collect()
    }

    #[test]
    fn templates_are_cut() {
        for (text, shown) in [
            ("/a/{args.id}/b", "[/a/]<args id>[/b]"),
            ("{parent.seller.id}", "<parent seller/id>"),
            ("{{x}} {args.a}", "[{x} ]<args a>"),
            ("{env.PORT ?? 4000}", "<env PORT=4000>"),
            ("{args.q ?? 'it''s }'}", "<args q=\"it's }\">"),
            ("{args.ids|csv}{args.b ?? null |csv}", "<args ids,csv><args b=null,csv>"),
            ("{headers.x-tenant}", "<headers x-tenant>"),
            ("{args.id", "[args.id]!0..1"),
            ("a}b", "[ab]!1..2"),
            ("{arg.id}", "!0..8"),
            ("{id}", "!0..4"),
            ("{args.}", "!0..7"),
            ("{args.a..b}", "!0..11"),
            ("{args.a ?? x}", "!0..13"),
            ("{args.a|json}", "!0..13"),
            ("é{args.é}", "[é]!2..11"),
        ] {
            assert_eq!(show(text, Syntax::Text), shown, "{text}");
        }
    }

    #[test]
    fn braces_in_quoted_sql_are_text() {
        for (text, shown) in [
            ("select '{a}' = {args.a}", "[select '{a}' = ]<args a>"),
            ("select '{1,2}'::int[] -- {x}\n, {args.b}", "[select '{1,2}'::int[] -- {x}\n, ]<args b>"),
            ("$$ {x} $$ {args.a}", "[$$ {x} $$ ]<args a>"),
            ("select 'it''s {x}' || {args.a}", "[select 'it''s {x}' || ]<args a>"),
        ] {
            assert_eq!(show(text, Syntax::Sql), shown, "{text}");
        }
    }

    #[test]
    fn every_root_has_its_own_name() {
        for root in Root::ALL {
            assert_eq!(Root::named(root.name()), Some(root));
        }
    }
}
