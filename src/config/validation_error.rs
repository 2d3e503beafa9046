//! What is wrong with a schema by the specification, in our words: apollo-compiler finds it, and here its messages get
//! their style and their hints.

use apollo_compiler::Name;
use apollo_compiler::Schema;

use super::did_you_mean;

/// The message as it is told, and what would help; `schema` is what could be made of the files.
pub(super) fn validation_error(message: &str, schema: &Schema) -> (String, Option<String>) {
    if message == "missing query root operation type in schema definition" {
        let hint = "add `type Query`, or name one: `schema { query: … }`";
        return ("the schema has no query type".to_owned(), Some(hint.to_owned()));
    }
    if let Some((name, location)) = misplaced(message) {
        return (format!("`@{name}` does not stand on {}", noun(location)), places(name, schema));
    }
    if let Some(name) = repeated(message) {
        return (format!("`@{name}` stands here already"), Some("it stands once at most".to_owned()));
    }
    let message = message.replace(" in this document", " in this schema");
    let hint = hint_for(&message, schema);
    (message, hint)
}

/// Directive and location of `x directive is not supported for Y location`.
fn misplaced(message: &str) -> Option<(&str, &str)> {
    let (name, rest) = message.split_once(" directive is not supported for ")?;
    Some((name, rest.strip_suffix(" location")?))
}

/// Directive of `non-repeatable directive x can only be used once per location`.
fn repeated(message: &str) -> Option<&str> {
    message.strip_prefix("non-repeatable directive ")?.strip_suffix(" can only be used once per location")
}

/// Where a directive stands by its definition.
fn places(name: &str, schema: &Schema) -> Option<String> {
    let definition = schema.directive_definitions.get(name)?;
    let nouns: Vec<&str> = definition.locations.iter().map(|location| noun(location.name())).collect();
    Some(format!("it stands on {}", nouns.join(", ")))
}

/// A location as people say it.
fn noun(location: &str) -> &str {
    match location {
        "SCHEMA" => "`schema` or `extend schema`",
        "SCALAR" => "a scalar",
        "OBJECT" => "an object type",
        "FIELD_DEFINITION" => "a field",
        "ARGUMENT_DEFINITION" => "an argument",
        "INTERFACE" => "an interface",
        "UNION" => "a union",
        "ENUM" => "an enum",
        "ENUM_VALUE" => "an enum value",
        "INPUT_OBJECT" => "an input object",
        "INPUT_FIELD_DEFINITION" => "an input field",
        executable => executable,
    }
}

/// A hint for the messages in which a name is not known.
fn hint_for(message: &str, schema: &Schema) -> Option<String> {
    let mut quoted = message.split('`').skip(1).step_by(2);
    let wrong = quoted.next()?;
    if message.starts_with("cannot find type") {
        let known = schema
            .types
            .keys()
            .map(Name::as_str)
            .filter(|name| !name.starts_with("__") && !name.starts_with("tributary__"));
        super::suggestion::nearest_name(wrong, known)
    } else if message.starts_with("cannot find directive") {
        let known: Vec<String> = schema.directive_definitions.keys().map(|name| format!("@{name}")).collect();
        did_you_mean(wrong, known.iter().map(String::as_str))
    } else if message.starts_with("the argument") && message.contains("is not supported by") {
        let directive = schema.directive_definitions.get(quoted.next()?.trim_start_matches('@'))?;
        did_you_mean(wrong, directive.arguments.iter().map(|argument| argument.name.as_str()))
    } else if message.starts_with("field `") && message.contains("does not exist on") {
        let input = schema.get_input_object(quoted.next()?)?;
        did_you_mean(wrong, input.fields.keys().map(Name::as_str))
    } else if message.starts_with("value `") && message.contains("does not exist on") {
        let definition = schema.get_enum(quoted.next()?)?;
        did_you_mean(wrong, definition.values.keys().map(Name::as_str))
    } else {
        None
    }
}
