//! Templates as they were written become templates with numbered inputs.

use super::inputs::{Inputs, Position};
use super::{HeaderTemplate, JsonTemplate, Piece, Template};
use crate::config::{JsonLiteral, Mistakes, WrittenHeader, WrittenJson, WrittenPiece, WrittenTemplate};
use crate::graphql::Value;

/// Resolves each slot; one that names nothing is told and left out.
pub(super) fn resolve_template(
    written: &WrittenTemplate,
    position: Position,
    inputs: &mut Inputs<'_>,
    mistakes: &mut Mistakes,
) -> Template {
    resolve_pieces(&written.pieces, position, inputs, mistakes)
}

/// The same for a part of a template.
pub(super) fn resolve_pieces(
    pieces: &[WrittenPiece],
    position: Position,
    inputs: &mut Inputs<'_>,
    mistakes: &mut Mistakes,
) -> Template {
    let resolved = pieces.iter().filter_map(|piece| match piece {
        WrittenPiece::Text(text) => Some(Piece::Text(text.as_str().into())),
        WrittenPiece::Environment(known) => inputs.environment(known, position, mistakes).map(Piece::Input),
        WrittenPiece::Slot(slot) => inputs.resolve(slot, position, mistakes).map(Piece::Input),
    });
    Template { pieces: resolved.collect() }
}

/// A JSON value; parts without templates become constants.
pub(super) fn resolve_json(written: &WrittenJson, inputs: &mut Inputs<'_>, mistakes: &mut Mistakes) -> JsonTemplate {
    match &written.value {
        JsonLiteral::Null => JsonTemplate::Constant(Value::Null),
        JsonLiteral::Boolean(value) => JsonTemplate::Constant(Value::Boolean(*value)),
        JsonLiteral::Number(number) => JsonTemplate::Constant(Value::Number(number.as_str().into())),
        JsonLiteral::Enum(name) => JsonTemplate::Constant(Value::String(name.as_str().into())),
        // What comes from the environment stays an input: a constant of the author's may be shown, and it may not.
        JsonLiteral::Text(text) => text.constant().filter(|_| !text.has_environment()).map_or_else(
            || {
                let template = resolve_template(text, Position::Any, inputs, mistakes);
                inputs.check_batch_alone(&template, text.span, mistakes);
                json_text(template)
            },
            JsonTemplate::Constant,
        ),
        JsonLiteral::List(items) => json_list(items.iter().map(|item| resolve_json(item, inputs, mistakes)).collect()),
        JsonLiteral::Object(fields) => {
            let resolved =
                fields.iter().map(|(name, value)| (name.value.as_str().into(), resolve_json(value, inputs, mistakes)));
            json_object(resolved.collect())
        }
    }
}

fn json_text(template: Template) -> JsonTemplate {
    match template.pieces.as_slice() {
        [Piece::Input(input)] => JsonTemplate::Input(input.clone()),
        _ => JsonTemplate::Text(template),
    }
}

fn json_list(items: Vec<JsonTemplate>) -> JsonTemplate {
    let constants: Option<Vec<Value>> = items.iter().map(constant).collect();
    constants.map_or(JsonTemplate::List(items), |values| JsonTemplate::Constant(Value::List(values)))
}

fn json_object(fields: Vec<(Box<str>, JsonTemplate)>) -> JsonTemplate {
    let constants: Option<Vec<(Box<str>, Value)>> =
        fields.iter().map(|(name, value)| Some((name.clone(), constant(value)?))).collect();
    constants.map_or(JsonTemplate::Object(fields), |values| JsonTemplate::Constant(Value::Object(values)))
}

fn constant(template: &JsonTemplate) -> Option<Value> {
    match template {
        JsonTemplate::Constant(value) => Some(value.clone()),
        JsonTemplate::Input(_) | JsonTemplate::Text(_) | JsonTemplate::List(_) | JsonTemplate::Object(_) => None,
    }
}

/// A header with its value; the name is judged by the rule of headers.
pub(super) fn resolve_header(
    header: &WrittenHeader,
    inputs: &mut Inputs<'_>,
    mistakes: &mut Mistakes,
) -> HeaderTemplate {
    HeaderTemplate {
        name: header.name.value.to_lowercase().into(),
        value: resolve_template(&header.value, Position::Header, inputs, mistakes),
    }
}
