//! SQL below a list: one statement for all parents, whatever statement the author wrote, and each parent has what the
//! statement brings for it alone.

use std::sync::Arc;

use tokio_postgres::Client;
use tributary::graphql::{Headers, Value};
use tributary::schema::Take;
use tributary::source::{Cause, Failure, OperationScope};

use crate::gateway_fixture::{ask, gateway};
use crate::postgres_cluster::{connect as connect_to, new_database};
use crate::sql_calls::{call, json, text, until};
use crate::sql_postgres::source;
use crate::sql_ways::Way;

/// A statement of the author's and the keys that it is run for.
struct Case {
    statement: &'static str,
    keys: Vec<Vec<Value>>,
    batched: bool,
}

fn integers(values: &[Option<i32>]) -> Vec<Vec<Value>> {
    values.iter().map(|value| vec![value.map_or(Value::Null, |value| Value::integer(value.into()))]).collect()
}

fn case(statement: &'static str, keys: Vec<Vec<Value>>) -> Case {
    Case { statement, keys, batched: true }
}

fn unbatched(statement: &'static str, keys: Vec<Vec<Value>>) -> Case {
    Case { statement, keys, batched: false }
}

#[allow(clippy::too_many_lines)]
fn cases() -> Vec<Case> {
    let some = || integers(&[Some(1), Some(2), Some(99), None, Some(3)]);
    vec![
        case("select name from author where id = {}", some()),
        case("select name from author where id = {} -- the name of one", some()),
        case("select name from author where id = {}; -- and no more", some()),
        case("/* a */ select name /* ; */ from author where id = {} ;", some()),
        // Order and limit are those within each parent.
        case("select title from book where author_id = {} order by title desc limit 1", some()),
        case("select title from book where author_id = {} order by id offset 1 limit 1", some()),
        // Aggregates: without rows too.
        case("select count(*) from book where author_id = {}", some()),
        case("select sum(pages) from book where author_id = {}", some()),
        case("select string_agg(title, ', ' order by title) from book where author_id = {}", some()),
        // Common table expressions, recursive ones, values, unions, sets.
        case("with b as (select * from book where author_id = {}) select title from b order by id", some()),
        case(
            "with recursive up(id, boss) as (select id, boss from author where id = {} union all select a.id, a.boss \
             from author a join up on a.id = up.boss) select count(*) from up",
            some(),
        ),
        case("values ({}::int + 1)", some()),
        case("select title from book where author_id = {} union all select 'none' order by 1 limit 1", some()),
        case("select generate_series({}::int, 3)", some()),
        case("select unnest(tags) from book where author_id = {} order by 1", some()),
        // Distinct, windows, groups, lateral, exists.
        case("select distinct pages from book where author_id = {} order by pages", some()),
        case("select rank() over (order by pages) from book where author_id = {} order by title", some()),
        case("select max(pages) from book where author_id = {} group by lang order by 1", some()),
        case(
            "select l.n from author a, lateral (select count(*) as n from book where author_id = a.id) l where a.id = {}",
            some(),
        ),
        case("select exists (select from book where author_id = {})", some()),
        // One value twice, with different types.
        case("select {}::text || ({}::int + 1)", vec![vec![text("1"), text("1")], vec![text("2"), text("7")]]),
        case("select {} || '!'", vec![vec![text("a\"b\\c,{}")], vec![text("NULL")], vec![text("")], vec![Value::Null]]),
        // Arrays, of different lengths, empty, with nulls, of two dimensions; and JSON.
        case(
            "select array_to_string({}::int[], ',', '-')",
            vec![vec![json("[1,2,3]")], vec![json("[]")], vec![json("[4,null]")], vec![Value::Null]],
        ),
        case(
            "select count(*) from book where id = any({})",
            vec![vec![json("[1,2]")], vec![json("[3]")], vec![json("[]")]],
        ),
        case("select array_length({}::int[], 2)", vec![vec![json("[[1,2],[3,4]]")], vec![json("[[1],[2]]")]]),
        case(
            "select {}::jsonb -> 'a'",
            vec![vec![json(r#"{"a":[1,"x"]}"#)], vec![json(r#"{"b":1}"#)], vec![Value::Null]],
        ),
        case("select {}::text[]", vec![vec![json(r#"["a","b c","\"",null]"#)], vec![json("[]")]]),
        // Types whose binary form is not read here; enums; domains; names that must be quoted.
        case("select to_tsvector('english', {})", vec![vec![text("cats and dogs")], vec![text("a bird")]]),
        case("select {}::mood", vec![vec![text("glad")], vec![text("so so")]]),
        case("select {}::positive", vec![vec![text("7")], vec![text("8")]]),
        case(
            "select \"Odd\"\"Name\" from \"Odd Table\" where \"Odd\"\"Name\" = {}",
            vec![vec![text("1")], vec![text("2")]],
        ),
        // A column that takes its name from what it is made of.
        case("select {}::text, id from author where id = 1", vec![vec![text("1")], vec![text("2")]]),
        case("select {}::text, * from author order by id", vec![vec![text("1")], vec![text("2")]]),
        case("select *, {}::text from author where id = 1", vec![vec![text("1")], vec![text("2")]]),
        // Two columns of one name, none with a name, and text that only looks like something.
        case("select id, id + 1 as id from author where id = {}", some()),
        case("select $tag$ ; -- $tag$ || name from author where id = {}", some()),
        case("select name as \"__tributary_keys\" from author as __tributary_keys where id = {}", some()),
        case("select n from (select id as n, name as p1 from author) q where n = {}", some()),
        // A name of a whole row that could be one of ours, a view, an order further in.
        case("select to_jsonb(n) from author n where n.id = {}", some()),
        case("select json_agg(p1 order by p1.id) from book p1 where p1.author_id = {}", some()),
        case(
            "select not (n is null) from author x left join book n on n.author_id = x.id where x.id = {} order by 1",
            some(),
        ),
        case("select n.title from book n where n.author_id = {} order by n", some()),
        case("select title from titles where author_id = {} order by 1", some()),
        case("select title from (select * from book order by pages, id) b where author_id = {}", some()),
        case("select title from (select * from book order by pages desc, id) b where author_id = {} offset 1", some()),
        // Volatile functions: their results are their own for each parent.
        unbatched(
            "select count(distinct r) from (select random() as r from generate_series(1, {}::int)) q",
            integers(&[Some(1), Some(2), Some(5)]),
        ),
        case("select case when {}::int > 0 then nothing() is null end", some()),
        // The order that VALUES, functions, tables and views have.
        case("select v from (values (1, 1), (2, 2), (1, 3), (1, 4), (2, 5), (1, 6)) t(k, v) where k = {}", many()),
        case(
            "select (e->>'v')::int from jsonb_array_elements('[{\"k\":1,\"v\":1},{\"k\":2,\"v\":2},{\"k\":1,\"v\":3}]') e where (e->>'k')::int = {}",
            many(),
        ),
        case("select title from sorted where author_id = {}", many()),
        case("select title from book where author_id = {}", many()),
        // What has no meaning behind rows of keys is run for each.
        unbatched("select max({}::int)", some()),
        unbatched("select sum({}::int) from author", some()),
    ]
}

/// Enough keys for the planner to think of other ways.
fn many() -> Vec<Vec<Value>> {
    integers(&(0..2_000).map(|number| Some(number % 4)).collect::<Vec<_>>())
}

const TABLES: &str = "
    create table author (id int primary key, name text not null, boss int);
    insert into author values (1, 'Ada', null), (2, 'Bo', 1), (3, 'Cy', 2);
    create table book (id int primary key, author_id int, title text, pages int, lang text, tags text[]);
    insert into book values (1, 1, 'Beta', 100, 'en', '{x,y}'), (2, 1, 'Alpha', 50, 'de', '{}'), (3, 2, 'Gamma', 70, 'en', '{z}'),
        (4, 1, 'Delta', 100, 'en', null), (5, null, 'Lost', 1, 'en', null);
    create view titles as select author_id, title from book;
    create view sorted as select author_id, title from book order by pages desc, id;
    create type mood as enum ('glad', 'so so');
    create domain positive as int check (value > 0);
    create table \"Odd Table\" (\"Odd\"\"Name\" text); insert into \"Odd Table\" values ('1'), ('2');
    create function nothing() returns void language sql volatile as 'select';
";

#[tokio::test(flavor = "multi_thread")]
async fn each_parent_has_what_the_statement_brings_for_it_alone() {
    each_parent_alone(&Way::straight().await).await;
}

pub async fn each_parent_alone(way: &Way) {
    way.administrator().await.batch_execute(TABLES).await.expect("tables");
    let source = way.source(2);
    for Case { statement, keys, batched } in cases() {
        for take in [Take::Values, Take::Value] {
            let mut alone = Vec::new();
            for key in &keys {
                alone.push(source.value(call(statement).with(key.clone()).taking(take)).await.expect(statement));
            }
            let (together, calls) = source.all_counted(call(statement).with_keys(keys.clone()).taking(take)).await;
            let together: Vec<String> = together.into_iter().map(|result| result.expect(statement)).collect();
            assert_eq!(together, alone, "{statement}");
            assert_eq!(calls == 1, batched, "{statement}: {calls} calls");
        }
    }
}

/// One bad row costs one row.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_one_parent_is_no_others_affair() {
    one_parent_wrong(&Way::straight().await).await;
}

pub async fn one_parent_wrong(way: &Way) {
    way.administrator().await.batch_execute(TABLES).await.expect("tables");
    let source = way.source(2);
    let keys = || [2, 0, 5].map(|number| vec![Value::integer(number)]).to_vec();
    let raise = "create function picky(n int) returns int language plpgsql immutable as
        $$ begin if n = 0 then raise 'not this one'; end if; return n; end $$";
    way.administrator().await.batch_execute(raise).await.expect("a function");
    for (statement, state) in [
        ("select 10 / {}::int", "22012"),
        ("select picky({})", "P0001"),
        ("select ({}::int - 1)::positive", "23514"),
        ("select (select i from generate_series(1, case when {}::int = 0 then 2 else 1 end) i) + 4", "21000"),
    ] {
        let (results, calls) = source.all_counted(call(statement).with_keys(keys())).await;
        assert!(results[0].is_ok() && results[2].is_ok(), "{results:?}");
        let failure = results[1].as_ref().expect_err("the one that is wrong");
        assert_eq!(failure.cause, Cause::QueryFailed(Some(state.into())));
        assert_eq!(failure.attempts, 1, "those of others are none of its own");
        assert_eq!(calls, 1, "what is run again belongs to the call that failed");
    }
    // What no session outside of mutations may do is one failure for all.
    let locking = "select name from author where id = {} for update";
    let (results, calls) = source.all_counted(call(locking).with_keys(keys())).await;
    let states: Vec<_> = results.iter().map(|result| result.as_ref().expect_err("read-only").cause.clone()).collect();
    assert_eq!((states, calls), (vec![Cause::QueryFailed(Some("25006".into())); 3], 1));
    // A value that its type does not take, and one that no text may hold.
    let keys = ["1", "one", "a\0b", "3"].map(|id| vec![text(id)]).to_vec();
    let (results, _) = source.all_counted(call("select name from author where id = {}").with_keys(keys)).await;
    assert_eq!((results[0].as_deref().ok(), results[3].as_deref().ok()), (Some("\"Ada\""), Some("\"Cy\"")));
    for wrong in &results[1..3] {
        assert!(matches!(wrong.as_ref().expect_err("refused").cause, Cause::RejectedInput(..)), "{wrong:?}");
    }
}

/// What is too large together is not too large for each.
#[tokio::test(flavor = "multi_thread")]
async fn max_answer_bounds_one_chunk() {
    max_answer_bounds(&Way::straight().await).await;
}

pub async fn max_answer_bounds(way: &Way) {
    let source = way.source(2);
    let keys = (0..10).map(|number| vec![Value::integer(number)]).collect();
    let statement = "select repeat('x', case when {}::int = 7 then 5000000 else 900000 end)";
    let results = source.all(call(statement).with_keys(keys)).await;
    for (number, result) in results.into_iter().enumerate() {
        match result {
            Ok(value) => assert_eq!((value.len(), number == 7), (900_002, false)),
            Err(failure) => assert_eq!((failure.cause, number), (Cause::TooLarge(4_000_000), 7)),
        }
    }
    assert_eq!(source.value(call("select 7")).await.expect("a value"), "7");
}

/// Dropped in the middle, a batch is cancelled as any other statement.
#[tokio::test(flavor = "multi_thread")]
async fn a_batch_ends_at_its_deadline() {
    batch_ends(&Way::straight().await).await;
}

pub async fn batch_ends(way: &Way) {
    let administrator = way.administrator().await;
    let source = way.source(1);
    let keys = || [1, 2].map(|number| vec![Value::integer(number)]).to_vec();
    let asleep = call("select {}::text from pg_sleep(10)").with_keys(keys()).within(200);
    for result in source.all(asleep).await {
        assert!(matches!(result.expect_err("too late").cause, Cause::TimedOut(_)));
    }
    let busy = "select count(*)::int from pg_stat_activity where state = 'active' and query like '%pg_sleep(10)%' \
                and pid <> pg_backend_pid() and datname = current_database()";
    until("the statement is cancelled", async || {
        administrator.query_one(busy, &[]).await.expect("a count").get::<_, i32>(0) == 0
    })
    .await;
    assert_eq!(source.all(call("select {}::int").with_keys(keys())).await.len(), 2);
}

/// What is there when the deadline comes stays, also of what is run again one by one.
#[tokio::test(flavor = "multi_thread")]
async fn a_batch_keeps_what_is_there_at_its_deadline() {
    batch_keeps(&Way::straight().await).await;
}

pub async fn batch_keeps(way: &Way) {
    let slow = "create function slow(n int) returns int language plpgsql volatile as
        $$ begin perform pg_sleep(0.02); return n; end $$";
    way.administrator().await.batch_execute(slow).await.expect("a function");
    let source = way.source(2);
    let keys = (0..200).map(|number| vec![Value::integer(number)]).collect();
    // The first failure of the statement for all comes with the key 3; then each is run for itself.
    let results = source.all(call("select slow({}) / ({} - 3)").with_keys(twice(keys)).within(1_000)).await;
    let there = results.iter().filter(|result| result.is_ok()).count();
    assert!((20..=60).contains(&there), "{there}");
    let late = results
        .iter()
        .filter_map(|result| result.as_ref().err())
        .filter(|failure| matches!(failure.cause, Cause::TimedOut(_)));
    assert!(late.clone().count() >= 100 && late.into_iter().all(|failure| failure.attempts <= 1));
}

/// Each value for two placeholders.
fn twice(keys: Vec<Vec<Value>>) -> Vec<Vec<Value>> {
    keys.into_iter().map(|key| [key.clone(), key].concat()).collect()
}

/// A statement that is refused for many is asked for once, and counted never.
#[tokio::test(flavor = "multi_thread")]
async fn a_refused_statement_costs_no_call() {
    let url = new_database().await;
    connect_to(&url).await.batch_execute(TABLES).await.expect("tables");
    let source = source(&url, 2);
    let scope = Arc::new(OperationScope::new(Headers::default(), 10));
    let keys: Vec<_> = (0..10).map(|number| vec![Value::integer(number)]).collect();
    let asked = || call("select sum({}::int) from author").with_keys(keys.clone());
    let (results, calls) = source.all_counted(asked().in_scope(&scope)).await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    assert_eq!((calls, source.all_counted(asked()).await.1), (10, 10));
}

/// What an operation holds of answers is bounded.
#[tokio::test(flavor = "multi_thread")]
async fn rows_of_many_parents_are_bounded_together() {
    let source = source(&new_database().await, 1);
    let scope = Arc::new(OperationScope::new(Headers::default(), 1_000).keeping_at_most(6_000_000));
    let keys = (0..40).map(|number| vec![Value::integer(number)]).collect();
    let large = call("select repeat('x', 900000 + {}::int)").with_keys(keys).in_scope(&scope);
    let results = source.all(large).await;
    let kept = results.iter().filter(|result| result.is_ok()).count();
    assert!(kept <= 10, "{kept} of 900 kB each");
    let limit = |failure: &Failure| failure.cause == Cause::TooLarge(6_000_000);
    assert!(results.iter().filter_map(|result| result.as_ref().err()).all(limit), "{results:?}");
}

/// A table that changes under a batch is found out, and the batch is made anew.
#[tokio::test(flavor = "multi_thread")]
async fn a_table_may_change_under_a_batch() {
    table_changes_under_a_batch(&Way::straight().await).await;
}

pub async fn table_changes_under_a_batch(way: &Way) {
    let administrator = way.administrator().await;
    administrator
        .batch_execute("create table t (a int, b text, c text); insert into t values (1, 'b', 'c')")
        .await
        .expect("a table");
    let source = way.source(1);
    let keys = || [1, 2].map(|number| vec![Value::integer(number)]).to_vec();
    let all = || call("select * from t where a = {}").with_keys(keys());
    for change in
        ["alter table t drop column c", "alter table t add column d text", "alter table t rename column a to e"]
    {
        assert_eq!(source.all(all()).await[0].as_deref().ok(), Some("1"), "before {change}");
        administrator.batch_execute(change).await.expect("a change");
    }
    // Columns of one name are told apart by their places, which have changed.
    let two = "create table one (id int, b text); insert into one values (1, 'one b');
               create table two (id int, b text, c text); insert into two values (1, 'b', 'c')";
    administrator.batch_execute(two).await.expect("tables");
    let joined = || {
        call("select two.b, one.*, two.* from one join two using (id) where one.id = {}")
            .with_keys(keys())
            .taking(Take::Values)
    };
    let named = || call("select * from (select two.* from two) t where id = {}").with_keys(keys()).taking(Take::Values);
    assert_eq!(source.all(joined()).await[0].as_deref().ok(), Some("[\"b\"]"));
    assert_eq!(source.all(named()).await[0].as_deref().ok(), Some("[1]"));
    administrator
        .batch_execute("alter table two drop column b; alter table two add column b text")
        .await
        .expect("a change");
    assert_eq!(source.all(joined()).await[0].as_deref().ok(), Some("[null]"));
    assert_eq!(source.all(named()).await[0].as_deref().ok(), Some("[1]"));
    let cause = source.all(all()).await.remove(0).expect_err("there is no column a").cause;
    assert_eq!(cause, Cause::QueryFailed(Some("42703".into())));
}

/// An index on the key serves a thousand parents, as it serves one.
#[tokio::test(flavor = "multi_thread")]
async fn an_index_on_the_key_is_used() {
    let url = new_database().await;
    let administrator = connect_to(&url).await;
    administrator
        .batch_execute(
            "create table item (id int primary key, owner int not null, name text);
             insert into item select i, i % 50000, 'item ' || i from generate_series(1, 200000) i;
             create index item_owner on item (owner); analyze item",
        )
        .await
        .expect("a table");
    let source = source(&url, 1);
    let keys = (0..1000).map(|number| vec![Value::integer(number * 7)]).collect();
    let before = scans(&administrator).await;
    let results = source.all(call("select name from item where owner = {} order by id").with_keys(keys)).await;
    assert!(results.iter().all(Result::is_ok));
    source.value(call("select pg_stat_force_next_flush()")).await.expect("the statistics are told");
    until("the statistics tell of it", async || scans(&administrator).await.0 > before.0).await;
    assert_eq!(scans(&administrator).await.1, before.1, "the whole table was read");
}

/// Scans of the index, and of the whole table.
async fn scans(administrator: &Client) -> (i64, i64) {
    let counts = "select coalesce(idx_scan, 0), coalesce(seq_scan, 0) from pg_stat_user_tables where relname = 'item'";
    let row = administrator.query_one(counts, &[]).await.expect("counts");
    (row.get(0), row.get(1))
}

/// What a volatile function does, it does for each set of values, wherever it stands.
#[tokio::test(flavor = "multi_thread")]
async fn volatile_functions_run_for_each_set_of_values() {
    volatile_functions(&Way::straight().await).await;
}

pub async fn volatile_functions(way: &Way) {
    let source = way.source(2);
    for statement in [
        "select gen_random_uuid()::text || {}",
        "select u::text from (select gen_random_uuid() as u) s where {}::int > 0",
        "with r as (select gen_random_uuid() as u) select u::text from r where {}::int > 0",
        "with r as materialized (select random() as u from generate_series(1, 3) limit 1) select u from r where {}::int > 0",
        "select u from (select random() as u, 1 as k) s join (values (1, 2)) t(k, x) using (k) where {}::int > 0",
        "select (select random()) where {}::int > 0",
    ] {
        let keys = integers(&(1..=20).map(Some).collect::<Vec<_>>());
        let results = source.all(call(statement).with_keys(keys)).await;
        let results: std::collections::HashSet<_> =
            results.into_iter().map(|result| result.expect("a value")).collect();
        assert_eq!(results.len(), 20, "{statement}");
    }
}

/// Two fields whose statements differ only in which value is the parent's are two statements.
#[tokio::test(flavor = "multi_thread")]
async fn which_values_differ_is_a_part_of_the_statement() {
    let url = new_database().await;
    let text = format!(
        "extend schema @source(name: \"db\", sql: {{ url: \"{url}\", pool: 1 }})
         type Query {{ list: [T] @sql(query: \"select i as a, i * 10 as k from generate_series(1, 3) i\") }}
         type T {{
           a: Int k: Int
           first(x: Int): V @sql(query: \"select {{parent.a}}::int as l, {{args.x}}::int as r\")
           second(x: Int): V @sql(query: \"select {{args.x}}::int as l, {{parent.a}}::int as r\")
           both: V @sql(query: \"select {{parent.a}}::int as l, {{parent.k}}::int as r\")
           sum: Int @sql(query: \"select sum({{parent.a}}::int) from generate_series(1, 2)\")
           again: Int @sql(query: \"select sum({{parent.a}}::int) from generate_series(1, 2)\")
           wrong: Int @sql(query: \"select case {{parent.a}} when 1 then 'a' else 'b' end\")
         }}
         type V {{ l: Int r: Int }}"
    );
    let gateway = gateway(&text);
    for (query, expected) in [
        ("{ list { v: first(x: 7) { l r } } }", "[1,7],[2,7],[3,7]"),
        ("{ list { v: second(x: 7) { l r } } }", "[7,1],[7,2],[7,3]"),
        ("{ list { v: both { l r } } }", "[1,10],[2,20],[3,30]"),
        ("{ list { v: first(x: 8) { l r } } }", "[1,8],[2,8],[3,8]"),
    ] {
        let answered = ask(&gateway, query).await;
        let expected = expected.replace("],[", "}},{\"v\":{\"l\":").replace(['[', ']'], "").replace(',', ",\"r\":");
        let expected = expected.replace("}},\"r\":{", "}},{");
        assert_eq!(answered.text, format!("{{\"data\":{{\"list\":[{{\"v\":{{\"l\":{expected}}}}}]}}}}"));
    }
    // One that cannot be batched, by two fields at once: each parent has one call.
    for _ in 0..2 {
        let answered = ask(&gateway, "{ list { sum again } }").await;
        let expected = r#"{"data":{"list":[{"sum":2,"again":2},{"sum":4,"again":4},{"sum":6,"again":6}]}}"#;
        assert_eq!(answered.text, expected);
    }
    // One that no key can prepare is tried once.
    let answered = ask(&gateway, "{ list { wrong } }").await;
    assert_eq!(answered.errors().len(), 3);
    assert!(
        answered.text.contains(r#""attempts":1,"#) && !answered.text.contains(r#""attempts":4"#),
        "{}",
        answered.text
    );
}
