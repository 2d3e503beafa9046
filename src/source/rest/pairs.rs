//! Names and values with `=` and `&` between them: a query string, or the body of a form.

use percent_encoding::{AsciiSet, utf8_percent_encode};

use super::path::VALUE;
use super::text::{Rejected, scalar};
use crate::graphql::Value;
use crate::schema::{InputRef, ListStyle, Piece, QueryParameter, Template};

/// What stays as it is in the author's own text, for the readers of logs.
const AUTHOR: &AsciiSet = &VALUE.remove(b',').remove(b':').remove(b'/').remove(b'@');

/// Writes pairs. One whose value is null or was not given is left out, a list repeats its pair or is joined by commas,
/// and an empty list leaves its pair out.
///
/// # Errors
/// [`Rejected`] for an object, for a list in a list, and for a list that should repeat among other text.
pub(super) fn pairs(parameters: &[QueryParameter], key: &[Option<Value>]) -> Result<String, Rejected> {
    let mut out = String::new();
    for parameter in parameters {
        match parameter.value.single().and_then(|input| Some((input, input.value(key)?))) {
            Some((InputRef { list: ListStyle::Repeat, .. }, Value::List(items))) => {
                for item in items {
                    if let Some(text) = scalar(Some(item))? {
                        start_pair(&parameter.name, &mut out);
                        out.extend(utf8_percent_encode(text, VALUE));
                    }
                }
            }
            _ => push_pair(parameter, key, &mut out)?,
        }
    }
    Ok(out)
}

fn push_pair(parameter: &QueryParameter, key: &[Option<Value>], out: &mut String) -> Result<(), Rejected> {
    let before = out.len();
    start_pair(&parameter.name, out);
    if !push_value(&parameter.value, key, out)? {
        out.truncate(before);
    }
    Ok(())
}

fn start_pair(name: &str, out: &mut String) {
    if !out.is_empty() {
        out.push('&');
    }
    out.extend(utf8_percent_encode(name, VALUE));
    out.push('=');
}

/// Whether there is a value; what was written where there is none counts for nothing.
fn push_value(value: &Template, key: &[Option<Value>], out: &mut String) -> Result<bool, Rejected> {
    for piece in &value.pieces {
        match piece {
            Piece::Text(text) => out.extend(utf8_percent_encode(text, AUTHOR)),
            Piece::Input(input) => match (input.list, input.value(key)) {
                (ListStyle::Csv, Some(Value::List(items))) if items.is_empty() => return Ok(false),
                (ListStyle::Csv, Some(Value::List(items))) => push_joined(items, out)?,
                (_, value) => match scalar(value)? {
                    Some(text) => out.extend(utf8_percent_encode(text, VALUE)),
                    None => return Ok(false),
                },
            },
        }
    }
    Ok(true)
}

fn push_joined(items: &[Value], out: &mut String) -> Result<(), Rejected> {
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        out.extend(utf8_percent_encode(scalar(Some(item))?.unwrap_or_default(), VALUE));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Rejected, pairs};
    use crate::graphql::Value;
    use crate::schema::{InputRef, ListStyle, Piece, QueryParameter, Template};

    fn written(style: ListStyle, text: &str, json: Option<&str>) -> Result<String, Rejected> {
        let mut pieces = vec![Piece::Input(InputRef { input: 0, default: None, list: style })];
        if !text.is_empty() {
            pieces.insert(0, Piece::Text(text.into()));
        }
        let fixed = Template { pieces: vec![Piece::Text("1".into())] };
        let parameters = [
            QueryParameter { name: "a".into(), value: Template { pieces } },
            QueryParameter { name: "b[c]".into(), value: fixed },
        ];
        pairs(&parameters, &[json.map(|json| Value::from_json(json).expect("json"))])
    }

    #[test]
    fn values_become_pairs() {
        for (style, text, json, expected) in [
            (ListStyle::Repeat, "", Some(r#""x&y=z +%""#), "a=x%26y%3Dz%20%2B%25&b%5Bc%5D=1"),
            (ListStyle::Repeat, "", Some("[1,null,true]"), "a=1&a=true&b%5Bc%5D=1"),
            (ListStyle::Repeat, "", Some("[]"), "b%5Bc%5D=1"),
            (ListStyle::Csv, "", Some(r#"[1,"2,3"]"#), "a=1,2%2C3&b%5Bc%5D=1"),
            (ListStyle::Csv, "", Some("[]"), "b%5Bc%5D=1"),
            (ListStyle::Csv, "", Some("7"), "a=7&b%5Bc%5D=1"),
            (ListStyle::Repeat, "", Some("null"), "b%5Bc%5D=1"),
            (ListStyle::Repeat, "", None, "b%5Bc%5D=1"),
            (ListStyle::Repeat, "id:", Some("5"), "a=id:5&b%5Bc%5D=1"),
            (ListStyle::Repeat, "id:", Some("null"), "b%5Bc%5D=1"),
            (ListStyle::Repeat, "", Some(r#""""#), "a=&b%5Bc%5D=1"),
            (ListStyle::Repeat, "", Some(r#""\r\n""#), "a=%0D%0A&b%5Bc%5D=1"),
        ] {
            assert_eq!(written(style, text, json).as_deref(), Ok(expected), "{json:?}");
        }
    }

    #[test]
    fn what_has_no_text_is_refused() {
        for (text, json) in [("", r#"{"x":1}"#), ("", "[[1]]"), ("id:", "[1]"), ("", r#"[{"x":1}]"#)] {
            assert!(written(ListStyle::Repeat, text, Some(json)).is_err(), "{json}");
        }
    }
}
