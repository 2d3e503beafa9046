//! Faults on purpose: each is what it says, on services and on databases, and everything above the wire takes it for the
//! real thing.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use tributary::gateway::Gateway;
use tributary::source::{Fault, FaultKind, Faults};

use super::gateway_fixture::{ask, faulty_gateway};
use super::postgres_cluster::new_database;
use super::program::{Serving, finish, tributary};
use super::rest_server::{Behaviour, RestServer};

const SHORT: Duration = Duration::from_millis(100);
const LONG: Duration = Duration::from_secs(30);

fn faults(source: &str, kinds: &[(FaultKind, f64)]) -> Faults {
    let fault = |(kind, share): &(FaultKind, f64)| Fault { source: source.into(), kind: *kind, share: *share };
    Faults::new(kinds.iter().map(fault).collect(), 0)
}

async fn service() -> RestServer {
    let server = RestServer::start().await;
    server.on("/a", Behaviour::Json("7".to_owned()));
    server
}

fn in_front_of(server: &RestServer, source: &str, kinds: &[(FaultKind, f64)]) -> Arc<Gateway> {
    let text = format!(
        "extend schema @source(name: \"api\", rest: {{ url: \"{}\" }}, timeout: \"400ms\" {source})
         type Query {{ a: Int @rest(get: \"/a\") hasty: Int @rest(get: \"/a\", timeout: \"60ms\") }}
         type Mutation {{ m: Int @rest(post: \"/a\", body: {{ x: 1 }}) }}",
        server.url()
    );
    faulty_gateway(&text, faults("api", kinds))
}

/// What is told of a fault: how long it takes, the code and what stands beside it, and the calls that the service gets.
type Told = (FaultKind, Duration, Option<&'static str>, usize);

#[tokio::test(flavor = "multi_thread")]
async fn a_service_fails_as_it_is_told_to() {
    let timeout = Duration::from_millis(400);
    let expected: [Told; 9] = [
        (FaultKind::Latency(SHORT), SHORT, None, 1),
        (FaultKind::Latency(LONG), timeout, Some(r#""code":"SOURCE_TIMEOUT","#), 1),
        (FaultKind::Hang, timeout, Some(r#""code":"SOURCE_TIMEOUT","#), 1),
        (FaultKind::Status(503), Duration::ZERO, Some(r#""http":{"status":503}"#), 0),
        (FaultKind::Reset, Duration::ZERO, Some(r#""reason":"lost""#), 1),
        (FaultKind::Down, Duration::ZERO, Some(r#""reason":"connect""#), 0),
        (FaultKind::Garbage, Duration::ZERO, Some(r#""code":"SOURCE_BAD_RESPONSE","#), 0),
        (FaultKind::SlowBody(SHORT), SHORT, None, 1),
        (FaultKind::SlowBody(LONG), timeout, Some(r#""code":"SOURCE_TIMEOUT","#), 1),
    ];
    for (kind, length, error, calls) in expected {
        let server = service().await;
        let gateway = in_front_of(&server, "", &[(kind, 1.0)]);
        for (query, field) in [("{ a }", "a"), ("mutation { m }", "m")] {
            let before = server.calls().len();
            let answered = ask(&gateway, query).await;
            let value = if error.is_some() { "null" } else { "7" };
            assert_eq!(answered.data(), format!("{{\"{field}\":{value}}}"), "{kind}");
            let told =
                error.is_none_or(|words| answered.text.contains(words) && answered.text.contains(r#""attempts":1"#));
            assert!(told && answered.errors().len() == usize::from(error.is_some()), "{kind}: {}", answered.text);
            assert_eq!(server.calls().len() - before, calls, "{kind}: {query}");
            assert!(answered.took >= length && answered.took < length + SHORT * 2, "{kind}: {:?}", answered.took);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_never_comes_has_no_pace() {
    let server = service().await;
    server.on("/a", Behaviour::Answer(500, Vec::new(), Vec::new()));
    let gateway = in_front_of(&server, "", &[(FaultKind::SlowBody(LONG), 1.0)]);
    let answered = ask(&gateway, "{ a }").await;
    assert_eq!(answered.errors(), ["a SOURCE_STATUS api"]);
}

fn database(url: &str, kind: FaultKind) -> Arc<Gateway> {
    let text = format!(
        "extend schema @source(name: \"db\", sql: {{ url: \"{url}\" }}, timeout: \"400ms\")
                       @source(name: \"well\", sql: {{ url: \"{url}\" }})
         type Query {{
           one: Int @sql(source: \"db\", query: \"select 1\")
           list: [T] @sql(source: \"well\", query: \"select 1 as a union all select 2\")
           rows: Int @sql(source: \"well\", query: \"select count(*) from fault\")
         }}
         type T {{ a: Int more: Int @sql(source: \"db\", query: \"select {{parent.a}} + 1\") }}
         type Mutation {{
           make: Int @sql(source: \"well\", query: \"create table if not exists fault (a int)\")
           write: Int @sql(source: \"db\", query: \"insert into fault values (1) returning a\")
         }}"
    );
    faulty_gateway(&text, faults("db", &[(kind, 1.0)]))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_fails_as_it_is_told_to() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = format!("sqlite:{}", folder.path().join("a.db").display());
    let timeout = Duration::from_millis(400);
    let expected: [Told; 5] = [
        (FaultKind::Latency(SHORT), SHORT, None, 1),
        (FaultKind::Latency(LONG), timeout, Some(r#""code":"SOURCE_TIMEOUT","#), 1),
        (FaultKind::Hang, timeout, Some(r#""code":"SOURCE_TIMEOUT","#), 1),
        (FaultKind::Reset, Duration::ZERO, Some(r#""reason":"lost""#), 1),
        (FaultKind::Down, Duration::ZERO, Some(r#""reason":"connect""#), 0),
    ];
    let mut written = [0, 0];
    for (place, url) in [(0, &file), (1, &new_database().await)] {
        for (kind, length, error, writes) in expected {
            let gateway = database(url, kind);
            assert_eq!(ask(&gateway, "mutation { make }").await.errors(), [""; 0], "{kind}");
            for (query, well) in [
                ("{ one }", r#"{"one":1}"#),
                ("{ list { more } }", r#"{"list":[{"more":2},{"more":3}]}"#),
                ("mutation { write }", r#"{"write":1}"#),
            ] {
                let answered = ask(&gateway, query).await;
                let told = match error {
                    Some(words) => answered.text.contains(words) && answered.text.contains(r#""attempts":1"#),
                    None => answered.data() == well && answered.errors().is_empty(),
                };
                assert!(told, "{kind}: {query}: {}", answered.text);
                let longest = if length == timeout { length * 5 / 4 } else { length + Duration::from_millis(250) };
                assert!((length..longest).contains(&answered.took), "{kind}: {query}: {:?}", answered.took);
            }
            // What was written stays written, whatever became of the answer.
            written[place] += writes;
            let rows = ask(&gateway, "{ rows }").await;
            assert_eq!(rows.data(), format!("{{\"rows\":{}}}", written[place]), "{kind}: {url}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_attempt_has_its_own_chance() {
    let server = service().await;
    let retry = "retry: { attempts: 10, backoff: \"1ms\", maxBackoff: \"2ms\" }";
    let gateway = in_front_of(&server, retry, &[(FaultKind::Status(503), 0.5)]);
    for _ in 0..30 {
        assert_eq!(ask(&gateway, "{ a }").await.text, r#"{"data":{"a":7}}"#);
    }
    assert_eq!(server.calls().len(), 30, "what met the fault never reached the service");
    let gateway = in_front_of(&server, "", &[(FaultKind::Status(503), 0.5)]);
    let mut failed = 0;
    for _ in 0..30 {
        failed += ask(&gateway, "{ a }").await.errors().len();
    }
    assert!((5..=25).contains(&failed), "{failed} of 30");
    let gateway = in_front_of(&server, "retry: { attempts: 3, backoff: \"1ms\" }", &[(FaultKind::Down, 1.0)]);
    let answered = ask(&gateway, "{ a }").await;
    assert!(answered.text.contains(r#""attempts":3"#), "{}", answered.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_breaker_takes_a_fault_for_the_real_thing() {
    let server = service().await;
    let gateway = in_front_of(&server, "breaker: {}", &[(FaultKind::Down, 1.0)]);
    for _ in 0..20 {
        assert_eq!(ask(&gateway, "{ a }").await.errors(), ["a SOURCE_UNAVAILABLE api"]);
    }
    assert_eq!(ask(&gateway, "{ a }").await.errors(), ["a SOURCE_CIRCUIT_OPEN api"]);
}

/// A call that waits for a fault holds its place, and whoever leaves gives it back.
#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_leaves_waits_for_no_fault() {
    for kind in [FaultKind::Hang, FaultKind::Latency(LONG)] {
        let server = service().await;
        let gateway = in_front_of(&server, "concurrency: 1", &[(kind, 1.0)]);
        let leaving = {
            let gateway = Arc::clone(&gateway);
            tokio::spawn(async move { ask(&gateway, "{ a }").await })
        };
        server.received_at_least(1, LONG).await;
        assert_eq!(ask(&gateway, "{ hasty }").await.errors(), ["hasty SOURCE_OVERLOADED api"], "{kind}");
        drop(leaving.await);
        let leaving = {
            let gateway = Arc::clone(&gateway);
            tokio::spawn(async move { ask(&gateway, "{ a }").await })
        };
        server.received_at_least(2, LONG).await;
        leaving.abort();
        assert!(leaving.await.expect_err("it has left").is_cancelled());
        assert_eq!(ask(&gateway, "{ a }").await.errors(), ["a SOURCE_TIMEOUT api"], "{kind}: the place is free");
    }
}

const SERVED: &str = r#"extend schema @source(name: "db", sql: { url: "sqlite::memory:" })
type Query { a: Int @sql(query: "select 1") }"#;

fn serve(folder: &tempfile::TempDir, arguments: &[&str]) -> std::process::Command {
    fs::write(folder.path().join("schema.graphql"), SERVED).expect("written");
    let mut command = tributary(&["serve", "--listen", "127.0.0.1:0"]);
    command.args(arguments).current_dir(folder.path());
    command
}

#[test]
fn a_schema_in_the_making_is_served_with_faults() {
    let folder = tempfile::tempdir().expect("a folder");
    let serving = Serving::start(&mut serve(&folder, &["--dev", "--fault", "db:down", "--fault", "db:latency=2s@30%"]));
    serving.wait_until_told("FAULTS ON PURPOSE (--fault-seed 0): db:down, db:latency=2s@30%");
    let reply = serving.query("{ a }");
    assert!(reply.contains(r#""code":"SOURCE_UNAVAILABLE""#) && reply.contains("a fault on purpose: down"), "{reply}");
    // They stay when the schema changes, and are told where their source is gone.
    let changed = SERVED.replace("a: Int", "b: Int").replace("name: \"db\"", "queue: 9, name: \"db\"");
    fs::write(folder.path().join("schema.graphql"), changed).expect("written");
    serving.wait_until("the fault is there", |serving| serving.query("{ b }").contains("SOURCE_UNAVAILABLE"));
    let other = SERVED.replace("a: Int", "c: Int").replace("name: \"db\"", "name: \"base\"");
    fs::write(folder.path().join("schema.graphql"), other).expect("written");
    serving.wait_until("the source has no fault", |serving| serving.query("{ c }").ends_with(r#"{"data":{"c":1}}"#));
    serving.wait_until_told("a fault on purpose is met no more");
    serving.wait_until_told("`db:down`: there is no source `db`; the sources are base");
}

#[test]
fn what_a_source_can_have_no_more_is_met_no_more() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = serve(&folder, &["--dev", "--fault", "db:status=503"]);
    let service = SERVED.replace("sql: { url: \"sqlite::memory:\" }", "rest: { url: \"http://127.0.0.1:1\" }");
    let service = service.replace("@sql(query: \"select 1\")", "@rest(get: \"/\")");
    fs::write(folder.path().join("schema.graphql"), service).expect("written");
    let serving = Serving::start(&mut command);
    let reply = serving.query("{ a }");
    assert!(reply.contains(r#""http":{"status":503}"#), "{reply}");
    fs::write(folder.path().join("schema.graphql"), SERVED).expect("written");
    serving.wait_until("the database has no fault", |serving| serving.query("{ a }").ends_with(r#"{"data":{"a":1}}"#));
    serving.wait_until_told("`db:status=503`: the source `db` is a database");
}

#[test]
fn the_same_seed_gives_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    let failed = |seed: &str| -> String {
        let mut command = serve(&folder, &["--dev"]);
        command.env("TRIBUTARY_FAULT", "db:down@50%").env("TRIBUTARY_FAULT_SEED", seed);
        let serving = Serving::start(&mut command);
        let failed = |_| if serving.query("{ a }").contains("SOURCE_UNAVAILABLE") { 'x' } else { '.' };
        (0..40).map(failed).collect()
    };
    let first = failed("7");
    assert!(first.contains('x') && first.contains('.'), "{first}");
    assert_eq!(first, failed("7"));
    assert_ne!(first, failed("8"));
}

#[test]
fn what_is_wrong_with_a_fault_is_told_before_anything_is_served() {
    let folder = tempfile::tempdir().expect("a folder");
    for (arguments, told) in [
        (
            &["--fault", "db:down"][..],
            "--fault needs --dev: it makes sources fail on purpose, and is nothing for production",
        ),
        (&["--watch", "--fault", "db:down"], "--fault needs --dev"),
        (&["--dev", "--fault", "dd:down"], "there is no source `dd`, did you mean `db`?; the sources are db"),
        (
            &["--dev", "--fault", "db:garbage"],
            "`db:garbage`: the source `db` is a database, which can have latency, hang",
        ),
        (&["--dev", "--fault", "db:hang=2s"], "`hang` has no value; write SOURCE:KIND[=VALUE][@SHARE%]"),
        (&["--dev", "--fault-seed", "x"], "invalid digit"),
    ] {
        let (code, out, err) = finish(&mut serve(&folder, arguments));
        assert_eq!((code, out.as_str()), (2, ""), "{arguments:?}: {err}");
        assert!(err.contains(told), "{arguments:?}: {err}");
    }
}
