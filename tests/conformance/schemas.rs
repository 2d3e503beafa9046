//! Schemas: whether a schema is one.

use crate::cases::{Tally, cases, schema_of};

#[test]
fn schema_cases() {
    let Some(file) = cases("schema-vectors.json") else { return };
    let mut tally = Tally::new("schema", &[]);
    for case in file["vectors"].as_array().expect("a list of cases") {
        let (Some(expected), Some(sdl)) = (case["expected"].as_str(), case["sdl"].as_str()) else { continue };
        let mistakes = schema_of(sdl.to_owned()).err();
        let problem = match (expected, &mistakes) {
            ("valid", Some(_)) => Some("refused"),
            ("invalid", None) => Some("accepted"),
            _ => None,
        };
        tally.count(case, problem, || format!("{sdl}\n{}\n{}", case["messages"], mistakes.unwrap_or_default()));
    }
    tally.finish();
}
