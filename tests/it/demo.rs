//! `tributary demo`: the shop does what its stories and README promise. What it does on PostgreSQL stands in
//! `demo_postgres`.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use apollo_compiler::ast::FieldDefinition;
use apollo_compiler::schema::ExtendedType;
use serde_json::{Value, json};

use crate::program::{Serving, finish, tributary};

/// A demo that runs.
pub struct Shop(Serving);

impl Shop {
    /// The demo as it is started by who has read nothing.
    pub fn open() -> Shop {
        Shop::open_with(&[])
    }

    pub fn open_with(arguments: &[&str]) -> Shop {
        let mut command = tributary(&["demo", "--listen", "127.0.0.1:0"]);
        Shop(Serving::start(command.args(arguments)))
    }

    /// A server of the shop's schema that was started by the test.
    pub fn of(serving: Serving) -> Shop {
        Shop(serving)
    }

    /// The whole response.
    pub fn ask(&self, query: &str) -> Value {
        serde_json::from_str(&self.ask_text(query)).expect("JSON")
    }

    /// The response's bytes.
    pub fn ask_text(&self, query: &str) -> String {
        self.post(&json!({ "query": query }).to_string())
    }

    /// The bytes of the response to a body.
    pub fn post(&self, body: &str) -> String {
        let reply = self.0.post(body);
        reply.split_once("\r\n\r\n").expect("a body").1.to_owned()
    }

    pub fn close(mut self) {
        assert_eq!(self.0.terminate(), Some(0));
    }
}

/// An operation with which GraphiQL opens.
fn story(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cli/demo/stories");
    fs::read_to_string(folder.join(name)).expect("a story")
}

/// The code, source and path of each error.
fn errors(response: &Value) -> Vec<(String, String, String)> {
    let errors = response["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let facts = |error: &Value| {
        let extensions = &error["extensions"];
        (text(&extensions["code"]), text(&extensions["source"]), error["path"].to_string())
    };
    errors.iter().map(facts).collect()
}

fn error(code: &str, source: &str, path: &str) -> (String, String, String) {
    (code.to_owned(), source.to_owned(), path.to_owned())
}

fn list<'a>(response: &'a Value, pointer: &str) -> &'a [Value] {
    let list = response.pointer(pointer).and_then(Value::as_array);
    assert!(list.is_some(), "no list at {pointer}: {response}");
    list.map(Vec::as_slice).unwrap_or_default()
}

/// Runs every story, and sees whether what its comment promises is so.
pub fn every_story_keeps_its_promise(shop: &Shop) {
    let stories = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cli/demo/stories")).expect("a folder");
    assert_eq!(stories.count(), 6, "each story is told here");
    many_sources_at_once(shop);
    one_field_is_too_slow(shop);
    one_list_from_three_places(shop);
    single_fields_fail(shop);
    an_order_is_placed(shop);
    lists_in_lists(shop);
}

fn many_sources_at_once(shop: &Shop) {
    let response = shop.ask(&story("1_parallel.graphql"));
    assert_eq!(response.get("errors"), None, "{response}");
    assert_eq!(response["data"]["product"]["name"], "Vacuum flask");
    for part in ["seller/name", "rating/average", "stock/onHand", "shippingQuote/price"] {
        let value = response.pointer(&format!("/data/product/{part}")).unwrap_or(&Value::Null);
        assert!(!value.is_null(), "{part}: {response}");
    }
}

fn one_field_is_too_slow(shop: &Shop) {
    let response = shop.ask(&story("2_timeout.graphql"));
    assert_eq!(errors(&response), [error("SOURCE_TIMEOUT", "shipping", r#"["product","shippingQuote"]"#)]);
    assert_eq!(response["data"]["product"]["seller"]["name"], "Northwind Outfitters");
    assert!(list(&response, "/data/product/reviews").len() >= 3);
    let quick = story("2_timeout.graphql").replace(r#"(country: "NO")"#, r#"(country: "DE")"#);
    let response = shop.ask(&quick);
    assert_eq!(errors(&response), []);
    assert!(response["data"]["product"]["shippingQuote"]["price"].is_string(), "{response}");
}

fn one_list_from_three_places(shop: &Shop) {
    let response = shop.ask(&story("3_search.graphql"));
    assert_eq!(errors(&response), []);
    let mut types: Vec<&str> =
        list(&response, "/data/search").iter().filter_map(|item| item["__typename"].as_str()).collect();
    assert!(types.is_sorted_by_key(|name| ["Product", "Seller", "WebPage"].iter().position(|known| known == name)));
    types.dedup();
    assert_eq!(types, ["Product", "Seller", "WebPage"]);
}

fn single_fields_fail(shop: &Shop) {
    let response = shop.ask(&story("4_many.graphql"));
    let failed = |index| error("SOURCE_STATUS", "stock", &format!(r#"["products",{index},"stock"]"#));
    assert_eq!(errors(&response), [failed(6), failed(16)], "{response}");
    let products = list(&response, "/data/products");
    assert_eq!(products.len(), 20);
    assert_eq!(products[6]["id"], "7");
    for product in products {
        // What nobody keeps and what nobody sells is null without an error.
        let is_kept = !["5", "7", "17"].contains(&product["id"].as_str().unwrap_or_default());
        assert_eq!(product["stock"].is_object(), is_kept, "{product}");
        assert_eq!(product["seller"].is_object(), product["id"] != "5", "{product}");
        assert!(product["rating"].is_object() && product["reviews"].is_array(), "{product}");
    }
}

fn an_order_is_placed(shop: &Shop) {
    let text = story("5_order.graphql");
    let response = shop.ask(&text);
    assert_eq!(errors(&response), [], "{response}");
    let order = &response["data"]["placeOrder"];
    assert_eq!(order["quantity"], 2);
    assert_eq!(order["total"], "69.00");
    assert_eq!(order["status"], "PLACED");
    assert_eq!(order["product"]["name"], "Vacuum flask");
    assert_eq!(order["customer"]["name"], "Sigrid Haugen");
    let placed_at = order["placedAt"].as_str().unwrap_or_default();
    assert!(placed_at.len() == 20 && placed_at.contains('T') && placed_at.ends_with('Z'), "{placed_at}");
    let id = order["id"].as_str().expect("an id");
    let read_back = shop.ask(&format!(
        "{{ order(id: {id}) {{ total placedAt }} customer(id: 6) {{ orders(first: 1) {{ id }} }}
           product(id: 1) {{ reviews {{ text }} }} }}"
    ));
    assert_eq!(read_back["data"]["order"], json!({ "total": "69.00", "placedAt": placed_at }));
    assert_eq!(read_back["data"]["customer"]["orders"][0]["id"], id, "the latest first");
    assert_eq!(read_back["data"]["product"]["reviews"][0]["text"], "Ordered two more.");
    let next = (id.parse::<u32>().expect("a number") + 1).to_string();
    for (from, to) in [
        ("quantity: 2", "quantity: 21"),
        ("quantity: 2", "quantity: 0"),
        ("productId: 1, customerId", "productId: 999, customerId"),
        ("customerId: 6", "customerId: 61"),
    ] {
        let response = shop.ask(&text.replace(from, to));
        assert_eq!(response["data"]["placeOrder"], Value::Null, "{to}");
        assert_eq!(errors(&response), [], "{to}");
        let nothing = shop.ask(&format!("{{ order(id: {next}) {{ id }} }}"));
        assert_eq!(nothing, json!({ "data": { "order": null } }), "{to}");
    }
}

fn lists_in_lists(shop: &Shop) {
    let response = shop.ask(&story("6_nested.graphql"));
    assert_eq!(errors(&response), [], "{response}");
    let customers = list(&response, "/data/customers");
    assert_eq!(customers.len(), 5);
    let orders: Vec<&Value> = customers.iter().filter_map(|customer| customer["orders"].as_array()).flatten().collect();
    assert!(orders.len() > 10, "{response}");
    assert!(orders.iter().all(|order| order["product"]["seller"]["name"].is_string()), "{response}");
    let values = list(&response, "/data/__type/enumValues");
    assert!(values.len() == 6 && values.iter().all(|value| value["description"].is_string()), "{response}");
}

#[test]
fn the_demo_answers_with_what_arrived_and_stops_when_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = tributary(&["demo"]);
    let running = Serving::start(command.current_dir(folder.path()).env("TRIBUTARY_LISTEN", "127.0.0.1:0"));
    let shop = Shop::of(running);
    let asked = Instant::now();
    let response =
        shop.ask("{ product(id: 1) { name seller { name } reviews { stars author } shippingQuote { price days } } }");
    assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
    let product = json!({
        "name": "Vacuum flask",
        "seller": { "name": "Northwind Outfitters" },
        "reviews": [
            { "stars": 5, "author": "Ines" }, { "stars": 4, "author": "Tomasz" }, { "stars": 5, "author": "Aiko" }
        ],
        "shippingQuote": null,
    });
    assert_eq!(response["data"]["product"], product);
    assert_eq!(errors(&response), [error("SOURCE_TIMEOUT", "shipping", r#"["product","shippingQuote"]"#)]);
    let response = shop.ask(r#"mutation { addReview(productId: 4, author: "Me", stars: 4) { stars author } }"#);
    assert_eq!(response, json!({ "data": { "addReview": { "stars": 4, "author": "Me" } } }));
    shop.close();
    assert_eq!(fs::read_dir(folder.path()).expect("readable").count(), 0, "the demo leaves nothing behind");
}

#[test]
fn every_story_is_true() {
    let shop = Shop::open();
    every_story_keeps_its_promise(&shop);
    shop.close();
}

#[test]
fn without_the_web_a_search_gives_what_the_database_has() {
    let query = r#"{ search(keyword: "flask") { __typename name } }"#;
    let names = |response: &Value, pages: bool| -> Vec<Value> {
        let items = list(response, "/data/search").iter();
        items.filter(|item| pages || item["__typename"] != "WebPage").cloned().collect()
    };
    let whole = Shop::open().ask(query);
    let expected = names(&whole, false);
    assert!(!expected.is_empty() && expected.len() < list(&whole, "/data/search").len(), "{whole}");
    let response = Shop::open_with(&["--fault", "web:down"]).ask(query);
    assert_eq!(names(&response, true), expected);
    assert_eq!(errors(&response), [error("SOURCE_UNAVAILABLE", "web", r#"["search"]"#)]);
}

#[test]
fn each_fault_is_what_it_says() {
    let mut command = tributary(&["demo", "--listen", "127.0.0.1:0"]);
    let faults = "reviews:down,stock:garbage,shipping:status=500,web:hang";
    let shop = Shop::of(Serving::start(command.env("TRIBUTARY_FAULT", faults)));
    let response = shop.ask(
        r#"{ product(id: 1) { name reviews { id } rating { average count } stock { onHand } shippingQuote { price } }
             search(keyword: "compass") { name } }"#,
    );
    let expected = [
        error("SOURCE_UNAVAILABLE", "reviews", r#"["product","reviews"]"#),
        error("SOURCE_BAD_RESPONSE", "stock", r#"["product","stock"]"#),
        error("SOURCE_STATUS", "shipping", r#"["product","shippingQuote"]"#),
        error("SOURCE_TIMEOUT", "web", r#"["search"]"#),
    ];
    let mut found = errors(&response);
    found.sort_by_key(|found| expected.iter().position(|expected| expected == found));
    assert_eq!(found, expected, "{response}");
    assert_eq!(response["data"]["product"]["rating"], json!({ "average": null, "count": 0 }), "the fallback");
    let degraded = list(&response, "/extensions/degraded");
    assert_eq!(degraded.len(), 1, "{response}");
    assert_eq!(response["data"]["search"], json!([{ "name": "Baseplate compass" }]));
    shop.close();
}

#[test]
fn a_wrong_fault_is_wrong_usage() {
    for (fault, told) in [
        (
            "wed:down",
            "there is no source `wed`, did you mean `web`?; the sources are shop, reviews, stock, shipping, web",
        ),
        ("web:off", "there is no fault `off`; write SOURCE:KIND[=VALUE][@SHARE%]"),
        ("shop:status=503", "the source `shop` is a database, which can have latency, hang, reset and down"),
        ("web=down", "such as `reviews:latency=2s@30%`"),
        ("", "write SOURCE:KIND"),
    ] {
        let (code, out, err) = finish(&mut tributary(&["demo", "--listen", "127.0.0.1:0", "--fault", fault]));
        assert_eq!((code, out.as_str()), (2, ""), "{fault}: {err}");
        assert!(err.contains(told), "{fault}: {err}");
    }
}

#[test]
fn lists_are_bounded_and_turned_over_page_by_page() {
    let shop = Shop::open();
    let mut ids: Vec<u32> = Vec::new();
    loop {
        let after = ids.last().copied().unwrap_or(0);
        let response = shop.ask(&format!("{{ products(first: 80, after: {after}) {{ id }} }}"));
        let page = list(&response, "/data/products");
        if page.is_empty() {
            break;
        }
        ids.extend(page.iter().filter_map(|product| product["id"].as_str()?.parse::<u32>().ok()));
    }
    assert_eq!(ids, (1..=200).collect::<Vec<_>>());
    for first in [101, 2_147_483_647, -1] {
        let response = shop.ask(&format!("{{ products(first: {first}) {{ id }} }}"));
        assert_eq!(list(&response, "/data/products").len(), 100, "{first}");
    }
    let response = shop.ask(r#"{ products(first: 0) { id } search(keyword: "%") { name } }"#);
    assert_eq!(list(&response, "/data/products").len(), 0);
    assert!(list(&response, "/data/search").len() <= 50, "{response}");
}

#[test]
fn the_schema_is_right_without_a_warning() {
    let right = (0, "schema.graphql: no mistakes\n".to_owned(), String::new());
    let check = || {
        let mut command = tributary(&["check", "schema.graphql"]);
        command.current_dir(env!("CARGO_MANIFEST_DIR"));
        command
    };
    assert_eq!(finish(&mut check()), right);
    assert_eq!(finish(check().env("DATABASE_URL", "postgres://shop:secret@db.test/shop")), right);
}

#[test]
fn everything_that_clients_see_is_described() {
    let mut command = tributary(&["sdl", "schema.graphql"]);
    let (code, sdl, _) = finish(command.current_dir(env!("CARGO_MANIFEST_DIR")));
    assert_eq!(code, 0);
    assert_eq!(undescribed(&sdl), Vec::<String>::new());
    // What is counted here is seen to be missed.
    let bare =
        r#""a" type Query { a(b: C): D e: Int } input C { f: Int } enum D { G } interface H { i: Int } scalar J"#;
    let all = ["Query.a", "Query.a(b:)", "Query.e", "C", "C.f", "D", "D.G", "H", "H.i", "J"];
    assert_eq!(undescribed(bare), all);
}

/// Every type, field, argument and enum value without a description, in the order of the text.
fn undescribed(sdl: &str) -> Vec<String> {
    let schema = apollo_compiler::Schema::parse(sdl, "sdl.graphql").expect("a schema");
    let mut missing = Vec::new();
    let mut look = |coordinate: String, is_described: bool| {
        if !is_described {
            missing.push(coordinate);
        }
    };
    for (name, type_) in schema.types.iter().filter(|(_, type_)| !type_.is_built_in()) {
        look(name.to_string(), type_.description().is_some());
        match type_ {
            ExtendedType::Object(object) => {
                object.fields.values().for_each(|field| look_at_field(name, field, &mut look));
            }
            ExtendedType::Interface(interface) => {
                interface.fields.values().for_each(|field| look_at_field(name, field, &mut look));
            }
            ExtendedType::InputObject(input) => input
                .fields
                .values()
                .for_each(|field| look(format!("{name}.{}", field.name), field.description.is_some())),
            ExtendedType::Enum(values) => values
                .values
                .values()
                .for_each(|value| look(format!("{name}.{}", value.value), value.description.is_some())),
            ExtendedType::Scalar(_) | ExtendedType::Union(_) => {}
        }
    }
    missing
}

fn look_at_field(owner: &str, field: &FieldDefinition, look: &mut impl FnMut(String, bool)) {
    look(format!("{owner}.{}", field.name), field.description.is_some());
    for argument in &field.arguments {
        let coordinate = format!("{owner}.{}({}:)", field.name, argument.name);
        look(coordinate, argument.description.is_some());
    }
}
