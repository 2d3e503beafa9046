//! An answer that serves many: its items, and of each the value that tells whom it is for. Nothing of an item is kept but
//! where it stands; whoever it is for decodes it by their own projection.

use std::borrow::Cow;

use ahash::AHashMap;
use bytes::Bytes;

use super::decode::{bad_response, undecodable};
use super::{Answer, Detail, Failure, Span, Wanted, decode_body};
use crate::graphql::{JsonError, JsonKind, JsonReader, number_text, unquote};

/// The items of one answer by the value that they hold.
#[derive(Debug, Default)]
pub struct Items {
    body: Bytes,
    by_value: AHashMap<Box<str>, Vec<Span>>,
    /// Whether an item holds nothing where it is to tell that: it may be for somebody who then seems to have none.
    has_stray: bool,
}

/// What stands at the place of the items.
#[derive(Debug)]
pub enum Found {
    /// A list.
    Items(Items),
    /// Null, there or on the way.
    Null,
}

/// Reads the items of the list at `at`, told apart by the value at `by` in each: text, and numbers as the text that JavaScript
/// gives them, so that `1`, `1.0` and `"1"` are the same. A null item is none.
///
/// # Errors
/// `BadResponse` when the body is not JSON, when there is no list at `at`, or when no item at all has anything at `by`.
pub fn read_items(body: &Bytes, at: &[Box<str>], by: &[Box<str>]) -> Result<Found, Failure> {
    let text = std::str::from_utf8(body).map_err(|error| bad_response("is not UTF-8", Detail::of(&error)))?;
    let mut reading = Reading { by, found: None, items: Items::default() };
    let mut reader = JsonReader::new(text);
    reading.find(&mut reader, at).and_then(|()| reader.end()).map_err(|error| undecodable(&error))?;
    let Reading { found, items, .. } = reading;
    match found {
        None => Err(bad_response("has nothing where the items are to stand", Detail::new(at.join(".")))),
        Some(JsonKind::Null) => Ok(Found::Null),
        Some(JsonKind::List) if items.has_stray && items.by_value.is_empty() => {
            Err(bad_response("has no value that tells whom an item is for", Detail::new(by.join("."))))
        }
        Some(JsonKind::List) => Ok(Found::Items(Items { body: body.clone(), ..items })),
        Some(_) => Err(bad_response("has no list where the items are to stand", Detail::new(at.join(".")))),
    }
}

impl Items {
    /// The items that hold a value, in their order, as JSON text.
    pub fn of(&self, value: &str) -> impl Iterator<Item = Bytes> {
        let spans = self.by_value.get(value).map(Vec::as_slice).unwrap_or_default();
        spans.iter().map(|span| self.body.slice(span.start as usize..span.end as usize))
    }

    /// Whether an item tells nobody whom it is for.
    #[must_use]
    pub fn has_stray(&self) -> bool {
        self.has_stray
    }
}

/// The first of some items as an answer; null without any.
///
/// # Errors
/// As for [`decode_body`].
pub fn first_item(mut items: impl Iterator<Item = Bytes>, wanted: &Wanted) -> Result<Answer, Failure> {
    items.next().map_or_else(|| Ok(Answer::null()), |item| decode_body(&item, &[], wanted))
}

/// A list of items as an answer.
///
/// # Errors
/// As for [`decode_body`].
pub fn all_items(items: impl Iterator<Item = Bytes>, wanted: &Wanted) -> Result<Answer, Failure> {
    let mut list = vec![b'['];
    for item in items {
        if list.len() > 1 {
            list.push(b',');
        }
        list.extend_from_slice(&item);
    }
    list.push(b']');
    decode_body(&list.into(), &[], wanted)
}

/// One pass over an answer.
struct Reading<'a> {
    by: &'a [Box<str>],
    found: Option<JsonKind>,
    items: Items,
}

impl Reading<'_> {
    /// Walks down `at`; of a name that stands twice the last counts.
    fn find(&mut self, reader: &mut JsonReader<'_>, at: &[Box<str>]) -> Result<(), JsonError> {
        let kind = reader.peek()?;
        let Some((name, below)) = at.split_first() else {
            self.items = Items::default();
            self.found = Some(kind);
            return if kind == JsonKind::List {
                reader.list(|reader| self.item(reader))
            } else {
                reader.value().map(drop)
            };
        };
        match kind {
            JsonKind::Object => {
                self.found = None;
                reader.object(
                    |reader, key| {
                        if key == &**name { self.find(reader, below) } else { reader.value().map(drop) }
                    },
                )
            }
            JsonKind::Null => {
                self.found = Some(kind);
                reader.value().map(drop)
            }
            JsonKind::Boolean | JsonKind::Number | JsonKind::String | JsonKind::List => {
                self.found = None;
                reader.value().map(drop)
            }
        }
    }

    fn item(&mut self, reader: &mut JsonReader<'_>) -> Result<(), JsonError> {
        if reader.peek()? == JsonKind::Null {
            return reader.value().map(drop);
        }
        let start = reader.place();
        let value = value_at(reader, self.by)?;
        match value {
            Holds::Value(value) => {
                let span = Span { start: offset(start), end: offset(reader.place()) };
                self.items.by_value.entry(value.into()).or_default().push(span);
            }
            Holds::Null => {}
            Holds::Nothing => self.items.has_stray = true,
        }
        Ok(())
    }
}

/// What an item holds where it is to tell whom it is for.
enum Holds {
    /// A text, number or boolean, as text.
    Value(String),
    /// Null: it is for none of those who were asked for.
    Null,
    /// Nothing at all, or a list or an object.
    Nothing,
}

/// What stands at the end of a way through objects.
fn value_at(reader: &mut JsonReader<'_>, way: &[Box<str>]) -> Result<Holds, JsonError> {
    let kind = reader.peek()?;
    let Some((name, below)) = way.split_first() else {
        let text = reader.text_of_value()?;
        return Ok(match kind {
            JsonKind::String => unquote(text).map_or(Holds::Nothing, |text| Holds::Value(text.into())),
            JsonKind::Number => Holds::Value(number_text(text).unwrap_or(Cow::Borrowed(text)).into_owned()),
            JsonKind::Boolean => Holds::Value(text.to_owned()),
            JsonKind::Null => Holds::Null,
            JsonKind::List | JsonKind::Object => Holds::Nothing,
        });
    };
    if kind != JsonKind::Object {
        let is_null = kind == JsonKind::Null;
        return reader.value().map(|_| if is_null { Holds::Null } else { Holds::Nothing });
    }
    let mut found = Holds::Nothing;
    reader.object(|reader, key| {
        if key == &**name {
            found = value_at(reader, below)?;
        } else {
            reader.value()?;
        }
        Ok(())
    })?;
    Ok(found)
}

/// Answers are bounded far below 4 GiB.
fn offset(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::{Found, read_items};
    use crate::source::Cause;

    fn names(names: &[&str]) -> Vec<Box<str>> {
        names.iter().map(|name| (*name).into()).collect()
    }

    fn of(body: &str, at: &[&str], by: &[&str], value: &str) -> Vec<String> {
        match read_items(&Bytes::from(body.to_owned()), &names(at), &names(by)).expect("a list") {
            Found::Items(items) => items.of(value).map(|item| String::from_utf8_lossy(&item).into_owned()).collect(),
            Found::Null => vec!["null".to_owned()],
        }
    }

    #[test]
    fn items_are_told_apart_by_their_value() {
        let body = r#"[{"id":1,"a":"x"}, null, {"a":"y","id":"1"},{"id":2},{"id":true},{"id":"é\u0041"}]"#;
        assert_eq!(of(body, &[], &["id"], "1"), [r#"{"id":1,"a":"x"}"#, r#"{"a":"y","id":"1"}"#]);
        assert_eq!(of(body, &[], &["id"], "true"), [r#"{"id":true}"#]);
        assert_eq!(of(r#"[{"id":1.0},{"id":1e0},{"id":1.50}]"#, &[], &["id"], "1").len(), 2);
        assert_eq!(of(body, &[], &["id"], "éA").len(), 1);
        assert!(of(body, &[], &["id"], "3").is_empty());
        assert_eq!(of(r#"{"d":{"i":[{"k":{"v":7}},{"k":3}]}}"#, &["d", "i"], &["k", "v"], "7").len(), 1);
        assert!(of(r#"[{"id":null},{"id":7}]"#, &[], &["id"], "1").is_empty(), "an item of nobody's is no mistake");
        assert_eq!(of(r#"{"d":null}"#, &["d", "i"], &["k"], "7"), ["null"]);
        assert_eq!(of(r#"{"i":[{"k":1}],"i":[{"k":2}]}"#, &["i"], &["k"], "1"), [""; 0], "the last one counts");
    }

    #[test]
    fn what_is_no_list_of_such_items_is_refused() {
        for (body, at) in [
            ("{}", &["i"][..]),
            (r#"{"i":{}}"#, &["i"]),
            (r#"{"i":[{"other":1}]}"#, &["i"]),
            (r#"{"i":["text"]}"#, &["i"]),
            ("[{\"k\":1}", &[]),
            ("7", &["i"]),
        ] {
            let failure = read_items(&Bytes::from(body.to_owned()), &names(at), &names(&["k"])).expect_err(body);
            assert!(matches!(failure.cause, Cause::BadResponse(_)), "{failure:?}");
        }
    }
}
