//! Characters that the language does not have, or not there: what other languages mean by them, and what is written
//! here instead.

use std::ops::Range;

use super::explanation::Explanation;
use super::tokens::{Spot, is_sign};

/// What is said of a message of the parser's lexer; nothing for one that is about the order of tokens.
pub(super) fn unexpected(text: &str, place: Range<usize>, message: &str, spot: &Spot<'_>) -> Option<Explanation> {
    let rest = text.get(place.start..)?;
    let message = message.to_lowercase();
    if ["unexpected line terminator", "unterminated string", "unterminated block string", "while lexing string"]
        .iter()
        .any(|known| message.contains(known))
    {
        return Some(unclosed_text(rest));
    }
    if message.contains("escaped character") || message.contains("unicode escape") {
        return Some(wrong_escape(text, place));
    }
    if message.contains("number suffix") || message.contains("integer suffix") || message.contains("float suffix") {
        return Some(glued_number(spot));
    }
    if message.contains("spread operator") {
        let hint = "a template is text, in quotes: `\"{args.id}\"`";
        return Some(Explanation::new("a dot cannot stand here", hint).at(place.start..place.start + 1));
    }
    if message.contains("variable value in a const context") {
        return Some(variable(rest, place.start));
    }
    if message.contains("invalid enum value") {
        return Some(Explanation::new("`true`, `false` and `null` are no values of an enum", "give it another name"));
    }
    message.starts_with("unexpected character").then(|| unexpected_character(rest, place.start, spot))
}

fn unclosed_text(rest: &str) -> Explanation {
    if rest.starts_with("\"\"\"") {
        return Explanation::new("this block string is not closed", "it ends with `\"\"\"`");
    }
    let hint = "close it in its line; text of several lines stands between `\"\"\"` and `\"\"\"`";
    Explanation::new("this string has no closing quote", hint)
}

/// The first escape of a string that there is not.
fn wrong_escape(text: &str, place: Range<usize>) -> Explanation {
    let string = text.get(place.clone()).unwrap_or_default();
    let mut characters = string.char_indices();
    while let Some((at, character)) = characters.next() {
        if character != '\\' {
            continue;
        }
        let Some((next_at, next)) = characters.next() else { break };
        if !"\"\\/bfnrtu".contains(next) {
            let message = format!("`\\{next}` is no escape");
            let hint = format!("write `\\\\{next}` for a plain backslash, or the text between `\"\"\"` and `\"\"\"`");
            return Explanation::new(message, hint).at(place.start + at..place.start + next_at + next.len_utf8());
        }
    }
    Explanation::new("this string has an escape that is none", "write `\\\\` for a plain backslash")
}

/// `500ms` without quotes, or a name that begins with a digit.
fn glued_number(spot: &Spot<'_>) -> Explanation {
    let Some(token) = spot.here() else { return Explanation::new("this is no number", "text stands in quotes") };
    let word = spot.word(token);
    let is_value = is_sign(spot.back(0).map(|token| token.kind), &[':', '[', '=']);
    let explanation = if is_value {
        Explanation::new(format!("`{word}` is no number"), format!("text stands in quotes: `\"{word}\"`"))
    } else {
        let digits = word.len() - word.trim_start_matches(|first: char| !first.is_ascii_alphabetic()).len();
        let hint = format!("write `{}` or `_{word}`", word.get(digits..).unwrap_or_default());
        Explanation::new("a name does not begin with a digit", hint)
    };
    explanation.at(token.range.clone())
}

fn variable(rest: &str, start: usize) -> Explanation {
    let name: String = rest.chars().skip(1).take_while(|next| next.is_alphanumeric() || *next == '_').collect();
    let message = format!("`${name}` means nothing here: a schema has no variables");
    let hint = format!("an argument is a template in quotes: `\"{{args.{name}}}\"`");
    Explanation::new(message, hint).at(start..start + 1 + name.len())
}

fn unexpected_character(rest: &str, start: usize, spot: &Spot<'_>) -> Explanation {
    // The parser's place can begin before the character.
    let skipped = rest.find(|character: char| !is_known(character)).unwrap_or(0);
    let skipped = if rest.starts_with(|first: char| first.is_ascii_alphanumeric()) { skipped } else { 0 };
    let rest = rest.get(skipped..).unwrap_or_default();
    let (start, character) = (start + skipped, rest.chars().next().unwrap_or(' '));
    let value = rest.split([')', '}', ',', ' ', '\n', '"']).next().unwrap_or_default();
    let is_value = is_sign(spot.back(0).map(|token| token.kind), &[':', '[', '=']);
    let message = match character {
        '"' => "this string cannot be read".to_owned(),
        space if space.is_whitespace() || !is_visible(space) => {
            format!("a character that is not seen stands here (U+{:04X})", u32::from(space))
        }
        '`' => "a backtick cannot stand here".to_owned(),
        other => format!("the character `{other}` cannot stand here"),
    };
    let hint = match character {
        '/' if rest.starts_with("//") || rest.starts_with("/*") => "a comment begins with `#`".to_owned(),
        '\'' | '`' | '“' | '”' | '„' | '‘' | '’' | '«' => "text stands in double quotes: `\"…\"`".to_owned(),
        ';' => "leave it out: the end of a line is enough".to_owned(),
        '?' => "leave it out: a type may be null unless it ends in `!`".to_owned(),
        '<' | '>' => "a list of `String` is `[String]`".to_owned(),
        '-' => "a name holds letters, digits and `_`".to_owned(),
        '.' | '%' | '+' | '*' if !is_value => "a name holds letters, digits and `_`".to_owned(),
        invisible if invisible.is_whitespace() || !is_visible(invisible) => "type a plain space instead".to_owned(),
        _ if is_value && !value.is_empty() => format!("text stands in double quotes: `\"{value}\"`"),
        letter if letter.is_alphabetic() => "a name holds letters from a to z, digits and `_`".to_owned(),
        _ => "leave it out, or write it into a string: `\"…\"`".to_owned(),
    };
    Explanation::new(message, hint).at(start..start + character.len_utf8())
}

fn is_known(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

fn is_visible(character: char) -> bool {
    !character.is_control()
        && !matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
