//! Validation: whether an operation is executed or refused.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use tributary::gateway::Gateway;
use tributary::graphql::Value;

use crate::cases::{Tally, ask, cases, gateway_of, is_refused};
use crate::execution::bound;

#[tokio::test]
async fn validation_cases() {
    let Some(file) = cases("validation-vectors.json") else { return };
    let mut gateways: BTreeMap<&str, Result<Gateway, String>> = BTreeMap::new();
    let mut tally = Tally::new("validation", &[]);
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

/// Whether one of the reference implementation's mistakes is not told on any of its lines. Where to stop telling what
/// follows from another mistake is each one's own affair, so that more may be told.
fn other_mistakes(case: &Json, response: &Value) -> Option<&'static str> {
    let response: Json = serde_json::from_str(&response.to_json()).expect("a response is JSON");
    let errors = response["errors"].as_array()?;
    let told: Vec<_> = errors.iter().map(|error| (&error["message"], &error["locations"])).collect();
    if told.iter().enumerate().any(|(index, mistake)| told[..index].contains(mistake)) {
        return Some("told twice");
    }
    // The places are those of the case as it was written, before what isolated rules need was put in front.
    if case["blackbox"]["isolated"] != Json::Bool(true) || case["blackbox"]["how"] != "as-is" {
        return None;
    }
    let lines =
        |places: &Json| places.as_array().into_iter().flatten().map(|place| place["line"].clone()).collect::<Vec<_>>();
    let told: Vec<_> = errors.iter().flat_map(|error| lines(&error["locations"])).collect();
    let is_told = |places: &Json| lines(places).iter().any(|line| told.contains(line));
    (!case["locations"].as_array()?.iter().all(is_told)).then_some("a mistake is not told")
}
