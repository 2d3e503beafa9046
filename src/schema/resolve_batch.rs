//! `{batch.…}` with `by` and `maxBatch`: how one call serves many parents. What is missing, too much, or could never be told
//! apart is told here.

use super::inputs::Inputs;
use super::type_table::TypeTable;
use super::{BatchOf, FieldId, Input, RestBatch};
use crate::config::{Config, Mistakes, RestDirective};

/// Parents of one call where the author names no number.
const MAX_BATCH: usize = 100;

/// The batch of a binding of this field; nothing where its templates name none.
pub(super) fn resolve_batch(
    config: &Config,
    table: &TypeTable,
    field: FieldId,
    rest: &RestDirective,
    inputs: &Inputs<'_>,
    mistakes: &mut Mistakes,
) -> Option<RestBatch> {
    let found = inputs.list().iter().zip(0..).find_map(|(input, number)| match input {
        Input::Batch(path) => Some((number, *path.last()?)),
        _ => None,
    });
    let Some((input, told)) = found else {
        // Of a template that could not be read, nobody knows whether it names one.
        if !inputs.has_met_batch() && rest.calls.iter().all(|(_, url)| url.complete) {
            tell_without_batch(rest, mistakes);
        }
        return None;
    };
    let definition = table.field(field);
    let type_ = &definition.type_;
    let is_missing = table.is_missing(config, type_);
    if !is_missing && table.is_leaf(type_.named()) {
        let message = format!("`{}` is a leaf: a call for many parents brings objects", definition.coordinate);
        let hint = "give it an object type whose field has the value, or write `{parent.…}`".to_owned();
        mistakes.error_with_hint(rest.span, message, hint);
    }
    let depth = table.field(told).type_.list_depth();
    let of = if depth > 0 { BatchOf::ListOfValues } else { BatchOf::OneValue };
    if !is_missing && (depth > 1 || type_.list_depth() > 1 || (depth > 0 && type_.list_depth() == 0)) {
        let message = format!("`{}` cannot be told apart", definition.coordinate);
        let shown = table.show(&table.field(told).type_);
        let hint =
            format!("`{}` is of type `{shown}`; a list of values needs a list field", table.field(told).coordinate);
        mistakes.error_with_hint(rest.span, message, hint);
    }
    let Some(by) = rest.by.as_ref().filter(|by| !by.value.is_empty()) else {
        let hint = "name the property of each item that holds it: `by: \"id\"`".to_owned();
        mistakes.error_with_hint(rest.span, "nothing tells which item of the answer is for which parent", hint);
        return None;
    };
    let by = by.value.split('.').map(Into::into).collect();
    let max = rest.max_batch.as_ref().map_or(MAX_BATCH, |max| max.value).max(1);
    Some(RestBatch { input, of, by, max })
}

fn tell_without_batch(rest: &RestDirective, mistakes: &mut Mistakes) {
    let written =
        [("by", rest.by.as_ref().map(|by| by.span)), ("maxBatch", rest.max_batch.as_ref().map(|max| max.span))];
    for (name, span) in written.into_iter().filter_map(|(name, span)| Some((name, span?))) {
        let hint = "a call for many parents names their values: `?id={batch.id}`".to_owned();
        mistakes.error_with_hint(span, format!("`{name}` has no meaning for a call that serves one parent"), hint);
    }
}
