//! What a schema file becomes: the parts that an author cannot see in a diagnostic. Every mistake has a page in
//! `spec/diagnostics` instead.

#![allow(clippy::panic, reason = "a test that meets another shape has failed")]

use std::path::Path;

use proptest::prelude::{ProptestConfig, proptest};
use tributary::config::{self, DIRECTIVES, Diagnostics, Environment, SourceFile};
use tributary::graphql::Value;
use tributary::schema::{
    self, BindingRequest, BodyTemplate, Input, InputRef, JsonTemplate, Piece, PropertyName, Resolution, RestBinding,
    Schema, SourceTarget, Template, TypeKind,
};

const SOURCES: &str = r#"
extend schema
  @source(name: "shop", sql: { url: "{env.DATABASE ?? 'sqlite::memory:'}" })
  @source(
    name: "reviews"
    rest: { url: "http://reviews/v1", headers: [{ name: "Authorization", value: "Bearer {headers.Token}" }] }
    timeout: "500ms"
    naming: SNAKE_CASE
  )
"#;

fn files(texts: &[&str]) -> Vec<SourceFile> {
    let named =
        |(number, text): (usize, &&str)| SourceFile { name: format!("{number}.graphql"), text: (*text).to_owned() };
    texts.iter().enumerate().map(named).collect()
}

fn build_files(texts: &[&str], environment: &Environment) -> Result<Schema, Diagnostics> {
    let config = config::parse(files(texts), Path::new("."), environment)?;
    schema::build(&config).map(|(schema, _)| schema)
}

fn build(text: &str) -> Schema {
    let texts = [SOURCES, text];
    build_files(&texts, &Environment::new(|_| None)).unwrap_or_else(|diagnostics| panic!("{diagnostics}"))
}

/// The only binding of a field, with its coordinate's parts.
fn binding<'a>(schema: &'a Schema, type_: &str, field: &str) -> &'a schema::Binding {
    let id = schema.field_named(schema.type_named(type_).expect("a type"), field).expect("a field");
    match &schema.field(id).resolution {
        Resolution::Bound(bindings) => &bindings[0],
        other => panic!("{type_}.{field} is {other:?}"),
    }
}

fn rest<'a>(schema: &'a Schema, type_: &str, field: &str) -> &'a RestBinding {
    match &binding(schema, type_, field).request {
        BindingRequest::Rest(_, rest) => rest,
        other => panic!("{other:?}"),
    }
}

/// A template with its inputs by number: `/a/{0}`.
fn show(template: &Template) -> String {
    let piece = |piece: &Piece| match piece {
        Piece::Text(text) => text.to_string(),
        Piece::Input(InputRef { input, .. }) => format!("{{{input}}}"),
    };
    template.pieces.iter().map(piece).collect()
}

#[test]
fn a_url_is_cut_at_the_authors_delimiters() {
    for (url, segments, query) in [
        ("/", &[""][..], &[][..]),
        ("", &[], &[]),
        ("/products/{args.id}", &["products", "{0}"], &[]),
        ("/a%2Fb/{args.id}-{args.id}/", &["a/b", "{0}-{0}", ""], &[]),
        ("/a?q={args.q}&id={args.id}&kind=x%26y+z", &["a"], &["q={0}", "id={1}", "kind=x&y z"]),
        ("?flag&q=a={args.q}", &[], &["flag=", "q=a={0}"]),
    ] {
        let schema = build(&format!("type Query {{ a(id: ID, q: String): String @rest(get: \"{url}\") }}"));
        let url_template = &rest(&schema, "Query", "a").url;
        assert_eq!(url_template.segments.iter().map(show).collect::<Vec<_>>(), segments, "{url}");
        let shown: Vec<String> = url_template
            .query
            .iter()
            .map(|parameter| format!("{}={}", parameter.name, show(&parameter.value)))
            .collect();
        assert_eq!(shown, query, "{url}");
    }
}

#[test]
fn a_statement_has_an_input_for_each_place_and_each_value_once() {
    let schema = build(r#"type Query { a(id: ID): String @sql(query: "select {args.id}, '{args.id}', {args.id}") }"#);
    let BindingRequest::Sql(_, sql) = &binding(&schema, "Query", "a").request else { panic!("not SQL") };
    assert_eq!(show(&sql.statement), "select {0}, '{args.id}', {0}");
    assert_eq!(binding(&schema, "Query", "a").inputs, [Input::Argument(vec!["id".into()])]);
}

#[test]
fn a_parent_path_is_made_of_fields() {
    let schema = build(
        r#"type Query { p: Product }
        type Product { a: Int seller: Seller b: String @rest(get: "/{parent.seller.id}/{headers.X-Tenant}") }
        type Seller { name: String id: ID }"#,
    );
    let [Input::Parent(path), Input::Header(header)] = binding(&schema, "Product", "b").inputs.as_slice() else {
        panic!("not as written")
    };
    let names: Vec<&str> = path.iter().map(|id| &*schema.field(*id).coordinate).collect();
    assert_eq!((names, &**header), (vec!["Product.seller", "Seller.id"], "x-tenant"));
}

#[test]
fn a_body_keeps_json_types_and_folds_constants() {
    let schema = build(
        r#"type Query { a(n: Int): String
          @rest(post: "/", body: { n: "{args.n}", text: "n={args.n}", c: { d: [1.10, "{{}}"], e: null } }) }"#,
    );
    let Some(BodyTemplate::Json(JsonTemplate::Object(fields))) = &rest(&schema, "Query", "a").body else {
        panic!("no object")
    };
    assert!(matches!(&fields[0].1, JsonTemplate::Input(InputRef { input: 0, .. })));
    assert!(matches!(&fields[1].1, JsonTemplate::Text(_)));
    let JsonTemplate::Constant(constant) = &fields[2].1 else { panic!("not folded") };
    assert_eq!(constant.to_json(), r#"{"d":[1.10,"{}"],"e":null}"#);
}

#[test]
fn a_fallback_has_the_shape_of_an_answer() {
    let schema = build(
        r#"type Query { hits: [Hit!] @rest(get: "/", fallback: [
          { __typename: "Page", unitPrice: 1.50, owner: "x", ownerId: 3, colour: RED, rank: null }
        ]) }
        union Hit @discriminator(field: "kind", types: [{ value: "p", type: "Page" }]) = Page
        enum Colour { RED }
        type Page { unitPrice: Float owner: String @from(path: "o.name") ownerId: ID @from(path: "o.id")
          colour: Colour rank: Int }"#,
    );
    let fallback = binding(&schema, "Query", "hits").fallback.as_deref();
    let raw = r#"[{"kind":"p","unit_price":1.50,"o":{"name":"x","id":3},"colour":"RED","rank":null}]"#;
    assert_eq!(fallback, Some(raw));
}

#[test]
fn defaults_are_coerced_when_the_schema_is_built() {
    let schema = build(
        "type Query { a(ids: [ID!] = 1, page: Page = { after: null }, c: [Colour] = [RED, null], f: Float = 1): String @value }
        input Page { size: Int! = 10 after: String colour: Colour = RED }
        enum Colour { RED }",
    );
    let query = schema.field_named(schema.query, "a").expect("a field");
    let defaults: Vec<String> = schema
        .field(query)
        .arguments
        .iter()
        .filter_map(|argument| Some(argument.default.as_ref()?.to_json()))
        .collect();
    assert_eq!(defaults, [r#"["1"]"#, r#"{"size":10,"after":null,"colour":"RED"}"#, r#"["RED",null]"#, "1"]);
    let colours = schema.field(query).arguments[2].default.clone();
    assert_eq!(colours, Some(Value::List(vec![Value::Enum("RED".into()), Value::Null])));
}

#[test]
fn unbound_fields_are_properties_and_root_objects_are_empty() {
    let schema =
        build(r#"type Query { p: Product, list: [Product] } type Product { id: ID x: ID @from(path: "a.b") }"#);
    let resolutions = |type_: &str| -> Vec<&Resolution> {
        schema.fields(schema.type_named(type_).expect("a type")).iter().map(|field| &field.resolution).collect()
    };
    assert!(matches!(resolutions("Query")[..], [Resolution::EmptyObject, Resolution::Property(PropertyName::Own(_))]));
    let [Resolution::Property(PropertyName::Own(own)), Resolution::Property(PropertyName::From(from))] =
        resolutions("Product")[..]
    else {
        panic!("not properties")
    };
    assert_eq!((&**own, from.as_slice()), ("id", &["a".into(), "b".into()][..]));
}

#[test]
fn abstract_types_know_what_they_can_be() {
    let schema = build(
        "type Query { n: Node @value } interface Node { id: ID } type A implements Node { id: ID }
        type B implements Node { id: ID }",
    );
    let TypeKind::Abstract(node) = &schema.type_(schema.type_named("Node").expect("a type")).kind else {
        panic!("no interface")
    };
    let names: Vec<&str> = node.possible.iter().map(|id| &*schema.type_(*id).name).collect();
    assert_eq!((names, &*node.discriminator), (vec!["A", "B"], "__typename"));
    assert_eq!(node.meanings.get("B"), schema.type_named("B").as_ref());
}

#[test]
fn clients_see_nothing_of_ours() {
    let schema = build(
        r#"directive @tag(name: String) on FIELD_DEFINITION
        type Query { "The product." product: Product @tag(name: "x") @value(of: {}) at: DateTime @value @deprecated }
        type Product { id: ID! sellerId: ID @internal stars: Int @rest(get: "/") }"#,
    );
    let expected = "directive @tag(name: String) on FIELD_DEFINITION\n\ntype Query {\n  \"\"\"The product.\"\"\"\n  product: Product @tag(name: \"x\")\n  at: DateTime @deprecated\n}\n\ntype Product {\n  id: ID!\n  stars: Int\n}\n\nscalar DateTime\n";
    assert_eq!(schema.client.sdl(), expected);
}

/// relay-compiler ends with a panic at some extensions.
#[test]
fn clients_see_each_type_in_one_piece() {
    let files = [
        "directive @tag(name: String) repeatable on SCHEMA | SCALAR | OBJECT | INTERFACE | UNION | ENUM | INPUT_OBJECT
        type Query { a(b: B, c: C, d: D): U @value }
        type U1 { u: Int } union U = U1 interface I { u: Int } enum C { X } input B { x: Int } scalar D",
        r#"extend schema @tag(name: "schema") @source(name: "s", sql: { url: "sqlite::memory:" })
        extend type Query { e: I @value } type U2 { u: Int } interface J { u: Int }
        extend type U1 implements I & J @tag(name: "object") { v: Int }
        extend interface I implements J @tag(name: "interface")
        extend union U @tag(name: "union") = U2 extend enum C @tag(name: "enum") { Y }
        extend input B @tag(name: "input") { y: Int } extend scalar D @tag(name: "scalar")"#,
    ];
    let schema = build_files(&files, &Environment::new(|_| None)).expect("a schema");
    let sdl = schema.client.sdl();
    assert!(!sdl.contains("extend"), "{sdl}");
    for definition in [
        "schema @tag(name: \"schema\") {\n  query: Query\n}",
        "type Query {\n  a(b: B, c: C, d: D): U\n  e: I\n}",
        "type U1 implements I & J @tag(name: \"object\") {\n  u: Int\n  v: Int\n}",
        "interface I implements J @tag(name: \"interface\") {\n  u: Int\n}",
        "union U @tag(name: \"union\") = U1 | U2",
        "enum C @tag(name: \"enum\") {\n  X\n  Y\n}",
        "input B @tag(name: \"input\") {\n  x: Int\n  y: Int\n}",
        "scalar D @tag(name: \"scalar\")",
    ] {
        assert!(sdl.contains(definition), "{definition} is not in\n{sdl}");
    }
}

#[test]
fn the_definitions_may_stand_beside_a_schema() {
    let query = "type Query { a: String @value }";
    let texts = [DIRECTIVES, query];
    assert!(build_files(&texts, &Environment::new(|_| None)).is_ok());
}

#[test]
fn a_lenient_environment_misses_nothing() {
    let text = r#"extend schema @source(name: "a", rest: { url: "http://{env.HOST}:{env.PORT}" })
        @source(name: "b", sql: { url: "{env.DATABASE}", init: ["missing.sql"] })
        type Query { a: String @rest(get: "/") }"#;
    assert!(build_files(&[text], &Environment::lenient()).is_ok());
    assert!(build_files(&[text], &Environment::new(|_| None)).is_err());
}

#[test]
fn a_source_has_its_defaults() {
    let schema = build("type Query { a: String @rest(get: \"/\") }");
    let [shop, reviews] = schema.sources.as_slice() else { panic!("two sources") };
    assert!(matches!(&shop.target, SourceTarget::Sqlite(sqlite) if sqlite.file.is_none() && sqlite.pool == 16));
    let SourceTarget::Rest(target) = &reviews.target else { panic!("a service") };
    assert_eq!((show(&target.headers[0].value).as_str(), &*target.header_inputs[0]), ("Bearer {0}", "token"));
    assert_eq!((reviews.concurrency, reviews.queue, reviews.max_answer), (64, 256, 10 << 20));
    assert_eq!(binding(&schema, "Query", "a").timeout.as_millis(), 500);
}

#[test]
fn a_folder_is_one_schema() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("b.graphql"), "type Query { a: A @value }").expect("written");
    std::fs::write(folder.path().join("a.graphql"), "type A { b: Int }").expect("written");
    std::fs::write(folder.path().join("c.txt"), "not read").expect("written");
    let config = config::load(folder.path(), &Environment::new(|_| None)).expect("valid");
    assert!(schema::build(&config).is_ok());
    let missing = config::load(&folder.path().join("none.graphql"), &Environment::new(|_| None));
    assert!(missing.expect_err("missing").render(false).starts_with("error: there is no file"));
}

#[test]
fn a_thousand_mistakes_are_fifty_and_their_number() {
    let fields: Vec<String> = (0..1_000).map(|number| format!("f{number}: Missing{number}")).collect();
    let told = build_files(&[&format!("type Query {{ {} }}", fields.join(" "))], &Environment::lenient())
        .expect_err("mistakes");
    assert_eq!(told.iter().count(), 50);
    assert!(told.render(false).ends_with("\n1000 errors; 50 of them are told here\n"));
}

#[test]
fn deep_nesting_is_refused_and_not_followed() {
    for (open, close) in [("[", "]"), ("{a:", "}")] {
        let value = format!("{}{}", open.repeat(50_000), close.repeat(50_000));
        let text = format!("type Query {{ a: String @value(of: {value}) }}");
        assert!(build_files(&[&text], &Environment::lenient()).is_err());
        let value = format!("{}1{}", open.repeat(80), close.repeat(80));
        let text = format!("type Query {{ a: JSON @value(of: {value}) }}");
        assert!(build_files(&[&text], &Environment::lenient()).is_ok());
    }
    let types = format!("type Query {{ a: {}Int{} }}", "[".repeat(50_000), "]".repeat(50_000));
    assert!(build_files(&[&types], &Environment::lenient()).is_err());
    let ring: Vec<String> = (0..2_000).map(|at| format!("type T{at} {{ a: T{} }}\n", (at + 1) % 2_000)).collect();
    assert!(build_files(&[&format!("type Query {{ t: T0 }} {}", ring.concat())], &Environment::lenient()).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// Words of the language in any order, with garbage between them, are told about or accepted, and never more.
    #[test]
    fn no_text_is_too_strange(words in proptest::collection::vec(proptest::sample::select(WORDS), 0..60), garbage in ".{0,8}") {
        let text = format!("{}{garbage}", words.join(" "));
        if let Err(diagnostics) = build_files(&[&text], &Environment::new(|_| None)) {
            assert!(diagnostics.has_errors() && !diagnostics.render(true).is_empty());
        }
    }

    /// The same inside a schema that is right elsewhere.
    #[test]
    fn no_template_is_too_strange(template in "[/?&=%#.a-z{}|' é]{0,24}", words in proptest::collection::vec(proptest::sample::select(PIECES), 0..6)) {
        let template = format!("/{}{template}", words.concat());
        let text = format!(
            "{SOURCES} type Query {{ p: P }} type P {{ id: ID a(x: [ID]): String @rest(get: \"{template}\") b: Int @sql(query: \"\"\"{template}\"\"\") }}"
        );
        if let Err(diagnostics) = build_files(&[&text], &Environment::new(|_| None)) {
            assert!(!diagnostics.render(true).is_empty());
        }
    }

    /// A whole schema in which names changed their places is judged to its end, whatever is missing in it.
    #[test]
    fn no_schema_is_too_wrong(changes in proptest::collection::vec((0_usize..2_000, 0_usize..2_000), 1..6)) {
        let mut words: Vec<&str> = SHOP.split_inclusive(|character: char| !character.is_alphanumeric()).collect();
        for (to, from) in changes {
            let (to, from) = (to % words.len(), from % words.len());
            words[to] = words[from];
        }
        let half = words.len() / 2;
        let texts = [words.concat(), words[..half].concat()];
        for texts in [&[texts[0].as_str()][..], &[texts[0].as_str(), texts[1].as_str()]] {
            if let Err(diagnostics) = build_files(texts, &Environment::lenient()) {
                assert!(diagnostics.has_errors() && !diagnostics.render(true).is_empty());
            }
        }
    }
}

const SHOP: &str = include_str!("../schema.graphql");

const PIECES: &[&str] =
    &["{args.x}", "{parent.id}", "{args.x|csv}", "{{", "}}", "?a=", "&", "/", "%2F", "$$", "--", "/*", "{env.A ?? 1}"];

const WORDS: &[&str] = &[
    "type",
    "Query",
    "{",
    "}",
    "a",
    ":",
    "String",
    "Int",
    "[",
    "]",
    "!",
    "(",
    ")",
    "@rest",
    "get:",
    "\"/a/{args.a}\"",
    "@sql",
    "query:",
    "\"select {parent.a}\"",
    "@value",
    "of:",
    "1",
    "null",
    "\"\"\"",
    "interface",
    "union",
    "=",
    "|",
    "extend",
    "schema",
    "@source",
    "name:",
    "\"x\"",
    "rest:",
    "url:",
    "\"http://x\"",
    "sql:",
    "enum",
    "input",
    "@internal",
    "@from",
    "path:",
    "@discriminator",
    "implements",
    "P",
    "#",
    "\"",
    "é",
    "scalar",
    "directive",
    "on",
    "FIELD_DEFINITION",
    "timeout:",
    "\"1s\"",
    "fallback:",
    "@gateway",
    "deadline:",
    "a: Int",
    "type P { a: Int }",
];
