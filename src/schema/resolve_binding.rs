//! Binding directives become bindings: source found, templates resolved, defaults filled in.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use super::fallback::resolve_fallback;
use super::inputs::{Batching, Inputs, Position};
use super::resolve_batch::resolve_batch;
use super::resolve_source::timeout_of;
use super::resolve_template::{resolve_header, resolve_json, resolve_template};
use super::resolve_url::resolve_url;
use super::retry_policy::resolve_retry;
use super::rules;
use super::rules::hedges::CallsOf;
use super::rules::source_of_binding::{SourceKindOfBinding, find_source};
use super::type_table::TypeTable;
use super::{
    Binding, BindingRequest, BodyTemplate, FieldId, JsonTemplate, Piece, QueryParameter, RestBinding, SqlBinding, Take,
    Template, TypeRef, UrlTemplate,
};
use crate::config::{
    BindingDirective, Config, JsonLiteral, Method, Mistakes, Naming, RestDirective, SqlDirective, WrittenJson,
};
use crate::graphql::Value;

/// The bindings of every bound field. What could not be resolved was told.
pub(super) fn resolve_bindings(
    config: &Config,
    table: &TypeTable,
    mistakes: &mut Mistakes,
) -> HashMap<FieldId, Vec<Arc<Binding>>> {
    let mut bindings = HashMap::new();
    for id in table.field_ids() {
        let Some(written) = table.written(config, id).filter(|written| !written.bindings.is_empty()) else { continue };
        let mut resolver = Resolver { config, table, field: id, mistakes };
        let list = written.bindings.iter().filter_map(|directive| resolver.binding(directive)).map(Arc::new);
        bindings.insert(id, list.collect());
    }
    bindings
}

struct Resolver<'a> {
    config: &'a Config,
    table: &'a TypeTable,
    field: FieldId,
    mistakes: &'a mut Mistakes,
}

impl<'a> Resolver<'a> {
    fn binding(&mut self, directive: &BindingDirective) -> Option<Binding> {
        match directive {
            BindingDirective::Sql(sql) => self.sql(sql),
            BindingDirective::Rest(rest) => self.rest(rest),
            BindingDirective::Value(value) => {
                let mut inputs = self.inputs(Batching::Never);
                let request = BindingRequest::Value(resolve_json(&value.of, &mut inputs, self.mistakes));
                Some(Binding {
                    request,
                    inputs: inputs.into_list(),
                    timeout: Duration::ZERO,
                    retry: None,
                    fallback: None,
                })
            }
        }
    }

    fn inputs(&self, batching: Batching) -> Inputs<'a> {
        Inputs::of(self.config, self.table, self.field, batching)
    }

    fn sql(&mut self, sql: &SqlDirective) -> Option<Binding> {
        let mut inputs = self.inputs(Batching::ByItself);
        let statement = resolve_template(&sql.query, Position::Any, &mut inputs, self.mistakes);
        let take = take_of(self.table, &self.table.field(self.field).type_);
        let source = find_source(self.config, sql.source.as_ref(), SourceKindOfBinding::Sql, sql.span, self.mistakes);
        let fallback = self.fallback(sql.fallback.as_ref(), source.and_then(|(_, source)| source.naming));
        let (id, written) = source?;
        let timeout = sql.timeout.as_ref().map_or(timeout_of(written), |timeout| timeout.value);
        let request = BindingRequest::Sql(id, SqlBinding { statement, take });
        Some(Binding { request, inputs: inputs.into_list(), timeout, retry: None, fallback })
    }

    fn rest(&mut self, rest: &RestDirective) -> Option<Binding> {
        let mut inputs = self.inputs(Batching::ByBatch);
        let (method, url) = match rest.calls.first() {
            Some((method, url)) => (*method, resolve_url(url, &mut inputs, self.mistakes)),
            None => (Method::Get, UrlTemplate::default()),
        };
        let body = self.body(rest, &mut inputs);
        rules::duplicate_headers::check(&rest.headers, self.mistakes);
        rest.headers.iter().for_each(|header| rules::headers::check(header, self.mistakes));
        let headers = rest.headers.iter().map(|header| resolve_header(header, &mut inputs, self.mistakes)).collect();
        let source =
            find_source(self.config, rest.source.as_ref(), SourceKindOfBinding::Rest, rest.span, self.mistakes);
        let batch = resolve_batch(self.config, self.table, self.field, rest, &inputs, self.mistakes);
        let fallback = self.fallback(rest.fallback.as_ref(), source.and_then(|(_, source)| source.naming));
        let (id, written) = source?;
        let at = rest.at.as_ref().filter(|at| !at.value.is_empty());
        let at = at.map(|at| at.value.split('.').map(Into::into).collect()).unwrap_or_default();
        let null_on = rest.null_on.iter().map(|status| status.value).collect();
        let timeout = rest.timeout.as_ref().map_or(timeout_of(written), |timeout| timeout.value);
        let retry = resolve_retry(rest.retry.as_ref(), timeout, self.mistakes);
        let attempts = rest.retry.as_ref().or(written.retry.as_ref());
        let attempt =
            attempts.and_then(|retry| retry.attempt_timeout.as_ref()).map_or(timeout, |attempt| attempt.value);
        rules::hedges::check(rest, self.calls(), attempt.min(timeout), self.mistakes);
        let hedge = rest.hedge.as_ref().map(|hedge| hedge.value);
        let request = BindingRequest::Rest(id, RestBinding { method, url, headers, body, at, null_on, hedge, batch });
        Some(Binding { request, inputs: inputs.into_list(), timeout, retry, fallback })
    }

    fn calls(&self) -> CallsOf {
        if Some(self.field.owner) == self.table.mutation { CallsOf::Mutation } else { CallsOf::Others }
    }

    fn fallback(&mut self, written: Option<&WrittenJson>, naming: Option<Naming>) -> Option<Arc<str>> {
        let naming = naming.unwrap_or(Naming::Exact);
        resolve_fallback(self.config, self.table, self.field, written?, naming, self.mistakes)
    }

    fn body(&mut self, rest: &RestDirective, inputs: &mut Inputs<'_>) -> Option<BodyTemplate> {
        if let Some(body) = &rest.body {
            return Some(BodyTemplate::Json(resolve_json(body, inputs, self.mistakes)));
        }
        let form = rest.form.as_ref()?;
        let JsonLiteral::Object(fields) = &form.value else {
            let hint = "write `form: { name: \"{args.name}\" }`".to_owned();
            self.mistakes.error_with_hint(form.span, "`form` is an object", hint);
            return None;
        };
        let mut pairs = Vec::new();
        for (name, value) in fields {
            self.pair(&name.value, value, inputs, &mut pairs);
        }
        Some(BodyTemplate::Form(pairs))
    }

    /// One pair of a form, or one for each item of a list.
    fn pair(&mut self, name: &str, value: &WrittenJson, inputs: &mut Inputs<'_>, pairs: &mut Vec<QueryParameter>) {
        let template = match &value.value {
            JsonLiteral::List(items) => {
                for item in items {
                    self.pair(name, item, inputs, pairs);
                }
                return;
            }
            JsonLiteral::Null => return,
            JsonLiteral::Object(_) => {
                let hint = "a form is flat; `body` sends objects, as JSON".to_owned();
                self.mistakes.error_with_hint(value.span, "a form has no objects in it", hint);
                return;
            }
            JsonLiteral::Text(text) => {
                let template = resolve_template(text, Position::FormValue, inputs, self.mistakes);
                inputs.check_batch_alone(&template, text.span, self.mistakes);
                template
            }
            JsonLiteral::Boolean(_) | JsonLiteral::Number(_) | JsonLiteral::Enum(_) => {
                constant_text(&resolve_json(value, inputs, self.mistakes))
            }
        };
        pairs.push(QueryParameter { name: name.into(), value: template });
    }
}

fn constant_text(constant: &JsonTemplate) -> Template {
    let text = match constant {
        JsonTemplate::Constant(value) => Value::as_text(value).unwrap_or_default(),
        JsonTemplate::Input(_) | JsonTemplate::Text(_) | JsonTemplate::List(_) | JsonTemplate::Object(_) => "",
    };
    Template { pieces: vec![Piece::Text(text.into())] }
}

/// What a field of this type takes from rows.
fn take_of(table: &TypeTable, type_: &TypeRef) -> Take {
    match (type_.list_depth() > 0, table.is_leaf(type_.named())) {
        (true, false) => Take::Records,
        (false, false) => Take::Record,
        (true, true) => Take::Values,
        (false, true) => Take::Value,
    }
}
