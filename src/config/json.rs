//! A JSON value as it was written, its strings cut into templates. Numbers keep their digits.

use apollo_compiler::ast::Value;
use apollo_compiler::{Name, Node};

use super::reader::Reader;
use super::template_parser::Syntax;
use super::{Span, Written, WrittenTemplate};

/// A value and its place.
#[derive(Debug, Clone)]
pub struct WrittenJson {
    /// What was written.
    pub value: JsonLiteral,
    /// Where.
    pub span: Span,
}

/// What was written.
#[derive(Debug, Clone)]
pub enum JsonLiteral {
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A number in the author's digits.
    Number(String),
    /// A string, which may be a template.
    Text(WrittenTemplate),
    /// A name without quotes.
    Enum(String),
    /// A list.
    List(Vec<WrittenJson>),
    /// An object.
    Object(Vec<(Written<String>, WrittenJson)>),
}

/// Reads a literal; how deep it can be nested is the parser's limit.
pub(super) fn read_json(reader: &mut Reader<'_>, node: &Node<Value>) -> WrittenJson {
    let span = reader.span(node.location());
    let value = match &**node {
        Value::Null => JsonLiteral::Null,
        Value::Boolean(value) => JsonLiteral::Boolean(*value),
        Value::Int(number) => JsonLiteral::Number(number.as_str().to_owned()),
        Value::Float(number) => JsonLiteral::Number(number.as_str().to_owned()),
        Value::String(text) => JsonLiteral::Text(reader.template(text, span, Syntax::Text)),
        Value::Enum(name) => JsonLiteral::Enum(name.to_string()),
        Value::List(items) => JsonLiteral::List(items.iter().map(|item| read_json(reader, item)).collect()),
        Value::Object(fields) => read_object(reader, fields),
        Value::Variable(name) => {
            reader.mistakes.error(span, format!("a schema has no variables, so `${name}` means nothing"));
            JsonLiteral::Null
        }
    };
    WrittenJson { value, span }
}

fn read_object(reader: &mut Reader<'_>, fields: &[(Name, Node<Value>)]) -> JsonLiteral {
    let mut read: Vec<(Written<String>, WrittenJson)> = Vec::new();
    for (name, value) in fields {
        let key = Written { value: name.to_string(), span: reader.span(name.location()) };
        if read.iter().any(|(earlier, _)| earlier.value == key.value) {
            let hint = "take one of them out".to_owned();
            reader.mistakes.error_with_hint(key.span, format!("the key `{name}` stands twice"), hint);
        }
        let value = read_json(reader, value);
        read.push((key, value));
    }
    JsonLiteral::Object(read)
}
