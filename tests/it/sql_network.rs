//! PostgreSQL that goes away and comes back, a network that dies, and a gateway that is killed.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tokio::io::AsyncWriteExt as _;
use tokio_postgres::config::Host;
use tributary::source::{Cause, Failure};

use crate::gateway_fixture::{ask, gateway};
use crate::postgres_cluster::{Cluster, connect, new_database};
use crate::program::{Serving, tributary};
use crate::sql_calls::{Source, call, until};
use crate::sql_postgres::source;
use crate::tcp_proxy::{Direction, Network, TcpProxy};

/// A proxy in front of a server, and the URL through it.
pub async fn proxied(url: &str) -> (TcpProxy, String) {
    let config: tokio_postgres::Config = url.parse().expect("a URL");
    let host = config.get_hosts().iter().find_map(|host| match host {
        Host::Tcp(name) => Some(name.clone()),
        Host::Unix(_) => None,
    });
    let port = config.get_ports().first().copied().unwrap_or(5432);
    let proxy = TcpProxy::start(format!("{}:{port}", host.expect("a host"))).await;
    let SocketAddr::V4(address) = proxy.address() else { unreachable!("it listens on 127.0.0.1") };
    let through = format!(
        "postgres://{}@{address}/{}",
        config.get_user().expect("a user"),
        config.get_dbname().expect("a database")
    );
    (proxy, through)
}

/// So many statements at once, each on a connection of its own.
async fn at_once(source: &Source, count: usize, timeout: u64) -> Vec<Result<String, Failure>> {
    join_all((0..count).map(|number| {
        let source = source.clone();
        async move { source.value(call(&format!("select 1 + {number} * 0 from pg_sleep(0.02)")).within(timeout)).await }
    }))
    .await
}

/// What became of a call, and when.
#[derive(Debug)]
struct Outcome {
    began: Instant,
    ended: Instant,
    text: String,
}

#[tokio::test(flavor = "multi_thread")]
async fn p5_a_restart_under_load_costs_only_what_was_asked_meanwhile() {
    let (cluster, url) = tokio::task::spawn_blocking(Cluster::start).await.expect("a cluster");
    let text = format!(
        "extend schema @source(name: \"db\", sql: {{ url: \"{url}\" }}, timeout: \"2s\")
         type Query {{ a: Int @sql(query: \"select 7\") }}"
    );
    let gateway = gateway(&text);
    assert_eq!(ask(&gateway, "{ a }").await.text, r#"{"data":{"a":7}}"#);
    let done = Arc::new(AtomicBool::new(false));
    // 200 calls a second, until told.
    let load = tokio::spawn({
        let done = Arc::clone(&done);
        async move {
            let (mut calls, mut beat) = (Vec::new(), tokio::time::interval(Duration::from_millis(5)));
            while !done.load(Ordering::Relaxed) {
                beat.tick().await;
                let gateway = Arc::clone(&gateway);
                calls.push(tokio::spawn(async move {
                    let began = Instant::now();
                    let text = ask(&gateway, "{ a }").await.text;
                    Outcome { began, ended: Instant::now(), text }
                }));
            }
            join_all(calls).await.into_iter().map(|call| call.expect("ended")).collect::<Vec<_>>()
        }
    });
    tokio::time::sleep(Duration::from_millis(500)).await;
    let down = Instant::now();
    tokio::task::block_in_place(|| cluster.crash());
    let resuming = tokio::task::spawn_blocking(move || {
        cluster.resume();
        cluster
    });
    until("it accepts", async || tokio_postgres::connect(&url, tokio_postgres::NoTls).await.is_ok()).await;
    let accepts = Instant::now();
    tokio::time::sleep(Duration::from_secs(1)).await;
    done.store(true, Ordering::Relaxed);
    let outcomes = load.await.expect("ended");
    drop(resuming.await.expect("a cluster"));

    let failed: Vec<&Outcome> = outcomes.iter().filter(|outcome| outcome.text != r#"{"data":{"a":7}}"#).collect();
    for outcome in &failed {
        assert!(outcome.text.contains(r#""code":"SOURCE_UNAVAILABLE""#), "{}", outcome.text);
        assert!(outcome.ended > down, "before it was down: {}", outcome.text);
        let late = outcome.began.saturating_duration_since(accepts);
        assert!(late < Duration::from_millis(500), "{late:?} after it was back: {}", outcome.text);
    }
    let first = failed.iter().map(|outcome| outcome.ended).min().expect("a failure");
    let back = outcomes.iter().filter(|outcome| outcome.began > first && outcome.text.starts_with(r#"{"data":{"a":7"#));
    let back = back.map(|outcome| outcome.ended).min().expect("a success").saturating_duration_since(accepts);
    println!("{} of {} failed; the first success came {back:?} after it accepted", failed.len(), outcomes.len());
    assert!(back < Duration::from_millis(550), "{back:?}");
    assert!(outcomes.len() > failed.len() + 100, "{} of {}", failed.len(), outcomes.len());
}

/// The server is another one, and nobody has told us that the connections are gone: not one call pays for it.
#[tokio::test(flavor = "multi_thread")]
async fn p5_connections_that_are_half_open_cost_no_call() {
    let (cluster, url) = tokio::task::spawn_blocking(Cluster::start).await.expect("a cluster");
    let (proxy, through) = proxied(&url).await;
    let source = source(&through, 4);
    for half_open in [Direction::ToClient, Direction::Both] {
        assert!(at_once(&source, 4, 5_000).await.iter().all(Result::is_ok));
        assert_eq!(proxy.open(), 4);
        proxy.set(Network::Dead(half_open));
        tokio::task::block_in_place(|| {
            cluster.crash();
            cluster.resume();
        });
        proxy.set(Network::Works);
        // Four connections rest, and each is dead: the first call must not try one after the other.
        assert_eq!(source.value(call("select 1")).await.expect("a value"), "1");
        for result in at_once(&source, 4, 5_000).await {
            assert_eq!(result.expect("a value"), "1");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn p6_a_network_that_dies_costs_a_timeout_and_no_seat() {
    let url = new_database().await;
    let (proxy, through) = proxied(&url).await;
    let source = source(&through, 4);
    assert!(at_once(&source, 4, 5_000).await.iter().all(Result::is_ok));
    for direction in [Direction::Both, Direction::ToClient, Direction::ToServer] {
        proxy.set(Network::Dead(direction));
        let started = Instant::now();
        // Two are lost; the other two of the pool are idle, and just as dead.
        for result in at_once(&source, 2, 200).await {
            let cause = result.expect_err("a dead network").cause;
            assert!(matches!(cause, Cause::TimedOut(_)), "{cause:?}");
        }
        assert!(started.elapsed() < Duration::from_millis(350), "{:?}", started.elapsed());
        // The first to come is told in time, also where a connection has to be made.
        let started = Instant::now();
        for result in at_once(&source, 6, 200).await {
            let cause = result.expect_err("a dead network").cause;
            assert!(matches!(cause, Cause::TimedOut(_) | Cause::Overloaded | Cause::Unavailable(_)), "{cause:?}");
        }
        assert!(started.elapsed() < Duration::from_millis(350), "{:?}", started.elapsed());
        proxy.set(Network::Works);
        // As many as there are seats, at the same time, at once.
        let started = Instant::now();
        for result in at_once(&source, 4, 5_000).await {
            assert_eq!(result.expect("a value"), "1", "{direction:?}");
        }
        println!("{direction:?}: back in {:?}", started.elapsed());
        assert!(started.elapsed() < Duration::from_millis(750), "{:?}", started.elapsed());
    }
}

/// A connection that rests is given up when nobody acknowledges anything: the kernel is told when to look.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn p6_silence_is_probed_by_the_kernel() {
    let url = new_database().await;
    let (proxy, through) = proxied(&url).await;
    let source = source(&through, 3);
    assert!(at_once(&source, 3, 5_000).await.iter().all(Result::is_ok));
    let timers: Vec<(u32, Duration)> = timers(proxy.address());
    assert_eq!(timers.len(), 3, "{timers:?}");
    for (kind, fires) in timers {
        assert_eq!(kind, 2, "the keepalive timer");
        assert!(fires <= Duration::from_secs(10), "{fires:?}");
    }
}

/// The timers of this side's sockets to an address, as the kernel tells them: which, and when it fires.
#[cfg(target_os = "linux")]
fn timers(address: SocketAddr) -> Vec<(u32, Duration)> {
    let remote = format!("0100007F:{:04X}", address.port());
    let table = std::fs::read_to_string("/proc/net/tcp").expect("the sockets of the system");
    let sockets = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let ours = sockets.filter(|fields| fields.get(2) == Some(&remote.as_str()) && fields.get(3) == Some(&"01"));
    let timer = |fields: Vec<&str>| {
        let (kind, fires) = fields[5].split_once(':').expect("a timer");
        let ticks = u64::from_str_radix(fires, 16).expect("a number");
        (u32::from_str_radix(kind, 16).expect("a number"), Duration::from_millis(ticks * 10))
    };
    ours.map(timer).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn p7_the_statement_of_a_killed_gateway_ends() {
    let url = new_database().await;
    let administrator = connect(&url).await;
    let folder = tempfile::tempdir().expect("a folder");
    let schema = format!(
        "extend schema @source(name: \"db\", sql: {{ url: \"{url}\" }}, timeout: \"30s\")
         type Query {{ a: Int @sql(query: \"select 1 from pg_sleep(30)\", timeout: \"30s\") }}"
    );
    std::fs::write(folder.path().join("schema.graphql"), schema).expect("a schema");
    let path = folder.path().join("schema.graphql");
    let mut serving = tokio::task::block_in_place(|| {
        Serving::start(&mut tributary(&["serve", path.to_str().expect("UTF-8"), "--listen", "127.0.0.1:0"]))
    });
    let mut client = tokio::net::TcpStream::connect(&serving.address).await.expect("a connection");
    let request = "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 17\r\n\r\n{\"query\":\"{ a }\"}";
    client.write_all(request.as_bytes()).await.expect("asked");
    let backends = async || {
        let statement = "select count(*) from pg_stat_activity where datname = current_database()
            and application_name = 'tributary' and query like '%pg_sleep%' and state = 'active'";
        administrator.query_one(statement, &[]).await.expect("a count").get::<_, i64>(0)
    };
    until("the statement is active", async || backends().await == 1).await;
    serving.child.kill().expect("killed");
    let gone = until("the statement has ended", async || backends().await == 0).await;
    println!("the statement ended {gone:?} after the gateway was killed");
    assert!(gone < Duration::from_secs(1), "{gone:?}");
}
