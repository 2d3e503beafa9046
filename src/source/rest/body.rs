//! The body of a call: JSON in which values keep their types, or the pairs of a form.

use super::call::Body;
use super::pairs::pairs;
use super::text::{Rejected, scalar};
use crate::graphql::Value;
use crate::schema::{BodyTemplate, Input, InputRef, JsonTemplate, Piece, Template};

/// Writes what is sent.
///
/// # Errors
/// [`Rejected`] for a list or an object among text, and for what a form has no place for.
pub(super) fn body(template: &BodyTemplate, inputs: &[Input], key: &[Option<Value>]) -> Result<Body, Rejected> {
    match template {
        BodyTemplate::Json(json) => {
            let mut out = String::new();
            Writer { inputs, key }.write(json, &mut out)?;
            Ok(Body { media_type: "application/json", bytes: out.into() })
        }
        BodyTemplate::Form(parameters) => {
            Ok(Body { media_type: "application/x-www-form-urlencoded", bytes: pairs(parameters, key)?.into() })
        }
    }
}

struct Writer<'a> {
    inputs: &'a [Input],
    key: &'a [Option<Value>],
}

impl Writer<'_> {
    fn write(&self, template: &JsonTemplate, out: &mut String) -> Result<(), Rejected> {
        match template {
            JsonTemplate::Constant(value) => value.write_json(out),
            JsonTemplate::Input(input) => input.value(self.key).unwrap_or(&Value::Null).write_json(out),
            JsonTemplate::Text(text) => Value::String(self.text(text)?.into()).write_json(out),
            JsonTemplate::List(items) => self.write_list(items, out)?,
            JsonTemplate::Object(fields) => self.write_object(fields, out)?,
        }
        Ok(())
    }

    fn write_list(&self, items: &[JsonTemplate], out: &mut String) -> Result<(), Rejected> {
        out.push('[');
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            self.write(item, out)?;
        }
        out.push(']');
        Ok(())
    }

    fn write_object(&self, fields: &[(Box<str>, JsonTemplate)], out: &mut String) -> Result<(), Rejected> {
        out.push('{');
        let mut separator = "";
        for (name, template) in fields {
            if matches!(template, JsonTemplate::Input(input) if self.was_not_given(input)) {
                continue;
            }
            out.push_str(separator);
            Value::String(name.clone()).write_json(out);
            out.push(':');
            self.write(template, out)?;
            separator = ",";
        }
        out.push('}');
        Ok(())
    }

    fn was_not_given(&self, input: &InputRef) -> bool {
        matches!(self.inputs.get(usize::from(input.input)), Some(Input::Argument(_))) && input.value(self.key).is_none()
    }

    /// Null is no text: it leaves nothing between its neighbours.
    fn text(&self, template: &Template) -> Result<String, Rejected> {
        let mut out = String::new();
        for piece in &template.pieces {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Input(input) => out.push_str(scalar(input.value(self.key))?.unwrap_or_default()),
            }
        }
        Ok(out)
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
