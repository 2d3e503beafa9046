//! Validation: whether an operation is executed or refused.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use tributary::gateway::Gateway;
use tributary::graphql::Value;

use crate::cases::{Tally, ask, cases, gateway_of, is_refused};
use crate::execution::bound;
use crate::words::common;

/// Cases that are held to be wrong.
const EXCUSES: [(&str, &str); 1] =
    [("V0342", "graphql-js 17.1 and the edition also tell that the subscription selects no field")];

#[tokio::test]
async fn validation_cases() {
    let Some(file) = cases("validation-vectors.json") else { return };
    let mut gateways: BTreeMap<&str, Result<Gateway, String>> = BTreeMap::new();
    let mut tally = Tally::new("validation", &EXCUSES);
    for case in file["vectors"].as_array().expect("a list of cases") {
        let request = &case["blackbox"];
        let (true, Some(expected)) = (case["tier"] == "spec", request["expect"].as_str()) else { continue };
        let id = request["schema"].as_str().or(case["schema"].as_str()).expect("the id of a schema");
        let gateway = gateways
            .entry(id)
            .or_insert_with(|| gateway_of(bound(file["schemas"][id].as_str().expect("a schema"), None)));
        let (problem, detail) = match gateway {
            Err(mistakes) => (Some("schema refused"), mistakes.clone()),
            Ok(gateway) => {
                let (response, text) = ask(gateway, request).await;
                // What is valid and still not executed: that is not for validation to tell.
                let is_valid = !is_refused(&response) || text.contains("subscriptions are not supported");
                let problem = match (expected, !is_valid) {
                    ("valid", true) => Some("refused"),
                    ("invalid", false) => Some("executed"),
                    ("invalid", true) => other_mistakes(case, &response),
                    _ => None,
                };
                (problem, text)
            }
        };
        tally.count(case, problem, || {
            let Json::String(query) = &request["query"] else { return detail };
            let Json::Array(messages) = &request["messages"] else { return detail };
            let messages: Vec<_> = messages.iter().map(ToString::to_string).collect();
            format!(
                "{} {}\n{query}\n{}\n{}\n{detail}",
                case["rule"],
                case["title"],
                messages.join("\n"),
                case["locations"]
            )
        });
    }
    tally.finish();
}

/// What is told otherwise than the reference implementation tells it: a message, or where the case says it a place. Beyond
/// the most that are told, those that are must be among the reference implementation's.
fn other_mistakes(case: &Json, response: &Value) -> Option<&'static str> {
    let response: Json = serde_json::from_str(&response.to_json()).expect("a response is JSON");
    let errors = response["errors"].as_array()?;
    let (omitted, told): (Vec<&Json>, Vec<&Json>) =
        errors.iter().partition(|error| error["extensions"]["code"] == "ERRORS_OMITTED");
    let sorted = |mut values: Vec<String>| {
        values.sort();
        values
    };
    let expected: Vec<&str> = case["blackbox"]["messages"].as_array()?.iter().filter_map(Json::as_str).collect();
    if expected.iter().any(|message| message.starts_with("Syntax Error")) {
        let is_one = told.len() == 1 && told[0]["extensions"]["code"] == "GRAPHQL_PARSE_FAILED";
        return (!is_one).then_some("no syntax error");
    }
    let expected = sorted(expected.into_iter().filter_map(common).collect());
    let messages = sorted(told.iter().filter_map(|error| error["message"].as_str().and_then(common)).collect());
    if !omitted.is_empty() {
        return messages.iter().any(|message| !expected.contains(message)).then_some("other messages");
    }
    if messages != expected {
        return Some("other messages");
    }
    // The places are those of the case as it was written, before what isolated rules need was put in front.
    if case["blackbox"]["isolated"] != Json::Bool(true) || case["blackbox"]["how"] != "as-is" {
        return None;
    }
    let places = |places: &Json| {
        let places = places.as_array().into_iter().flatten();
        places.map(|place| format!("{}:{}", place["line"], place["column"])).collect::<Vec<_>>().join(" ")
    };
    let told = sorted(told.iter().map(|error| places(&error["locations"])).collect());
    let expected = sorted(case["locations"].as_array()?.iter().map(places).collect());
    (told != expected).then_some("other places")
}
