//! PostgreSQL: what ends is cancelled for real, a late cancel hits nobody, and a server that was away is found again.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tokio_postgres::Client;
use tributary::graphql::Value;
use tributary::schema::{PostgresTarget, Secret, SourceTarget};
use tributary::source::{Cause, Reason};

use crate::postgres_cluster::{Cluster, connect, new_database};
use crate::sql_calls::{Source, call, until};
use crate::sql_postgres::source;
use crate::sql_ways::Way;

/// Statements that our sessions run at this moment.
async fn active(client: &Client) -> i64 {
    let statement = "select count(*) from pg_stat_activity where application_name = 'tributary' and state <> 'idle'
        and datname = current_database()";
    client.query_one(statement, &[]).await.expect("a count").get(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn p1_p2_statements_that_timed_out_leave_nothing_behind() {
    timed_out_statements(&Way::straight().await).await;
}

pub async fn timed_out_statements(way: &Way) {
    let administrator = way.administrator().await;
    let source = way.source(4);
    let started = Instant::now();
    let sleeping = (0..50).map(|number| {
        let source = source.clone();
        // Who has no connection gives up before the others do, so that none comes free just in time.
        let timeout = if number < 4 { 200 } else { 180 };
        async move { source.cause(call(&format!("select pg_sleep(10 + {number} * 0)")).within(timeout)).await }
    });
    let causes = join_all(sleeping).await;
    assert!(started.elapsed() < Duration::from_millis(450), "{:?}", started.elapsed());
    assert_eq!(causes.iter().filter(|cause| matches!(cause, Cause::TimedOut(_))).count(), 4, "{causes:?}");
    assert_eq!(causes.iter().filter(|cause| **cause == Cause::Overloaded).count(), 46);
    let next = Instant::now();
    assert_eq!(source.value(call("select 1")).await.expect("a value"), "1");
    let next = next.elapsed();
    assert!(next < way.within(50), "{next:?}");
    let none = until("no statement is active", async || active(&administrator).await == 0).await;
    println!("the next statement took {next:?}, and {none:?} later no statement was active");
    assert!(none < Duration::from_millis(150), "{none:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn p3_a_late_cancel_never_hits_the_next_statement() {
    late_cancels(&Way::straight().await).await;
}

pub async fn late_cancels(way: &Way) {
    let source = way.source(1);
    // As often as the row says takes a minute and more.
    let runs = if std::env::var_os("TRIBUTARY_TEST_LONG").is_some_and(|long| long == "1") { 5_000 } else { 500 };
    let mut timed_out = 0;
    for number in 0..runs {
        // Around the time that the statement takes, so that the cancel comes early, late, and just in between.
        let timeout = 1 + u64::from(number % 6);
        let first = source.value(call("select 1 from pg_sleep(0.004)").within(timeout)).await;
        timed_out += u32::from(first.is_err());
        let next = source.value(call("select 2 from pg_sleep(0.003)")).await;
        assert_eq!(next.expect("not cancelled"), "2");
    }
    println!("{timed_out} of {runs} timed out");
    assert!(timed_out > runs / 10, "{timed_out}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pipe_of_statements_is_ended_as_a_whole() {
    pipe_ended(&Way::straight().await).await;
}

pub async fn pipe_ended(way: &Way) {
    let administrator = way.administrator().await;
    let source = way.source(1);
    let keys = (0..20).map(|number| vec![Value::integer(number)]).collect();
    let results = source.all(call("select pg_sleep(10 + {}::float8)").with_keys(keys).within(100)).await;
    assert!(results.iter().all(|result| matches!(result, Err(failure) if matches!(failure.cause, Cause::TimedOut(_)))));
    let next = Instant::now();
    assert_eq!(source.value(call("select 1")).await.expect("a value"), "1");
    assert!(next.elapsed() < Duration::from_millis(200), "{:?}", next.elapsed());
    until("no statement is active", async || active(&administrator).await == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_timed_out_is_rolled_back() {
    write_rolled_back(&Way::straight().await).await;
}

pub async fn write_rolled_back(way: &Way) {
    let administrator = way.administrator().await;
    administrator.batch_execute("create table t (a int)").await.expect("a table");
    let source = way.source(1);
    let slow = call("insert into t select 1 from pg_sleep(10)").writing().within(100);
    assert!(matches!(source.cause(slow).await, Cause::TimedOut(_)));
    // The session is read-only again, outside of any transaction.
    let state = source.cause(call("insert into t values (1)")).await;
    assert_eq!(state, Cause::QueryFailed(Some("25006".into())));
    assert_eq!(source.value(call("select count(*) from t")).await.expect("a count"), "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_waits_for_its_preparation_is_ended_too() {
    preparation_ended(&Way::straight().await).await;
}

pub async fn preparation_ended(way: &Way) {
    let mut administrator = way.administrator().await;
    administrator.batch_execute("create table t (a int)").await.expect("a table");
    let lock = administrator.transaction().await.expect("a transaction");
    lock.batch_execute("lock table t in access exclusive mode").await.expect("a lock");
    let source = way.source(1);
    assert!(matches!(source.cause(call("select a from t").within(100)).await, Cause::TimedOut(_)));
    assert_eq!(source.value(call("select 1")).await.expect("a value"), "1");
    lock.rollback().await.expect("no lock");
    assert_eq!(source.value(call("select a from t")).await.expect("no rows"), "null");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_leaves_cancels() {
    leaving_cancels(&Way::straight().await).await;
}

pub async fn leaving_cancels(way: &Way) {
    let administrator = way.administrator().await;
    let source = way.source(2);
    let waiting = tokio::spawn({
        let source = source.clone();
        async move { source.value(call("select pg_sleep(10)")).await }
    });
    until("the statement is active", async || active(&administrator).await == 1).await;
    waiting.abort();
    let gone = until("no statement is active", async || active(&administrator).await == 0).await;
    assert!(gone < Duration::from_millis(150), "{gone:?}");
    assert_eq!(source.value(call("select 1")).await.expect("a value"), "1");
    source.0.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p4_whoever_finds_no_connection_is_told_so() {
    let url = new_database().await;
    let acquire = Duration::from_millis(100);
    let target = SourceTarget::Postgres(PostgresTarget { url: Secret(url.clone()), pool: 1, acquire });
    let source = Source::new(target, 64, 1_000_000);
    let waiting = tokio::spawn({
        let source = source.clone();
        async move { source.value(call("select pg_sleep(1)")).await }
    });
    let administrator = connect(&url).await;
    until("the statement is active", async || active(&administrator).await == 1).await;
    let started = Instant::now();
    let failure = source.value(call("select 1")).await.expect_err("no connection");
    let waited = started.elapsed();
    assert_eq!((failure.cause, failure.attempts), (Cause::Overloaded, 0));
    assert!((95..250).contains(&waited.as_millis()), "{waited:?}");
    assert_eq!(waiting.await.expect("ended").expect("slept"), "null");
}

#[tokio::test(flavor = "multi_thread")]
async fn p10_too_many_rows_are_not_read() {
    too_many_rows(&Way::straight().await).await;
}

pub async fn too_many_rows(way: &Way) {
    let source = way.source(1);
    let before = resident_kib();
    let most = Arc::new(AtomicUsize::new(0));
    let looking = tokio::spawn({
        let most = Arc::clone(&most);
        async move {
            loop {
                most.fetch_max(resident_kib(), Ordering::Relaxed);
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        }
    });
    for large in [
        "select i, repeat('x', 100) from generate_series(1, 30000000) i",
        // One row is one message of the protocol.
        "select repeat('x', 300000000)",
        "select array_agg(i) from generate_series(1, 20000000) i",
    ] {
        assert_eq!(source.cause(call(large)).await, Cause::TooLarge(4_000_000), "{large}");
        let grown = most.load(Ordering::Relaxed).saturating_sub(before);
        assert!(grown < 64 * 1024, "{grown} KiB: {large}");
    }
    looking.abort();
    let started = Instant::now();
    assert_eq!(source.value(call("select 1")).await.expect("a value"), "1");
    assert!(started.elapsed() < way.within(150), "{:?}", started.elapsed());
}

fn resident_kib() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or("0");
    line.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn p5_a_server_that_was_away_is_found_again() {
    let (cluster, url) = tokio::task::spawn_blocking(Cluster::start).await.expect("a cluster");
    let source = source(&url, 4);
    let many = |source: Source| async move {
        join_all((0..8).map(|number| {
            let source = source.clone();
            async move { source.value(call(&format!("select 1 + {number} * 0 from pg_sleep(0.01)"))).await }
        }))
        .await
    };
    assert!(many(source.clone()).await.iter().all(Result::is_ok));
    tokio::task::block_in_place(|| cluster.crash());
    for failure in many(source.clone()).await.into_iter().filter_map(Result::err) {
        assert!(matches!(failure.cause, Cause::Unavailable(Reason::Connect | Reason::Lost)), "{failure:?}");
    }
    assert_eq!(source.cause(call("select 1")).await, Cause::Unavailable(Reason::Connect));
    tokio::task::block_in_place(|| cluster.resume());
    let back = until("it answers", async || source.value(call("select 1")).await.is_ok()).await;
    assert!(back < Duration::from_secs(1), "{back:?}");
    // A restart between two statements is not noticed at all.
    tokio::task::block_in_place(|| {
        cluster.crash();
        cluster.resume();
    });
    assert!(many(source.clone()).await.iter().all(Result::is_ok));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_of_another_kind_is_not_taken() {
    let url = new_database().await;
    let value = source(&format!("{url}?target_session_attrs=read-write"), 1).value(call("select 1")).await;
    assert_eq!(value.expect("a server that may write"), "1");
    let failure = source(&format!("{url}?target_session_attrs=read-only"), 1).value(call("select 1")).await;
    assert_eq!(failure.expect_err("it is no standby").cause, Cause::Unavailable(Reason::Connect));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_does_not_answer_is_unavailable() {
    for (url, reason, told) in [
        ("postgres://u@127.0.0.1:1/d", Reason::Connect, "refused"),
        ("postgres://u@no.such.host.invalid/d", Reason::Dns, "lookup"),
    ] {
        let failure = source(url, 1).value(call("select 1")).await.expect_err("nobody there");
        assert_eq!(failure.cause, Cause::Unavailable(reason));
        assert!(failure.detail.for_operators().contains(told), "{failure:?}");
    }
}
