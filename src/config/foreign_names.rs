//! What other products and languages call things, and what they are called here: most authors have written a schema
//! for something else before.

/// Types of other languages. A scalar that needs no definition is found by its likeness.
const TYPES: [(&[&str], &str); 8] = [
    (&["integer", "number", "short", "byte", "int32", "smallint", "long32"], "did you mean `Int`?"),
    (&["long", "int64", "bigint", "big_int", "uint64"], "did you mean `BigInt`?"),
    (&["double", "float64", "real", "single"], "did you mean `Float`?"),
    (&["money", "numeric", "bigdecimal"], "did you mean `Decimal`?"),
    (&["text", "varchar", "char", "str", "url", "uri", "email"], "did you mean `String`?"),
    (&["any", "object", "map", "dict", "record", "jsonobject", "jsonb"], "did you mean `JSON`?"),
    (&["timestamp", "timestamptz", "instant"], "did you mean `DateTime`?"),
    (&["list", "array", "vec", "set"], "a list of `String` is `[String]`"),
];

const CALL: &str = "an HTTP call is `@rest(get: \"/path\")`";
const STATEMENT: &str = "a statement is `@sql(query: \"select …\")`";
const CONSTANT: &str = "a constant is `@value(of: …)`";
const FEDERATION: &str = "it belongs to federation, which this is no part of: leave it out";

/// Directives of other gateways and frameworks.
const DIRECTIVES: [(&[&str], &str); 6] = [
    (
        &["http", "httpget", "httppost", "connect", "call", "get", "fetch", "endpoint", "restdatasource", "openapi"],
        CALL,
    ),
    (&["dbquery", "postgres", "postgresql", "sqlite", "db", "database", "query", "table", "statement"], STATEMENT),
    (
        &["resolver", "resolve", "materializer", "datasource", "binding"],
        "bind the field with `@sql`, `@rest` or `@value`",
    ),
    (&["expr", "const", "constant", "static", "mock", "default"], CONSTANT),
    (
        &["rename", "column", "property", "alias", "map", "modify", "json", "jsonproperty", "field"],
        "the name behind a field is `@from(path: \"name\")`",
    ),
    (
        &[
            "key",
            "link",
            "shareable",
            "external",
            "provides",
            "requires",
            "extends",
            "override",
            "inaccessible",
            "tag",
            "interfaceobject",
            "composedirective",
        ],
        FEDERATION,
    ),
];

/// Arguments that other products have, by the directive on which they are written.
const ARGUMENTS: [(&str, &[&str], &str); 8] = [
    (
        "rest",
        &["url", "path", "endpoint", "uri", "href", "route", "method", "verb"],
        "the method names the path: `get: \"/path\"`",
    ),
    ("rest", &["query", "params", "queryparams", "args"], "write it into the path: `get: \"/path?name={args.name}\"`"),
    ("rest", &["selection", "select", "resultpath", "jsonpath"], "did you mean `at`?"),
    ("rest", &["json", "data", "payload", "input"], "did you mean `body`?"),
    ("sql", &["sql", "statement", "select", "q", "text"], "did you mean `query`?"),
    ("value", &["value", "data", "is"], "did you mean `of`?"),
    ("from", &["field", "name", "column", "property", "of"], "did you mean `path`?"),
    (
        "source",
        &["url", "baseurl", "endpoint", "uri", "http", "database", "postgres"],
        "write `rest: { url: \"https://…\" }` or `sql: { url: \"postgres://…\" }`",
    ),
];

/// What a directive that there is not is here; nothing for one that no other product has.
pub(super) fn foreign_directive(name: &str) -> Option<&'static str> {
    let name = name.to_lowercase();
    DIRECTIVES.iter().find(|(names, _)| names.contains(&name.as_str())).map(|(_, hint)| *hint)
}

/// What a type of another language is here.
pub(super) fn foreign_type(name: &str) -> Option<&'static str> {
    let name = name.to_lowercase();
    TYPES.iter().find(|(names, _)| names.contains(&name.as_str())).map(|(_, hint)| *hint)
}

/// What an argument of another product's directive is here.
pub(super) fn foreign_argument(directive: &str, name: &str) -> Option<&'static str> {
    let name = name.to_lowercase();
    let known = ARGUMENTS.iter().find(|(owner, names, _)| *owner == directive && names.contains(&name.as_str()));
    known.map(|(_, _, hint)| *hint)
}
