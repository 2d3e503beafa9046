//! The crate `graphql_client`, as a program uses it. What it makes of the printed schema is compiled with these tests and
//! asks the demo; what it makes of introspection is the same.

use std::fs;
use std::path::{Path, PathBuf};

use graphql_client::{GraphQLQuery, Response};
use graphql_client_codegen::{CodegenMode, GraphQLClientCodegenOptions, generate_module_token_stream};
use serde_json::json;

use crate::demo::Shop;
use crate::program::{Serving, finish, tributary};

type DateTime = String;
type Decimal = String;

#[derive(GraphQLQuery)]
#[graphql(schema_path = "tests/it/rust_client/schema.graphql", query_path = "tests/it/rust_client/product.graphql")]
struct Product;

#[derive(GraphQLQuery)]
#[graphql(schema_path = "tests/it/rust_client/schema.graphql", query_path = "tests/it/rust_client/place_order.graphql")]
struct PlaceOrder;

#[test]
fn the_types_are_made_of_what_is_printed() {
    let committed = fs::read_to_string(path("tests/it/rust_client/schema.graphql")).expect("a schema");
    assert!(
        printed("schema.graphql") == committed,
        "the demo has changed: tributary sdl > tests/it/rust_client/schema.graphql"
    );
}

#[test]
fn what_arrived_is_typed_and_what_did_not_is_an_error() {
    let shop = Shop::open();
    let variables = product::Variables { id: "1".to_owned(), keyword: "flask".to_owned() };
    let response: Response<product::ResponseData> = ask(&shop, &Product::build_query(variables));
    let data = response.data.expect("data");
    let product = data.product.expect("a product");
    assert_eq!((product.name.as_str(), product.price.as_str()), ("Vacuum flask", "34.50"));
    assert!(matches!(product.category, product::Category::OUTDOORS));
    assert!(product.shipping_quote.is_none());
    let errors = response.errors.expect("errors");
    let [error] = errors.as_slice() else { panic!("{errors:?}") };
    assert_eq!(error.extensions.as_ref().map(|extensions| &extensions["code"]), Some(&json!("SOURCE_TIMEOUT")));
    let is_page = |found: &product::ProductSearch| matches!(found.on, product::ProductSearchOn::WebPage(_));
    assert!(data.search.expect("a list").iter().any(is_page));

    let order = place_order::NewOrder { product_id: "1".to_owned(), customer_id: "6".to_owned(), quantity: 2 };
    let variables = place_order::Variables { order };
    let response: Response<place_order::ResponseData> = ask(&shop, &PlaceOrder::build_query(variables));
    let order = response.data.and_then(|data| data.place_order).expect("an order");
    assert_eq!(order.quantity, 2);
    assert!(matches!(order.status, place_order::OrderStatus::PLACED));
    shop.close();
}

#[test]
fn introspection_makes_the_same_types_as_the_printed_schema() {
    let shop = Shop::open();
    let folder = tempfile::tempdir().expect("a folder");
    let introspected = introspect(&shop, folder.path());
    for operation in ["product.graphql", "place_order.graphql"] {
        assert_eq!(types(operation, &introspected), types(operation, &path("tests/it/rust_client/schema.graphql")));
    }
    shop.close();
}

/// By introspection alone: in a printed schema, `graphql_client` does not read the description of the schema.
#[test]
fn a_schema_with_everything_is_read() {
    let mut command = tributary(&["serve", "--listen", "127.0.0.1:0"]);
    let server = Shop::of(Serving::start(command.arg(path("tests/clients/schemas/every-kind.graphql"))));
    let folder = tempfile::tempdir().expect("a folder");
    let types = types("animals.graphql", &introspect(&server, folder.path()));
    // A field, an enum value and an input field of extensions.
    for word in ["lives : Int", "MOONS", "step : Int"] {
        assert!(types.contains(word), "no {word} in {types}");
    }
    server.close();
}

/// The file with what a server answers to introspection.
fn introspect(server: &Shop, folder: &Path) -> PathBuf {
    let query = fs::read_to_string(path("tests/it/rust_client/introspection.graphql")).expect("a query");
    let answer = folder.join("schema.json");
    fs::write(&answer, server.ask_text(&query)).expect("written");
    answer
}

/// The code that is made for an operation.
fn types(operation: &str, schema: &Path) -> String {
    let options = GraphQLClientCodegenOptions::new(CodegenMode::Cli);
    let operation = path("tests/it/rust_client").join(operation);
    generate_module_token_stream(operation, schema, options).expect("understood").to_string()
}

fn ask<D: serde::de::DeserializeOwned>(shop: &Shop, body: &impl serde::Serialize) -> Response<D> {
    let body = serde_json::to_string(body).expect("JSON");
    serde_json::from_str(&shop.post(&body)).expect("a response of this shape")
}

fn printed(schema: &str) -> String {
    let (code, sdl, told) = finish(tributary(&["sdl"]).arg(path(schema)));
    assert_eq!(code, 0, "{told}");
    sdl
}

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}
