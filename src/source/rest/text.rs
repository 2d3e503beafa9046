//! Values as text: what a template becomes where no JSON type survives.

use crate::graphql::Value;
use crate::schema::{Piece, Template};

/// A value that has no form in the place where it stands; the words say why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct Rejected(pub &'static str);

/// The text of a scalar; nothing for null and for what was not given.
///
/// # Errors
/// [`Rejected`] for a list or an object.
pub(super) fn scalar(value: Option<&Value>) -> Result<Option<&str>, Rejected> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(value @ (Value::Boolean(_) | Value::Number(_) | Value::String(_) | Value::Enum(_))) => Ok(value.as_text()),
        Some(Value::List(_)) => Err(Rejected("a list where text is needed")),
        Some(Value::Object(_)) => Err(Rejected("an object where text is needed")),
    }
}

/// A template's text; nothing where one of its values is null or was not given.
///
/// # Errors
/// [`Rejected`] for a list or an object.
pub(super) fn text(template: &Template, key: &[Option<Value>]) -> Result<Option<String>, Rejected> {
    let mut out = String::new();
    for piece in &template.pieces {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Input(input) => match scalar(input.value(key))? {
                Some(text) => out.push_str(text),
                None => return Ok(None),
            },
        }
    }
    Ok(Some(out))
}
