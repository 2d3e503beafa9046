//! Values as PostgreSQL is given them: in text, so that the database itself reads each by the type that it found for
//! the place. No type is guessed here; only a list must be known to stand for an array. The values of many keys for one
//! place are an array of such texts.

use std::borrow::Cow;

use bytes::BytesMut;
use tokio_postgres::types::{Format, IsNull, Kind, ToSql, Type, to_sql_checked};

use crate::graphql::Value;
use crate::source::{Cause, Detail, Failure};

/// One parameter.
#[derive(Debug)]
pub enum Parameter<'a> {
    /// A value of its own.
    Value(&'a Value),
    /// The values of many keys, as texts of the type that they stand for.
    OfKeys(Vec<Option<String>>),
}

/// Looks for what PostgreSQL cannot hold, before anything is sent.
///
/// # Errors
/// `RejectedInput` for U+0000 in a text.
pub fn check(parameters: &[Value]) -> Result<(), Failure> {
    if parameters.iter().any(holds_nul) {
        let words = "it holds U+0000";
        return Err(Failure::unsent(Cause::RejectedInput(words, None), Detail::new(words)));
    }
    Ok(())
}

fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) | Value::Enum(text) => text.contains('\0'),
        Value::List(items) => items.iter().any(holds_nul),
        Value::Object(fields) => fields.iter().any(|(name, value)| name.contains('\0') || holds_nul(value)),
        Value::Null | Value::Boolean(_) | Value::Number(_) => false,
    }
}

impl ToSql for Parameter<'_> {
    fn to_sql(&self, type_: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        let text = match self {
            Parameter::Value(value) => text_of(value, type_),
            Parameter::OfKeys(texts) => Some(array_of(texts).into()),
        };
        let Some(text) = text else { return Ok(IsNull::Yes) };
        out.extend_from_slice(text.as_bytes());
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn encode_format(&self, _: &Type) -> Format {
        Format::Text
    }

    to_sql_checked!();
}

/// A value in the text form of a type; nothing for null.
pub fn text_of<'v>(value: &'v Value, type_: &Type) -> Option<Cow<'v, str>> {
    Some(match (value, element_of(type_)) {
        (Value::Null, _) => return None,
        (Value::List(items), Some(element)) => {
            let mut text = String::new();
            write_array(items, element, &mut text);
            text.into()
        }
        (value @ (Value::List(_) | Value::Object(_)), _) => value.to_json().into(),
        (value, _) => value.as_text().unwrap_or_default().into(),
    })
}

/// An array literal of texts.
fn array_of(texts: &[Option<String>]) -> String {
    let mut out = String::with_capacity(texts.iter().flatten().map(String::len).sum::<usize>() + 4 * texts.len() + 2);
    out.push('{');
    for (index, text) in texts.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        match text {
            Some(text) => write_quoted(text, &mut out),
            None => out.push_str("NULL"),
        }
    }
    out.push('}');
    out
}

/// The type of an array's elements; nothing for any other type.
pub fn element_of(type_: &Type) -> Option<&Type> {
    match type_.kind() {
        Kind::Array(element) => Some(element),
        Kind::Domain(base) => element_of(base),
        _ => None,
    }
}

/// An array literal: every element but null and lists stands in quotes.
fn write_array(items: &[Value], element: &Type, out: &mut String) {
    out.push('{');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        match item {
            Value::Null => out.push_str("NULL"),
            item if is_json(element) => write_quoted(&item.to_json(), out),
            Value::List(items) => write_array(items, element, out),
            item @ Value::Object(_) => write_quoted(&item.to_json(), out),
            item => write_quoted(item.as_text().unwrap_or_default(), out),
        }
    }
    out.push('}');
}

fn write_quoted(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        if matches!(character, '"' | '\\') {
            out.push('\\');
        }
        out.push(character);
    }
    out.push('"');
}

fn is_json(type_: &Type) -> bool {
    *type_ == Type::JSON || *type_ == Type::JSONB
}

#[cfg(test)]
mod tests {
    use bytes::BytesMut;
    use tokio_postgres::types::{ToSql as _, Type};

    use super::{Parameter, check};
    use crate::graphql::Value;

    fn text(value: &str, type_: &Type) -> String {
        let value = Value::from_json(value).expect("JSON");
        let mut out = BytesMut::new();
        Parameter::Value(&value).to_sql(type_, &mut out).expect("can be written");
        String::from_utf8(out.to_vec()).expect("UTF-8")
    }

    #[test]
    fn values_are_text() {
        for (value, type_, expected) in [
            ("1e400", Type::NUMERIC, "1e400"),
            ("true", Type::BOOL, "true"),
            (r#""a\"b""#, Type::TEXT, "a\"b"),
            (r#"{"a":[1]}"#, Type::JSONB, r#"{"a":[1]}"#),
            ("[1,2]", Type::JSONB, "[1,2]"),
            (r#"[1,null,"a\"\\,{"]"#, Type::TEXT_ARRAY, r#"{"1",NULL,"a\"\\,{"}"#),
            ("[[1,2],[3,4]]", Type::INT4_ARRAY, r#"{{"1","2"},{"3","4"}}"#),
            (r#"[{"a":"\""},[1],"x"]"#, Type::JSON_ARRAY, r#"{"{\"a\":\"\\\"\"}","[1]","\"x\""}"#),
            ("[]", Type::INT4_ARRAY, "{}"),
        ] {
            assert_eq!(text(value, &type_), expected);
        }
    }

    #[test]
    fn values_of_many_keys_are_one_array() {
        let mut out = BytesMut::new();
        let texts = vec![Some("a\"\\,{".to_owned()), None, Some("NULL".to_owned()), Some(String::new())];
        Parameter::OfKeys(texts).to_sql(&Type::TEXT_ARRAY, &mut out).expect("can be written");
        assert_eq!(String::from_utf8(out.to_vec()).as_deref(), Ok(r#"{"a\"\\,{",NULL,"NULL",""}"#));
    }

    #[test]
    fn nul_is_found_wherever_it_hides() {
        let nul = || Value::String("a\0".into());
        for value in [nul(), Value::List(vec![nul()]), Value::Object(vec![("a".into(), nul())])] {
            assert!(check(&[Value::Null, value]).is_err());
        }
    }
}
