//! The program as a person or a script meets it: what it prints, and how it ends.

use std::fs;
use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::program::{Serving, finish, run, tributary};

const GOOD: &str = r#"
schema @source(name: "up", rest: {url: "{env.UP}"}) { query: Query }
type Query { thing(id: ID!): Thing @rest(get: "/things/{args.id}") }
type Thing { id: ID  ownerId: ID @internal  owner: String @rest(get: "/owners/{parent.ownerId}") }
"#;

#[test]
fn every_command_has_an_example() {
    let (code, out, _) = run(&["--help"]);
    assert_eq!(code, 0);
    for command in ["serve", "demo", "init", "check", "sdl", "directives"] {
        assert!(out.contains(&format!("\n  {command} ")), "{out}");
        let (code, out, _) = run(&[command, "--help"]);
        assert_eq!(code, 0);
        assert!(out.contains("Example: tributary "), "{out}");
        assert!(!out.contains('\u{1b}'), "coloured without a terminal");
    }
}

#[test]
fn every_flag_has_an_environment_variable() {
    let (_, out, _) = run(&["serve", "--help"]);
    for name in ["TRIBUTARY_LISTEN", "TRIBUTARY_ADMIN_LISTEN", "TRIBUTARY_DEV", "TRIBUTARY_SCHEMA", "TRIBUTARY_LOG"] {
        assert!(out.contains(name), "{name}: {out}");
    }
}

#[test]
fn wrong_usage_ends_with_2() {
    let wrong: [&[&str]; 5] =
        [&[], &["sing"], &["check", "--loud"], &["serve", "--listen", "4000"], &["--log", "a=b", "sdl"]];
    for arguments in wrong {
        let (code, out, _) = run(arguments);
        assert_eq!((code, out.as_str()), (2, ""), "{arguments:?}");
    }
}

#[test]
fn a_schema_is_checked() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("good.graphql");
    fs::write(&path, GOOD).expect("written");
    let path = path.to_str().expect("UTF-8");
    let (code, out, err) = finish(tributary(&["check", path]).env("UP", "http://127.0.0.1:1"));
    assert_eq!((code, err.as_str()), (0, ""));
    assert_eq!(out, format!("{path}: no mistakes\n"));
    let (code, _, err) = run(&["check", path]);
    assert_eq!(code, 1, "{err}");
    assert!(err.contains("UP") && err.contains("good.graphql:2:"), "{err}");
}

#[test]
fn mistakes_end_with_1_and_have_their_place() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("bad.graphql"), GOOD.replace("{args.id}", "{args.ib}")).expect("written");
    let folder = folder.path().to_str().expect("UTF-8");
    for command in ["check", "serve", "sdl"] {
        let (code, out, err) = finish(tributary(&[command, folder]).env("UP", "http://127.0.0.1:1"));
        assert_eq!((code, out.as_str()), (1, ""), "{err}");
        assert!(err.contains("bad.graphql:3:") && err.contains("ib"), "{err}");
    }
}

#[test]
fn a_schema_that_is_not_there_ends_with_69_and_advice() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("notes.txt"), "no schema").expect("written");
    let advice = "  = hint: name a schema file, or a folder of `.graphql` files, or write one: `tributary init`\n";
    for command in ["check", "serve", "sdl"] {
        for (arguments, told) in [
            (vec![command], "there is no `schema.graphql` here"),
            (vec![command, "nowhere.graphql"], "there is no `nowhere.graphql` here"),
            (vec![command, "/no/where.graphql"], "there is no `/no/where.graphql`"),
            (vec![command, "."], "the folder `.` has no `.graphql` file"),
        ] {
            let (code, out, err) = finish(tributary(&arguments).current_dir(folder.path()));
            assert_eq!((code, out.as_str(), err), (69, "", format!("error: {told}\n{advice}")), "{arguments:?}");
        }
    }
}

#[test]
fn every_source_that_cannot_be_made_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("broken.sql"), "create tabel a (id int)").expect("written");
    let schema = r#"
        extend schema
          @source(name: "one", sql: {url: "sqlite::memory:", init: ["broken.sql"]})
          @source(name: "fine", sql: {url: "sqlite::memory:"})
          @source(name: "two", sql: {url: "sqlite::memory:", init: ["broken.sql"]})
        type Query { a: Int @sql(source: "fine", query: "select 1") }"#;
    fs::write(folder.path().join("schema.graphql"), schema).expect("written");
    let (code, out, err) = run(&["serve", folder.path().to_str().expect("UTF-8"), "--listen", "127.0.0.1:0"]);
    assert_eq!((code, out.as_str()), (1, ""), "{err}");
    let told: Vec<&str> = err.lines().filter_map(|line| line.strip_prefix("error: source ")).collect();
    assert_eq!(told.len(), 2, "{err}");
    assert!(told[0].starts_with("one: broken.sql") && told[1].starts_with("two: broken.sql"), "{err}");
}

#[test]
fn an_empty_environment_variable_is_none() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("schema.graphql"), GOOD).expect("written");
    let mut command = tributary(&["sdl"]);
    for name in ["TRIBUTARY_SCHEMA", "TRIBUTARY_LOG"] {
        command.env(name, "");
    }
    let (code, out, err) = finish(command.current_dir(folder.path()));
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.contains("thing(id: ID!): Thing"), "{out}");
    let mut command = tributary(&["serve", "nowhere.graphql"]);
    for name in ["TRIBUTARY_LISTEN", "TRIBUTARY_ADMIN_LISTEN", "TRIBUTARY_DEV"] {
        command.env(name, "");
    }
    let (code, _, err) = finish(&mut command);
    assert_eq!(code, 69, "{err}");
    // What was typed is what was meant.
    assert_eq!(run(&["serve", "--listen", ""]).0, 2);
}

#[test]
fn clients_see_no_binding() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("schema.graphql"), GOOD).expect("written");
    let (code, out, err) = finish(tributary(&["sdl"]).current_dir(folder.path()));
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.contains("thing(id: ID!): Thing"), "{out}");
    assert!(!out.contains("@rest") && !out.contains("ownerId") && !out.contains("tributary__"), "{out}");
}

#[test]
fn the_directives_are_printed() {
    let (code, out, _) = run(&["directives"]);
    assert_eq!(code, 0);
    assert!(out.contains("directive @sql(") && out.contains("directive @rest("));
}

#[test]
fn an_address_in_use_ends_with_69() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let (code, out, err) = run(&["demo", "--listen", &address]);
    assert_eq!((code, out.as_str()), (69, ""));
    assert!(err.contains(&address), "{err}");
}

#[test]
fn a_second_signal_ends_the_program_at_once() {
    let mut demo = Serving::start(&mut tributary(&["demo", "--listen", "127.0.0.1:0"]));
    let mut stream = TcpStream::connect(&demo.address).expect("a connection");
    let unfinished =
        "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{";
    stream.write_all(unfinished.as_bytes()).expect("sent");
    // An answer on a later connection tells that the server has seen this one.
    demo.post(r#"{"query":"{ __typename }"}"#);
    demo.signal();
    while TcpStream::connect(&demo.address).is_ok() {
        std::thread::yield_now();
    }
    assert!(demo.child.try_wait().expect("asked").is_none(), "the operation in flight was cut");
    let asked = Instant::now();
    assert_eq!(demo.terminate(), Some(130));
    assert!(asked.elapsed() < Duration::from_secs(2), "{:?}", asked.elapsed());
}

#[test]
fn whoever_has_read_enough_ends_no_program_badly() {
    for arguments in [&["directives"][..], &["sdl", "schema.graphql"], &["check", "--format", "json", "schema.graphql"]]
    {
        let mut child = tributary(arguments).stdout(Stdio::piped()).spawn().expect("started");
        drop(child.stdout.take());
        assert_eq!(child.wait().expect("ended").code(), Some(0), "{arguments:?}");
    }
}
