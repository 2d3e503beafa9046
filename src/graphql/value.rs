//! An input value: a variable, an argument, a default, the value that a template names. Numbers keep their text, so
//! that nothing is rounded on its way through. Values of answers are not made of this type: completion copies bytes.

use std::fmt::Write as _;

/// Deepest list or object that a value from outside may hold.
const MAX_DEPTH: usize = 64;

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

/// Why a text is no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    /// Not JSON.
    #[error("not valid JSON at byte {0}")]
    Syntax(usize),
    /// Nested beyond what is read.
    #[error("nested deeper than {MAX_DEPTH}")]
    TooDeep,
}

impl Value {
    /// Reads a JSON text; numbers keep their digits, and of duplicate keys the last one counts.
    ///
    /// # Errors
    /// [`ValueError`] when the text is not JSON or is nested deeper than 64.
    pub fn from_json(text: &[u8]) -> Result<Value, ValueError> {
        if depth_of(text) > MAX_DEPTH {
            return Err(ValueError::TooDeep);
        }
        let mut deserializer = sonic_rs::Deserializer::from_slice(text).use_rawnumber();
        let parsed: sonic_rs::Value = deserializer.deserialize().map_err(|error| ValueError::Syntax(error.offset()))?;
        deserializer.end().map_err(|error| ValueError::Syntax(error.offset()))?;
        Ok(convert(&parsed))
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
    pub fn write_json(&self, out: &mut String) {
        match self {
            Value::Null => out.push_str("null"),
            Value::Boolean(value) => {
                let _ = write!(out, "{value}");
            }
            Value::Number(text) => out.push_str(text),
            Value::String(text) | Value::Enum(text) => write_json_string(text, out),
            Value::List(items) => write_joined(out, '[', ']', items, |item, out| item.write_json(out)),
            Value::Object(fields) => write_joined(out, '{', '}', fields, |(name, value), out| {
                write_json_string(name, out);
                out.push(':');
                value.write_json(out);
            }),
        }
    }

    /// The value as a JSON text.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        self.write_json(&mut out);
        out
    }
}

fn write_joined<T>(out: &mut String, open: char, close: char, items: &[T], mut write: impl FnMut(&T, &mut String)) {
    out.push(open);
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write(item, out);
    }
    out.push(close);
}

fn write_json_string(text: &str, out: &mut String) {
    out.push_str(&serde_json::Value::String(text.to_owned()).to_string());
}

/// The deepest bracket of a JSON text, counted outside strings, so that nothing recursive ever meets a hostile text.
fn depth_of(text: &[u8]) -> usize {
    let (mut depth, mut deepest, mut in_string, mut escaped) = (0_usize, 0, false, false);
    for byte in text {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

fn convert(value: &sonic_rs::Value) -> Value {
    use sonic_rs::{JsonContainerTrait as _, JsonValueTrait as _};
    if let Some(number) = value.as_raw_number() {
        return Value::Number(number.as_str().into());
    }
    if let Some(text) = value.as_str() {
        return Value::String(text.into());
    }
    if let Some(flag) = value.as_bool() {
        return Value::Boolean(flag);
    }
    if let Some(items) = value.as_array() {
        return Value::List(items.iter().map(convert).collect());
    }
    match value.as_object() {
        Some(fields) => Value::Object(last_of_each_key(fields.iter().map(|(name, value)| (name, convert(value))))),
        None => Value::Null,
    }
}

fn last_of_each_key<'a>(fields: impl Iterator<Item = (&'a str, Value)>) -> Vec<(Box<str>, Value)> {
    let mut places = std::collections::HashMap::new();
    let mut kept: Vec<(Box<str>, Value)> = Vec::new();
    for (name, value) in fields {
        match places.get(name) {
            Some(&place) => {
                let (_, old): &mut (Box<str>, Value) = &mut kept[place];
                *old = value;
            }
            None => {
                places.insert(name.to_owned(), kept.len());
                kept.push((name.into(), value));
            }
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::{Value, ValueError};

    #[test]
    fn numbers_keep_their_text() {
        for text in ["9007199254740993", "1e400", "-0", "1.10", "18446744073709551616"] {
            assert_eq!(Value::from_json(text.as_bytes()), Ok(Value::Number(text.into())));
        }
    }

    #[test]
    fn json_goes_through_unchanged() {
        let text = r#"{"a":[1,null,true,"x\n"],"b":{"c":{}}}"#;
        assert_eq!(Value::from_json(text.as_bytes()).expect("valid").to_json(), text);
    }

    #[test]
    fn the_last_of_two_equal_keys_counts() {
        assert_eq!(Value::from_json(br#"{"a":1,"b":2,"a":3}"#).expect("valid").to_json(), r#"{"a":3,"b":2}"#);
    }

    #[test]
    fn hostile_text_is_refused() {
        assert_eq!(Value::from_json("[".repeat(100_000).as_bytes()), Err(ValueError::TooDeep));
        for text in ["", "{", "nul", "\u{feff}1", "1 2", "NaN", "\"\\ud800\"", "01"] {
            assert!(Value::from_json(text.as_bytes()).is_err(), "{text:?}");
        }
        assert!(Value::from_json(b"\"\xff\"").is_err());
    }
}
