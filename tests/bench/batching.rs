//! What batching costs: 2,000 parents with a batched SQL field, against the same rows fetched by one join written by hand,
//! both through the gateway, and against that join read without it. Prints medians and ratios.
//!
//! `cargo bench --bench batching`; with `TRIBUTARY_TEST_POSTGRES=postgres://…` it uses that server.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio_postgres::{Client, NoTls};
use tributary::config::{self, Environment, SourceFile};
use tributary::gateway::{Debug, Gateway};
use tributary::graphql::{Outcome, Request};
use tributary::schema;
use tributary::source::connect;

const PARENTS: usize = 2_000;
const ROUNDS: usize = 60;

const TABLES: &str = "
    drop schema if exists batching cascade; create schema batching; set search_path to batching;
    create table seller (id int primary key, name text not null, city text not null);
    insert into seller select i, 'Seller ' || i, 'City ' || i % 50 from generate_series(1, 2000) i;
    create table product (id int primary key, seller_id int not null, name text not null);
    insert into product select i, 1 + (i * 7) % 2000, 'Product ' || i from generate_series(1, 2000) i;
    analyze";

const SCHEMA: &str = r#"
extend schema @source(name: "db", sql: { url: "{env.DATABASE}" }, naming: SNAKE_CASE)
type Query {
  products: [Product] @sql(query: "select id, name, seller_id from batching.product order by id")
  joined: [Joined] @sql(query: """
    select p.id, p.name, s.id as seller_id, s.name as seller_name, s.city as seller_city
    from batching.product p join batching.seller s on s.id = p.seller_id order by p.id
  """)
}
type Product { id: Int name: String sellerId: Int @internal
  seller: Seller @sql(query: "select id, name, city from batching.seller where id = {parent.sellerId}") }
type Seller { id: Int name: String city: String }
type Joined { id: Int name: String sellerId: Int sellerName: String sellerCity: String }
"#;

const BATCHED: &str = "{ products { id name seller { id name city } } }";
const JOINED: &str = "{ joined { id name sellerId sellerName sellerCity } }";
const STATEMENT: &str = "select p.id, p.name, s.id, s.name, s.city from batching.product p \
                         join batching.seller s on s.id = p.seller_id order by p.id";

fn main() {
    let cluster = Cluster::start();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(compare(&cluster.url));
}

async fn compare(url: &str) {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect("PostgreSQL answers");
    tokio::spawn(connection);
    client.batch_execute(TABLES).await.expect("tables");
    let gateway = gateway(url.to_owned());
    for query in [BATCHED, JOINED] {
        ask(&gateway, query).await;
    }
    let (mut batched, mut joined, mut read) = (Vec::new(), Vec::new(), Vec::new());
    // In turn, so that whatever else the machine does falls on all of them.
    for _ in 0..ROUNDS {
        batched.push(ask(&gateway, BATCHED).await);
        joined.push(ask(&gateway, JOINED).await);
        read.push(read_rows(&client).await);
    }
    let [batched, joined, read] = [batched, joined, read].map(median);
    println!("{PARENTS} parents, median of {ROUNDS}:");
    println!("  batched field, through the gateway    {batched:>9.2?}");
    println!("  join by hand, through the gateway     {joined:>9.2?}   batched / join {:.2}", ratio(batched, joined));
    println!("  join by hand, read by tokio-postgres  {read:>9.2?}   batched / join {:.2}", ratio(batched, read));
}

fn gateway(url: String) -> Gateway {
    let files = vec![SourceFile { name: "schema.graphql".to_owned(), text: SCHEMA.to_owned() }];
    let config = config::parse(files, Path::new("."), &Environment::new(move |_| Some(url.clone()))).expect("a schema");
    let (schema, _) = schema::build(&config).expect("a right schema");
    let sources = connect(&schema).expect("sources");
    Gateway::new(Arc::new(schema), sources, Debug::Hidden)
}

async fn ask(gateway: &Gateway, query: &str) -> Duration {
    let started = Instant::now();
    let response = gateway.execute(Request { query: query.to_owned(), ..Request::default() }).await;
    assert_eq!(response.outcome, Outcome::Complete, "{}", String::from_utf8_lossy(&response.body));
    started.elapsed()
}

async fn read_rows(client: &Client) -> Duration {
    let started = Instant::now();
    let rows = client.query(STATEMENT, &[]).await.expect("rows");
    let length: usize = rows
        .iter()
        .map(|row| {
            let (id, name, seller, seller_name, city): (i32, &str, i32, &str, &str) =
                (row.get(0), row.get(1), row.get(2), row.get(3), row.get(4));
            name.len() + seller_name.len() + city.len() + usize::from(id > 0) + usize::from(seller > 0)
        })
        .sum();
    assert!(rows.len() == PARENTS && length > 0);
    started.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn ratio(some: Duration, other: Duration) -> f64 {
    some.as_secs_f64() / other.as_secs_f64()
}

/// A server for the time of the measurement.
struct Cluster {
    url: String,
    folder: Option<String>,
}

impl Cluster {
    fn start() -> Cluster {
        if let Ok(url) = std::env::var("TRIBUTARY_TEST_POSTGRES") {
            return Cluster { url, folder: None };
        }
        let folder = std::env::temp_dir().join(format!("tributary-bench-{}", std::process::id()));
        let folder = folder.to_str().expect("UTF-8").to_owned();
        let url = script(&["start", &folder]);
        Cluster { url, folder: Some(folder) }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(folder) = &self.folder {
            script(&["remove", folder]);
        }
    }
}

fn script(arguments: &[&str]) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/postgres.sh");
    let output = Command::new("sh").arg(script).args(arguments).output().expect("sh runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
