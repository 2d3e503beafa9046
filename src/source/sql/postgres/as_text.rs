//! A statement around the author's own, in which every column of a type that is not read from its binary form is text.
//! It is prepared in place of the author's, so that any type at all can be selected.

use tokio_postgres::types::{Kind, Type};

use super::format::Format;

/// Wraps a statement whose columns have these types.
pub fn wrap(text: &str, types: &[&Type]) -> String {
    let names: Vec<String> = (1..=types.len()).map(|number| format!("c{number}")).collect();
    let selected: Vec<String> = types.iter().zip(&names).map(|(type_, name)| selection(type_, name)).collect();
    // The line break ends a comment at the end of the author's text.
    format!(
        "with __tributary({}) as (\n{}\n) select {} from __tributary",
        names.join(", "),
        without_final_semicolon(text),
        selected.join(", ")
    )
}

fn selection(type_: &Type, name: &str) -> String {
    match (Format::of(type_), type_.kind()) {
        (Some(_), _) => name.to_owned(),
        (None, Kind::Array(_)) => format!("{name}::text[]"),
        (None, _) => format!("{name}::text"),
    }
}

/// The text up to its first semicolon outside of strings, names and comments: a prepared statement is one statement, so
/// that nothing but comments can follow.
fn without_final_semicolon(text: &str) -> &str {
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        if character == ';' {
            return &text[..text.len() - rest.len()];
        }
        rest = &rest[token_length(rest, character)..];
    }
    text
}

/// The length of what begins here: a whole string, name or comment, or one character.
fn token_length(rest: &str, first: char) -> usize {
    match first {
        '\'' => quoted_length(rest, '\'', false),
        '"' => quoted_length(rest, '"', false),
        'e' | 'E' if rest[1..].starts_with('\'') => 1 + quoted_length(&rest[1..], '\'', true),
        '-' if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
        '/' if rest.starts_with("/*") => comment_length(rest),
        '$' => dollar_quoted_length(rest),
        letter if letter.is_alphanumeric() || letter == '_' => word_length(rest),
        other => other.len_utf8(),
    }
}

/// A word is read as a whole, so that the `e` at its end begins no string and a `$` in it no quotation.
fn word_length(rest: &str) -> usize {
    rest.find(|character: char| !character.is_alphanumeric() && character != '_' && character != '$')
        .unwrap_or(rest.len())
}

fn quoted_length(rest: &str, quote: char, backslashes: bool) -> usize {
    let mut characters = rest.char_indices().skip(1);
    while let Some((index, character)) = characters.next() {
        if backslashes && character == '\\' {
            characters.next();
        } else if character == quote {
            return index + 1;
        }
    }
    rest.len()
}

fn comment_length(rest: &str) -> usize {
    let (mut index, mut depth) = (0, 0_usize);
    while index < rest.len() {
        let here = &rest.as_bytes()[index..];
        if here.starts_with(b"/*") {
            (index, depth) = (index + 2, depth + 1);
        } else if here.starts_with(b"*/") {
            (index, depth) = (index + 2, depth.saturating_sub(1));
            if depth == 0 {
                return index;
            }
        } else {
            index += 1;
        }
    }
    rest.len()
}

/// `$tag$ … $tag$`; one character where it is none of these, as in `$1`.
fn dollar_quoted_length(rest: &str) -> usize {
    let Some(end) = rest[1..].find('$').map(|at| at + 2) else { return 1 };
    let tag = &rest[..end];
    let name = &tag[1..tag.len() - 1];
    let is_tag = !name.starts_with(|first: char| first.is_ascii_digit())
        && name.chars().all(|character| character.is_alphanumeric() || character == '_');
    if !is_tag {
        return 1;
    }
    rest[end..].find(tag).map_or(rest.len(), |at| end + at + tag.len())
}

#[cfg(test)]
mod tests {
    use super::without_final_semicolon;

    #[test]
    fn the_final_semicolon_is_found() {
        for (text, expected) in [
            ("select 1", "select 1"),
            ("select 1;", "select 1"),
            ("select 1 ; -- done", "select 1 "),
            ("select ';' ; /* a; /* b; */ ; */", "select ';' "),
            ("select 'it''s;', \"a;b\", $1;\n", "select 'it''s;', \"a;b\", $1"),
            ("select E'\\';', $$;$$, $t$;$x$;$t$;", "select E'\\';', $$;$$, $t$;$x$;$t$"),
            ("select 1 -- a;\n + 2;", "select 1 -- a;\n + 2"),
            ("select a$b, name'x;' -- é;", "select a$b, name'x;' -- é;"),
            ("select $1, $2 from a where b = 'é;'", "select $1, $2 from a where b = 'é;'"),
        ] {
            assert_eq!(without_final_semicolon(text), expected);
        }
    }
}
