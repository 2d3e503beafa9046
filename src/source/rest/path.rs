//! The path of a call: each segment is encoded as one, so that no value can leave its segment, and no segment can be
//! folded away by whoever reads the URL.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::text::{Rejected, scalar};
use crate::graphql::Value;
use crate::schema::{Input, InputRef, Piece, Template};

/// What stays as it is in a value: the unreserved characters of RFC 3986, and nothing else.
pub(super) const VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What stays as it is in the author's own text, which is decoded by now: all that RFC 3986 allows in a segment.
const AUTHOR: &AsciiSet = &VALUE
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b':')
    .remove(b'@');

/// A path that can be written for a key, or none because a parent's value is null: there is nothing to ask for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Path {
    /// The path, with its leading slash; empty where the template has no segment.
    Written(String),
    /// A parent's value in it is null.
    NullParent,
}

/// Writes the path of a call.
///
/// # Errors
/// [`Rejected`] where a value is null (and no parent's), empty, `.`, `..`, a list or an object, or where a whole
/// segment becomes `.`, `..` or empty.
pub(super) fn path(segments: &[Template], inputs: &[Input], key: &[Option<Value>]) -> Result<Path, Rejected> {
    if segments.iter().flat_map(Template::inputs).any(|input| is_null_parent(input, inputs, key)) {
        return Ok(Path::NullParent);
    }
    let mut out = String::new();
    for segment in segments {
        out.push('/');
        push_segment(segment, key, &mut out)?;
    }
    Ok(Path::Written(out))
}

fn is_null_parent(input: &InputRef, inputs: &[Input], key: &[Option<Value>]) -> bool {
    matches!(inputs.get(usize::from(input.input)), Some(Input::Parent(_)))
        && input.value(key).is_none_or(Value::is_null)
}

fn push_segment(segment: &Template, key: &[Option<Value>], out: &mut String) -> Result<(), Rejected> {
    let start = out.len();
    for piece in &segment.pieces {
        match piece {
            Piece::Text(text) => out.extend(utf8_percent_encode(text, AUTHOR)),
            Piece::Input(input) => out.extend(utf8_percent_encode(checked(input.value(key))?, VALUE)),
        }
    }
    // Whoever reads the URL would fold it away.
    if matches!(&out[start..], "." | "..") { Err(Rejected("dots in the path of a URL")) } else { Ok(()) }
}

fn checked(value: Option<&Value>) -> Result<&str, Rejected> {
    match scalar(value)? {
        None => Err(Rejected("null in the path of a URL")),
        Some("") => Err(Rejected("empty text in the path of a URL")),
        Some("." | "..") => Err(Rejected("dots in the path of a URL")),
        Some(text) => Ok(text),
    }
}

#[cfg(test)]
mod tests {
    use super::{Path, Rejected, path};
    use crate::graphql::Value;
    use crate::schema::{Input, InputRef, ListStyle, Piece, Template};

    fn input() -> Piece {
        Piece::Input(InputRef { input: 0, default: None, list: ListStyle::Repeat })
    }

    fn written(pieces: Vec<Piece>, value: &str) -> Result<Path, Rejected> {
        let inputs = [Input::Argument(vec!["x".into()])];
        path(&[Template { pieces }], &inputs, &[Some(Value::String(value.into()))])
    }

    #[test]
    fn a_value_never_leaves_its_segment() {
        for (value, segment) in [
            ("../admin", "/..%2Fadmin"),
            ("%2e%2e", "/%252e%252e"),
            ("a/b", "/a%2Fb"),
            ("a?x=1", "/a%3Fx%3D1"),
            ("a#f", "/a%23f"),
            (r"\..\", "/%5C..%5C"),
            ("a\r\nb\t\0\u{7f}", "/a%0D%0Ab%09%00%7F"),
            ("é", "/%C3%A9"),
        ] {
            assert_eq!(written(vec![input()], value), Ok(Path::Written(segment.into())), "{value:?}");
        }
    }

    #[test]
    fn a_segment_that_would_be_folded_is_refused() {
        for value in ["", ".", ".."] {
            assert!(written(vec![input()], value).is_err(), "{value:?}");
        }
        assert!(written(vec![Piece::Text(".".into()), input()], ".").is_err());
        for text in [".", ".."] {
            assert!(written(vec![Piece::Text(text.into())], "").is_err(), "{text:?}");
        }
        assert!(written(vec![Piece::Text("v".into()), input()], "1.").is_ok());
    }

    #[test]
    fn the_authors_own_text_is_encoded_once() {
        let text = |text: &str| written(vec![Piece::Text(text.into())], "");
        assert_eq!(text("users:search;v=1"), Ok(Path::Written("/users:search;v=1".into())));
        assert_eq!(text("a/b%2e"), Ok(Path::Written("/a%2Fb%252e".into())));
        assert_eq!(text("a b"), Ok(Path::Written("/a%20b".into())));
        assert_eq!(text(""), Ok(Path::Written("/".into())));
    }

    #[test]
    fn a_parent_that_is_null_asks_for_nothing() {
        let inputs = [Input::Parent(Vec::new())];
        let segments = [Template { pieces: vec![input()] }];
        assert_eq!(path(&segments, &inputs, &[Some(Value::Null)]), Ok(Path::NullParent));
        assert_eq!(path(&segments, &inputs, &[None]), Ok(Path::NullParent));
    }
}
