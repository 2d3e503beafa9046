//! What a binding sends, in the author's words: templates stand for values, and what came from the environment is not
//! shown.

use std::fmt::Write as _;

use crate::graphql::{SourceKind, Value};
use crate::plan::Part;
use crate::schema::{
    BindingRequest, BodyTemplate, Input, InputRef, JsonTemplate, ListStyle, Piece, QueryParameter, RestBinding, Schema,
    Template,
};
use crate::source::{Columns, sql};

/// A request in words.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) text: String,
    /// Of a statement, what stands for each placeholder.
    pub(super) parameters: Vec<String>,
    /// Of a statement, what is read of its columns; nothing for all.
    pub(super) columns: Option<Vec<Box<str>>>,
}

/// The request of a binding; `together` where one statement serves all parents.
pub(super) fn of(schema: &Schema, part: &Part, together: bool) -> Request {
    let words = Words { schema, inputs: &part.binding.inputs };
    match &part.binding.request {
        BindingRequest::Value(template) => {
            Request { text: words.json(template), parameters: Vec::new(), columns: None }
        }
        BindingRequest::Rest(_, rest) => Request { text: words.call(rest), parameters: Vec::new(), columns: None },
        BindingRequest::Sql(source, statement) => {
            let kind = schema.source(*source).kind();
            let sign = if kind == SourceKind::Sqlite { '?' } else { '$' };
            let text = sql::explained(kind, &statement.statement, &part.binding.inputs, &part.columns, together);
            let (own, of_all): (Vec<&InputRef>, Vec<&InputRef>) = statement
                .statement
                .inputs()
                .partition(|input| kind == SourceKind::Sqlite || !together || !words.is_of_parent(input));
            let own = own.into_iter().map(|input| words.input(input));
            let of_all = of_all.into_iter().map(|input| format!("{} of all parents", words.input(input)));
            let numbered = own.chain(of_all).zip(1..);
            let parameters = numbered.map(|(input, number)| format!("{sign}{number} = {input}")).collect();
            let columns = match &part.columns {
                Columns::Named(names) => Some(names.to_vec()),
                Columns::All | Columns::First => None,
            };
            Request { text, parameters, columns }
        }
    }
}

struct Words<'w> {
    schema: &'w Schema,
    inputs: &'w [Input],
}

impl Words<'_> {
    fn call(&self, rest: &RestBinding) -> String {
        let mut text = format!("{} ", rest.method.name());
        for segment in &rest.url.segments {
            text.push('/');
            text.push_str(&self.template(segment));
        }
        if !rest.url.query.is_empty() {
            text.push('?');
            text.push_str(&self.pairs(&rest.url.query));
        }
        for header in &rest.headers {
            let _ = write!(text, "\n{}: {}", header.name, self.template(&header.value));
        }
        match &rest.body {
            None => {}
            Some(BodyTemplate::Json(json)) => text.extend(["\n", &self.json(json)]),
            Some(BodyTemplate::Form(pairs)) => text.extend(["\n", &self.pairs(pairs)]),
        }
        text
    }

    fn pairs(&self, pairs: &[QueryParameter]) -> String {
        let words: Vec<String> =
            pairs.iter().map(|pair| format!("{}={}", pair.name, self.template(&pair.value))).collect();
        words.join("&")
    }

    fn template(&self, template: &Template) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Text(text) => text.to_string(),
            Piece::Input(input) => self.input(input),
        };
        template.pieces.iter().map(piece).collect()
    }

    fn json(&self, template: &JsonTemplate) -> String {
        let quoted = |text: String| Value::String(text.into()).to_json();
        match template {
            JsonTemplate::Constant(value) => value.to_json(),
            JsonTemplate::Input(input) => quoted(self.input(input)),
            JsonTemplate::Text(template) => quoted(self.template(template)),
            JsonTemplate::List(items) => {
                let items: Vec<String> = items.iter().map(|item| self.json(item)).collect();
                format!("[{}]", items.join(","))
            }
            JsonTemplate::Object(fields) => {
                let field = |(name, value): &(Box<str>, JsonTemplate)| {
                    format!("{}:{}", quoted(name.to_string()), self.json(value))
                };
                format!("{{{}}}", fields.iter().map(field).collect::<Vec<_>>().join(","))
            }
        }
    }

    fn is_of_parent(&self, input: &InputRef) -> bool {
        matches!(self.inputs.get(usize::from(input.input)), Some(Input::Parent(_)))
    }

    /// As the author wrote it.
    fn input(&self, input: &InputRef) -> String {
        let fields = |path: &[crate::schema::FieldId]| {
            let names: Vec<&str> = path.iter().map(|id| &*self.schema.field(*id).name).collect();
            names.join(".")
        };
        let name = match self.inputs.get(usize::from(input.input)) {
            Some(Input::Argument(path)) => format!("args.{}", path.join(".")),
            Some(Input::Parent(path)) => format!("parent.{}", fields(path)),
            Some(Input::Batch(path)) => format!("batch.{}", fields(path)),
            Some(Input::Header(name)) => format!("headers.{name}"),
            Some(Input::Environment(_)) | None => "env.…".to_owned(),
        };
        let default = input.default.as_ref().map_or(String::new(), |value| format!(" ?? {}", value.to_json()));
        let style = if input.list == ListStyle::Csv { "|csv" } else { "" };
        format!("{{{name}{default}{style}}}")
    }
}
