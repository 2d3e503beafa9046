//! A statement numbers and names no parameters of its own: each template is one, and we number them. How a placeholder
//! is written depends on the database.

use std::ops::Range;

use crate::config::{Mistakes, StatementPart, StatementText};
use crate::graphql::SourceKind;

/// Tells each placeholder outside quotes and comments.
pub(super) fn check(statement: &StatementText, engine: SourceKind, mistakes: &mut Mistakes) {
    for (_, range) in statement.parts().filter(|(part, _)| *part == StatementPart::Plain) {
        let text = statement.text().get(range.clone()).unwrap_or_default();
        for found in placeholders(text, engine) {
            let placeholder = text.get(found.clone()).unwrap_or_default();
            let message = format!("a statement has no parameters of its own (`{placeholder}`)");
            let span = statement.span(&(range.start + found.start..range.start + found.end));
            let name = placeholder.trim_start_matches(['$', '?', ':', '@']);
            let name = if name.starts_with(|first: char| first.is_alphabetic() || first == '_') { name } else { "id" };
            mistakes.error_with_hint(span, message, format!("write the value where it goes: `{{args.{name}}}`"));
        }
    }
}

fn placeholders(text: &str, engine: SourceKind) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let (mut at, mut before) = (0, None);
    while let Some(character) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let rest = text.get(at..).unwrap_or_default();
        let skipped = if engine == SourceKind::Sqlite { name_length(rest) } else { None };
        let length = placeholder_length(rest, before, engine);
        found.extend(length.map(|length| at..at + length));
        before = Some(character);
        at += skipped.or(length).unwrap_or(character.len_utf8());
    }
    found
}

/// The length of a quoted name as SQLite takes it from other databases: in brackets or in backticks.
fn name_length(text: &str) -> Option<usize> {
    let end = match text.chars().next()? {
        '[' => ']',
        '`' => '`',
        _ => return None,
    };
    Some(text.get(1..)?.find(end)? + 2)
}

/// The length of the placeholder that starts here: `$1` on PostgreSQL; `?`, `?1`, `:a`, `@a` and `$a` on SQLite.
fn placeholder_length(text: &str, before: Option<char>, engine: SourceKind) -> Option<usize> {
    let sign = text.chars().next()?;
    let name = text.get(sign.len_utf8()..)?;
    let length = name.find(|character: char| !is_of_name(character)).unwrap_or(name.len());
    let digits = name.find(|character: char| !character.is_ascii_digit()).unwrap_or(name.len());
    let starts = !before.is_some_and(|before| is_of_name(before) || before == '$' || before == ':');
    match (engine, sign) {
        (SourceKind::Sqlite, '?') => Some(1 + digits),
        (SourceKind::Sqlite, ':' | '@' | '$') if starts && length > 0 => Some(1 + length),
        (SourceKind::Postgres, '$') if starts && digits > 0 => Some(1 + digits),
        (SourceKind::Postgres | SourceKind::Sqlite | SourceKind::Rest, _) => None,
    }
}

fn is_of_name(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

#[cfg(test)]
mod tests {
    use super::placeholders;
    use crate::graphql::SourceKind;

    #[test]
    fn each_engine_has_its_own() {
        for (text, postgres, sqlite) in [
            ("a = $1", &["$1"][..], &["$1"][..]),
            ("a$1 = b$c", &[], &[]),
            ("a = :id and b = @id", &[], &[":id", "@id"]),
            ("? ?12 $x", &[], &["?", "?12", "$x"]),
            ("a::text, b[1:2]", &[], &[]),
            ("[a?] `:b` $", &[], &[]),
            ("($1,$22)", &["$1", "$22"], &["$1", "$22"]),
        ] {
            for (engine, expected) in [(SourceKind::Postgres, postgres), (SourceKind::Sqlite, sqlite)] {
                let found: Vec<&str> = placeholders(text, engine).into_iter().map(|range| &text[range]).collect();
                assert_eq!(found, expected, "{text}");
            }
        }
    }
}
