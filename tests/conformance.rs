//! The reference implementation's execution cases, put to the gateway in this process, where the folder with them lies
//! beside the repository. Every field is bound to the constant that the case says it resolves to, so that all of the
//! engine is in the way: documents, variables, plans, decoding, completion.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use apollo_compiler::ast::{Definition, Directive, Document, Value as Literal};
use apollo_compiler::{Name, Node};
use serde_json::{Map, Value as Json};
use tributary::config::{self, Environment, SourceFile};
use tributary::gateway::{Debug, Gateway};
use tributary::graphql::{Request, Value};
use tributary::schema;
use tributary::source::connect;

/// Cases that must pass: what passes today, so that nothing is lost again.
const EXECUTION_CASES_PASSED: usize = 2517;

fn cases(file: &str) -> Option<Json> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let found: PathBuf = [root.join("../shared/conformance"), root.join("../../shared/conformance")]
        .into_iter()
        .find(|folder| folder.is_dir())?
        .join(file);
    Some(serde_json::from_str(&std::fs::read_to_string(found).ok()?).expect("the cases are JSON"))
}

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
fn bound(sdl: &str, constants: Option<&Json>) -> String {
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
    let off = "extend schema @gateway(maxAliases: 10000, maxRootFields: 10000, maxDepth: 1000)";
    format!("{document}\n{off}\n")
}

fn gateway(sdl: &str, constants: Option<&Json>) -> Result<Gateway, String> {
    let file = SourceFile { name: "case.graphql".to_owned(), text: bound(sdl, constants) };
    let environment = Environment::new(|_| None);
    let config = config::parse(vec![file], Path::new("."), &environment).map_err(|mistakes| mistakes.render(false))?;
    let (schema, _) = schema::build(&config).map_err(|mistakes| mistakes.render(false))?;
    let sources = connect(&schema).map_err(|error| error.to_string())?;
    Ok(Gateway::new(Arc::new(schema), sources, Debug::Hidden))
}

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
    let has_errors = matches!(response.get("errors"), Some(Value::List(errors)) if !errors.is_empty());
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
    let Some(file) = cases("execution-vectors.json") else {
        println!("the reference implementation's cases are not here");
        return;
    };
    let mut gateways: BTreeMap<&str, Result<Gateway, String>> = BTreeMap::new();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let show = std::env::var("TRIBUTARY_SHOW_CASES").is_ok();
    for case in file["vectors"].as_array().expect("a list of cases") {
        let is_left_out = ["disagree", "incremental", "only17"]
            .iter()
            .any(|key| case.get(key).is_some_and(|value| *value != Json::Bool(false)));
        if is_left_out || case["operation"] == "subscription" {
            continue;
        }
        let id = case["schema"].as_str().expect("the id of a schema");
        let gateway = gateways
            .entry(id)
            .or_insert_with(|| gateway(file["schemas"][id].as_str().expect("a schema"), file["constants"].get(id)));
        let (outcome, detail) = match gateway {
            Err(mistakes) => ("schema refused", mistakes.clone()),
            Ok(gateway) => {
                let request = Request {
                    query: case["query"].as_str().unwrap_or_default().to_owned(),
                    operation_name: case.get("operationName").and_then(Json::as_str).map(ToOwned::to_owned),
                    variables: case.get("variables").and_then(|json| Value::from_json(&json.to_string()).ok()),
                    ..Request::default()
                };
                let response = gateway.execute(request).await;
                let text = String::from_utf8_lossy(&response.body).into_owned();
                let value = Value::from_json(&text).expect("a response is JSON");
                (problem(case, &value).unwrap_or("passed"), text)
            }
        };
        *counts.entry(outcome).or_default() += 1;
        if show && outcome != "passed" {
            let (query, expected) = (case["query"].as_str().unwrap_or_default(), &case["data"]);
            println!(
                "--- {} {outcome}\n{query}\n{}\nexpected {expected}\nactual {detail}",
                case["id"], case["variables"]
            );
        }
    }
    println!("execution cases: {counts:?}");
    assert!(counts.get("passed").copied().unwrap_or(0) >= EXECUTION_CASES_PASSED, "{counts:?}");
}
