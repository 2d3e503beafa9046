//! The cases' messages are those of graphql-js 16. Where 17.1, which is the judge, words the same mistake otherwise, its
//! message and the older one are brought to one form, in which they can be compared.

/// A message of either release in the one form; nothing for a mistake that only the newer one tells.
pub fn common(message: &str) -> Option<String> {
    if message.ends_with(" operation is not supported by the schema.") {
        return None;
    }
    // The older release runs into its own execution's error, the newer one tells the rule.
    let depends = ["must not use `@skip` or `@include`", "was not provided a runtime value."];
    if depends.iter().any(|words| message.contains(words)) {
        return Some("the root field depends on a variable".to_owned());
    }
    let form = of_argument(message).or_else(|| of_null(message)).or_else(|| of_object(message));
    Some(form.or_else(|| of_one_of(message)).unwrap_or_else(|| message.to_owned()))
}

/// `Field "f" argument "a" …` and `Argument "T.f(a:)" …`, for directives alike.
fn of_argument(message: &str) -> Option<String> {
    let is_required = message.strip_suffix(" is required, but it was not provided.")?;
    if let Some(rest) = is_required.strip_prefix("Argument \"") {
        let (coordinate, type_) = rest.split_once(":)\" of type ")?;
        let (owner, argument) = coordinate.split_once('(')?;
        let owner = owner.rsplit('.').next()?;
        return Some(format!("{owner} {argument} {type_} is required"));
    }
    let rest = is_required.strip_prefix("Field \"").or_else(|| is_required.strip_prefix("Directive \""))?;
    let (owner, rest) = rest.split_once("\" argument \"")?;
    let (argument, type_) = rest.split_once("\" of type ")?;
    Some(format!("{owner} {argument} {type_} is required"))
}

/// `Expected value of type "T!", found null.` and `Expected value of non-null type "T!" not to be null.`
fn of_null(message: &str) -> Option<String> {
    let newer = message.strip_prefix("Expected value of non-null type \"").zip(Some("\" not to be null."));
    let older = message.strip_prefix("Expected value of type \"").zip(Some("\", found null."));
    let type_ = newer.into_iter().chain(older).find_map(|(rest, end)| rest.strip_suffix(end))?;
    Some(format!("{type_} is not null"))
}

/// What is wrong with an input object. The older release names the type of a missing field, the newer one shows the value.
fn of_object(message: &str) -> Option<String> {
    if let Some(rest) = message.strip_prefix("Expected value of type \"") {
        let (type_, rest) = rest.split_once('"')?;
        if let Some(rest) = rest.strip_prefix(" to include required field \"") {
            return Some(format!("{type_}.{} is missing", rest.split('"').next()?));
        }
        if let Some(rest) = rest.strip_prefix(" not to include unknown field \"") {
            let (field, rest) = rest.split_once('"')?;
            let suggestion =
                rest.split_once(" Found:").map_or("", |(suggestion, _)| suggestion.trim_start_matches('.'));
            return Some(format!("{field} is not in {type_}{suggestion}"));
        }
        let found = rest.strip_prefix(" to be an object, found: ").or_else(|| rest.strip_prefix(", found "))?;
        return Some(format!("{found} is no {type_}"));
    }
    let rest = message.strip_prefix("Field \"")?;
    if let Some((coordinate, _)) = rest.split_once("\" of required type \"") {
        return Some(format!("{coordinate} is missing"));
    }
    let (field, rest) = rest.split_once("\" is not defined by type \"")?;
    let (type_, suggestion) = rest.split_once("\".")?;
    Some(format!("{field} is not in {type_}{suggestion}"))
}

fn of_one_of(message: &str) -> Option<String> {
    let starts = ["Within OneOf Input Object type \"", "OneOf Input Object \""];
    let type_ = match message.strip_suffix("\" must be non-null.") {
        Some(older) => older.strip_prefix("Field \"")?.split('.').next()?,
        None => starts.iter().find_map(|start| message.strip_prefix(start))?.split('"').next()?,
    };
    Some(format!("{type_} takes one field"))
}
