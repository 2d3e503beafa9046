//! A value of the wrong kind for an argument or an input field: text for a number, a name for text. The hint is the
//! author's own value, written rightly, where that can be known.

use apollo_compiler::Schema;

use super::found::{Found, ValidationError, input_noun};

/// Longest value that a hint repeats, in bytes.
const MAX_REPEATED: usize = 60;

/// What is said of a value of the wrong kind; nothing for another message.
pub(super) fn wrong_value(found: &Found<'_>) -> Option<ValidationError> {
    if found.message.contains("cannot represent non") {
        let hint = "`Int` has 32 bits; `BigInt` takes the digits as text".to_owned();
        return Some(found.told("this number is too large", hint));
    }
    let (type_, kind) = found.message.strip_prefix("expected value of type ")?.split_once(", found ")?;
    let span = found.span?;
    let named = type_.trim_end_matches('!');
    let subject = found.key().map_or_else(|| "this value".to_owned(), |(name, _)| format!("`{name}`"));
    let message = format!("{subject} is {}, and here stands {}", wanted(found.schema, named), given(kind));
    let value = found.places.sources.text(span);
    let hint = Some(value).filter(|value| value.len() <= MAX_REPEATED && !value.contains('\n'));
    Some(found.told(message, hint.and_then(|value| written_rightly(found.schema, named, kind, value))))
}

/// A type as people say it.
fn wanted(schema: &Schema, type_: &str) -> String {
    match type_ {
        list if list.starts_with('[') => "a list".to_owned(),
        "Int" => "a whole number".to_owned(),
        "Float" => "a number".to_owned(),
        "Boolean" => "`true` or `false`".to_owned(),
        "String" | "ID" => "text".to_owned(),
        name => match (schema.get_enum(name), schema.get_input_object(name)) {
            (Some(definition), _) => {
                let values: Vec<String> = definition.values.keys().map(|value| format!("`{value}`")).collect();
                format!("one of {}", values.join(", "))
            }
            (_, Some(_)) if name.starts_with("tributary__") => "an object".to_owned(),
            (_, Some(_)) => format!("an object, {}", input_noun(name)),
            _ => format!("of type `{name}`"),
        },
    }
}

/// What the parser calls a kind of value, as people say it.
fn given(kind: &str) -> &str {
    match kind {
        "a string" => "text",
        "an enum" => "a name without quotes",
        "an integer" => "a whole number",
        "a float" => "a number with a point",
        "a boolean" => "`true` or `false`",
        "an input object" => "an object",
        other => other,
    }
}

/// The author's value as its type takes it.
fn written_rightly(schema: &Schema, type_: &str, kind: &str, value: &str) -> Option<String> {
    let plain = value.trim_matches('"');
    let right = match (type_, kind) {
        ("Int", "a string") if plain.parse::<i32>().is_ok() => plain.to_owned(),
        ("Float", "a string") if plain.parse::<f64>().is_ok() => plain.to_owned(),
        ("Boolean", "a string") if ["true", "false"].contains(&plain) => plain.to_owned(),
        ("String" | "ID", "an enum" | "an integer" | "a float" | "a boolean") => format!("\"{value}\""),
        (name, "a string") if schema.get_enum(name).is_some_and(|known| known.values.contains_key(plain)) => {
            plain.to_owned()
        }
        (name, "a string") => {
            let name = name.trim_matches(['[', ']', '!']);
            let input = schema.get_input_object(name)?;
            let required: Vec<&str> =
                input.fields.values().filter(|field| field.ty.is_non_null()).map(|field| field.name.as_str()).collect();
            let object = match required.as_slice() {
                [] => return None,
                [only] => format!("{{ {only}: {value} }}"),
                several => format!("{{ {}: … }}", several.join(": …, ")),
            };
            if type_.starts_with('[') { format!("[{object}]") } else { object }
        }
        _ => return None,
    };
    Some(format!("write `{right}`"))
}
