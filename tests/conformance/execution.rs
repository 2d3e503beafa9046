//! Execution: every field is bound to the constant that the case says it resolves to, so that all of the engine is in
//! the way: documents, variables, plans, decoding, completion.

use std::collections::BTreeMap;

use apollo_compiler::ast::{Definition, Directive, Document, Value as Literal};
use apollo_compiler::{Name, Node};
use serde_json::{Map, Value as Json};
use tributary::gateway::Gateway;
use tributary::graphql::Value;

use crate::cases::{Tally, WIDE_LIMITS, ask, cases, gateway_of, has_errors};

fn literal(value: &Json) -> Node<Literal> {
    Node::new(match value {
        Json::Null => Literal::Null,
        Json::Bool(flag) => Literal::Boolean(*flag),
        Json::Number(number) if number.is_f64() => Literal::Float(number.as_f64().expect("a float").into()),
        Json::Number(number) => match number.as_i64().and_then(|number| i32::try_from(number).ok()) {
            Some(number) => Literal::Int(number.into()),
            None => Literal::Float(number.as_f64().expect("a number").into()),
        },
        Json::String(text) => Literal::String(text.replace('{', "{{").replace('}', "}}")),
        Json::Array(items) => Literal::List(items.iter().map(literal).collect()),
        Json::Object(fields) => Literal::Object(
            fields.iter().map(|(name, value)| (Name::new(name).expect("a name"), literal(value))).collect(),
        ),
    })
}

/// The schema with every field of every object type bound to its constant.
pub fn bound(sdl: &str, constants: Option<&Json>) -> String {
    let mut document = Document::parse(sdl, "case.graphql").expect("the case's schema is valid");
    for definition in &mut document.definitions {
        let Definition::ObjectTypeDefinition(object) = definition else { continue };
        let object = object.make_mut();
        for field in &mut object.fields {
            let field = field.make_mut();
            let coordinate = format!("{}.{}", object.name, field.name);
            let constant = constants.and_then(|constants| constants.get(&coordinate)).unwrap_or(&Json::Null);
            let argument =
                apollo_compiler::ast::Argument { name: Name::new("of").expect("a name"), value: literal(constant) };
            let name = Name::new("value").expect("a name");
            field.directives.push(Directive { name, arguments: vec![argument.into()] });
        }
    }
    format!("{document}\n{WIDE_LIMITS}\n")
}

/// Cases that are held to be wrong.
const EXCUSES: [(&str, &str); 2] = [
    ("X0165", "a nullable variable for a field of a `@oneOf` input object: validation case V0521 refuses it"),
    ("X0166", "the same, without a value"),
];

/// Equal as the reference compares: the same keys in the same order, numbers by value.
fn is_equal(expected: &Json, actual: &Value) -> bool {
    match (expected, actual) {
        (Json::Null, Value::Null) => true,
        (Json::Bool(expected), Value::Boolean(actual)) => expected == actual,
        (Json::Number(expected), Value::Number(actual)) => expected
            .as_f64()
            .zip(actual.parse::<f64>().ok())
            .is_some_and(|(expected, actual)| expected.to_bits() == actual.to_bits()),
        (Json::String(expected), Value::String(actual)) => **expected == **actual,
        (Json::Array(expected), Value::List(actual)) => {
            expected.len() == actual.len()
                && expected.iter().zip(actual).all(|(expected, actual)| is_equal(expected, actual))
        }
        (Json::Object(expected), Value::Object(actual)) => are_fields_equal(expected, actual),
        _ => false,
    }
}

fn are_fields_equal(expected: &Map<String, Json>, actual: &[(Box<str>, Value)]) -> bool {
    expected.len() == actual.len()
        && actual.iter().all(|(name, actual)| expected.get(&**name).is_some_and(|expected| is_equal(expected, actual)))
}

/// What is wrong with a response; nothing where it is as the case expects.
fn problem(case: &Json, response: &Value) -> Option<&'static str> {
    let has_errors = has_errors(response);
    match case["phase"].as_str().unwrap_or_default() {
        "request-error" if !has_errors => Some("not refused"),
        "request-error" if response.get("data").is_some() => Some("refused, with data"),
        "request-error" => None,
        phase => match response.get("data") {
            None => Some("refused"),
            Some(data) if !is_equal(&case["data"], data) => Some("other data"),
            Some(_) if has_errors != (phase == "field-error") => Some("errors or not"),
            Some(_) => None,
        },
    }
}

#[tokio::test]
async fn execution_cases() {
    let Some(file) = cases("execution-vectors.json") else { return };
    let mut gateways: BTreeMap<&str, Result<Gateway, String>> = BTreeMap::new();
    let mut tally = Tally::new("execution", &EXCUSES);
    for case in file["vectors"].as_array().expect("a list of cases") {
        let is_left_out = ["disagree", "incremental"]
            .iter()
            .any(|key| case.get(key).is_some_and(|value| *value != Json::Bool(false)));
        if is_left_out {
            continue;
        }
        let id = case["schema"].as_str().expect("the id of a schema");
        let gateway = gateways.entry(id).or_insert_with(|| {
            gateway_of(bound(file["schemas"][id].as_str().expect("a schema"), file["constants"].get(id)))
        });
        let (problem, detail) = match gateway {
            Err(mistakes) => (Some("schema refused"), mistakes.clone()),
            Ok(gateway) => {
                let (response, text) = ask(gateway, case).await;
                (problem(case, &response), text)
            }
        };
        tally.count(case, problem, || {
            let query = case["query"].as_str().unwrap_or_default();
            format!("{query}\n{}\nexpected {}\nactual {detail}", case["variables"], case["data"])
        });
    }
    tally.finish();
}
