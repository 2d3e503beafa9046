//! A template with its names resolved: text and numbered inputs.

use crate::graphql::Value;

/// Text with inputs in it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Template {
    /// The pieces, in order; no two texts stand side by side.
    pub pieces: Vec<Piece>,
}

/// A part of a template.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    /// Text as it is.
    Text(Box<str>),
    /// The value of an input.
    Input(InputRef),
}

/// A place where an input's value goes.
#[derive(Debug, Clone, PartialEq)]
pub struct InputRef {
    /// Its number in the binding's inputs.
    pub input: u16,
    /// `?? default`: stands in for a value that is null or absent.
    pub default: Option<Value>,
    /// How a list is written into a query value.
    pub list: ListStyle,
}

/// How a list is written into a query value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListStyle {
    /// One parameter for each item.
    Repeat,
    /// `|csv`: one parameter, its items joined by commas.
    Csv,
}

/// A JSON value with templates in its strings.
#[derive(Debug, Clone, PartialEq)]
pub enum JsonTemplate {
    /// A value without templates.
    Constant(Value),
    /// A string that is one template: the input's value with its JSON type. As the value of a key, the key is left out
    /// where the input is an argument that was not given.
    Input(InputRef),
    /// A string with templates among other text.
    Text(Template),
    /// A list.
    List(Vec<JsonTemplate>),
    /// An object.
    Object(Vec<(Box<str>, JsonTemplate)>),
}

impl Template {
    /// The one input of a template that is nothing else.
    #[must_use]
    pub fn single(&self) -> Option<&InputRef> {
        match self.pieces.as_slice() {
            [Piece::Input(input)] => Some(input),
            _ => None,
        }
    }

    /// The text with these inputs: a scalar as a person writes it, a list or an object as JSON, null as nothing.
    #[must_use]
    pub fn text(&self, inputs: &[Option<Value>]) -> String {
        let mut out = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Input(input) => match input.value(inputs) {
                    None | Some(Value::Null) => {}
                    Some(value) => match value.as_text() {
                        Some(text) => out.push_str(text),
                        None => out.push_str(&value.to_json()),
                    },
                },
            }
        }
        out
    }

    /// The inputs in order.
    pub fn inputs(&self) -> impl Iterator<Item = &InputRef> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Input(input) => Some(input),
            Piece::Text(_) => None,
        })
    }
}

impl JsonTemplate {
    /// The value with these inputs. `may_be_left_out` says of an input whether a key that is nothing but it disappears
    /// when it was not given, as a key for an argument does; elsewhere what was not given is null.
    #[must_use]
    pub fn value(&self, inputs: &[Option<Value>], may_be_left_out: &dyn Fn(u16) -> bool) -> Value {
        match self {
            JsonTemplate::Constant(value) => value.clone(),
            JsonTemplate::Input(input) => input.value(inputs).cloned().unwrap_or(Value::Null),
            JsonTemplate::Text(template) => Value::String(template.text(inputs).into()),
            JsonTemplate::List(items) => {
                Value::List(items.iter().map(|item| item.value(inputs, may_be_left_out)).collect())
            }
            JsonTemplate::Object(fields) => Value::Object(
                fields
                    .iter()
                    .filter(|(_, field)| match field {
                        JsonTemplate::Input(input) => input.value(inputs).is_some() || !may_be_left_out(input.input),
                        _ => true,
                    })
                    .map(|(name, field)| (name.clone(), field.value(inputs, may_be_left_out)))
                    .collect(),
            ),
        }
    }
}

impl InputRef {
    /// The value to use here: the input's, or the default where that is null or absent.
    #[must_use]
    pub fn value<'a>(&'a self, inputs: &'a [Option<Value>]) -> Option<&'a Value> {
        let given = inputs.get(usize::from(self.input)).and_then(Option::as_ref);
        match (&self.default, given) {
            (Some(default), None | Some(Value::Null)) => Some(default),
            (_, given) => given,
        }
    }
}
