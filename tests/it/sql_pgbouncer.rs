//! PostgreSQL behind a `PgBouncer` in transaction mode: what holds for a session of our own holds for one that is lent, and
//! nothing is left in it for the next.

use std::time::{Duration, Instant};

use tokio_postgres::{Client, SimpleQueryMessage};
use tributary::graphql::Value;
use tributary::source::Cause;

use crate::sql_calls::{Source, call, text};
use crate::sql_network::proxied;
use crate::sql_postgres::source;
use crate::sql_ways::Way;
use crate::tcp_proxy::Network;
use crate::{
    sql_batches as batches, sql_left_behind as left_behind, sql_postgres as values, sql_postgres_ends as ends,
};

/// A bouncer that has to lend the same few sessions to everybody.
async fn way() -> Way {
    Way::pooled("default_pool_size = 2").await
}

#[tokio::test(flavor = "multi_thread")]
async fn p13_values_are_the_same_through_a_pooler() {
    values::values_out(&way().await).await;
    values::dates_and_numbers(&way().await).await;
    values::values_in(&way().await).await;
    values::values_rejected(&way().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p13_statements_are_run_the_same_through_a_pooler() {
    values::only_mutations_write(&way().await).await;
    values::one_bad_row(&way().await).await;
    values::identical_statements(&way().await).await;
    values::free_with_the_last_answer(&way().await).await;
    values::table_changes(&way().await).await;
    values::table_changes_under_a_fetch(&way().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p13_batches_are_the_same_through_a_pooler() {
    batches::each_parent_alone(&way().await).await;
    batches::one_parent_wrong(&way().await).await;
    batches::max_answer_bounds(&way().await).await;
    batches::volatile_functions(&way().await).await;
    batches::table_changes_under_a_batch(&way().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p13_what_ends_ends_the_same_through_a_pooler() {
    // All that the pool of a source has may be asleep at once.
    let way = async || Way::pooled("default_pool_size = 5").await;
    ends::timed_out_statements(&way().await).await;
    ends::pipe_ended(&way().await).await;
    ends::write_rolled_back(&way().await).await;
    ends::preparation_ended(&way().await).await;
    ends::leaving_cancels(&way().await).await;
    ends::too_many_rows(&way().await).await;
    batches::batch_ends(&way().await).await;
    batches::batch_keeps(&way().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p13_p3_a_late_cancel_hits_nobody_through_a_pooler() {
    ends::late_cancels(&way().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p13_p12_what_a_statement_leaves_is_invisible_to_the_next() {
    left_behind::nothing_is_left(&way().await).await;
}

/// One session is lent to us and to a stranger in turn: the stranger finds it as if we had never been there.
#[tokio::test(flavor = "multi_thread")]
async fn p13_nothing_is_left_for_the_next_client() {
    for settings in ["default_pool_size = 1", "default_pool_size = 1\nignore_startup_parameters = options"] {
        let way = Way::pooled(settings).await;
        let stranger = way.stranger().await;
        let before = session(&stranger).await;
        use_up(&way, &way.source(3)).await;
        let mut after = session(&stranger).await;
        after.retain(|line| !before.contains(line));
        assert_eq!(after, Vec::<String>::new(), "{settings}");
        // What a client before us has left prepared is in nobody's way.
        for number in 0..1_000 {
            stranger.batch_execute(&format!("prepare s{number} as select 1")).await.expect("prepared");
        }
        assert_eq!(way.source(1).value(call("select 'glad'::mood")).await.expect("a value"), "\"glad\"");
        let mut after = session(&stranger).await;
        after.retain(|line| !before.contains(line));
        assert_eq!(after, Vec::<String>::new(), "{settings}");
        // All that was in one session.
        let log = way.bouncer.as_ref().expect("a bouncer").log();
        let count = |words: &str| log.lines().filter(|line| line.contains(" S-") && line.contains(words)).count();
        assert_eq!(count("new connection to server"), 1 + count("successfully sent cancel"), "{log}");
    }
}

/// Everything that we do on a connection.
async fn use_up(way: &Way, source: &Source) {
    let administrator = way.administrator().await;
    let types =
        "create type mood as enum ('glad', 'so so'); create domain age as int; create type pair as (a mood, b age);
        create table t (a int)";
    administrator.batch_execute(types).await.expect("types");
    for statement in
        ["select 'glad'::mood", "select 7::age", "select row('glad', 7)::pair", "select array['glad'::mood]"]
    {
        source.value(call(statement)).await.expect(statement);
        source.value(call(statement).writing()).await.expect(statement);
    }
    let keys = ["glad", "so so", "glad"].map(|mood| vec![text(mood)]).to_vec();
    assert!(source.all(call("select {}::mood").with_keys(keys)).await.iter().all(Result::is_ok));
    assert!(matches!(source.cause(call("select pg_sleep(9)").within(100)).await, Cause::TimedOut(_)));
    source.cause(call("select nothing")).await;
    source.cause(call("insert into t values (1)")).await;
    source.value(call("insert into t values (1) returning a").writing()).await.expect("a row");
    source.value(call("select set_config('shop.customer', 'Ada', false)").writing()).await.expect("a value");
    let keys = (0..9).map(|number| vec![Value::integer(number)]).collect();
    source.all(call("select 1 / {}::int").with_keys(keys)).await;
}

/// All that a session is set to, and has.
async fn session(client: &Client) -> Vec<String> {
    // A newer pooler keeps statements for its clients, under names of its own.
    let all = "select (select string_agg(name || '=' || setting, chr(10) order by name) from pg_settings
            where name <> 'application_name' and name not like 'plpgsql.%'),
        (select string_agg(name, ' ') from pg_prepared_statements where name not like 'PGBOUNCER%'), (select count(*) from pg_class where relpersistence = 't'),
        current_setting('shop.customer', true), current_setting('tributary.session', true), current_user";
    let told = client.simple_query(all).await.expect("a row");
    let row = told.iter().find_map(|told| match told {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    });
    let row = row.expect("a row");
    (0..row.len()).flat_map(|column| row.get(column).unwrap_or_default().lines()).map(ToOwned::to_owned).collect()
}

/// A pooler may take startup options and drop them; one that lends whole sessions is no different to us; and what the URL
/// says of a session holds in each transaction.
#[tokio::test(flavor = "multi_thread")]
async fn p13_whatever_a_pooler_does_with_options() {
    for settings in ["", "ignore_startup_parameters = options", "pool_mode = session"] {
        let way = Way::pooled(settings).await;
        let tables = "create schema shop; create table shop.t (a int); insert into shop.t values (7)";
        way.administrator().await.batch_execute(tables).await.expect("a table");
        let source = source(&format!("{}?options=-c%20search_path%3Dshop%20--work_mem%3D7MB", way.through), 2);
        for (statement, expected) in [
            ("select a from t", "7"),
            ("select current_setting('work_mem')", "\"7MB\""),
            ("select current_setting('TimeZone')", "\"UTC\""),
            ("select current_setting('jit')", "\"off\""),
            ("select current_setting('client_connection_check_interval')", "\"100ms\""),
            ("select current_setting('transaction_read_only')", "\"on\""),
            ("select current_setting('statement_timeout')", "\"1min\""),
        ] {
            assert_eq!(source.value(call(statement)).await.expect(statement), expected, "{settings}: {statement}");
        }
        let state = source.cause(call("delete from t")).await;
        assert_eq!(state, Cause::QueryFailed(Some("25006".into())), "{settings}");
    }
}

/// A transaction of its own costs a call that reads no wait: all of it is on its way at once.
#[tokio::test(flavor = "multi_thread")]
async fn p13_the_parts_of_a_call_do_not_wait_for_each_other() {
    let way = way().await;
    let (proxy, through) = proxied(&way.through).await;
    let source = source(&through, 1);
    source.value(call("select 7")).await.expect("a value");
    let delay = Duration::from_millis(100);
    proxy.set(Network::Slow(delay));
    let started = Instant::now();
    assert_eq!(source.value(call("select 7")).await.expect("a value"), "7");
    let took = started.elapsed();
    println!("{took:?}, each way {delay:?}");
    // What goes in two pieces is delayed twice, either way; three waits, one for each of its parts, would take six delays.
    assert!(took >= 2 * delay && took < 5 * delay + delay / 2, "{took:?}");
}
