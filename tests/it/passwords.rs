//! Passwords and tokens of sources: whatever command runs, whatever goes wrong, nothing shows one. They come from the
//! environment; one that stands in the schema is warned of, and is not shown either.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use tempfile::TempDir;
use tributary::config::{self, Config, Environment, SourceFile};
use tributary::gateway::{Debug, Gateway};
use tributary::{schema, source};

use crate::program::{Serving, finish, run, tributary};

/// Stands in every secret.
const CANARY: &str = "canary";

const VARIABLES: [(&str, &str); 3] = [
    ("PASSWORD", "canarypassword"),
    ("TOKEN", "canarytoken"),
    ("DATABASE_URL", "postgres://shop:canaryurl@127.0.0.1:1/d"),
];

/// With every secret from the environment.
const NAMED: &str = r#"extend schema
  @source(name: "db", sql: { url: "{env.DATABASE_URL}" })
  @source(name: "other", sql: { url: "postgres://shop:{env.PASSWORD}@127.0.0.1:1/shop?connect_timeout=1" })
  @source(name: "up", rest: { url: "http://shop:{env.PASSWORD}@127.0.0.1:1", headers: [{ name: "authorization", value: "Bearer {env.TOKEN}" }] })
type Query {
  row: Int @sql(source: "db", query: "select 1")
  other: Int @sql(source: "other", query: "select 1")
  thing: Int @rest(source: "up", get: "/thing?key={env.TOKEN}", headers: [{ name: "x-api-key", value: "{env.TOKEN}" }])
  post: Int @rest(source: "up", post: "/thing", body: { key: "{env.TOKEN}" })
}
"#;

/// With every secret in the file.
fn written() -> String {
    let named = NAMED.replace("{env.DATABASE_URL}", "postgres://shop:canaryurl@127.0.0.1:1/d");
    named.replace("Bearer {env.TOKEN}", "Bearer canarytoken").replace("{env.PASSWORD}", "canarypassword")
}

fn folder(schema: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("schema.graphql"), schema).expect("written");
    fs::write(folder.path().join("page.graphql"), "{ row other thing post }").expect("written");
    folder
}

/// What a command says on both streams, nothing of which is a secret; with the code that it ended with.
fn told(folder: &TempDir, arguments: &[&str]) -> (i32, String) {
    let mut command = tributary(arguments);
    let (code, out, err) = finish(command.envs(VARIABLES).current_dir(folder.path()));
    let all = out + &err;
    assert!(!all.contains(CANARY), "{arguments:?} says {all}");
    (code, all)
}

/// Serves, fails in every field, and gives what was logged.
fn served(folder: &TempDir, arguments: &[&str]) -> String {
    let mut command = tributary(&["serve", "--listen", "127.0.0.1:0", "--log", "trace"]);
    let mut serving = Serving::start(command.args(arguments).envs(VARIABLES).current_dir(folder.path()));
    let reply = serving.query("{ row other thing post }");
    assert!(reply.contains("SOURCE_UNAVAILABLE"), "{reply}");
    let line = fs::read(format!("/proc/{}/cmdline", serving.child.id())).expect("it runs");
    for text in [reply, String::from_utf8_lossy(&line).into_owned()] {
        assert!(!without_url(&text).contains(CANARY), "{arguments:?}: {text}");
    }
    assert_eq!(serving.terminate(), Some(0));
    serving.told()
}

/// A call's URL is an address like another: a key in it is shown to operators, and told with `--dev`.
fn without_url(text: &str) -> String {
    text.replace("key=canarytoken", "")
}

#[test]
fn s5_secrets_of_the_environment_are_never_told() {
    let folder = folder(NAMED);
    for arguments in [&["check"][..], &["check", "--format", "json"], &["sdl"], &["explain", "--query", "page.graphql"]]
    {
        let (code, all) = told(&folder, arguments);
        assert_eq!((code, all.contains("password"), all.contains("secret")), (0, false, false), "{all}");
    }
    for arguments in [&[][..], &["--dev"], &["--watch"]] {
        let log = served(&folder, arguments);
        assert!(!without_url(&log).contains(CANARY), "{log}");
        assert!(!log.contains("holds a"), "{log}");
    }
}

#[test]
fn s5_a_secret_in_the_schema_is_warned_of_and_never_told() {
    let folder = folder(&written());
    for arguments in [&["check"][..], &["check", "--format", "json"], &["sdl"], &["explain", "--query", "page.graphql"]]
    {
        let (code, all) = told(&folder, arguments);
        assert_eq!(code, 0, "{all}");
        let warned = all.matches("this URL holds a password").count() + all.matches("holds a secret").count();
        assert!(warned == 4 || arguments[0] != "check", "{arguments:?} {all}");
    }
    let (_, all) = told(&folder, &["check"]);
    for place in ["schema.graphql:2:35", "schema.graphql:3:38", "schema.graphql:4:36", "{env.PASSWORD}", "{env.TOKEN}"]
    {
        assert!(all.contains(place), "{place} {all}");
    }
    for arguments in [&[][..], &["--dev"]] {
        let log = served(&folder, arguments);
        assert!(!without_url(&log).contains(CANARY), "{log}");
        assert!(log.contains("this URL holds a password"), "{log}");
    }
}

#[test]
fn s5_no_help_shows_what_the_environment_holds() {
    let empty = folder("");
    for command in ["serve", "demo", "init", "check", "sdl", "explain", "directives"] {
        let (code, help) = told(&empty, &[command, "--help"]);
        assert_eq!(code, 0, "{help}");
    }
    let (_, out, _) = run(&["--help"]);
    assert!(
        !out.to_lowercase().contains("password"),
        "a flag that takes one would stand in the list of processes: {out}"
    );
}

/// A mistake in the middle of a line that holds a secret is shown without it, in the log of who watches too.
#[test]
fn s5_mistakes_beside_a_secret_are_told_without_it() {
    let broken = written()
        .replace("connect_timeout=1", "connect_timeout=soon")
        .replace("headers: [{ name: \"auth", "headerz: [{ name: \"auth");
    let before = folder(NAMED);
    let (code, all) = told(&folder(&broken), &["check"]);
    assert_eq!(code, 1, "{all}");
    assert!(all.contains("connect_timeout") && all.contains("headerz") && all.contains("**"), "{all}");
    for flag in ["--watch", "--dev"] {
        fs::write(before.path().join("schema.graphql"), NAMED).expect("written");
        let mut command = tributary(&["serve", "--listen", "127.0.0.1:0", flag]);
        let serving = Serving::start(command.envs(VARIABLES).current_dir(before.path()));
        fs::write(before.path().join("schema.graphql"), &broken).expect("written");
        serving.wait_until_told("the one before goes on");
        let log = serving.told();
        assert!(log.contains("headerz") && !log.contains(CANARY), "{log}");
    }
}

fn read(text: &str) -> Result<Config, String> {
    let environment = Environment::new(|name| {
        VARIABLES.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    });
    let file = SourceFile { name: "schema.graphql".to_owned(), text: text.to_owned() };
    config::parse(vec![file], Path::new("."), &environment).map_err(|mistakes| mistakes.render(false))
}

/// All that is said of a schema, right or wrong.
fn said(text: &str) -> String {
    match read(text) {
        Ok(config) => match schema::build(&config) {
            Ok((_, warnings)) => warnings.render(false),
            Err(mistakes) => mistakes.render(false),
        },
        Err(mistakes) => mistakes,
    }
}

/// Whatever character is missing, or stands where it does not belong.
#[test]
fn s5_no_mistake_in_a_schema_brings_a_password_to_light() {
    let written = written().replace("canarytoken", "{env.TOKEN}");
    let end = written.find("type Query").expect("behind the sources");
    for place in 0..end {
        let in_secret = written[place..].starts_with(|character: char| character.is_ascii_alphanumeric())
            && written[..place].rfind(CANARY).is_some_and(|start| !written[start..place].contains(['@', '"', '/']));
        if in_secret || written[place..].starts_with(CANARY) {
            continue;
        }
        let without = format!("{}{}", &written[..place], &written[place + 1..]);
        let with = ["\"", " "].map(|more| format!("{}{more}{}", &written[..place], &written[place..]));
        for text in [without].into_iter().chain(with) {
            let said = said(&text);
            assert!(!said.contains(CANARY), "{text}\n{said}");
        }
    }
}

#[tokio::test]
async fn s5_nothing_shows_a_secret_when_it_is_printed() {
    for text in [NAMED.to_owned(), written()] {
        let config = read(&text).expect("a config");
        let (schema, warnings) = schema::build(&config).expect("a schema");
        let schema = Arc::new(schema);
        let sources = source::connect(&schema).expect("sources");
        let printed = [format!("{config:?}"), format!("{schema:?} {warnings:?}"), format!("{sources:?}")];
        let gateway = Gateway::new(schema, sources, Debug::Hidden);
        for printed in printed.into_iter().chain([format!("{gateway:?}")]) {
            let place = printed.find(CANARY);
            let around = place.map(|place| &printed[place.saturating_sub(200)..(place + 30).min(printed.len())]);
            assert_eq!(around, None);
        }
    }
}
