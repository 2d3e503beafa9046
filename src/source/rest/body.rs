//! The body of a call: JSON in which values keep their types, or the pairs of a form.

use super::call::Body;
use super::pairs::pairs;
use super::text::Rejected;
use crate::graphql::Value;
use crate::schema::{BodyTemplate, Input};

/// Writes what is sent.
///
/// # Errors
/// [`Rejected`] for what a form has no place for.
pub(super) fn body(template: &BodyTemplate, inputs: &[Input], key: &[Option<Value>]) -> Result<Body, Rejected> {
    match template {
        BodyTemplate::Json(json) => {
            let is_argument = |input: u16| matches!(inputs.get(usize::from(input)), Some(Input::Argument(_)));
            let bytes = json.value(key, &is_argument).to_json().into();
            Ok(Body { media_type: "application/json", bytes })
        }
        BodyTemplate::Form(parameters) => {
            Ok(Body { media_type: "application/x-www-form-urlencoded", bytes: pairs(parameters, key)?.into() })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::body;
    use crate::graphql::Value;
    use crate::schema::{BodyTemplate, Input, InputRef, JsonTemplate, ListStyle, Piece, Template};

    #[test]
    fn values_keep_their_types_and_what_was_not_given_is_left_out() {
        let input = |input, default| InputRef { input, default, list: ListStyle::Repeat };
        let text = Template { pieces: vec![Piece::Text("n=".into()), Piece::Input(input(0, None))] };
        let template = BodyTemplate::Json(JsonTemplate::Object(vec![
            ("missing".into(), JsonTemplate::Input(input(1, None))),
            ("number".into(), JsonTemplate::Input(input(0, None))),
            ("parent".into(), JsonTemplate::Input(input(2, None))),
            ("default".into(), JsonTemplate::Input(input(1, Some(Value::Boolean(true))))),
            ("list".into(), JsonTemplate::List(vec![JsonTemplate::Input(input(1, None)), JsonTemplate::Text(text)])),
            ("fixed".into(), JsonTemplate::Constant(Value::String("\"".into()))),
        ]));
        let argument = |name: &str| Input::Argument(vec![name.into()]);
        let inputs = [argument("a"), argument("b"), Input::Parent(Vec::new())];
        let key = [Some(Value::Number("9007199254740993".into())), None, None];
        let body = body(&template, &inputs, &key).expect("nothing in it is refused");
        assert_eq!(
            std::str::from_utf8(&body.bytes),
            Ok(
                r#"{"number":9007199254740993,"parent":null,"default":true,"list":[null,"n=9007199254740993"],"fixed":"\""}"#
            )
        );
    }
}
