//! `tributary demo` with `DATABASE_URL`: the same file on PostgreSQL, filled once and only where nothing else is.

use std::fs::File;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::demo::{Shop, every_story_keeps_its_promise};
use crate::postgres_cluster::{connect, new_database};
use crate::program::{Serving, finish, tributary};

/// What the two databases must answer alike, to the byte.
const QUERIES: [&str; 8] = [
    "{ product(id: 1) { id name description category price link seller { id name description city } } }",
    "{ products(first: 100) { id name description category price seller { name } } }",
    "{ products(first: 100, after: 100) { id name description category price seller { name } } }",
    "{ products(category: PANTRY, first: -1) { id } none: products(first: 0) { id } product(id: 999) { id } }",
    r#"{ search(keyword: "WOOL") { __typename name description ... on Product { price } ... on Seller { city } } }"#,
    r#"{ search(keyword: "o'") { name } percent: search(keyword: "%") { name } backslash: search(keyword: "\\") { name } }"#,
    "{ customers(first: 100) { id name city country orders(first: 100) { id quantity total status placedAt product { id } } } }",
    "{ customer(id: 6) { orders(status: DELIVERED, first: 2) { id customer { name } product { seller { products(first: 3) { name } } } } } order(id: 300) { total placedAt status } }",
];

/// What whoever fills a database holds meanwhile.
const LOCK: i64 = 8_390_884_927_342_928_242;

fn demo(url: &str) -> Command {
    let mut command = tributary(&["demo", "--listen", "127.0.0.1:0", "--log", "error"]);
    command.env("DATABASE_URL", url);
    command
}

/// Starts the demo, and gives what it has told by the time it serves.
fn open(url: &str) -> (Shop, String) {
    let told = tempfile::NamedTempFile::new().expect("a file");
    let stderr = File::create(told.path()).expect("writable");
    let shop = Shop::of(Serving::start_heard(demo(url).stderr(stderr)));
    (shop, std::fs::read_to_string(told.path()).expect("readable"))
}

fn name_of(url: &str) -> &str {
    url.rsplit('/').next().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shop_is_the_same_on_both_databases() {
    let url = new_database().await;
    let (postgres, told) = open(&url);
    assert_eq!(told, format!("filled the empty PostgreSQL database `{}` with the shop's tables\n", name_of(&url)));
    let sqlite = Shop::open();
    for query in QUERIES {
        let answer = sqlite.ask_text(query);
        assert!(answer.starts_with(r#"{"data":{"#) && !answer.contains(r#""errors""#), "{query}: {answer}");
        assert_eq!(postgres.ask_text(query), answer, "{query}");
    }
    every_story_keeps_its_promise(&postgres);
    postgres.close();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_start_finds_what_was_ordered() {
    let url = new_database().await;
    let (shop, _) = open(&url);
    let order = "mutation { placeOrder(order: {productId: 2, customerId: 1}) { id total } }";
    assert_eq!(shop.ask_text(order), r#"{"data":{"placeOrder":{"id":"301","total":"89.00"}}}"#);
    shop.close();
    let (shop, told) = open(&url);
    let name = name_of(&url);
    assert_eq!(told, format!("using the shop in the PostgreSQL database `{name}`, filled by an earlier demo\n"));
    assert_eq!(shop.ask_text("{ order(id: 301) { total } }"), r#"{"data":{"order":{"total":"89.00"}}}"#);
    shop.close();
    // Whoever serves the same file sees the same shop.
    let mut command = tributary(&["serve", "schema.graphql", "--listen", "127.0.0.1:0"]);
    command.current_dir(env!("CARGO_MANIFEST_DIR")).env("DATABASE_URL", &url);
    let served = Shop::of(Serving::start(&mut command));
    assert_eq!(served.ask_text("{ order(id: 301) { total } }"), r#"{"data":{"order":{"total":"89.00"}}}"#);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_that_start_at_once_one_fills() {
    let url = new_database().await;
    // All of them are held where they are about to look, until all of them are there.
    let gate = connect(&url).await;
    gate.batch_execute(&format!("select pg_advisory_lock({LOCK})")).await.expect("the lock");
    let starts: Vec<_> = (0..3)
        .map(|_| {
            let url = url.clone();
            tokio::task::spawn_blocking(move || open(&url))
        })
        .collect();
    let waiting = "select count(*) from pg_locks join pg_database on database = pg_database.oid
        where locktype = 'advisory' and not granted and datname = current_database()";
    let until = Instant::now() + Duration::from_secs(10);
    while gate.query_one(waiting, &[]).await.expect("a count").get::<_, i64>(0) < 3 {
        assert!(Instant::now() < until, "not all of them wait for the lock");
    }
    gate.batch_execute(&format!("select pg_advisory_unlock({LOCK})")).await.expect("the lock is given back");
    let mut filled = 0;
    for start in starts {
        let (shop, told) = start.await.expect("a demo");
        filled += usize::from(told.starts_with("filled"));
        let last = shop.ask_text("{ customers(first: 1, after: 59) { id } order(id: 301) { id } }");
        assert_eq!(last, r#"{"data":{"customers":[{"id":"60"}],"order":null}}"#);
    }
    assert_eq!(filled, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_somebody_else_is_left_alone() {
    for theirs in [
        "create table product (id integer primary key, name text); insert into product values (1, 'Theirs')",
        "create table unrelated (a integer)",
        "create schema elsewhere; create view elsewhere.product as select 1 as id",
        "create function theirs() returns int language sql return 1",
        "create type theirs as enum ('a')",
        "create sequence theirs",
    ] {
        let url = new_database().await;
        let administrator = connect(&url).await;
        administrator.batch_execute(theirs).await.expect("a database of somebody else");
        let count =
            "select count(*) from pg_class where relnamespace::regnamespace::text !~ '^(pg_|information_schema)'";
        let before: i64 = administrator.query_one(count, &[]).await.expect("a count").get(0);
        let (code, out, err) = finish(&mut demo(&url));
        assert_eq!((code, out.as_str()), (69, ""), "{err}");
        let name = name_of(&url);
        let told = format!(
            "error: the PostgreSQL database `{name}` holds something of its own, so the demo leaves it alone\n"
        );
        assert!(err.starts_with(&told) && err.contains("hint: name an empty database in DATABASE_URL"), "{err}");
        let after: i64 = administrator.query_one(count, &[]).await.expect("a count").get(0);
        assert_eq!(before, after, "{theirs}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_filled_is_told_without_secrets() {
    let url = new_database().await;
    let visitor = format!("visitor_of_{}", name_of(&url));
    let roles = format!("revoke create on schema public from public; create role {visitor} login");
    connect(&url).await.batch_execute(&roles).await.expect("somebody who may look only");
    let (_, rest) = url.split_once('@').expect("a URL with a user");
    for (url, told) in [
        ("postgres://shop:hidden@127.0.0.1:1/shop".to_owned(), "the database of DATABASE_URL cannot be reached: "),
        (format!("postgres://nobody:hidden@{rest}"), "the database of DATABASE_URL cannot be reached: "),
        (format!("postgres://{visitor}:hidden@{rest}"), "the database of DATABASE_URL could not be filled: "),
    ] {
        let (code, out, err) = finish(&mut demo(&url));
        assert_eq!((code, out.as_str()), (69, ""), "{err}");
        assert!(err.contains(told) && !err.contains("hidden"), "{err}");
    }
    let tables = "select count(*) from pg_class where relnamespace = 'public'::regnamespace";
    let left: i64 = connect(&url).await.query_one(tables, &[]).await.expect("a count").get(0);
    assert_eq!(left, 0);
}

#[test]
fn a_sqlite_file_is_filled_where_the_demo_was_started() {
    let folder = tempfile::tempdir().expect("a folder");
    for id in [301, 302] {
        let mut command = demo("sqlite:shop.db");
        let shop = Shop::of(Serving::start(command.current_dir(folder.path())));
        let order = "mutation { placeOrder(order: {productId: 2, customerId: 1}) { id } }";
        assert_eq!(shop.ask_text(order), format!(r#"{{"data":{{"placeOrder":{{"id":"{id}"}}}}}}"#));
        shop.close();
    }
    assert!(folder.path().join("shop.db").is_file());
}

#[test]
fn a_database_of_another_kind_is_told_by_the_variable_that_names_it() {
    let (code, out, err) = finish(&mut demo("mysql://root:hidden@localhost/shop"));
    assert_eq!((code, out.as_str()), (2, ""), "{err}");
    assert_eq!(err, "error: DATABASE_URL names no database: write postgres://… or sqlite:FILE, or unset it\n");
}

#[test]
fn a_sqlite_file_of_somebody_else_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("own.db");
    let own = rusqlite::Connection::open(&file).expect("a database");
    own.execute_batch("create table mine (a int)").expect("a table");
    drop(own);
    let before = std::fs::read(&file).expect("readable");
    let (code, out, err) = finish(demo("sqlite:own.db").current_dir(folder.path()));
    assert_eq!((code, out.as_str()), (69, ""), "{err}");
    assert!(err.contains("own.db` holds something of its own, so the demo leaves it alone"), "{err}");
    assert_eq!(std::fs::read(&file).expect("readable"), before);
}
