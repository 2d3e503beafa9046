//! What sources say when they fail, in any way that we know of, with words in it that nobody outside may read: addresses,
//! statements, stacks, tokens. Failures are generated; the seed is told where one is told too much. The words are in the
//! log, under the id that the answer has.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value as Json;

use crate::postgres_cluster::{connect, new_database};
use crate::program::{Client, Serving, tributary};
use crate::rest_server::{Behaviour, RestServer};

/// In every secret.
const CANARY: &str = "canary";

const SEED: u64 = 4;

/// How many answers are looked at.
fn answers() -> usize {
    if std::env::var_os("TRIBUTARY_TEST_LONG").is_some() { 10_000 } else { 600 }
}

/// A text as services and databases send them, with a secret in it that stands nowhere else.
fn secret_text(random: &mut fastrand::Rng) -> (String, String) {
    let secret = format!("{CANARY}{:016x}", random.u64(..));
    let texts = [
        format!("could not connect to postgres://shop:{secret}@10.1.2.3:5432/shop"),
        format!("getaddrinfo ENOTFOUND {secret}.internal.example"),
        format!("Traceback (most recent call last):\n  File \"/srv/{secret}/app.py\", line 7, in <module>"),
        format!("ERROR: relation \"{secret}\" does not exist\nLINE 1: select * from {secret}"),
        format!("invalid token: Bearer {secret}"),
        format!("{{\"error\":{{\"message\":\"{secret}\",\"stack\":\"at {secret}.main(Main.java:1)\"}}}}"),
        format!("<html><title>500</title><!-- {secret} --></html>"),
        format!("\u{1b}[31m{secret}\u{0}\r\n"),
    ];
    (random.choice(texts).expect("a text"), secret)
}

/// A failure of a service; whether the log must have its secret.
fn failure(random: &mut fastrand::Rng) -> (Behaviour, Option<String>) {
    let (text, secret) = secret_text(random);
    let statuses =
        [400, 401, 403, 404, 409, 418, 422, 429, 500, 501, 502, 503, 504, 302, 307, 199 + 100 * random.u16(2..5)];
    let status = random.choice(statuses).expect("a status");
    let header =
        ["location: http://", "www-authenticate: Bearer realm=", "server: ", "set-cookie: session=", "x-sql: "];
    let headers = vec![format!("{}{secret}", random.choice(header).expect("a header"))];
    let quoted = Json::from(text.as_str());
    match random.u8(..10) {
        0..=4 => (Behaviour::Answer(status, headers, text.into_bytes()), Some(secret)),
        5 => (Behaviour::Answer(200, headers, text.into_bytes()), None),
        6 => (Behaviour::Json(format!("{{\"value\":{quoted},\"number\":{quoted},\"list\":{quoted}}}")), None),
        7 => (Behaviour::Raw(format!("HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n{text}").into_bytes()), None),
        8 => (Behaviour::Raw(text.into_bytes()), None),
        _ => (Behaviour::Json(format!("\"{}{secret}\"", "x".repeat(3_000))), None),
    }
}

/// A word for a statement to stumble over.
fn operation(random: &mut fastrand::Rng) -> String {
    let fields = [
        "rest { value number list kind must }",
        "rests { number }",
        "elsewhere { number }",
        "unknownHost { number }",
        "post(text: \"a\") { number }",
        "divides(n: 0)",
        "raises",
        "missing",
        "violates",
        "casts(text: \"no uuid\")",
        "lite",
        "liteMissing",
        "slow",
        "unreachable",
        "secretHeader { number }",
    ];
    let chosen: Vec<String> = (0..random.usize(1..4))
        .map(|place| {
            let field = random.choice(fields).expect("a field");
            format!("f{place}: {field}")
        })
        .collect();
    format!("{{ {} }}", chosen.join(" "))
}

fn schema(service: &str, database: &str) -> String {
    format!(
        r#"
schema @gateway(maxCalls: 5, deadline: "3s")
  @source(name: "up", maxAnswer: "2KiB", rest: {{url: "{service}", headers: [{{name: "authorization", value: "Bearer {{env.TOKEN}}"}}]}})
  @source(name: "gone", rest: {{url: "http://{{env.USER}}:{{env.PASSWORD}}@127.0.0.1:1/canarypath"}})
  @source(name: "nohost", rest: {{url: "http://canaryhost.invalid"}})
  @source(name: "db", sql: {{url: "{database}"}})
  @source(name: "nodb", sql: {{url: "postgres://canaryuser:{{env.PASSWORD}}@127.0.0.1:1/canarydb"}})
  @source(name: "lite", sql: {{url: "sqlite::memory:"}}) {{ query: Query }}
type Query {{
  rest: T @rest(source: "up", get: "/fail")
  rests: [T!] @rest(source: "up", get: "/fail")
  secretHeader: T @rest(source: "up", get: "/fail", headers: [{{name: "x-canaryheader", value: "canaryvalue"}}])
  post(text: String): T @rest(source: "up", post: "/fail", body: {{text: "{{args.text}}"}})
  elsewhere: T @rest(source: "gone", get: "/canarytarget")
  unknownHost: T @rest(source: "nohost", get: "/x")
  divides(n: Int!): Int @sql(source: "db", query: "select 1 / {{args.n}}::int as canarycolumn")
  raises: Int @sql(source: "db", query: "select canaryfunction()")
  missing: Int @sql(source: "db", query: "select canarycolumn from canarytable")
  violates: Int @sql(source: "db", query: "select canaryviolation()")
  casts(text: String): Int @sql(source: "db", query: "select 1 where {{args.text}}::uuid is not null and 'canary' <> ''")
  slow: Int @sql(source: "db", query: "select 1 from pg_sleep(5), (select 'canary') x", timeout: "20ms")
  unreachable: Int @sql(source: "nodb", query: "select 1")
  lite: Int @sql(source: "lite", query: "select json_extract('canary', '$')")
  liteMissing: Int @sql(source: "lite", query: "select canarycolumn from canarytable")
}}
enum Kind {{ A B }}
type T {{ value: String number: Int list: [Int] kind: Kind @value(of: "A") must: Int! @from(path: "number") }}
"#
    )
}

const FUNCTIONS: &str = "
create function canaryfunction() returns int language plpgsql as $$ begin
  raise exception 'canarymessage' using detail = 'canarydetail', hint = 'canaryhint', schema = 'canaryschema',
    table = 'canarytable', column = 'canarycolumn', constraint = 'canaryconstraint';
end $$;
create table canaryunique(a int constraint canaryconstraint check (a < 1));
create function canaryviolation() returns int language plpgsql as $$ begin
  insert into canaryunique values (7); return 1;
end $$;";

/// The codes of an answer's errors and, where they have one, their ids.
fn errors(answer: &str) -> Vec<(String, Option<String>)> {
    let answer: Json = serde_json::from_str(answer).expect("JSON");
    let word = |error: &Json, name: &str| error["extensions"][name].as_str().map(str::to_owned);
    let errors = answer["errors"].as_array().into_iter().flatten();
    errors.map(|error| (word(error, "code").expect("a code"), word(error, "errorId"))).collect()
}

/// What was told outside: codes, and the ids that errors had; and the secrets that the log must have.
#[derive(Default)]
struct Told {
    codes: HashSet<String>,
    ids: HashSet<String>,
}

fn ask(serving: &Serving, current: &Mutex<Behaviour>, secrets: &mut Vec<String>) -> Told {
    let mut random = fastrand::Rng::with_seed(SEED);
    let mut client = Client::connect(&serving.address);
    let mut told = Told::default();
    for number in 0..answers() {
        let (behaviour, secret) = failure(&mut random);
        *current.lock().unwrap_or_else(PoisonError::into_inner) = behaviour;
        // The first ones are of each kind.
        let query = if number % 4 == 0 { "{ rest { number must } }".to_owned() } else { operation(&mut random) };
        let (status, answer) = client.query(&query);
        assert_eq!(status, "HTTP/1.1 200 OK");
        let readable = if query.contains(" value ") { without_values(&answer) } else { answer.clone() };
        for word in
            [CANARY, "10.1.2.3", "127.0.0.1", "postgres://", "select", "Traceback", "Bearer", "internal.example"]
        {
            assert!(!readable.contains(word), "seed {SEED}, answer {number} to {query} has {word}: {answer}");
        }
        let errors = errors(&answer);
        let is_logged = errors.iter().any(|(code, _)| code == "SOURCE_STATUS");
        secrets.extend(secret.filter(|_| is_logged));
        for (code, id) in errors {
            told.codes.insert(code);
            told.ids.extend(id);
        }
    }
    told
}

/// An answer without what it delivers in `value`, which is data and may be anything.
fn without_values(answer: &str) -> String {
    let mut answer: Json = serde_json::from_str(answer).expect("JSON");
    for field in answer["data"].as_object_mut().into_iter().flat_map(|data| data.values_mut()) {
        if let Some(value) = field.get_mut("value") {
            *value = Json::Null;
        }
    }
    answer.to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s4_what_sources_say_when_they_fail_is_for_the_log_alone() {
    let service = RestServer::start().await;
    let current = Arc::new(Mutex::new(Behaviour::Close));
    let shown = Arc::clone(&current);
    let decide = move |_: &_| shown.lock().unwrap_or_else(PoisonError::into_inner).clone();
    service.on("*", Behaviour::By(Arc::new(decide)));
    let database = new_database().await;
    connect(&database).await.batch_execute(FUNCTIONS).await.expect("functions");
    let schema = schema(&service.url(), &database);
    let asked = tokio::task::spawn_blocking(move || {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("schema.graphql"), schema).expect("written");
        let mut command = tributary(&["serve", "--listen", "127.0.0.1:0"]);
        let secret = [("TOKEN", "canarytoken"), ("USER", "canaryuser"), ("PASSWORD", "canarypassword")];
        let mut serving = Serving::start(command.envs(secret).current_dir(folder.path()));
        let mut secrets = Vec::new();
        let told = ask(&serving, &current, &mut secrets);
        assert_eq!(serving.terminate(), Some(0));
        (told, secrets, serving.told())
    });
    let (told, secrets, log) = asked.await.expect("nothing was told");
    for code in [
        "SOURCE_STATUS",
        "SOURCE_BAD_RESPONSE",
        "SOURCE_UNAVAILABLE",
        "SOURCE_TIMEOUT",
        "SOURCE_QUERY_FAILED",
        "SOURCE_REJECTED_INPUT",
        "SOURCE_RESPONSE_TOO_LARGE",
        "NULL_VIOLATION",
    ] {
        assert!(told.codes.contains(code), "{code} never happened: {:?}", told.codes);
    }
    in_the_log(&log, &told, &secrets);
}

/// Every id has its line, and every word of a source that it may have stands in one; but never what is ours.
fn in_the_log(log: &str, told: &Told, secrets: &[String]) {
    let lines: Vec<Json> = log.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let fields = lines.iter().map(|line| &line["fields"]);
    let details: HashMap<&str, &str> =
        fields.filter_map(|fields| Some((fields["error.id"].as_str()?, fields["detail"].as_str()?))).collect();
    for id in &told.ids {
        assert!(details.contains_key(id.as_str()), "{id} is not in the log");
    }
    let all: String = details.values().copied().collect::<Vec<_>>().join("\n");
    for secret in secrets {
        assert!(all.contains(secret), "{secret} is not in the log");
    }
    for word in ["canarymessage", "canarydetail", "canaryhint", "canarytable", "canaryhost.invalid", "canarytarget"] {
        assert!(all.contains(word), "{word} is not in the log");
    }
    for word in ["canarytoken", "canarypassword", "canaryuser"] {
        assert!(!log.contains(word), "{word} is in the log");
    }
    println!("{} ids, {} secrets, {} lines", told.ids.len(), secrets.len(), lines.len());
    assert!(secrets.len() > 50, "{}", secrets.len());
}
