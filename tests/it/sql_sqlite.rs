//! SQLite: values in and out, read-only outside mutations, endless statements ended, readers side by side.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tributary::graphql::{Headers, Value};
use tributary::schema::{InitScript, SourceDefinition, SourceTarget, SqliteTarget};
use tributary::source::sql::SqlSource;
use tributary::source::{Cause, OperationScope};

use crate::sql_calls::{Source, call, json, text};

const ENDLESS: &str = "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n";

fn target(file: Option<PathBuf>, pool: usize, scripts: &[&str]) -> SourceTarget {
    let init = scripts.iter().map(|text| InitScript { name: "init.sql".into(), text: (*text).into() }).collect();
    SourceTarget::Sqlite(SqliteTarget { file, pool, acquire: Duration::from_millis(100), init })
}

fn memory(pool: usize, scripts: &[&str]) -> Source {
    Source::new(target(None, pool, scripts), 64, 4_000_000)
}

#[tokio::test(flavor = "multi_thread")]
async fn values_come_out_as_what_they_are() {
    let source = memory(2, &["create table t (flag boolean, doc json); insert into t values (1, '{\"a\": [1]}')"]);
    for (statement, expected) in [
        ("select 9223372036854775807", "9223372036854775807"),
        ("select 0.1", "0.1"),
        ("select 9e999", "\"Infinity\""),
        ("select 'a\"b'", r#""a\"b""#),
        ("select x'00ff'", "\"AP8=\""),
        ("select null", "null"),
        ("select flag from t", "true"),
        ("select doc from t", "{\"a\": [1]}"),
        ("select 1 where false", "null"),
    ] {
        assert_eq!(source.value(call(statement)).await.expect(statement), expected, "{statement}");
    }
    let not_text = source.cause(call("select cast(x'ff' as text)")).await;
    assert_eq!(not_text, Cause::BadResponse("holds text that is not UTF-8"));
}

#[tokio::test(flavor = "multi_thread")]
async fn values_go_in_as_parameters_only() {
    let source = memory(2, &["create table x (a)"]);
    let long = "ä".repeat(500_000);
    for value in ["'; drop table x;--", "%", "\\", "\"", &long] {
        let result = source.value(call("select {}").with(vec![text(value)])).await.expect("a value");
        assert_eq!(result, text(value).to_json());
    }
    for (value, expected) in
        [("12", "integer"), ("1.5", "real"), ("true", "integer"), ("null", "null"), ("[1]", "text")]
    {
        let result = source.value(call("select typeof({})").with(vec![json(value)])).await.expect("a type");
        assert_eq!(result, format!("\"{expected}\""), "{value}");
    }
    let sum = call("select sum(value) from json_each({})").with(vec![json("[1,2,3]")]);
    assert_eq!(source.value(sum).await.expect("a sum"), "6");
    assert_eq!(source.value(call("select count(*) from x")).await.expect("the table is there"), "0");
    for value in [text("a\0b"), Value::Number("9223372036854775808".into())] {
        let cause = source.cause(call("select {}").with(vec![value])).await;
        assert!(matches!(cause, Cause::RejectedInput(_, None)), "{cause:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_mutations_write() {
    let source = memory(2, &["create table t (a)"]);
    assert_eq!(source.cause(call("insert into t values (1)")).await, Cause::QueryFailed(None));
    let inserted = source.value(call("insert into t values ({}) returning a").with(vec![json("7")]).writing()).await;
    assert_eq!(inserted.expect("a row"), "7");
    assert_eq!(source.value(call("select a from t")).await.expect("the row"), "7");
    assert_eq!(source.cause(call("insert into t values (1)")).await, Cause::QueryFailed(None));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endless_statement_is_ended_and_the_next_is_quick() {
    let source = memory(1, &[]);
    for _ in 0..20 {
        let cause = source.cause(call(ENDLESS).within(20)).await;
        assert!(matches!(cause, Cause::TimedOut(_)), "{cause:?}");
        let started = Instant::now();
        assert_eq!(source.value(call("select 1")).await.expect("a value"), "1");
        assert!(started.elapsed() < Duration::from_millis(100), "{:?}", started.elapsed());
    }
    tokio::time::timeout(Duration::from_secs(1), source.0.close()).await.expect("nothing runs on");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_finds_no_connection_is_told_so() {
    let source = memory(1, &[]);
    let endless = tokio::spawn({
        let source = source.clone();
        async move { source.cause(call(ENDLESS).within(500)).await }
    });
    tokio::task::yield_now().await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    let started = Instant::now();
    assert_eq!(source.cause(call("select 1")).await, Cause::Overloaded);
    let waited = started.elapsed();
    assert!((95..250).contains(&waited.as_millis()), "{waited:?}");
    assert!(matches!(endless.await.expect("ended"), Cause::TimedOut(_)));
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_run_side_by_side() {
    let source = memory(4, &["create table t (a); insert into t values (1)"]);
    let slow = tokio::spawn({
        let source = source.clone();
        async move { source.cause(call(ENDLESS).within(400)).await }
    });
    tokio::time::sleep(Duration::from_millis(50)).await;
    let started = Instant::now();
    assert_eq!(source.value(call("select a from t")).await.expect("a value"), "1");
    assert!(started.elapsed() < Duration::from_millis(200), "{:?}", started.elapsed());
    slow.await.expect("ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_filled_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("shop.db");
    let scripts = ["create table t (a)", "insert into t values (1)"];
    for _ in 0..2 {
        let source = Source::new(target(Some(file.clone()), 4, &scripts), 8, 1_000_000);
        assert_eq!(source.value(call("select count(*) from t")).await.expect("a count"), "1");
        source.0.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_that_fails_is_named() {
    let definition = SourceDefinition {
        name: "shop".into(),
        target: target(None, 1, &["create table t (a)", "insert into missing values (1)"]),
        concurrency: 1,
        queue: 1,
        max_answer: 1,
        retry: None,
        breaker: None,
        naming: tributary::schema::Naming::Exact,
    };
    let refusal = SqlSource::connect(&definition).expect_err("the script is wrong");
    assert!(refusal.contains("init.sql") && refusal.contains("missing"), "{refusal}");
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_rows_are_not_read() {
    let source = memory(1, &[]);
    let rows = "with recursive n(i) as (select 1 union all select i + 1 from n) select i, 'some text' from n";
    assert_eq!(source.cause(call(rows)).await, Cause::TooLarge(4_000_000));
    assert_eq!(source.value(call("select 1")).await.expect("a value"), "1");
}

/// SQLite has no way to go: all keys are answered in one hop, which is one call.
#[tokio::test(flavor = "multi_thread")]
async fn a_long_list_is_one_hop() {
    let source = memory(2, &[]);
    let scope = Arc::new(OperationScope::new(Headers::default(), 1));
    let keys = || (0..10_000).map(|number| vec![Value::integer(number)]).collect();
    let asked = |sql| call(sql).with_keys(keys()).in_scope(&scope);
    for _ in 0..2 {
        for (number, result) in source.all(asked("select {}")).await.into_iter().enumerate() {
            assert_eq!(result.expect("a value"), number.to_string());
        }
    }
    let refused = source.all(asked("select -{}")).await;
    assert!(refused.iter().all(|result| result.as_ref().is_err_and(|failure| failure.cause == Cause::CallLimit(1))));
}

/// What came back before the deadline stays, and one failure is no other's.
#[tokio::test(flavor = "multi_thread")]
async fn a_hop_keeps_what_came_back() {
    let source = memory(2, &[]);
    let slow = "with recursive n(i) as (select 1 union all select i + 1 from n where i < {}) select count(*) from n";
    let keys = [3, 5, 2_000_000_000, 7].map(|number| vec![Value::integer(number)]).to_vec();
    let results = source.all(call(slow).with_keys(keys).within(200)).await;
    assert_eq!(results[..2].iter().flatten().collect::<Vec<_>>(), ["3", "5"]);
    let causes: Vec<_> = results[2..].iter().map(|result| result.as_ref().expect_err("late").cause.clone()).collect();
    assert!(causes.iter().all(|cause| matches!(cause, Cause::TimedOut(_))), "{causes:?}");
    let keys = ["1", "{", "2"].map(|document| vec![text(document)]).to_vec();
    let results = source.all(call("select json({})").with_keys(keys)).await;
    assert_eq!(results.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false, true]);
}
