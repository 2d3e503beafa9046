//! Everything at once and for long: each source fails in a way of its own, which changes again and again, while operations
//! come at a steady rate. Every response is looked at: what is there is right, what is not there has its error, and none is late.

use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use crate::long_runs::{descriptors, is_long, resident_kib};
use crate::postgres_cluster::new_database;
use crate::program::{Serving, tributary};
use crate::rest_server::{Behaviour, Received, RestServer};
use crate::tcp_proxy::{Direction, Network, TcpProxy};

/// The same faults in the same order each time.
const SEED: u64 = 6;
/// The deadline of every operation.
const DEADLINE: Duration = Duration::from_secs(1);

/// Connections that the database's pool keeps.
const POOL: usize = 6;

const SCHEMA: &str = r#"
schema
  @gateway(deadline: "1s")
  @source(name: "reviews", rest: {url: "{env.REVIEWS}"}, timeout: "300ms", breaker: {minCalls: 20, cooldown: "500ms"})
  @source(name: "stock", rest: {url: "{env.STOCK}"}, timeout: "300ms", retry: {attempts: 3, attemptTimeout: "100ms"})
  @source(name: "prices", rest: {url: "{env.PRICES}"}, timeout: "700ms", concurrency: 8)
  @source(name: "shop", sql: {url: "{env.SHOP}", pool: 6, acquire: "200ms"}, timeout: "600ms")
  @source(name: "local", sql: {url: "{env.LOCAL}", pool: 1}, timeout: "300ms")
{ query: Query }
type Query {
  items(first: Int!): [Item!] @sql(source: "shop", query: "select i as id, 'item ' || i as name from generate_series(1, {args.first}) i")
  locals(first: Int!): [Item!] @sql(source: "local", query: "with recursive i(n) as (select 1 union all select n + 1 from i where n < {args.first}) select n as id, 'item ' || n as name from i where (with recursive w(k) as (select 1 union all select k + 1 from w where k < (select rounds from work)) select count(*) from w) > 0")
  item(id: Int!): Item @sql(source: "shop", query: "select {args.id}::int as id, 'item ' || {args.id}::int as name")
}
type Item {
  id: Int!
  name: String!
  reviews: [Review!] @rest(source: "reviews", get: "/reviews/{parent.id}")
  stock: Int @rest(source: "stock", get: "/stock/{parent.id}", at: "amount")
  price: Price @rest(source: "prices", get: "/prices?id={batch.id}", by: "id")
  owner: String @sql(source: "shop", query: "select 'owner of ' || {parent.id}::int")
}
type Review { text: String! }
type Price { id: Int! amount: Int! }
"#;

const QUERIES: [&str; 5] = [
    "query List { items(first: 4) { id name stock price { id amount } owner } }",
    "query Local { locals(first: 3) { id name reviews { text } stock } }",
    "query One { item(id: 7) { id name reviews { text } stock price { id amount } owner } }",
    "query Both { items(first: 2) { id reviews { text } } locals(first: 2) { id price { id amount } } }",
    "query Quick { locals(first: 1) { id name } }",
];

/// A service that is right as long as it answers at all.
struct Service {
    server: RestServer,
    fault: Arc<AtomicUsize>,
}

/// How many ways there are for a service to be: in half of them it is well.
const FAULTS: usize = 26;

impl Service {
    async fn start(answer: fn(&str) -> Value) -> Service {
        let (server, fault) = (RestServer::start().await, Arc::new(AtomicUsize::new(FAULTS)));
        let now = Arc::clone(&fault);
        let decide = move |call: &Received| {
            let target = call.target().strip_prefix("GET ").unwrap_or_default();
            let right = answer(target).to_string();
            ill(now.load(Ordering::Relaxed), &right)
        };
        server.on("*", Behaviour::By(Arc::new(decide)));
        Service { server, fault }
    }
}

/// A right answer in the hands of a fault.
fn ill(fault: usize, right: &str) -> Behaviour {
    let json = || Box::new(Behaviour::Json(right.to_owned()));
    match fault {
        0 => Behaviour::Silent,
        1 => Behaviour::Close,
        2 => Behaviour::Reset,
        3 => Behaviour::Drip,
        4 => Behaviour::Answer(503, Vec::new(), b"no".to_vec()),
        5 => Behaviour::Answer(500, Vec::new(), right.as_bytes().to_vec()),
        6 => Behaviour::Answer(429, vec!["retry-after: 1".to_owned()], Vec::new()),
        7 => Behaviour::After(Duration::from_millis(250), json()),
        8 => Behaviour::After(Duration::from_secs(3), json()),
        9 => Behaviour::Raw(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{\"id\": 1".to_vec()),
        10 => Behaviour::Answer(200, Vec::new(), b"<html>Welcome</html>".to_vec()),
        11 => Behaviour::ClosingIdle(Duration::from_millis(3), json()),
        12 => Behaviour::LargeChunked(20 << 20),
        _ => *json(),
    }
}

fn number(text: &str) -> i64 {
    text.parse().unwrap_or_default()
}

fn reviews(target: &str) -> Value {
    json!([{ "text": format!("review of {}", target.trim_start_matches("/reviews/")) }])
}

fn stock(target: &str) -> Value {
    json!({ "amount": number(target.trim_start_matches("/stock/")) * 10 })
}

fn prices(target: &str) -> Value {
    let ids = target.split(['?', '&']).filter_map(|pair| pair.strip_prefix("id="));
    ids.map(|id| json!({ "id": number(id), "amount": number(id) * 3 })).collect()
}

/// What is wrong with a response; nothing is as it should be.
fn mistake(response: &Value) -> Option<String> {
    if response.get("data").is_none() && response.get("errors").is_none() {
        return Some("neither data nor errors".to_owned());
    }
    let paths = response["errors"].as_array().into_iter().flatten().map(|error| error["path"].to_string());
    let failed: HashSet<String> = paths.collect();
    let mut path = Vec::new();
    wrong_value(&response["data"], &mut path, &failed, None)
}

fn wrong_value(value: &Value, path: &mut Vec<Value>, failed: &HashSet<String>, id: Option<i64>) -> Option<String> {
    let is_told = || failed.contains(&Value::from(path.clone()).to_string());
    let name = path.iter().rev().find_map(Value::as_str).unwrap_or_default();
    match value {
        Value::Null if !is_told() => Some(format!("a null without an error at {path:?}")),
        Value::Null => None,
        _ if is_told() => Some(format!("an error beside a value at {path:?}")),
        Value::Object(fields) => {
            let own = fields.get("id").and_then(Value::as_i64);
            fields.iter().find_map(|(name, value)| within(value, name.clone().into(), path, failed, own.or(id)))
        }
        Value::Array(items) => {
            items.iter().enumerate().find_map(|(index, item)| within(item, index.into(), path, failed, id))
        }
        leaf => {
            let id = id?;
            let right = match name {
                "id" => json!(id),
                "name" => json!(format!("item {id}")),
                "text" => json!(format!("review of {id}")),
                "stock" => json!(id * 10),
                "amount" => json!(id * 3),
                "owner" => json!(format!("owner of {id}")),
                other => return Some(format!("{other} was not asked for")),
            };
            (*leaf != right).then(|| format!("{leaf} in place of {right} at {path:?}"))
        }
    }
}

fn within(
    value: &Value,
    step: Value,
    path: &mut Vec<Value>,
    failed: &HashSet<String>,
    id: Option<i64>,
) -> Option<String> {
    path.push(step);
    let mistake = wrong_value(value, path, failed, id);
    path.pop();
    mistake
}

/// What was seen of all operations together.
#[derive(Default)]
struct Seen {
    operations: usize,
    complete: usize,
    mistakes: Vec<String>,
    slowest: Duration,
}

fn median(values: &[u64]) -> u64 {
    let mut values = values.to_vec();
    values.sort_unstable();
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// Sends an operation and looks at what comes.
async fn operate(client: &reqwest::Client, address: &str, query: &str, seen: &Mutex<Seen>) {
    let started = Instant::now();
    let body = json!({ "query": query }).to_string();
    let request =
        client.post(format!("http://{address}/graphql")).header("content-type", "application/json").body(body);
    let text = match request.send().await {
        Ok(response) => response.text().await.map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    let took = started.elapsed();
    let response =
        text.and_then(|text| serde_json::from_str::<Value>(&text).map_err(|error| format!("{error}: {text}")));
    let mut seen = seen.lock().expect("nothing panics with it");
    seen.operations += 1;
    seen.slowest = seen.slowest.max(took);
    match response {
        Ok(response) => {
            seen.complete += usize::from(response.get("errors").is_none());
            seen.mistakes.extend(mistake(&response).map(|mistake| format!("{mistake}: {query}: {response}")));
        }
        Err(error) => seen.mistakes.push(error),
    }
}

/// A file in which the statements of the gateway find more to do than there is time for, or a table that is gone.
struct File(rusqlite::Connection);

impl File {
    fn create(folder: &Path) -> File {
        let connection = rusqlite::Connection::open(folder.join("local.db")).expect("a file");
        connection.busy_timeout(DEADLINE).expect("a timeout");
        connection.execute_batch("create table work (rounds); insert into work values (1)").expect("a table");
        File(connection)
    }

    fn change(&self, fault: u8) {
        let _ = self.0.execute_batch("alter table gone rename to work");
        let rounds = if fault == 0 { 1_000_000_000 } else { 1 };
        self.0.execute("update work set rounds = ?", [rounds]).expect("nobody keeps it locked");
        if fault == 1 {
            self.0.execute_batch("alter table work rename to gone").expect("nobody keeps it locked");
        }
    }
}

/// Another fault for each source, by chance.
fn change(random: &mut fastrand::Rng, services: &[Service], network: &TcpProxy, file: &File) {
    file.change(random.u8(..6));
    for service in services {
        service.fault.store(random.usize(..FAULTS), Ordering::Relaxed);
        service.server.forget();
    }
    match random.u8(..10) {
        0 => network.set(Network::Dead(Direction::Both)),
        1 => network.set(Network::Silent),
        2 => network.set(Network::Slow(Duration::from_millis(40))),
        3 => network.set(Network::ResetAfter(Direction::ToClient, 3_000)),
        4 => network.reset_all(),
        _ => network.set(Network::Works),
    }
}

fn serving(services: &[Service], network: &TcpProxy, database: &str) -> (Serving, File, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = File::create(folder.path());
    fs::write(folder.path().join("schema.graphql"), SCHEMA).expect("written");
    let (user, rest) = database.split_once('@').expect("a URL with a user");
    let (_, name) = rest.split_once('/').expect("a URL with a database");
    let mut command = tributary(&["serve", "--listen", "127.0.0.1:0", "--log", "off"]);
    command.current_dir(folder.path()).env("SHOP", format!("{user}@{}/{name}", network.address()));
    command.env("LOCAL", "sqlite:local.db");
    for (service, variable) in services.iter().zip(["REVIEWS", "STOCK", "PRICES"]) {
        command.env(variable, service.server.url());
    }
    (Serving::start(&mut command), file, folder)
}

#[tokio::test(flavor = "multi_thread")]
async fn o18_whatever_the_sources_do_every_response_is_right_and_nothing_grows() {
    let (length, rate, every) = if is_long() {
        (Duration::from_secs(600), 200, Duration::from_secs(2))
    } else {
        (Duration::from_secs(8), 50, Duration::from_millis(400))
    };
    let database = new_database().await;
    let server = database.split('@').nth(1).and_then(|rest| rest.split('/').next()).expect("an address").to_owned();
    let network = TcpProxy::start(server).await;
    let services = [Service::start(reviews).await, Service::start(stock).await, Service::start(prices).await];
    let (mut serving, file, _folder) = serving(&services, &network, &database);
    let process = serving.child.id();
    let at_first = descriptors(process);
    // Nothing here is secure, but a client cannot be made without saying how it would be.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (client, seen) = (reqwest::Client::new(), Arc::new(Mutex::new(Seen::default())));
    let mut random = fastrand::Rng::with_seed(SEED);
    let (mut operations, mut faults) = (interval(Duration::from_secs(1) / rate), interval(every));
    operations.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut running = tokio::task::JoinSet::new();
    let (began, mut memory) = (Instant::now(), Vec::new());
    while began.elapsed() < length {
        tokio::select! {
            _ = operations.tick() => {
                let query = QUERIES[random.usize(..QUERIES.len())];
                let (client, address, seen) = (client.clone(), serving.address.clone(), Arc::clone(&seen));
                running.spawn(async move { operate(&client, &address, query, &seen).await });
                while running.try_join_next().is_some() {}
            }
            _ = faults.tick() => {
                change(&mut random, &services, &network, &file);
                memory.push(resident_kib(process));
            }
        }
    }
    while running.join_next().await.is_some() {}
    // Everything is well again, and stays so.
    for service in &services {
        service.fault.store(FAULTS, Ordering::Relaxed);
    }
    network.set(Network::Works);
    file.change(u8::MAX);
    let healed = Instant::now();
    let whole = Mutex::new(Seen::default());
    while whole.lock().expect("nothing panics with it").complete < 20 {
        assert!(healed.elapsed() < Duration::from_secs(10), "it does not heal");
        operate(&client, &serving.address, QUERIES[2], &whole).await;
    }
    drop(client);
    // Connections to services are kept for four seconds.
    sleep(Duration::from_secs(6)).await;
    let seen = seen.lock().expect("nothing panics with it");
    let open = descriptors(process);
    let (half, last) = (memory.len() / 2, memory.len() * 3 / 4);
    // Answers of megabytes that are on their way come and go: what is held without them is the median.
    let (middle, end) = (median(&memory[half..last]), median(&memory[last..]));
    println!(
        "{} operations, {} of them complete, the slowest took {:?}; memory {} KiB at first, {middle} KiB in the middle, \
         {end} KiB at the end; {open} descriptors, {at_first} at first",
        seen.operations,
        seen.complete,
        seen.slowest,
        memory.first().copied().unwrap_or_default(),
    );
    assert!(seen.mistakes.is_empty(), "{} mistakes: {}", seen.mistakes.len(), seen.mistakes[0]);
    assert!(seen.complete > seen.operations / 10, "hardly anything went well: that says nothing");
    // A short run is one of many tests, of a program that was made to be debugged.
    let late = if is_long() { Duration::from_millis(100) } else { DEADLINE / 2 };
    assert!(seen.slowest <= DEADLINE + late, "{:?}", seen.slowest);
    assert!(!is_long() || end < middle + 4 * 1024, "memory grows: {memory:?}");
    assert!(open <= at_first + 5 + POOL, "{open} descriptors, {at_first} at first");
    assert_eq!(serving.terminate(), Some(0));
}
