//! A statement as it is sent: text with numbered placeholders, and the parameters beside it. No value is ever written
//! into the text. What the author wrote is a template in `schema`; nothing here is sent anywhere.

use std::fmt::Write as _;
use std::sync::Arc;

use crate::graphql::Value;
use crate::schema::{Input, Piece, Template};
use crate::source::Key;

/// How a database writes placeholders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// `$1`.
    Postgres,
    /// `?1`.
    Sqlite,
}

/// The author's text, cut where values stand, and of each such place whether its values differ from key to key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// One more than there are places.
    texts: Vec<Box<str>>,
    differs: Vec<bool>,
}

/// A statement with its parameters.
#[derive(Debug, Clone)]
pub struct Statement {
    /// The text, the same for every key of a fetch.
    pub text: Arc<str>,
    /// One parameter for each placeholder; null where a value was not given.
    pub parameters: Vec<Value>,
}

impl Dialect {
    /// The text of a statement: each place where an input stands becomes the next placeholder.
    #[must_use]
    pub fn text(self, template: &Template) -> Arc<str> {
        let sign = match self {
            Dialect::Postgres => '$',
            Dialect::Sqlite => '?',
        };
        let mut text = String::new();
        let mut number = 0;
        for piece in &template.pieces {
            match piece {
                Piece::Text(words) => text.push_str(words),
                Piece::Input(_) => {
                    number += 1;
                    let _ = write!(text, "{sign}{number}");
                }
            }
        }
        text.into()
    }
}

impl Cut {
    /// A text from its pieces, which are one more than the places between them.
    #[cfg(test)]
    pub fn new(texts: Vec<Box<str>>, differs: Vec<bool>) -> Cut {
        Cut { texts, differs }
    }

    /// The text of a binding: what comes from the parent differs, all else is the same for all keys of a fetch.
    #[must_use]
    pub fn of(template: &Template, inputs: &[Input]) -> Cut {
        let (mut texts, mut differs, mut open) = (Vec::new(), Vec::new(), String::new());
        for piece in &template.pieces {
            match piece {
                Piece::Text(words) => open.push_str(words),
                Piece::Input(place) => {
                    texts.push(std::mem::take(&mut open).into());
                    differs.push(matches!(inputs.get(usize::from(place.input)), Some(Input::Parent(_))));
                }
            }
        }
        texts.push(open.into());
        Cut { texts, differs }
    }

    /// Each text, with whether the values behind it differ; nothing behind the last one.
    pub fn parts(&self) -> impl Iterator<Item = (&str, Option<bool>)> {
        self.texts.iter().enumerate().map(|(place, text)| (&**text, self.differs.get(place).copied()))
    }

    /// Of each place whether its values differ.
    #[must_use]
    pub fn differs(&self) -> &[bool] {
        &self.differs
    }
}

impl Statement {
    /// A statement for one key.
    #[must_use]
    pub fn new(text: Arc<str>, template: &Template, key: &Key) -> Statement {
        let parameters = template.inputs().map(|input| input.value(key).cloned().unwrap_or(Value::Null)).collect();
        Statement { text, parameters }
    }

    /// Everything that can change the answer, in one text: the statement, and its parameters as a JSON array.
    #[must_use]
    pub fn words(&self) -> String {
        let mut words = String::from(&*self.text);
        words.push('\n');
        push_list(&self.parameters, &mut words);
        words
    }
}

/// Writes values as a JSON array.
pub fn push_list(values: &[Value], out: &mut String) {
    out.push('[');
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        out.push_str(&value.to_json());
    }
    out.push(']');
}

#[cfg(test)]
mod tests {
    use super::{Dialect, Statement};
    use crate::graphql::Value;
    use crate::schema::{InputRef, ListStyle, Piece, Template};

    fn input(number: u16) -> Piece {
        Piece::Input(InputRef { input: number, default: None, list: ListStyle::Repeat })
    }

    #[test]
    fn each_place_is_one_parameter() {
        let template = Template {
            pieces: vec![Piece::Text("select ".into()), input(1), Piece::Text(" + ".into()), input(0), input(1)],
        };
        assert_eq!(&*Dialect::Postgres.text(&template), "select $1 + $2$3");
        assert_eq!(&*Dialect::Sqlite.text(&template), "select ?1 + ?2?3");
        let key = vec![None, Some(Value::String("'; drop".into()))];
        let statement = Statement::new(Dialect::Postgres.text(&template), &template, &key);
        assert_eq!(statement.words(), "select $1 + $2$3\n[\"'; drop\",null,\"'; drop\"]");
    }
}
