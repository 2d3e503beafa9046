//! An input value: a variable, an argument, a default, the value that a template names. Numbers keep their text, so
//! that nothing is rounded on its way through. Values of answers are not made of this type: completion copies bytes.

use ahash::{AHashMap, AHashSet};

use super::json::{JsonError, JsonKind, JsonReader};
use super::quoting::{unquote, write_quoted};

/// A value of the specification's input types (section 2.9), after variables are put in their places.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Value {
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A number in the words of whoever wrote it, in JSON's grammar.
    Number(Box<str>),
    /// Text.
    String(Box<str>),
    /// The name of an enum value, written without quotes in a document.
    Enum(Box<str>),
    /// A list.
    List(Vec<Value>),
    /// An input object, its fields in the order in which they were written.
    Object(Vec<(Box<str>, Value)>),
}

impl Value {
    /// Reads a JSON text; numbers keep their digits, and of duplicate keys the last one counts.
    ///
    /// # Errors
    /// [`JsonError`] when the text is not JSON, is nested too deep, or has half of a surrogate pair in a string.
    pub fn from_json(text: &str) -> Result<Value, JsonError> {
        let mut reader = JsonReader::new(text);
        let value = read(&mut reader, text)?;
        reader.end()?;
        Ok(value)
    }

    /// A number from an integer.
    #[must_use]
    pub fn integer(number: i64) -> Value {
        Value::Number(number.to_string().into())
    }

    /// The field of an object, or nothing.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        match self {
            Value::Object(fields) => fields.iter().find(|(key, _)| &**key == name).map(|(_, value)| value),
            _ => None,
        }
    }

    /// Follows names through objects; nothing where one is missing.
    #[must_use]
    pub fn at<S: AsRef<str>>(&self, path: &[S]) -> Option<&Value> {
        path.iter().try_fold(self, |value, name| value.get(name.as_ref()))
    }

    /// Whether lists and objects are within each other beyond a number of levels. It goes no deeper itself.
    #[must_use]
    pub fn nests_deeper_than(&self, levels: u32) -> bool {
        let below = |value: &Value| value.nests_deeper_than(levels - 1);
        match self {
            Value::Null | Value::Boolean(_) | Value::Number(_) | Value::String(_) | Value::Enum(_) => false,
            Value::List(items) => levels == 0 || items.iter().any(below),
            Value::Object(fields) => levels == 0 || fields.iter().any(|(_, value)| below(value)),
        }
    }

    /// About how many bytes the value takes.
    #[must_use]
    pub fn size(&self) -> usize {
        let below = match self {
            Value::Null | Value::Boolean(_) => 0,
            Value::Number(text) | Value::String(text) | Value::Enum(text) => text.len(),
            Value::List(items) => items.iter().map(Value::size).sum(),
            Value::Object(fields) => fields.iter().map(|(name, value)| name.len() + 16 + value.size()).sum(),
        };
        size_of::<Value>() + below
    }

    /// Whether this is `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// The text of a scalar as a person writes it: a string without its quotes. Nothing for null, lists and objects.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Boolean(true) => Some("true"),
            Value::Boolean(false) => Some("false"),
            Value::Number(text) | Value::String(text) | Value::Enum(text) => Some(text),
            Value::Null | Value::List(_) | Value::Object(_) => None,
        }
    }

    /// Writes the value as JSON behind what `out` holds; an enum value becomes a string.
    pub fn write_json(&self, out: &mut Vec<u8>) {
        match self {
            Value::Null => out.extend_from_slice(b"null"),
            Value::Boolean(value) => out.extend_from_slice(if *value { b"true" } else { b"false" }),
            Value::Number(text) => out.extend_from_slice(text.as_bytes()),
            Value::String(text) | Value::Enum(text) => write_quoted(text, out),
            Value::List(items) => write_joined(out, *b"[]", items, Value::write_json),
            Value::Object(fields) => write_joined(out, *b"{}", fields, |(name, value), out| {
                write_quoted(name, out);
                out.push(b':');
                value.write_json(out);
            }),
        }
    }

    /// The value as a JSON text.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut out = Vec::new();
        self.write_json(&mut out);
        String::from_utf8(out).unwrap_or_default()
    }
}

fn write_joined<T>(out: &mut Vec<u8>, brackets: [u8; 2], items: &[T], mut write: impl FnMut(&T, &mut Vec<u8>)) {
    out.push(brackets[0]);
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write(item, out);
    }
    out.push(brackets[1]);
}

fn read(reader: &mut JsonReader<'_>, text: &str) -> Result<Value, JsonError> {
    match reader.peek()? {
        JsonKind::List => {
            let mut items = Vec::new();
            reader.list(|reader| {
                items.push(read(reader, text)?);
                Ok(())
            })?;
            Ok(Value::List(items))
        }
        JsonKind::Object => {
            let mut fields = Vec::new();
            reader.object(|reader, key| {
                fields.push((key.into(), read(reader, text)?));
                Ok(())
            })?;
            Ok(Value::Object(last_of_each_key(fields)))
        }
        kind => {
            let raw = reader.value()?;
            let words = &text[raw.start..raw.end];
            Ok(match kind {
                JsonKind::Number => Value::Number(words.into()),
                JsonKind::Boolean => Value::Boolean(words == "true"),
                JsonKind::String => Value::String(unquote(words).ok_or(JsonError::NoText(raw.start))?.into()),
                JsonKind::Null | JsonKind::List | JsonKind::Object => Value::Null,
            })
        }
    }
}

/// Where no key stands twice, which is so nearly always, nothing is moved.
fn last_of_each_key(fields: Vec<(Box<str>, Value)>) -> Vec<(Box<str>, Value)> {
    if are_different(&fields) {
        return fields;
    }
    let mut places = AHashMap::with_capacity(fields.len());
    let mut kept: Vec<(Box<str>, Value)> = Vec::with_capacity(fields.len());
    for (name, value) in fields {
        if let Some(&place) = places.get(&name) {
            kept[place] = (name, value);
        } else {
            places.insert(name.clone(), kept.len());
            kept.push((name, value));
        }
    }
    kept
}

/// Few keys are compared with each other.
fn are_different(fields: &[(Box<str>, Value)]) -> bool {
    const FEW: usize = 8;
    if fields.len() <= FEW {
        return fields
            .iter()
            .enumerate()
            .all(|(place, (name, _))| fields[..place].iter().all(|(other, _)| other != name));
    }
    let mut names = AHashSet::with_capacity(fields.len());
    fields.iter().all(|(name, _)| names.insert(name))
}

#[cfg(test)]
mod tests {
    use super::{JsonError, Value};

    #[test]
    fn numbers_keep_their_text() {
        for text in ["9007199254740993", "1e400", "-0", "1.10", "18446744073709551616"] {
            assert_eq!(Value::from_json(text), Ok(Value::Number(text.into())));
        }
    }

    #[test]
    fn json_goes_through_unchanged() {
        let text = r#"{"a":[1,null,true,"x\n"],"b":{"c":{}}}"#;
        assert_eq!(Value::from_json(text).expect("valid").to_json(), text);
    }

    #[test]
    fn levels_are_those_of_the_reader_of_json() {
        for (text, levels) in [("1", 0), ("[]", 1), ("{}", 1), ("[1,{\"a\":[]},[]]", 3)] {
            let value = Value::from_json(text).expect("valid");
            assert!(!value.nests_deeper_than(levels) && (levels == 0 || value.nests_deeper_than(levels - 1)), "{text}");
        }
    }

    #[test]
    fn the_last_of_two_equal_keys_counts() {
        assert_eq!(Value::from_json(r#"{"a":1,"b":2,"a":3}"#).expect("valid").to_json(), r#"{"a":3,"b":2}"#);
    }

    #[test]
    fn hostile_text_is_refused() {
        assert_eq!(Value::from_json(&"[".repeat(100_000)), Err(JsonError::TooDeep));
        assert_eq!(Value::from_json("[\"\\ud800\"]"), Err(JsonError::NoText(1)));
        for text in ["", "{", "nul", "\u{feff}1", "1 2", "NaN", "\"\\ud800\"", "01"] {
            assert!(Value::from_json(text).is_err(), "{text:?}");
        }
    }
}
