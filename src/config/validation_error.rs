//! What is wrong with a schema by the specification, in our words: apollo-compiler finds it, and here its messages get
//! their style, their hints, and the smallest right place.

use apollo_compiler::Name;
use apollo_compiler::Schema;

use super::foreign_names::{foreign_argument, foreign_directive, foreign_type};
use super::found::{Found, ValidationError, input_noun};
use super::scalars::SCALARS;
use super::suggestion::{did_you_mean, nearest_name};
use super::wrong_value::wrong_value;

/// A mistake in our words.
pub(super) fn validation_error(found: &Found<'_>) -> ValidationError {
    let told = of_the_whole(found).or_else(|| of_directives(found)).or_else(|| of_names(found));
    told.or_else(|| of_definitions(found)).or_else(|| wrong_value(found)).unwrap_or_else(|| {
        let message = found.message.replace(" in this document", " in this schema");
        ValidationError { span: found.span, message, hint: None }
    })
}

/// About the schema or a document as a whole.
fn of_the_whole(found: &Found<'_>) -> Option<ValidationError> {
    if found.message == "missing query root operation type in schema definition" {
        return Some(no_query(found));
    }
    if let Some(described) = found.message.strip_prefix("a schema document must not contain ") {
        let noun = if described.contains("fragment") { "a fragment" } else { "an operation" };
        let hint = "a schema defines types: `type Query { … }`; operations are sent to the server".to_owned();
        return Some(found.told_at_name(format!("{noun} does not belong into a schema"), hint));
    }
    (found.message == "must not have multiple `schema` definitions").then(|| {
        found.told_at_name("the schema is defined twice", "write `extend schema` for what comes on top".to_owned())
    })
}

/// A type that is called `query` is most often meant.
fn no_query(found: &Found<'_>) -> ValidationError {
    let similar = found.schema.types.values().find(|type_| type_.name().eq_ignore_ascii_case("Query"));
    if let Some(type_) = similar.filter(|type_| *type_.name() != "Query") {
        return ValidationError {
            span: found.places.span(type_.name().location()),
            message: "the schema has no query type".to_owned(),
            hint: Some("did you mean `Query`? Upper and lower case count in names".to_owned()),
        };
    }
    let hint = "add `type Query { … }`, or name one: `schema { query: … }`".to_owned();
    found.told("the schema has no query type", hint)
}

/// About directives and their arguments.
fn of_directives(found: &Found<'_>) -> Option<ValidationError> {
    let Found { message, schema, .. } = *found;
    if let Some((name, rest)) = message.split_once(" directive is not supported for ") {
        let place = noun(rest.strip_suffix(" location")?);
        return Some(found.told(format!("`@{name}` does not stand on {place}"), places(name, schema)));
    }
    let repeated = message.strip_prefix("non-repeatable directive ");
    if let Some(name) = repeated.and_then(|rest| rest.strip_suffix(" can only be used once per location")) {
        return Some(found.told(format!("`@{name}` stands here already"), "it stands once at most".to_owned()));
    }
    if let Some(names) = found.names("cannot find directive `") {
        let name = names.first()?.trim_start_matches('@');
        let known = schema.directive_definitions.keys().map(Name::as_str);
        let near = nearest_name(name, known).map(|hint| hint.replacen('`', "`@", 1));
        let all = || "`tributary directives` prints those that there are".to_owned();
        let hint = foreign_directive(name).map(str::to_owned).or(near).unwrap_or_else(all);
        return Some(found.told(format!("there is no directive `@{name}`"), hint));
    }
    if let Some(names) = found.names("is not supported by `") {
        let (argument, directive) = (*names.first()?, names.get(1)?.trim_start_matches('@'));
        let definition = schema.directive_definitions.get(directive)?;
        let known = definition.arguments.iter().map(|argument| argument.name.as_str());
        let near = || did_you_mean(argument, known);
        let all = || Some(format!("`tributary directives` prints the arguments of `@{directive}`"));
        let hint = foreign_argument(directive, argument).map(str::to_owned).or_else(near).or_else(all);
        return Some(found.told_at_name(format!("`@{directive}` has no argument `{argument}`"), hint));
    }
    let names = found.names("the required argument `")?;
    let (directive, argument) = names.first()?.trim_start_matches('@').split_once('(')?;
    let argument = argument.trim_end_matches([')', ':']);
    let hint = format!("write `@{directive}({argument}: …)`");
    Some(found.told(format!("`@{directive}` lacks its argument `{argument}`"), hint))
}

/// About names that there are not.
fn of_names(found: &Found<'_>) -> Option<ValidationError> {
    let schema = found.schema;
    if let Some(names) = found.names("cannot find type `") {
        let name = *names.first()?;
        let own = |name: &&str| !name.starts_with("__") && !name.starts_with("tributary__");
        let scalars = SCALARS.into_iter();
        let known = schema.types.keys().map(Name::as_str).filter(own).chain(scalars);
        let near = foreign_type(name).map(str::to_owned).or_else(|| nearest_name(name, known));
        let hint = near.unwrap_or_else(|| "define it, as a `type`, an `input`, an `enum` or a `scalar`".to_owned());
        return Some(found.told(format!("cannot find type `{name}` in this schema"), hint));
    }
    if let Some(names) = found.names("field `").filter(|_| found.message.contains("does not exist on")) {
        let (field, type_) = (*names.first()?, *names.get(1)?);
        let known = schema.get_input_object(type_)?.fields.keys().map(Name::as_str);
        let message = format!("{} has no `{field}`", input_noun(type_));
        let is_pair = ["tributary__Header", "tributary__Setting"].contains(&type_);
        let pair = is_pair.then(|| format!("write `{{ name: \"{field}\", value: … }}`"));
        let span = found.key().map_or(found.span, |(_, span)| Some(span));
        return Some(ValidationError { span, message, hint: pair.or_else(|| did_you_mean(field, known)) });
    }
    if let Some(names) = found.names("value `").filter(|_| found.message.contains("does not exist on")) {
        let (value, type_) = (*names.first()?, *names.get(1)?);
        let known = schema.get_enum(type_)?.values.keys().map(Name::as_str);
        let message = match type_.strip_prefix("tributary__") {
            Some(_) => format!("`{value}` is not a choice here"),
            None => format!("`{type_}` has no value `{value}`"),
        };
        return Some(found.told(message, did_you_mean(value, known)));
    }
    let names = found.names("the required field `")?;
    let (type_, field) = names.first()?.split_once('.')?;
    Some(found.told(format!("{} lacks its `{field}`", input_noun(type_)), format!("write `{field}: …` in it")))
}

/// About definitions that contradict others.
fn of_definitions(found: &Found<'_>) -> Option<ValidationError> {
    let message = found.message;
    if let Some(names) = found.names("duplicate definitions for the `").filter(|names| names.len() == 2) {
        let told = format!("`{}` has `{}` already", names[1], names[0]);
        return Some(found.told_at_name(told, "take one of them out, or give it another name".to_owned()));
    }
    if let Some(names) = found.names("` is defined multiple times") {
        let name = *names.first()?;
        if message.starts_with("the value") {
            return Some(found.told_at_name(format!("`{name}` stands twice in this list"), None));
        }
        let hint = found
            .schema
            .types
            .get(name)
            .map(|_| format!("`extend` adds to what is there: `extend type {name} {{ … }}`"));
        return Some(found.told(format!("{} twice", message.split(" multiple times").next()?), hint));
    }
    if let Some(names) = found.names("` is provided multiple times") {
        return Some(found.told_at_name(format!("the argument `{}` stands here already", names.first()?), None));
    }
    if let Some(names) = found.names("does not satisfy interface").filter(|names| names.len() == 3) {
        let (type_, interface, field) = (names[0], names[1], names[2]);
        let wanted = found.schema.type_field(interface, field).ok();
        let hint = wanted.map(|wanted| format!("add `{field}: {}` to `{type_}`", wanted.ty));
        let span = found.schema.types.get(type_).and_then(|type_| found.places.span(type_.name().location()));
        let message = format!("`{type_}` implements `{interface}` and lacks its field `{field}`");
        return Some(ValidationError { span: span.or(found.span), message, hint });
    }
    if let Some(told) = of_kinds(found) {
        return Some(told);
    }
    if message == "built-in scalar definitions must be omitted" {
        return Some(found.told("this scalar needs no definition", "take it out".to_owned()));
    }
    None
}

/// About types of the wrong kind, or without what they are made of.
fn of_kinds(found: &Found<'_>) -> Option<ValidationError> {
    let at = |type_: &str| {
        let span = found.schema.types.get(type_).and_then(|type_| found.places.span(type_.name().location()));
        span.or(found.span)
    };
    let told = |span, message: String, hint: String| Some(ValidationError { span, message, hint: Some(hint) });
    if let Some(names) = found.names("` field must return an object type") {
        let name = *names.first()?;
        let hint = format!("define `type {name} {{ … }}`, or name another one");
        return Some(found.told(format!("a root type is an object type, and `{name}` is not"), hint));
    }
    if let Some(names) = found.names("adding ") {
        let (extension, kind) = found.message.strip_prefix("adding ")?.split_once(", but ")?;
        let kind = kind.split_once(" is ")?.1;
        let hint =
            format!("the extension of {kind} begins with its keyword: `extend {} {}`", keyword(kind), names.first()?);
        return Some(found.told(format!("this is {extension}, and `{}` is {kind}", names.first()?), hint));
    }
    if let Some(names) = found.names("` input object cannot reference itself") {
        let name = *names.first()?;
        let message = format!("a value of `{name}` would need another one in it, without an end");
        return told(at(name), message, "make a field on the way nullable".to_owned());
    }
    if let Some(names) = found.names("is not a proper subtype").filter(|names| names.len() == 4) {
        let message = format!("`{}` is of type `{}`, and `{}` of type `{}`", names[2], names[3], names[0], names[1]);
        return Some(found.told_at_name(message, format!("make it `{}`", names[1])));
    }
    if let Some(names) = found.names("does not provide it").filter(|names| names.len() == 3) {
        let message = format!("`{}` lacks the argument `{}` of `{}`", names[2], names[1], names[0]);
        return Some(found.told_at_name(message, "give it the same arguments as in its interface".to_owned()));
    }
    for (words, example) in [
        ("` has no fields", "{ id: ID }"),
        ("` has no enum values", "{ ONE }"),
        ("` has no input values", "{ id: ID }"),
        ("` has no member types", "= A | B"),
    ] {
        if let Some(names) = found.names(words) {
            let name = *names.first()?;
            return told(at(name), found.message.to_owned(), format!("write what it is made of: `{name} {example}`"));
        }
    }
    None
}

/// What the definition of a kind of type begins with.
fn keyword(kind: &str) -> &str {
    let word = kind.trim_start_matches("an ").trim_start_matches("a ").split(' ').next().unwrap_or_default();
    if word == "object" { "type" } else { word }
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
