//! A statement around the author's own, which brings only some of its columns, and those of a type that is not read from
//! its binary form as text. It is prepared in place of the author's, so that any type at all can be selected and what
//! nobody reads need not be made. The server sees through it: it drops what is not selected, unless that would change the
//! number of rows or leave out what a volatile function does, and it keeps the order of the rows.

use std::sync::Arc;

use tokio_postgres::types::{Kind, Type};

use super::described::Described;
use super::format::Format;
use crate::source::Columns;

/// Columns of the author's statement that are brought.
#[derive(Debug)]
pub struct Selection<'p> {
    brought: Vec<Brought<'p>>,
    /// How many columns the statement has.
    count: usize,
    by: By,
}

/// A column that is brought.
#[derive(Debug, Clone, Copy)]
struct Brought<'p> {
    place: usize,
    name: &'p str,
    type_: &'p Type,
}

/// How columns are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    /// By the author's names: they stay right when a table behind `select *` changes.
    Name,
    /// By their places: two have one name.
    Place,
}

impl<'p> Selection<'p> {
    /// Those of the author's columns that are wanted.
    pub fn of(plain: &'p Described, columns: &Columns) -> Selection<'p> {
        let all: Vec<(&str, &Type)> = plain.columns.iter().map(|(name, type_)| (&**name, type_)).collect();
        Selection::among(&all, columns)
    }

    /// Those of columns with these names and types that are wanted.
    pub fn among(all: &[(&'p str, &'p Type)], columns: &Columns) -> Selection<'p> {
        let is_first =
            |(place, (name, _)): (usize, &(&str, &Type))| all[..place].iter().all(|(other, _)| other != name);
        let by = if all.iter().enumerate().all(is_first) { By::Name } else { By::Place };
        let places = columns.places(all.iter().map(|(name, _)| *name));
        let brought = places.into_iter().map(|place| Brought { place, name: all[place].0, type_: all[place].1 });
        Selection { brought: brought.collect(), count: all.len(), by }
    }

    /// Whether the author's statement itself brings just these, in forms that are read.
    pub fn is_the_authors(&self) -> bool {
        self.brought.len() == self.count && self.brought.iter().all(|column| Format::of(column.type_).is_some())
    }

    /// Whether nothing is brought: there are no columns.
    pub fn is_empty(&self) -> bool {
        self.brought.is_empty()
    }

    /// The names, as the author gave them.
    pub fn names(&self) -> Arc<[Box<str>]> {
        self.brought.iter().map(|column| column.name.into()).collect()
    }

    /// The same, by their places, whatever names the statement gives them where it stands.
    pub fn by_place(mut self) -> Selection<'p> {
        self.by = By::Place;
        self
    }

    /// Whether all of the author's columns have names of their own.
    pub fn is_by_name(&self) -> bool {
        self.by == By::Name
    }

    /// Whether columns are of the types that these have, but for those that are made text where the selection is written.
    pub fn is_brought_as(&self, columns: &[(Box<str>, Type)]) -> bool {
        let is_same = |(brought, (_, type_)): (&Brought<'_>, &(Box<str>, Type))| {
            Format::of(brought.type_).is_none() || type_ == brought.type_
        };
        columns.len() == self.brought.len() && self.brought.iter().zip(columns).all(is_same)
    }

    /// What is written behind the name that the author's statement is given.
    pub fn aliases(&self) -> String {
        let names: Vec<String> = (0..self.count).map(alias).collect();
        if self.by == By::Place { format!("({})", names.join(", ")) } else { String::new() }
    }

    /// The columns to select, behind the name of what they are selected from.
    pub fn list(&self, of: &str) -> String {
        let selected = self.brought.iter().map(|Brought { place, name, type_ }| {
            let cast = match (Format::of(type_), type_.kind()) {
                (Some(_), _) => "",
                (None, Kind::Array(_)) => "::text[]",
                (None, _) => "::text",
            };
            let name = if self.by == By::Name { quoted(name) } else { alias(*place) };
            format!("{of}.{name}{cast}")
        });
        selected.collect::<Vec<_>>().join(", ")
    }
}

/// The text of a statement that brings a selection.
pub fn wrap(text: &str, selection: &Selection<'_>) -> String {
    // The line break ends a comment at the end of the author's text.
    format!(
        "with __tributary{} as (\n{}\n) select {} from __tributary",
        selection.aliases(),
        without_final_semicolon(text),
        selection.list("__tributary")
    )
}

/// A name as it is, whatever it holds.
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn alias(place: usize) -> String {
    format!("__c{}", place + 1)
}

/// The text up to its first semicolon outside of strings, names and comments: a prepared statement is one statement, so
/// that nothing but comments can follow.
pub fn without_final_semicolon(text: &str) -> &str {
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
    use tokio_postgres::types::Type;

    use super::{Selection, without_final_semicolon};
    use crate::source::Columns;

    #[test]
    fn columns_are_told_apart_by_name_where_names_are_their_own() {
        let wanted = Columns::Named(["a".into(), "t".into()].into());
        for (columns, aliases, list) in [
            (vec![("a", &Type::INT4), ("b", &Type::INT4), ("t", &Type::TS_VECTOR)], "", "x.\"a\", x.\"t\"::text"),
            (vec![("a", &Type::INT4), ("b", &Type::INT4), ("a", &Type::TEXT)], "(__c1, __c2, __c3)", "x.__c1, x.__c3"),
            (vec![("b\"", &Type::INT4)], "", "x.\"b\"\"\""),
        ] {
            let selection = Selection::among(&columns, &wanted);
            assert_eq!((&*selection.aliases(), &*selection.list("x")), (aliases, list));
        }
    }

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
