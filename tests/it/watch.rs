//! A schema that changes while it is served: nothing is lost in the change, mistakes change nothing, and what need not
//! change stays.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tributary::config::{self, Environment, SourceFile};
use tributary::gateway::{Debug, Gateway};
use tributary::server::{Server, ServerSettings};
use tributary::{schema, source};

use crate::edge_fixture::{post, read_reply};
use crate::postgres_cluster::{connect, new_database};
use crate::program::{Client, Serving, tributary};
use crate::rest_server::{Behaviour, RestServer};

/// A folder with a schema.
struct Files(tempfile::TempDir);

impl Files {
    fn new(schema: &str) -> Files {
        let files = Files(tempfile::tempdir().expect("a folder"));
        files.write("schema.graphql", schema);
        files
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes in place, as some editors do.
    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("written");
    }

    /// Puts a new file in the place of the old one, as others do.
    fn replace(&self, name: &str, text: &str) {
        fs::write(self.path("new"), text).expect("written");
        fs::rename(self.path("new"), self.path(name)).expect("renamed");
    }

    fn serve(&self, schema: &str, flag: &str) -> Serving {
        let arguments = ["serve", schema, "--listen", "127.0.0.1:0", flag];
        Serving::start(tributary(&arguments).current_dir(self.0.path()))
    }
}

fn version(number: u64) -> String {
    format!("type Query {{ version: Int @value(of: {number}) }}")
}

fn answers(serving: &Serving, query: &str, reply: &str) -> bool {
    serving.query(query).ends_with(reply)
}

fn serves_version(serving: &Serving, number: u64) {
    let reply = format!("{{\"data\":{{\"version\":{number}}}}}");
    serving.wait_until(&reply, |serving| answers(serving, "{ version }", &reply));
}

/// What one version of the schema under load is.
fn loaded(url: &str, number: u64) -> String {
    format!(
        "schema @source(name: \"up\", rest: {{url: \"{url}\"}}) {{ query: Query }}
         type Query {{ before: Int @value(of: {number}) slow: Slow @rest(get: \"/slow\") }}
         type Slow {{ text: String after: Int @value(of: {number}) }}"
    )
}

/// Asks until told to stop. Every reply is whole and of one version, and no version comes back.
fn ask_until(stop: &AtomicBool, newest: &AtomicU64, address: &str, keeps_connection: bool) -> u64 {
    let (mut count, mut last) = (0, 0);
    let mut client = Client::connect(address);
    while !stop.load(Ordering::Relaxed) {
        if !keeps_connection {
            client = Client::connect(address);
        }
        let (status, body) = client.query("{ before slow { text after } }");
        assert_eq!(status, "HTTP/1.1 200 OK", "{body}");
        let number = body.strip_prefix("{\"data\":{\"before\":").and_then(|rest| rest.split(',').next());
        let number: u64 = number.and_then(|number| number.parse().ok()).expect("a version");
        let whole =
            format!("{{\"data\":{{\"before\":{number},\"slow\":{{\"text\":\"at last\",\"after\":{number}}}}}}}");
        assert_eq!(body, whole);
        assert!(number >= last, "{number} after {last}");
        last = number;
        newest.fetch_max(number, Ordering::Relaxed);
        count += 1;
    }
    count
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_request_is_lost_when_the_schema_changes_under_load() {
    let service = RestServer::start().await;
    let json = Behaviour::Json("{\"text\":\"at last\"}".to_owned());
    service.on("/slow", Behaviour::After(Duration::from_millis(30), Box::new(json)));
    let files = Files::new(&loaded(&service.url(), 1));
    let url = service.url();
    let asked = tokio::task::spawn_blocking(move || {
        let mut serving = files.serve("schema.graphql", "--watch");
        let (stop, newest) = (AtomicBool::new(false), AtomicU64::new(0));
        let asked: u64 = std::thread::scope(|scope| {
            let (stop, newest, address) = (&stop, &newest, &*serving.address);
            let clients: Vec<_> =
                (0..8).map(|place| scope.spawn(move || ask_until(stop, newest, address, place % 2 == 0))).collect();
            for number in 2..=9 {
                match number % 3 {
                    0 => {
                        let told = serving.told().matches("the one before goes on").count();
                        files.write("schema.graphql", "type Query { before: Int @value(of: ");
                        serving.wait_until("mistakes are told", |serving| {
                            serving.told().matches("the one before goes on").count() > told
                        });
                        files.write("schema.graphql", &loaded(&url, number));
                    }
                    1 => files.write("schema.graphql", &loaded(&url, number)),
                    _ => files.replace("schema.graphql", &loaded(&url, number)),
                }
                serving.wait_until("the new schema is served", |_| newest.load(Ordering::Relaxed) == number);
            }
            stop.store(true, Ordering::Relaxed);
            clients.into_iter().map(|client| client.join().expect("no request failed")).sum()
        });
        assert_eq!(serving.terminate(), Some(0));
        asked
    });
    let asked = asked.await.expect("every request was answered");
    assert!(asked > 100, "only {asked} requests");
}

#[test]
fn mistakes_are_told_with_their_place_and_change_nothing() {
    let files = Files::new(&version(1));
    let serving = files.serve("schema.graphql", "--dev");
    serves_version(&serving, 1);
    files.write("schema.graphql", "type Query { version: Inf @value(of: 2) }");
    serving.wait_until_told("the one before goes on");
    let told = serving.told();
    assert!(told.contains("--> schema.graphql:1:23") && told.contains("^^^"), "{told}");
    serves_version(&serving, 1);
    fs::remove_file(files.path("schema.graphql")).expect("removed");
    serving.wait_until_told("there is no `schema.graphql` here");
    serves_version(&serving, 1);
    files.write("schema.graphql", &version(3));
    serves_version(&serving, 3);
    serving.wait_until_told("the schema has changed, and is served");
}

#[test]
fn programs_read_mistakes_in_the_log() {
    let files = Files::new(&version(1));
    let mut serving = files.serve("schema.graphql", "--watch");
    files.write("schema.graphql", "type Query { version: Inf @value(of: 2) }");
    serving.wait_until_told("the one before goes on");
    assert_eq!(serving.terminate(), Some(0));
    let told = serving.told();
    let lines: Vec<serde_json::Value> = told.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let mistakes = lines.iter().find_map(|line| line["fields"]["mistakes"].as_str()).expect("mistakes");
    assert!(mistakes.contains("schema.graphql:1:23"), "{mistakes}");
}

#[test]
fn a_folder_and_the_files_that_a_schema_names_are_watched() {
    let files = Files::new(
        "schema @source(name: \"db\", sql: {url: \"sqlite::memory:\", init: [\"init.sql\"]}) { query: Query }
         type Query { a: Int @sql(query: \"select a from t\") }",
    );
    files.write("init.sql", "create table t (a int); insert into t values (1);");
    let serving = files.serve(".", "--watch");
    assert!(answers(&serving, "{ a }", "{\"data\":{\"a\":1}}"));
    files.write("init.sql", "create table t (a int); insert into t values (22);");
    serving.wait_until("the new script has run", |serving| answers(serving, "{ a }", "{\"data\":{\"a\":22}}"));
    files.write("more.graphql", "extend type Query { b: Int @value(of: 3) }");
    serving.wait_until("the new file is read", |serving| answers(serving, "{ a b }", "{\"data\":{\"a\":22,\"b\":3}}"));
    fs::remove_file(files.path("more.graphql")).expect("removed");
    serving.wait_until("the file is gone", |serving| serving.query("{ b }").contains("GRAPHQL_VALIDATION_FAILED"));
}

#[test]
fn a_database_in_memory_outlives_a_change_of_what_is_around_it() {
    let notes = |before: &str, more: &str| {
        format!(
            "schema {before} @source(name: \"db\", sql: {{url: \"sqlite::memory:\", init: [\"init.sql\"]}}) {{
               query: Query mutation: Mutation
             }}
             type Query {{ notes: [String] @sql(source: \"db\", query: \"select text from note\") {more} }}
             type Mutation {{ add(text: String!): String
               @sql(source: \"db\", query: \"insert into note values ({{args.text}}) returning text\") }}"
        )
    };
    let files = Files::new(&notes("", ""));
    files.write("init.sql", "create table note (text text);");
    let mut serving = files.serve("schema.graphql", "--watch");
    serving.query("mutation { add(text: \"kept\") }");
    // Another source before it changes the number of the database, and not the database.
    files.write(
        "schema.graphql",
        &notes("@source(name: \"up\", rest: {url: \"http://127.0.0.1:1\"})", "more: Int @value(of: 1)"),
    );
    serving.wait_until("the new schema is served", |serving| {
        answers(serving, "{ more notes }", "{\"data\":{\"more\":1,\"notes\":[\"kept\"]}}")
    });
    assert_eq!(serving.terminate(), Some(0));
}

fn schema_of(text: &str) -> schema::Schema {
    let file = SourceFile { name: "schema.graphql".to_owned(), text: text.to_owned() };
    let config = config::parse(vec![file], Path::new("."), &Environment::new(|_| None)).expect("a config");
    schema::build(&config).expect("a schema").0
}

#[tokio::test]
async fn what_is_no_longer_served_is_closed_after_its_last_request() {
    let url = new_database().await;
    let text = format!(
        "schema @source(name: \"db\", sql: {{url: \"{url}\"}}) {{ query: Query }}
         type Query {{ seven: Int @sql(query: \"select 7\") }}"
    );
    let schema = Arc::new(schema_of(&text));
    let sources = source::connect(&schema).expect("sources");
    let gateway = Arc::new(Gateway::new(schema, sources, Debug::Hidden));
    let next = gateway.succeed(Arc::new(schema_of(&version(2)))).expect("a gateway");
    let settings = ServerSettings { listen: ([127, 0, 0, 1], 0).into(), ..ServerSettings::default() };
    let server = Server::bind(settings, gateway).await.expect("a free port");
    let (current, address) = (server.served(), server.local_addr().to_string());
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = tokio::spawn(server.serve(async {
        let _ = stopped.await;
    }));
    let administrator = connect(&url).await;
    let others = "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()";
    let count = async || administrator.query_one(others, &[]).await.expect("a count").get::<_, i64>(0);
    let ask = async |query: &'static str| {
        let address = address.clone();
        tokio::task::spawn_blocking(move || Client::connect(&address).query(query).1).await.expect("answered")
    };
    assert_eq!(ask("{ seven }").await, "{\"data\":{\"seven\":7}}");
    // A request that is still arriving is one of what was served when it began to.
    let request = post("", r#"{"query":"{ seven }"}"#);
    let (beginning, rest) = request.split_at(request.len() - 3);
    let mut arriving = TcpStream::connect(&address).await.expect("a connection");
    arriving.write_all(beginning.as_bytes()).await.expect("sent");
    // An answer on a later connection tells that the server has seen this one.
    ask("{ __typename }").await;
    current.swap(Arc::new(next));
    assert_eq!(ask("{ version }").await, "{\"data\":{\"version\":2}}");
    assert_eq!(count().await, 1, "a connection that may be needed was closed");
    arriving.write_all(rest.as_bytes()).await.expect("sent");
    assert_eq!(read_reply(&mut arriving).await.body, "{\"data\":{\"seven\":7}}");
    let began = std::time::Instant::now();
    while count().await > 0 {
        assert!(began.elapsed() < Duration::from_secs(5), "the connection was left open");
        tokio::task::yield_now().await;
    }
    let _ = stop.send(());
    serving.await.expect("the server ends");
    current.close().await;
}

#[test]
fn a_database_file_that_was_replaced_is_another_database() {
    let files = Files::new(
        "schema @source(name: \"db\", sql: {url: \"sqlite:own.db\", init: [\"init.sql\"]}) { query: Query }
         type Query { a: Int @sql(query: \"select a from t\") }",
    );
    files.write("init.sql", "create table t (a int); insert into t values (1);");
    let serving = files.serve("schema.graphql", "--watch");
    assert!(answers(&serving, "{ a }", "{\"data\":{\"a\":1}}"));
    for name in ["own.db", "own.db-wal", "own.db-shm"] {
        // Where all of it has reached the file itself there is no other one.
        let _ = fs::remove_file(files.path(name));
    }
    files.write("init.sql", "create table t (a int); insert into t values (22);");
    serving.wait_until("the new file is filled", |serving| answers(serving, "{ a }", "{\"data\":{\"a\":22}}"));
}

#[test]
fn whoever_reads_nothing_of_the_log_holds_up_neither_a_change_nor_the_end() {
    let files = Files::new(&version(1));
    let (reader, writer) = std::io::pipe().expect("a pipe");
    let mut command = tributary(&["serve", "schema.graphql", "--listen", "127.0.0.1:0", "--dev"]);
    let mut serving = Serving::start_heard(command.current_dir(files.0.path()).stderr(writer));
    drop(command);
    let long = format!("query {} {{ version }}", "x".repeat(1_000));
    let mut client = Client::connect(&serving.address);
    for _ in 0..300 {
        assert_eq!(client.query(&long).1, "{\"data\":{\"version\":1}}");
    }
    files.write("schema.graphql", "type Query { version: Inf @value(of: 2) }");
    // The mistake cannot be read: what follows it tells that it was passed.
    std::thread::sleep(Duration::from_millis(800));
    files.write("schema.graphql", &version(3));
    serves_version(&serving, 3);
    let told = std::time::Instant::now();
    assert_eq!(serving.terminate(), Some(0));
    assert!(told.elapsed() < Duration::from_secs(5), "{:?}", told.elapsed());
    drop(reader);
}
