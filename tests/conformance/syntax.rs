//! Syntax: whether a document is read at all.

use tributary::graphql::Value;

use crate::cases::{Tally, WIDE_LIMITS, ask, cases, gateway_of, schema_of};

/// What the parser is asked about, and what stands for a document that cannot be read.
const UNREAD: &str = "GRAPHQL_PARSE_FAILED";

#[tokio::test]
async fn syntax_cases() {
    let Some(file) = cases("syntax-vectors.json") else { return };
    let gateway = gateway_of(format!("type Query {{ _: String }} {WIDE_LIMITS}")).expect("a schema");
    let mut tally = Tally::new("syntax", &[]);
    for case in file["vectors"].as_array().expect("a list of cases") {
        let (Some(expected), Some(source)) = (case["expected"].as_str(), case["source"].as_str()) else { continue };
        let is_sdl = case["shape"] == "sdl";
        let (is_read, detail) = if is_sdl {
            let mistakes = schema_of(source.to_owned()).err().unwrap_or_default();
            (!mistakes.contains("syntax"), mistakes)
        } else {
            let request = serde_json::json!({ "query": source });
            let (response, text) = ask(&gateway, &request).await;
            let errors = match response.get("errors") {
                Some(Value::List(errors)) => errors.clone(),
                _ => Vec::new(),
            };
            let code = |error: &Value| {
                error
                    .get("extensions")
                    .and_then(|extensions| extensions.get("code").cloned())
                    .is_some_and(|code| matches!(code, Value::String(code) if &*code == UNREAD))
            };
            (!errors.iter().any(code), text)
        };
        let problem = match (expected, is_read) {
            ("valid", false) => Some("not read"),
            ("invalid", true) => Some("read"),
            _ => None,
        };
        tally.count(case, problem, || format!("{source}\n{}\n{detail}", case["message"]));
    }
    tally.finish();
}
