//! Laws that hold for every answer and every value: a null never stands where none may, every null that the gateway made
//! has an error at or below it, no value ever becomes part of a statement, and a source that `check` accepts can be made.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use proptest::prelude::{BoxedStrategy, Just, Strategy, any, prop, prop_oneof, proptest};
use tributary::config::{self, Environment, SourceFile};
use tributary::gateway::{Debug, Gateway};
use tributary::graphql::{Request, Value};
use tributary::schema;
use tributary::source::{Cell, RowsBuilder, Script, ScriptedAnswer, connect, connect_scripted};

const SCHEMA: &str = r#"
extend schema
  @source(name: "api", rest: { url: "http://api.test" })
  @source(name: "db", sql: { url: "postgres://db.test/x" })

type Query {
  v: V @rest(get: "/v")
  row(text: String, list: [String], json: JSON): Int
    @sql(query: "select {args.text} where {args.list} is null or {args.json} = '{args.text}'")
}

type V { a: Int b: Int! c: V d: V! e: [V] f: [V!]! g: [[Int!]]! }
"#;

/// Three levels of every field.
const QUERY: &str = "{ v { ...L } }
fragment L on V { ...M c { ...M c { ...N } } d { ...M d { ...N } } e { ...M e { ...N } } f { ...M f { ...N } } }
fragment M on V { a b g }
fragment N on V { a b g }";

fn gateway(script: &Script) -> Gateway {
    let file = SourceFile { name: "schema.graphql".to_owned(), text: SCHEMA.to_owned() };
    let config = config::parse(vec![file], Path::new("."), &Environment::new(|_| None)).expect("it can be read");
    let (schema, _) = schema::build(&config).expect("it is right");
    let sources = connect_scripted(&schema, script).expect("sources");
    Gateway::new(Arc::new(schema), sources, Debug::Hidden)
}

fn execute(script: &Script, request: Request) -> Value {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
    let response = runtime.expect("a runtime").block_on(gateway(script).execute(request));
    Value::from_json(std::str::from_utf8(&response.body).expect("UTF-8")).expect("a response is JSON")
}

/// Any JSON that looks a little like an answer.
fn answers() -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<i32>().prop_map(|number| Value::integer(number.into())),
        Just(Value::Number("1e10".into())),
        Just(Value::String("x".into())),
    ];
    leaf.prop_recursive(5, 64, 6, |inner| {
        let key = prop::sample::select(vec!["a", "b", "c", "d", "e", "f", "g"]);
        prop_oneof![
            1 => prop::collection::vec(inner.clone(), 0..3).prop_map(Value::List),
            4 => prop::collection::btree_map(key, inner, 0..7).prop_map(|fields| {
                Value::Object(fields.into_iter().map(|(name, value)| (name.into(), value)).collect())
            }),
        ]
    })
    .boxed()
}

/// A position of the response: its path, its value, and what the source has there.
struct Position<'p> {
    path: Vec<String>,
    value: &'p Value,
    source: Option<&'p Value>,
}

impl<'p> Position<'p> {
    fn field(&self, name: &str) -> Option<Position<'p>> {
        let value = self.value.get(name)?;
        Some(Position {
            path: self.step(name.to_owned()),
            value,
            source: self.source.and_then(|source| source.get(name)),
        })
    }

    fn items(&self) -> Vec<Position<'p>> {
        let Value::List(items) = self.value else { return Vec::new() };
        let of_source = |index: usize| match self.source {
            Some(Value::List(items)) => items.get(index),
            _ => None,
        };
        let at = |(index, value)| Position { path: self.step(index_word(index)), value, source: of_source(index) };
        items.iter().enumerate().map(at).collect()
    }

    fn step(&self, step: String) -> Vec<String> {
        self.path.iter().cloned().chain([step]).collect()
    }

    /// A null is the source's own, or there is an error at or below it.
    fn check_null(&self, errors: &[Vec<String>]) {
        let is_own = matches!(self.source, None | Some(Value::Null));
        let is_told = errors.iter().any(|error| error.starts_with(&self.path));
        assert!(!self.value.is_null() || is_own || is_told, "a null without an error at {:?}", self.path);
    }

    fn check(&self, non_null: bool, errors: &[Vec<String>], below: &dyn Fn(&Position<'p>)) {
        assert!(!(non_null && self.value.is_null()), "a null where none may stand at {:?}", self.path);
        self.check_null(errors);
        if !self.value.is_null() {
            below(self);
        }
    }
}

fn index_word(index: usize) -> String {
    index.to_string()
}

/// An object of type `V`.
fn check_object(object: &Position<'_>, errors: &[Vec<String>]) {
    let each = |position: Option<Position<'_>>, non_null, below: &dyn Fn(&Position<'_>)| {
        if let Some(position) = position {
            position.check(non_null, errors, below);
        }
    };
    let leaf = |position: &Position<'_>| assert!(matches!(position.value, Value::Number(_)), "{:?}", position.path);
    let objects = |position: &Position<'_>| check_object(position, errors);
    each(object.field("a"), false, &leaf);
    each(object.field("b"), true, &leaf);
    each(object.field("c"), false, &objects);
    each(object.field("d"), true, &objects);
    each(object.field("e"), false, &|list| list.items().iter().for_each(|item| item.check(false, errors, &objects)));
    each(object.field("f"), true, &|list| list.items().iter().for_each(|item| item.check(true, errors, &objects)));
    each(object.field("g"), true, &|list| {
        for inner in list.items() {
            inner.check(false, errors, &|inner| inner.items().iter().for_each(|item| item.check(true, errors, &leaf)));
        }
    });
}

fn paths(response: &Value) -> Vec<Vec<String>> {
    let Some(Value::List(errors)) = response.get("errors") else { return Vec::new() };
    let words = |path: &Value| match path {
        Value::List(steps) => steps.iter().filter_map(Value::as_text).map(ToOwned::to_owned).collect(),
        _ => Vec::new(),
    };
    errors.iter().filter_map(|error| error.get("path")).map(words).collect()
}

/// Whether `check` has no mistake to tell of a source with this URL, and what is then said when it is made.
fn made(kind: &str, url: &str) -> Option<Result<(), String>> {
    let source = format!("extend schema @source(name: \"s\", {kind}: {{ url: \"{url}\" }})");
    let text = format!("{source} type Query {{ a: Int @value(of: 1) }}");
    let file = SourceFile { name: "schema.graphql".to_owned(), text };
    let config = config::parse(vec![file], Path::new("."), &Environment::new(|_| None)).expect("it can be read");
    let (schema, _) = schema::build(&config).ok()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let _entered = runtime.enter();
    Some(connect(&schema).map(|_| ()).map_err(|errors| errors.to_string()))
}

/// Text that looks a little like what follows the scheme of a URL.
fn places() -> BoxedStrategy<String> {
    let pieces = vec![
        "h",
        "shop.test",
        "u",
        "@",
        ":",
        "/",
        "?",
        "&",
        "=",
        ",",
        "[::1]",
        "[",
        "]",
        "5432",
        "99999",
        "127.0.0.1",
        "1.",
        "sslmode",
        "disable",
        "require",
        "allow",
        "host",
        "port",
        "hostaddr",
        "connect_timeout",
        "keepalives",
        "%2F",
        "%zz",
        "%ff",
        "#",
        ".",
        "-",
        "_",
        "é",
        " ",
        "options",
        "target_session_attrs",
        "any",
    ];
    prop::collection::vec(prop::sample::select(pieces), 0..9).prop_map(|pieces| pieces.concat()).boxed()
}

#[test]
fn d11_a_panic_costs_its_own_field() {
    let script = Script::new(|call| {
        assert_ne!(&*call.source, "api", "a bug of ours");
        let mut row = RowsBuilder::new(vec!["x".into()]);
        row.cell(Cell::Json, |text| text.push(b'7'));
        (Duration::ZERO, ScriptedAnswer::Rows(row.finish()))
    });
    let query = "{ v { a } again: v { b } row(text: \"\") }";
    let response = execute(&script, Request { query: query.to_owned(), ..Request::default() });
    let data = response.get("data").expect("a response has data").to_json();
    assert_eq!(data, r#"{"v":null,"again":null,"row":7}"#);
    assert_eq!(paths(&response), [["v"], ["again"]]);
    assert_eq!(response.to_json().matches("\"INTERNAL\"").count(), 2);
}

proptest! {
    #[test]
    fn what_check_accepts_can_be_made(place in places(), tail in places()) {
        for (kind, url) in [
            ("sql", format!("postgres://{place}")),
            ("sql", format!("postgres://u:p@h/d?{place}={tail}")),
            ("rest", format!("http://{place}")),
        ] {
            let made = made(kind, &url);
            assert!(!matches!(made, Some(Err(_))), "{url}: {made:?}");
        }
    }

    #[test]
    fn nulls_stand_where_they_may_and_are_told(answer in answers()) {
        let body = answer.to_json();
        let script = Script::new(move |_| {
            (Duration::ZERO, ScriptedAnswer::Http { status: 200, body: body.clone().into() })
        });
        let response = execute(&script, Request { query: QUERY.to_owned(), ..Request::default() });
        let errors = paths(&response);
        let data = response.get("data").expect("a response has data");
        let root = Position { path: Vec::new(), value: data, source: None };
        let mut field = root.field("v").expect("the field");
        field.source = Some(&answer);
        field.check(false, &errors, &|object| check_object(object, &errors));
    }

    #[test]
    fn no_value_becomes_part_of_a_statement(text in any::<String>(), item in any::<String>()) {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let script = Script::new({
            let seen = Arc::clone(&seen);
            move |call| {
                seen.lock().expect("not poisoned").push(call.words.clone());
                (Duration::ZERO, ScriptedAnswer::Rows(RowsBuilder::default().finish()))
            }
        });
        let text = Value::String(text.replace('\0', "").into());
        let item = Value::List(vec![Value::String(item.replace('\0', "").into())]);
        let variables = Value::Object(vec![("t".into(), text.clone()), ("l".into(), item.clone())]);
        let query = "query ($t: String, $l: [String]) { row(text: $t, list: $l, json: { x: $t }) }";
        execute(&script, Request { query: query.to_owned(), variables: Some(variables), ..Request::default() });
        let json = Value::Object(vec![("x".into(), text.clone())]);
        let parameters = Value::List(vec![text, item, json]).to_json();
        let expected = format!("select $1 where $2 is null or $3 = '{{args.text}}'\n{parameters}");
        assert_eq!(*seen.lock().expect("not poisoned"), [expected]);
    }
}
