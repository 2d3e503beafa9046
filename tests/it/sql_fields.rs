//! What a client sees of a PostgreSQL that is slow, is given what it cannot take, or brings too much: one null, one error
//! with its code and path, and everything else.

use std::time::Duration;

use tributary::graphql::{Request, Value};

use crate::gateway_fixture::{Answered, ask, ask_with, gateway};
use crate::postgres_cluster::{connect, new_database};
use crate::sql_calls::until;

async fn database() -> String {
    let url = new_database().await;
    let types = "create type colour as enum ('RED'); create table x (a int); insert into x values (1);
        create function refuse() returns int language plpgsql as
        $$ begin raise 'no' using errcode = '22P02'; end $$";
    connect(&url).await.batch_execute(types).await.expect("types");
    url
}

/// One connection, three attempts, and a breaker that opens at the fourth failure of ten.
fn schema(url: &str) -> String {
    let cast = |name: &str| format!("{name}(v: String): String @sql(query: \"select {{args.v}}::{name}::text\")");
    let casts = ["text", "int8", "numeric", "float8", "uuid", "colour", "date"].map(cast).join("\n");
    format!(
        "extend schema @source(name: \"db\", sql: {{ url: \"{url}\", pool: 1 }}, timeout: \"5s\", maxAnswer: \"1MiB\",
           retry: {{ attempts: 3, backoff: \"1ms\" }}, breaker: {{ minCalls: 4, failureRate: 0.4 }})
         type Query {{
           {casts}
           slow: Int @sql(query: \"select 1 from pg_sleep(10)\", timeout: \"200ms\")
           one: Int @sql(query: \"select 1\")
           backend: Int @sql(query: \"select pg_backend_pid()\")
           count: Int @sql(query: \"select count(*)::int from x\")
           refused: Int @sql(query: \"select refuse()\")
           remove: Int @sql(query: \"delete from x returning a\")
           rows: [Int] @sql(query: \"select i from generate_series(1, 1000000) i\")
           large: String @sql(query: \"select repeat('x', 20000000)\")
         }}
         type Mutation {{ remove: Int @sql(query: \"delete from x returning a\") }}"
    )
}

/// Asks with the variable `v` in a field of that name.
async fn cast(gateway: &tributary::gateway::Gateway, field: &str, value: &str) -> Answered {
    let variables = Value::from_json(&format!("{{\"v\":{value}}}")).expect("JSON");
    let query = format!("query($v: String) {{ {field}(v: $v) one: __typename }}");
    ask_with(gateway, Request { query, variables: Some(variables), ..Request::default() }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn p1_a_statement_that_takes_too_long_is_null_in_time() {
    let url = database().await;
    let administrator = connect(&url).await;
    let gateway = gateway(&schema(&url).replace("pool: 1", "pool: 2"));
    ask(&gateway, "{ one count }").await;
    let answered = ask(&gateway, "{ slow one count }").await;
    assert_eq!(answered.data(), r#"{"slow":null,"one":1,"count":1}"#);
    assert_eq!(answered.errors(), ["slow SOURCE_TIMEOUT db"]);
    assert!(answered.took < Duration::from_millis(300), "{:?}", answered.took);
    let active = "select count(*) from pg_stat_activity where application_name = 'tributary' and state <> 'idle'
        and datname = current_database()";
    let gone = until("no statement is active", async || {
        administrator.query_one(active, &[]).await.expect("a count").get::<_, i64>(0) == 0
    })
    .await;
    assert!(gone < Duration::from_millis(150), "{gone:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn p9_what_a_type_does_not_take_costs_its_field_alone() {
    let url = database().await;
    let gateway = gateway(&schema(&url));
    let backend = ask(&gateway, "{ backend }").await.text;
    // More often than the breaker would bear.
    for _ in 0..3 {
        for (field, value) in [
            ("text", r#""a\u0000b""#),
            ("numeric", r#""1e400000""#),
            ("float8", r#""1e400""#),
            ("int8", r#""9223372036854775808""#),
            ("uuid", r#""nobody""#),
            ("colour", r#""GREEN""#),
            ("date", r#""2024-02-30""#),
        ] {
            let answered = cast(&gateway, field, value).await;
            assert_eq!(answered.errors(), [format!("{field} SOURCE_REJECTED_INPUT db")], "{}", answered.text);
            assert_eq!(answered.data(), format!(r#"{{"{field}":null,"one":"Query"}}"#));
            assert!(!answered.text.contains(r#""attempts":2"#), "{}", answered.text);
        }
        let answered = ask(&gateway, "{ refused one }").await;
        assert_eq!(answered.errors(), ["refused SOURCE_QUERY_FAILED db"]);
        assert!(answered.text.contains(r#""attempts":1"#), "{}", answered.text);
    }
    // 10^400 is a number, and `numeric` takes it; a surrogate alone is no text, and nobody is asked.
    let answered = cast(&gateway, "numeric", r#""1e400""#).await;
    assert!(answered.text.contains(&format!("1{}", "0".repeat(400))), "{}", answered.text);
    assert!(Value::from_json(r#"{"v":"\ud800"}"#).is_err());
    let answered = ask(&gateway, r#"{ text(v: "\ud800") }"#).await;
    assert_eq!(answered.errors(), ["- GRAPHQL_PARSE_FAILED -"]);
    assert_eq!(ask(&gateway, "{ backend }").await.text, backend, "the same connection");
}

#[tokio::test(flavor = "multi_thread")]
async fn p8_what_looks_like_sql_is_a_value() {
    let url = database().await;
    let gateway = gateway(&schema(&url));
    let long = "%\\'\"".repeat(250_000);
    for value in ["'; drop table x;--", "'", "\"", "%", "\\", "\\'; drop table x;--", "$1", "{args.v}", &long] {
        let value = Value::String(value.into()).to_json();
        let answered = cast(&gateway, "text", &value).await;
        assert_eq!(answered.text, format!(r#"{{"data":{{"text":{value},"one":"Query"}}}}"#));
    }
    assert_eq!(ask(&gateway, "{ count }").await.text, r#"{"data":{"count":1}}"#);
}

#[tokio::test(flavor = "multi_thread")]
async fn p10_p14_too_much_and_what_writes_are_refused() {
    let gateway = gateway(&schema(&database().await));
    for field in ["rows", "large"] {
        let answered = ask(&gateway, &format!("{{ {field} one }}")).await;
        assert_eq!(answered.errors(), [format!("{field} SOURCE_RESPONSE_TOO_LARGE db")], "{}", answered.text);
        assert_eq!(answered.data(), format!(r#"{{"{field}":null,"one":1}}"#));
    }
    let answered = ask(&gateway, "{ remove count }").await;
    assert_eq!(
        (answered.errors(), answered.data()),
        (vec!["remove SOURCE_QUERY_FAILED db".to_owned()], r#"{"remove":null,"count":1}"#.to_owned())
    );
    assert!(answered.text.contains(r#""sqlState":"25006""#), "{}", answered.text);
    assert_eq!(ask(&gateway, "mutation { remove }").await.text, r#"{"data":{"remove":1}}"#);
    assert_eq!(ask(&gateway, "{ count }").await.text, r#"{"data":{"count":0}}"#);
}
