//! `tributary explain`: what a person reads, what a machine reads, and how it ends.

use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use serde_json::{Value as Json, json};
use tempfile::TempDir;

use crate::program::{Serving, finish, tributary};

const SCHEMA: &str = r#"
extend schema
  @gateway(deadline: "3s")
  @source(name: "db", sql: { url: "{env.DATABASE_URL}" }, timeout: "2s")
  @source(name: "web", rest: { url: "{env.WEB_URL}", headers: [{ name: "x-key", value: "{env.KEY}" }] })
type Query { cities(first: Int!): [City] @sql(query: "select * from city limit {args.first}") }
type City {
  id: ID
  name: String
  mayor: Mayor @sql(query: "select name, phone from mayor where city = {parent.id}", timeout: "500ms")
  weather: Weather @rest(get: "/weather?key={env.KEY}&id={batch.id}", by: "id", timeout: "200ms")
  posted: Weather @rest(post: "/weather", body: { key: "{env.KEY}", more: ["a {env.KEY}"], ids: "{batch.id}", of: "{parent.name}" }, by: "id")
  key: Key @value(of: { key: "{env.KEY}", fixed: "shown" })
  events: [Event] @rest(get: "/cities/{parent.id}/events", timeout: "200ms")
}
type Mayor { name: String phone: String }
type Weather { celsius: Float }
type Event { name: String }
type Key { key: String fixed: String }
"#;

fn folder(query: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("schema.graphql"), SCHEMA).expect("written");
    fs::write(folder.path().join("page.graphql"), query).expect("written");
    folder
}

/// Explains the page in a folder. The secrets of the environment are never told.
fn explain(folder: &TempDir, arguments: &[&str]) -> (i32, String, String) {
    let arguments = [&["explain", "--query", "page.graphql"], arguments].concat();
    let mut command = tributary(&arguments);
    let environment = [("DATABASE_URL", "postgres://u:secret@db/x"), ("WEB_URL", "http://web"), ("KEY", "secret")];
    let told = finish(command.envs(environment).current_dir(folder.path()));
    assert!(!told.1.contains("secret") && !told.2.contains("secret"), "{told:?}");
    told
}

const PAGE: &str = "query Page($more: Boolean = false) {
  cities(first: 10) { name mayor { phone } weather { celsius } events @include(if: $more) { name } }
}";

#[test]
fn a_person_reads_a_tree() {
    let (code, out, err) = explain(&folder(PAGE), &["--rows", "250"]);
    let expected = r#"query Page: 5 calls, at worst 2.5 s (deadline 3 s); 250 items in each list

cities  db (postgres) · 1 statement · 2 s
│   select * from city limit $1
│   $1 = {args.first}
│   reads id, name
├─ cities.mayor  db (postgres) · 1 statement for 250 parents · 500 ms
│      select __tributary_keys.__tributary_n, __tributary_rows."phone"
│      from unnest($1::…[]) with ordinality as __tributary_keys(__tributary_p1, __tributary_n)
│      cross join lateral (
│      select * from (
│      select name, phone from mayor where city = __tributary_keys.__tributary_p1
│      ) as __tributary_rows offset 0) as __tributary_rows
│      $1 = {parent.id} of all parents
│      reads phone
└─ cities.weather  web (rest) · 3 calls for 250 parents · 200 ms
       GET /weather?key={env.…}&id={batch.id}
"#;
    assert_eq!((code, out.as_str(), err.as_str()), (0, expected, ""));
}

#[test]
fn a_machine_reads_json_and_fails_above_a_number_of_calls() {
    let folder = folder(PAGE);
    let arguments = ["--json", "--rows", "20", "--variables", r#"{"more":true}"#, "--max-calls", "22"];
    let (code, out, err) = explain(&folder, &arguments);
    let told: Json = serde_json::from_str(&out).expect("JSON");
    assert_eq!(
        (code, &told["calls"], err.as_str()),
        (1, &json!(23), "error: 23 calls are more than the 22 of --max-calls\n")
    );
    let cities = &told["fetches"][0];
    assert_eq!(cities["path"], json!(["cities"]));
    let below = cities["fetches"].as_array().expect("a list");
    let how: Vec<&Json> = below.iter().map(|fetch| &fetch["bindings"][0]["how"]).collect();
    assert_eq!(how, [&json!("together"), &json!({ "batched": 100 }), &json!("each")]);
    let events = &below[2];
    assert_eq!((&events["startMs"], &events["endMs"]), (&json!(2000.0), &json!(2200.0)));
    assert!(events["bindings"][0]["warning"].as_str().is_some_and(|words| words.contains("20 parents")), "{events}");
    let (code, ..) = explain(&folder, &[&arguments[..6], &["23"]].concat());
    assert_eq!(code, 0);
}

#[test]
fn mistakes_are_told_with_their_places() {
    let (code, out, err) = explain(&folder("{\n  cities(first: 1) { mame }\n}"), &[]);
    assert_eq!((code, out.as_str()), (1, ""));
    let words = "Cannot query field \"mame\" on type \"City\".";
    assert!(err.contains(words) && err.contains("--> page.graphql:2:22"), "{err}");
    // A variable that decides what is fetched must have a value.
    let needs = folder("query ($more: Boolean!) { cities(first: 1) { id events @skip(if: $more) { name } } }");
    let (code, _, err) = explain(&needs, &[]);
    assert!(code == 1 && err.contains("\"$more\" of required type \"Boolean!\" was not provided"), "{err}");
    assert_eq!(explain(&needs, &["--variables", r#"{"more": true}"#]).0, 0);
    let (code, _, err) = explain(&needs, &["--variables", "{"]);
    assert!(code == 2 && err.contains("--variables is no JSON"), "{err}");
    let (code, _, err) = finish(tributary(&["explain", "--query", "none.graphql"]).current_dir(needs.path()).envs([
        ("DATABASE_URL", "sqlite::memory:"),
        ("WEB_URL", "http://web"),
        ("KEY", "k"),
    ]));
    assert!(code == 69 && err.contains("`none.graphql` cannot be read"), "{err}");
}

#[test]
fn the_operation_may_come_from_a_pipe() {
    let folder = folder("");
    let mut command = tributary(&["explain", "--query", "-", "--operation", "B"]);
    command.current_dir(folder.path()).envs([
        ("DATABASE_URL", "sqlite::memory:"),
        ("WEB_URL", "http://web"),
        ("KEY", "k"),
    ]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("started");
    let text = b"query A { cities(first: 1) { id } } query B { cities(first: 1) { mayor { name } } }";
    child.stdin.take().expect("piped").write_all(text).expect("written");
    let output = child.wait_with_output().expect("it ends");
    let out = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(out.starts_with("query B: 2 calls") && out.contains("from mayor where city = ?1"), "{out}");
}

#[test]
fn what_is_secret_is_not_told_and_what_depends_on_more_is() {
    let folder = folder("{ cities(first: 1) { posted { celsius } key { key fixed } } }");
    let (_, out, _) = explain(&folder, &["--rows", "20"]);
    assert!(out.contains(r#"{"key":"{env.…}","more":["a {env.…}"],"ids":"{batch.id}","of":"{parent.name}"}"#), "{out}");
    assert!(out.contains(r#"{"key":"{env.…}","fixed":"shown"}"#), "{out}");
    assert!(out.contains("at most 20 calls for 20 parents") && out.contains("differ in another `{parent.…}`"), "{out}");
}

/// A served schema explains an operation to whoever develops, and executes it for nobody who asks for a plan.
#[test]
fn a_server_explains_to_developers_only() {
    let folder = tempfile::tempdir().expect("a folder");
    let schema = "extend schema @source(name: \"db\", sql: { url: \"sqlite::memory:\" })
        type Query { a: [Int] @sql(query: \"select 1\") }
        type Mutation { b: Int @sql(query: \"create table t (a)\") }";
    fs::write(folder.path().join("schema.graphql"), schema).expect("written");
    let serve = |arguments: &[&str]| {
        let arguments = [&["serve", "--listen", "127.0.0.1:0"], arguments].concat();
        Serving::start(tributary(&arguments).current_dir(folder.path()))
    };
    let body = r#"{"query":"mutation Make { b }"}"#;
    let developer = serve(&["--dev"]);
    let told = developer.post_with("x-tributary-explain: 20\r\n", body);
    assert!(
        told.contains(r#"{"data":null,"extensions":{"plan":{"text":"mutation Make: 1 call, at worst 5 s"#),
        "{told}"
    );
    assert!(told.contains("create table t (a)") && told.contains(r#""calls":1"#), "{told}");
    for wrong in ["", "many", "-1"] {
        let refused = developer.post_with(&format!("x-tributary-explain: {wrong}\r\n"), body);
        assert!(refused.contains("400") && refused.contains("such as 100"), "{refused}");
    }
    let told = developer.post_with("x-tributary-explain: 20\r\n", r#"{"query":"{ c }"}"#);
    assert!(told.contains("Cannot query field"), "{told}");
    let public = serve(&[]);
    let refused = public.post_with("x-tributary-explain: 20\r\n", body);
    assert!(refused.contains("plans are told to developers only") && !refused.contains("create table"), "{refused}");
    for served in [&developer, &public] {
        let executed = served.post_with("", body);
        assert!(executed.contains("\"data\""), "{executed}");
        let again = served.post_with("", body);
        assert!(again.contains("SOURCE_QUERY_FAILED"), "it was not there before: {again}");
    }
}
