//! What a statement leaves in its session, the next one does not find.

use tributary::source::Cause;

use crate::sql_calls::{Source, call};
use crate::sql_ways::Way;

#[tokio::test(flavor = "multi_thread")]
async fn p12_what_a_statement_leaves_is_invisible_to_the_next() {
    nothing_is_left(&Way::straight().await).await;
}

pub async fn nothing_is_left(way: &Way) {
    let function = "create function remember(name text) returns text language sql volatile
        as $$ select set_config('shop.customer', name, false) $$;
        create function \"Remember It\"() returns text language sql volatile as $$ select remember('Bo') $$";
    way.administrator().await.batch_execute(function).await.expect("a function");
    // One connection, so that each statement comes to the session of the one before.
    let source = way.source(1);
    let fresh = state(&source).await;
    for statement in [
        "select set_config('shop.customer', 'Ada', false)",
        "select remember('Ada')",
        "select \"Remember It\" ()",
        "set shop.customer = 'Ada'",
        "select set_config('role', 'pg_monitor', false)",
        "select set_config('search_path', 'pg_temp', false)",
        "select set_config('statement_timeout', '7s', false) || set_config('jit', 'on', false)",
        "select set_config('default_transaction_read_only', 'off', false)",
        "create temporary table left_behind (a int)",
        "select 1 as a into temporary left_behind",
    ] {
        for called in [call(statement), call(statement).writing()] {
            let access = called.access;
            // A session that reads makes no table.
            if let Err(failure) = source.value(called).await {
                assert_eq!(failure.cause, Cause::QueryFailed(Some("25006".into())), "{statement} {access:?}");
            }
            assert_eq!(state(&source).await, fresh, "{statement} {access:?}");
        }
    }
    // Many at once, in one pipe.
    let keys = (0..50).map(|number| vec![crate::sql_calls::text(&number.to_string())]).collect();
    for result in source.all(call("select remember({})").with_keys(keys)).await {
        result.expect("a value");
    }
    assert_eq!(state(&source).await, fresh);
}

/// What of a session can be set.
async fn state(source: &Source) -> String {
    let state = "select concat_ws(' ', coalesce(current_setting('shop.customer', true), ''), current_user,
        (select count(*) from pg_class where relpersistence = 't'),
        (select string_agg(name || '=' || setting, ' ' order by name) from pg_settings
         where name in ('search_path', 'jit', 'TimeZone', 'DateStyle', 'IntervalStyle', 'application_name',
            'statement_timeout', 'client_connection_check_interval', 'default_transaction_read_only')))";
    source.value(call(state)).await.expect("a state")
}
