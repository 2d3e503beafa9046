//! Directives that cannot stand together on one field, and arguments that cannot stand together in one `@rest`.

use crate::config::{BindingDirective, Config, FieldDirectives, Method, Mistakes, RestDirective};
use crate::schema::type_table::TypeTable;

/// Tells what contradicts itself.
pub(in crate::schema) fn check(config: &Config, table: &TypeTable, mistakes: &mut Mistakes) {
    for id in table.field_ids() {
        let Some(written) = table.written(config, id) else { continue };
        check_field(written, mistakes);
        for binding in &written.bindings {
            if let BindingDirective::Rest(rest) = binding {
                check_method(rest, mistakes);
                check_body(rest, mistakes);
            }
        }
    }
}

fn check_field(written: &FieldDirectives, mistakes: &mut Mistakes) {
    let value = written.bindings.iter().find(|binding| matches!(binding, BindingDirective::Value(_)));
    if let Some(value) = value.filter(|_| written.bindings.len() > 1) {
        let hint = "take one of them out".to_owned();
        mistakes.error_with_hint(value.span(), "`@value` stands alone: the field has another binding", hint);
    }
    if let Some(from) = written.from.as_ref().filter(|_| !written.bindings.is_empty()) {
        let hint = "a binding's value is the whole field; `at` of `@rest` goes into its answer".to_owned();
        mistakes.error_with_hint(from.span, "`@from` stands alone: the field has a binding", hint);
    }
}

fn check_method(rest: &RestDirective, mistakes: &mut Mistakes) {
    match rest.calls.as_slice() {
        [] => {
            let hint = "write one of `get`, `post`, `put`, `patch`, `delete`: `@rest(get: \"/path\")`".to_owned();
            mistakes.error_with_hint(rest.span, "this `@rest` has no URL", hint);
        }
        [_] => {}
        [first, others @ ..] => {
            for (method, url) in others {
                let message =
                    format!("`{}` beside `{}`: one `@rest` is one call", method.argument(), first.0.argument());
                mistakes.error_with_hint(url.span, message, "write a second `@rest`, or take one out".to_owned());
            }
        }
    }
}

fn check_body(rest: &RestDirective, mistakes: &mut Mistakes) {
    if let (Some(_), Some(form)) = (&rest.body, &rest.form) {
        let hint = "`body` is sent as JSON, `form` as `a=1&b=2`".to_owned();
        mistakes.error_with_hint(form.span, "`form` beside `body`: one call sends one of them", hint);
    }
    let sent = rest.body.as_ref().map(|body| ("body", body)).or(rest.form.as_ref().map(|form| ("form", form)));
    if let (Some((name, sent)), Some((Method::Get, _))) = (sent, rest.calls.first()) {
        mistakes.error_with_hint(sent.span, format!("a `get` has no `{name}`"), "did you mean `post`?".to_owned());
    }
}
