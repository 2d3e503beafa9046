//! Validation: whether an operation is executed or refused.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use tributary::gateway::Gateway;

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
                    _ => None,
                };
                (problem, text)
            }
        };
        tally.count(case, problem, || {
            let Json::String(query) = &request["query"] else { return detail };
            format!("{} {}\n{query}\n{}\n{detail}", case["rule"], case["title"], request["messages"])
        });
    }
    tally.finish();
}
