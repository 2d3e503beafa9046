//! Files that are no GraphQL schema at all, known by how they begin: one sentence that says so is worth more than the
//! parser's opinion about their first word.

/// How a file begins that is a statement.
const SQL: [&str; 7] = ["create", "select", "insert", "alter", "drop", "update", "begin"];

const OF_A_SCHEMA: &str = "a schema defines types: `type Query { … }`";

/// What a file is, and what would help; nothing for one that could be a schema with a mistake in it.
pub(super) fn foreign_file(text: &str) -> Option<(&'static str, &'static str)> {
    let start = text.trim_start();
    let word = start.split(|character: char| !character.is_alphanumeric()).next().unwrap_or_default();
    let head = start.get(..start.len().min(400)).unwrap_or(start);
    if start.contains('\0') {
        return Some(("this is no text", OF_A_SCHEMA));
    }
    if ["openapi:", "swagger:"].iter().any(|key| start.starts_with(key))
        || (start.starts_with('{') && ["\"openapi\"", "\"swagger\""].iter().any(|key| head.contains(key)))
    {
        let hint = "write types for what you need of it, and bind fields: `pets: [Pet] @rest(get: \"/pets\")`";
        return Some(("this is an OpenAPI description and no GraphQL schema", hint));
    }
    if SQL.contains(&word.to_lowercase().as_str()) && start.contains(char::is_whitespace) {
        let hint =
            "a statement stands in a field's `@sql(query: \"…\")`, and tables in a file that `init` of a source names";
        return Some(("this is SQL and no GraphQL schema", hint));
    }
    (start.starts_with(['{', '[', '<']) || start.starts_with("---"))
        .then_some(("this is no GraphQL schema", OF_A_SCHEMA))
}
