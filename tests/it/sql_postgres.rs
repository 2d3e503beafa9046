//! PostgreSQL: values in and out, read-only outside mutations, one bad row costs one row.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::future::join_all;
use tributary::graphql::Value;
use tributary::schema::{PostgresTarget, Secret, SourceTarget};
use tributary::source::Cause;

use crate::postgres_cluster::new_database;
use crate::sql_calls::{Source, call, json, scope, text};
use crate::sql_ways::Way;

pub fn source(url: &str, pool: usize) -> Source {
    let acquire = Duration::from_secs(1);
    let target = SourceTarget::Postgres(PostgresTarget { url: Secret(url.to_owned()), pool, acquire });
    Source::new(target, 64, 4_000_000)
}

fn refused(code: &str) -> Cause {
    Cause::QueryFailed(Some(code.into()))
}

#[tokio::test(flavor = "multi_thread")]
async fn p11_values_come_out_as_what_they_are() {
    values_out(&Way::straight().await).await;
}

pub async fn values_out(way: &Way) {
    let administrator = way.administrator().await;
    let types = "create type colour as enum ('RED', 'dark \"blue\"'); create domain age as int check (value > 0);
        create type pair as (a int, b text)";
    administrator.batch_execute(types).await.expect("types");
    let source = way.source(2);
    for (expression, expected) in TYPES {
        for statement in [format!("select {expression}"), format!("select {expression} as a;  -- the end")] {
            let value = source.value(call(&statement)).await;
            assert_eq!(value.expect(&statement), *expected, "{statement}");
        }
    }
}

const TYPES: &[(&str, &str)] = &[
    ("true", "true"),
    ("32767::int2", "32767"),
    ("(-2147483648)::int4", "-2147483648"),
    ("9223372036854775807", "9223372036854775807"),
    ("4294967295::oid", "4294967295"),
    ("0.1::float4", "0.1"),
    ("1e300::float8", "1e+300"),
    ("'NaN'::float8", "\"NaN\""),
    ("'-infinity'::float4", "\"-Infinity\""),
    ("12345678901234567890.0001000", "12345678901234567890.0001000"),
    ("-0.00000001", "-0.00000001"),
    ("1e20::numeric", "100000000000000000000"),
    ("10000::numeric(10,2)", "10000.00"),
    ("'NaN'::numeric", "\"NaN\""),
    ("'Infinity'::numeric", "\"Infinity\""),
    ("'a\"b'::text", r#""a\"b""#),
    ("'ab'::varchar(3)", "\"ab\""),
    ("'ab'::char(3)", "\"ab \""),
    ("'ab'::name", "\"ab\""),
    ("'c'::\"char\"", "\"c\""),
    ("'dark \"blue\"'::colour", r#""dark \"blue\"""#),
    ("7::age", "7"),
    ("'{\"a\": 1.0}'::json", "{\"a\": 1.0}"),
    ("'{\"a\": [1e2]}'::jsonb", "{\"a\": [100]}"),
    ("'00000000-0000-0000-0000-00000000000A'::uuid", "\"00000000-0000-0000-0000-00000000000a\""),
    ("'2024-02-29'::date", "\"2024-02-29\""),
    ("'infinity'::date", "\"infinity\""),
    ("'0044-03-15 BC'::date", "\"-000043-03-15\""),
    ("'24:00:00'::time", "\"24:00:00\""),
    ("'03:04:05.678900'::time", "\"03:04:05.6789\""),
    ("'03:04:05+05:30'::timetz", "\"03:04:05+05:30\""),
    ("'2024-02-29 12:34:56.5'::timestamp", "\"2024-02-29T12:34:56.5\""),
    ("'2024-02-29 12:34:56+02'::timestamptz", "\"2024-02-29T10:34:56Z\""),
    ("'-infinity'::timestamptz", "\"-infinity\""),
    ("'1 year 2 mons -3 days 04:05:06.7'::interval", "\"1 year 2 mons -3 days +04:05:06.7\""),
    ("'\\x00ff'::bytea", "\"AP8=\""),
    ("null::int", "null"),
    ("pg_sleep(0)", "null"),
    ("array[1, null, 3]", "[1,null,3]"),
    ("array[[1, 2], [3, 4]]", "[[1,2],[3,4]]"),
    ("array[]::text[]", "[]"),
    ("array['a\"b', 'NULL', null]", r#"["a\"b","NULL",null]"#),
    ("array['{\"a\":1}'::json]", "[{\"a\":1}]"),
    ("array['RED'::colour]", "[\"RED\"]"),
    ("array['NaN'::float8, 1.5]", "[\"NaN\",1.5]"),
    ("'[0:1]={5,6}'::int[]", "[5,6]"),
    // What is not read from its binary form is its text.
    ("'10.0.0.1/8'::inet", "\"10.0.0.1/8\""),
    ("'[1,5)'::int4range", "\"[1,5)\""),
    ("row(1, 'b')::pair", "\"(1,b)\""),
    ("'1.5'::money", "\"$1.50\""),
    ("array['10.0.0.1'::inet, null]", "[\"10.0.0.1/32\",null]"),
    ("(select point(1, 2) where ';' <> '/*')", "\"(1,2)\""),
];

/// Every date, time and number that is read from its binary form reads as PostgreSQL itself writes it.
#[tokio::test(flavor = "multi_thread")]
async fn p11_dates_and_numbers_agree_with_the_server() {
    dates_and_numbers(&Way::straight().await).await;
}

pub async fn dates_and_numbers(way: &Way) {
    let source = way.source(2);
    let dates =
        "select array_agg(d::date order by d) from generate_series('0001-01-01'::timestamp, '9999-12-31', '37 days') d";
    let texts = dates.replace("d::date", "d::date::text");
    let ours = source.value(call(dates)).await.expect("dates");
    assert_eq!(ours, source.value(call(&texts)).await.expect("texts"));
    for (values, cast) in [
        ("select i * i * 1234567.891 from generate_series(-300, 300) i", "numeric"),
        ("select power(10::numeric, i) + 1 / power(7::numeric, 30) from generate_series(-40, 60) i", "numeric"),
        (
            "select make_interval(months => i, days => -i * 3, secs => i * 1234.5) from generate_series(-50, 50) i",
            "interval",
        ),
        ("select make_interval(days => i, secs => -i * 0.001) from generate_series(-50, 50) i", "interval"),
    ] {
        let ours = format!("select array_agg(v::{cast})::text[] from ({values}) t(v)");
        let expected = source.value(call(&ours)).await.expect("texts");
        let ours =
            source.value(call(&format!("select array_agg(v::{cast}) from ({values}) t(v)"))).await.expect("values");
        assert_eq!(ours.replace('"', ""), expected.replace('"', ""), "{values}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn p8_values_go_in_as_parameters_only() {
    values_in(&Way::straight().await).await;
}

pub async fn values_in(way: &Way) {
    way.administrator().await.batch_execute("create table x (a int)").await.expect("a table");
    let source = way.source(2);
    let long = "ä".repeat(500_000);
    for value in ["'; drop table x;--", "%", "\\", "\"", "$1", "", "{a}", &long] {
        let result = source.value(call("select {}::text").with(vec![text(value)])).await.expect("a value");
        assert_eq!(result, text(value).to_json());
        let list = Value::List(vec![text(value), Value::Null]);
        let result = source.value(call("select {}::text[]").with(vec![list.clone()])).await.expect("a list");
        assert_eq!(result, list.to_json());
    }
    for (type_, value, expected) in [
        ("int8", "9223372036854775807", "9223372036854775807"),
        ("numeric", "1e30", "1000000000000000000000000000000"),
        ("bool", "true", "true"),
        ("text", "12.50", "\"12.50\""),
        ("int[]", "[[1,2],[3,null]]", "[[1,2],[3,null]]"),
        ("jsonb", "{\"a\":[1,\"x\"]}", "{\"a\": [1, \"x\"]}"),
        ("jsonb", "[1]", "[1]"),
        ("jsonb[]", "[{\"a\":\"\\\"\"}]", "[{\"a\": \"\\\"\"}]"),
        ("date", "\"2024-02-29\"", "\"2024-02-29\""),
        ("int", "null", "null"),
    ] {
        let result = source.value(call(&format!("select {{}}::{type_}")).with(vec![json(value)])).await;
        assert_eq!(result.expect(type_), expected, "{type_}");
    }
    let among = call("select count(*) from generate_series(1, 9) i where i = any({})").with(vec![json("[2,3,99]")]);
    assert_eq!(source.value(among).await.expect("a count"), "2");
    assert_eq!(source.value(call("select count(*) from x")).await.expect("the table is there"), "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn p9_values_that_cannot_be_are_rejected() {
    values_rejected(&Way::straight().await).await;
}

pub async fn values_rejected(way: &Way) {
    way.administrator().await.batch_execute("create type colour as enum ('RED')").await.expect("a type");
    let source = way.source(1);
    for (type_, value, code) in [
        ("uuid", text("nobody"), "22P02"),
        ("colour", text("GREEN"), "22P02"),
        ("int", text("1; drop"), "22P02"),
        ("int8", json("9223372036854775808"), "22003"),
        ("float8", json("1e400"), "22003"),
        ("date", text("2024-02-30"), "22008"),
        ("timestamptz", text("soon"), "22007"),
    ] {
        let cause = source.cause(call(&format!("select {{}}::{type_}")).with(vec![value])).await;
        assert!(matches!(&cause, Cause::RejectedInput(_, Some(state)) if &**state == code), "{type_}: {cause:?}");
    }
    for value in [text("a\0"), Value::List(vec![text("\0")])] {
        let cause = source.cause(call("select {}::text").with(vec![value])).await;
        assert!(matches!(cause, Cause::RejectedInput(_, None)), "{cause:?}");
    }
    let pid = source.value(call("select pg_backend_pid()")).await.expect("a number");
    assert_eq!(source.value(call("select pg_backend_pid() + 0")).await.expect("the same connection"), pid);
}

#[tokio::test(flavor = "multi_thread")]
async fn p14_only_mutations_write() {
    only_mutations_write(&Way::straight().await).await;
}

pub async fn only_mutations_write(way: &Way) {
    let administrator = way.administrator().await;
    let tables = "create table t (a int primary key deferrable initially deferred)";
    administrator.batch_execute(tables).await.expect("a table");
    let source = way.source(1);
    let read_only = refused("25006");
    assert_eq!(source.cause(call("insert into t values (1)")).await, read_only);
    let insert = || call("insert into t values ({}) returning a").with(vec![json("7")]).writing();
    assert_eq!(source.value(insert()).await.expect("a row"), "7");
    assert_eq!(source.value(call("select count(*) from t")).await.expect("a count"), "1");
    // A deferred constraint fails at the commit, and that counts.
    assert_eq!(source.cause(insert()).await, refused("23505"));
    assert_eq!(source.cause(call("insert into nothing values (1)").writing()).await, refused("42P01"));
    assert_eq!(source.cause(call("insert into t values (2)")).await, read_only);
    assert_eq!(source.value(call("select count(*) from t")).await.expect("a count"), "1");
    assert_eq!(source.value(call("delete from t").writing()).await.expect("no rows"), "null");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_set_up() {
    let source = source(&new_database().await, 1);
    for (setting, expected) in [
        ("default_transaction_read_only", "on"),
        ("jit", "off"),
        ("TimeZone", "UTC"),
        ("client_connection_check_interval", "100ms"),
        ("statement_timeout", "1min"),
        ("application_name", "tributary"),
    ] {
        let value = source.value(call(&format!("select current_setting('{setting}')"))).await;
        assert_eq!(value.expect(setting), format!("\"{expected}\""), "{setting}");
    }
    // A longer timeout moves the server's own behind it.
    let setting = call("select current_setting('statement_timeout')").within(600_000);
    assert_ne!(source.value(setting).await.expect("a setting"), "\"1min\"");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_bad_row_costs_one_row() {
    one_bad_row(&Way::straight().await).await;
}

pub async fn one_bad_row(way: &Way) {
    let source = way.source(1);
    let keys = (0..100).map(|number| vec![Value::integer(number)]).collect();
    let results = source.all(call("select 100 / ({}::int - 50)").with_keys(keys)).await;
    for (number, result) in (0..100).zip(results) {
        match result {
            Ok(value) => assert_eq!(value, (100 / (number - 50)).to_string()),
            Err(failure) => {
                assert_eq!((number, failure.cause), (50, refused("22012")));
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn identical_statements_of_an_operation_run_once() {
    identical_statements(&Way::straight().await).await;
}

pub async fn identical_statements(way: &Way) {
    way.administrator().await.batch_execute("create sequence s").await.expect("a sequence");
    let source = way.source(4);
    let scope = scope();
    // `nextval` is refused in a read-only transaction, a function that looks the clock up is not.
    let now = || call("select clock_timestamp()::text from pg_sleep(0.05)").in_scope(&scope);
    let (first, second) = tokio::join!(source.value(now()), source.value(now()));
    let first = first.expect("a time");
    assert_eq!(first, second.expect("a time"));
    assert_eq!(first, source.value(now()).await.expect("a time"));
    assert_ne!(first, source.value(call("select clock_timestamp()::text from pg_sleep(0.05)")).await.expect("a time"));
    let next = || call("select nextval('s')").in_scope(&scope).writing();
    assert_eq!(source.value(next()).await.expect("a number"), "1");
    assert_eq!(source.value(next()).await.expect("a number"), "2");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_may_change_under_a_prepared_statement() {
    table_changes(&Way::straight().await).await;
}

pub async fn table_changes(way: &Way) {
    let administrator = way.administrator().await;
    administrator.batch_execute("create table t (a int); insert into t values (1)").await.expect("a table");
    let source = way.source(1);
    let all = || call("select * from t");
    assert_eq!(source.value(all()).await.expect("a value"), "1");
    administrator.batch_execute("alter table t alter a type text").await.expect("another type");
    assert_eq!(source.value(all()).await.expect("a value"), "\"1\"");
    administrator.batch_execute("alter table t alter a type int using a::int").await.expect("another type");
    assert_eq!(source.value(all().writing()).await.expect("a value"), "1");
}

/// The first call to be told forgot the statement, and the others were not tried again.
#[tokio::test(flavor = "multi_thread")]
async fn a_table_may_change_under_a_whole_fetch() {
    table_changes_under_a_fetch(&Way::straight().await).await;
}

pub async fn table_changes_under_a_fetch(way: &Way) {
    let administrator = way.administrator().await;
    let table = "create table t (a int, b int); insert into t select 1, i from generate_series(1, 20) i";
    administrator.batch_execute(table).await.expect("a table");
    for pool in [1, 4] {
        let source = way.source(pool);
        let keys = || (1..=20).map(|number| vec![Value::integer(number)]).collect();
        let each = || call("select * from t where b = {}").with_keys(keys());
        // Each connection of the pool has the statement.
        join_all((0..pool).map(|_| source.all(each()))).await;
        administrator.batch_execute(&format!("alter table t add column c{pool} int")).await.expect("a column");
        for result in source.all(each()).await {
            assert_eq!(result.expect("a value"), "1");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_connection_is_free_with_the_last_answer() {
    free_with_the_last_answer(&Way::straight().await).await;
}

pub async fn free_with_the_last_answer(way: &Way) {
    let source = way.source(1);
    let keys = (1..=20).map(|number| vec![Value::integer(number)]).collect();
    let mut results = Arc::clone(&source.0).fetch(call("select {}::int").with_keys(keys).fetch());
    for _ in 0..20 {
        results.next().await.expect("a result").1.expect("a value");
    }
    assert_eq!(source.value(call("select 7")).await.expect("a value"), "7");
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_kept_on_a_connection_are_bounded() {
    let source = source(&new_database().await, 1);
    for number in 0..300 {
        source.value(call(&format!("select {number}"))).await.expect("a number");
    }
    let kept = source.value(call("select count(*) from pg_prepared_statements")).await.expect("a count");
    assert!(kept.parse::<u32>().expect("a number") <= 258, "{kept}");
}
