//! Two laws of batching: over random operations a gateway that puts parents together answers as one that does not, and a
//! random statement brings for many parents what it brings for each alone. `PROPTEST_CASES` sets how many are tried.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::extract::{Path as UrlPath, RawQuery};
use axum::routing::get;
use proptest::prelude::{Just, Strategy, any, prop, prop_oneof};
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use tokio::runtime::Runtime;
use tributary::config::{self, Environment, SourceFile};
use tributary::gateway::{Debug, Gateway};
use tributary::graphql::{Request, Value};
use tributary::schema::{self, Take};
use tributary::source::{connect, connect_one_by_one};

use crate::postgres_cluster::{connect as connect_to, new_database};
use crate::sql_calls::{call, json, text};
use crate::sql_postgres::source;

const NODES: &str = "
    create table node (id int primary key, up_id int, name text, divisor int, tags int[], kind text);
    insert into node select i, nullif(i / 3, 0), case when i % 7 = 0 then null else 'n' || i end, i % 5,
        case i % 4 when 0 then null when 1 then '{}' else array[i + 1, i / 2, i + 1, null, 99] end,
        case i % 3 when 0 then 'leaf' when 1 then 'twig' else 'unheard of' end
      from generate_series(1, 30) i;";

fn schema_text(database: &str, service: &str) -> String {
    format!(
        r#"
extend schema
  @gateway(maxCalls: 100000, maxAliases: 1000, maxErrors: 100000, maxDepth: 100)
  @source(name: "db", sql: {{ url: "{database}" }}, naming: SNAKE_CASE)
  @source(name: "web", rest: {{ url: "http://{service}" }})
type Query {{
  nodes(ids: [Int]): [Node] @sql(query: """
    select node.* from unnest({{args.ids}}::int[]) with ordinality as wanted(id, n) join node using (id) order by n
  """)
  grid: [[Node]] @value(of: [[{{ id: 3, up_id: 1 }}, null], null, [], [{{ id: 3, up_id: 1 }}, {{ id: 4 }}]])
}}
interface Thing @discriminator(field: "kind", types: [{{ value: "leaf", type: "Leaf" }}, {{ value: "twig", type: "Twig" }}]) {{
  id: Int
}}
type Leaf implements Thing {{ id: Int size: Int @sql(query: "select length(name) from node where id = {{parent.id}}") }}
type Twig implements Thing {{ id: Int parts: [Item] @rest(get: "/many?owner={{batch.id}}", by: "owner") }}
type Node {{
  id: Int
  name: String
  upId: Int
  divisor: Int
  tags: [Int]
  up: Node @sql(query: "select * from node where id = {{parent.upId}}")
  down(first: Int): [Node!] @sql(query: "select * from node where up_id = {{parent.id}} order by id limit {{args.first}}")
  count: Int! @sql(query: "select count(*)::int from node where up_id = {{parent.id}}")
  quotient: Int @sql(query: "select 100 / {{parent.divisor}}::int")
  certain: Int! @sql(query: "select 100 / {{parent.divisor}}::int where {{parent.id}}::int <> 6")
  tagged: [Node] @sql(query: "select * from node where id = any({{parent.tags}}) order by id")
  titled(with: String = "t"): String @sql(query: "select {{args.with}} || name from node where id = {{parent.id}}")
  thing: Thing @sql(query: "select * from node where id = {{parent.upId}}")
  things: [Thing] @sql(query: "select * from node where up_id = {{parent.id}} order by id")
  byName: Item @rest(get: "/named?name={{parent.name}}")
  item: Item @rest(get: "/items?id={{batch.id|csv}}", by: "id", maxBatch: 3)
  upItem: Item! @rest(get: "/items?id={{batch.upId|csv}}", by: "id")
  items: [Item!] @rest(get: "/many?owner={{batch.id}}", by: "owner", maxBatch: 5)
  tagItems: [Item] @rest(get: "/items?id={{batch.tags|csv}}", by: "id", maxBatch: 4)
  joined: [Item]
    @sql(query: "select id, 10 / (id % 4) as size from node where up_id = {{parent.id}} order by id")
    @rest(get: "/many?owner={{batch.id}}", by: "owner")
  broken: Item @rest(get: "/broken?id={{batch.id}}", by: "id")
}}
type Item {{
  id: ID
  size: Int
  node: Node @sql(query: "select * from node where id = {{parent.size}}")
}}
"#
    )
}

/// A service that knows of some numbers, tells ids now as numbers and now as text, and has several items of one owner.
async fn service() -> String {
    async fn answer(
        UrlPath(what): UrlPath<String>,
        RawQuery(query): RawQuery,
    ) -> Result<String, axum::http::StatusCode> {
        let query = query.unwrap_or_default();
        let values = query.split('&').filter_map(|pair| pair.split_once('=')).flat_map(|(_, values)| values.split(','));
        let numbers = values.filter_map(|value| value.parse::<u32>().ok()).filter(|number| number % 6 != 0);
        let item = |number: u32| {
            let id = if number.is_multiple_of(2) { number.to_string() } else { format!("\"{number}\"") };
            format!(r#"{{"id":{id},"owner":{id},"size":{}}}"#, number / 2)
        };
        match &*what {
            "items" => Ok(format!("[{}]", numbers.map(item).collect::<Vec<_>>().join(","))),
            "many" => {
                let several = numbers.flat_map(|number| (0..number % 4).map(move |_| number)).map(item);
                Ok(format!("[{}]", several.collect::<Vec<_>>().join(",")))
            }
            "named" => Ok(format!(r#"{{"id":{:?},"size":{}}}"#, query.len(), query.len())),
            _ => Err(axum::http::StatusCode::IM_A_TEAPOT),
        }
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/{what}", get(answer))).await });
    address
}

/// A selection set of a node, so many levels deep.
fn selection(depth: u32) -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "id",
        "name",
        "divisor",
        "tags",
        "count",
        "quotient",
        "certain",
        "titled",
        "__typename",
        "titled(with: null)",
        "byName { size }",
        "item { id }",
        "upItem { size }",
        "items { id size }",
        "tagItems { id }",
        "joined { id size }",
        "thing { id ... on Leaf { size } ... on Twig { parts { size } } }",
        "things { __typename ... on Leaf { id size } ... on Twig { parts { id } } }",
        "broken { id }",
        "count @include(if: $yes)",
        "quotient @include(if: $no)",
        "item @skip(if: $no) { size }",
        "upId",
    ]);
    let leaf = leaf.prop_map(ToOwned::to_owned).boxed();
    leaf.prop_recursive(depth, 24, 5, |inner| {
        let below = prop::collection::vec(inner, 1..5).prop_map(|fields| {
            let fields: Vec<String> =
                fields.into_iter().enumerate().map(|(index, field)| format!("f{index}: {field}")).collect();
            fields.join(" ")
        });
        let field = prop::sample::select(vec![
            "up",
            "down",
            "down(first: 2)",
            "tagged",
            "item { node",
            "items { node",
            "joined { node",
            "tagItems { node",
        ]);
        (field, below).prop_map(|(field, below)| {
            let close = if field.contains('{') { " }" } else { "" };
            format!("{field} {{ {below} }}{close}")
        })
    })
}

/// A query and the numbers of the nodes that it begins with.
fn operations() -> impl Strategy<Value = (String, Vec<Option<i64>>)> {
    let root = || {
        prop::collection::vec(selection(3), 1..6).prop_map(|fields| {
            let aliased: Vec<String> =
                fields.into_iter().enumerate().map(|(index, field)| format!("r{index}: {field}")).collect();
            aliased.join(" ")
        })
    };
    let ids = prop::collection::vec(prop::option::weighted(0.9, 0..34_i64), 0..12);
    (root(), root(), ids).prop_map(|(some, others, ids)| {
        let query = format!(
            "query ($ids: [Int], $yes: Boolean! = true, $no: Boolean! = false) {{ nodes(ids: $ids) {{ {some} }} \
             again: nodes(ids: $ids) {{ {others} }} grid {{ up {{ id }} item {{ id }} x: count @skip(if: $yes) \
             y: id @include(if: $no) }} }}"
        );
        (query, ids)
    })
}

/// A response without what may differ: ids and times.
fn comparable(body: &[u8]) -> String {
    let mut value = Value::from_json(std::str::from_utf8(body).expect("UTF-8")).expect("JSON");
    leave_out(&mut value);
    value.to_json()
}

fn leave_out(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|(name, _)| !matches!(&**name, "errorId" | "elapsedMs"));
            for (_, value) in fields {
                leave_out(value);
            }
        }
        Value::List(items) => items.iter_mut().for_each(leave_out),
        _ => {}
    }
}

fn runner(cases: u32) -> TestRunner {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(cases);
    TestRunner::new(Config { cases, failure_persistence: None, max_shrink_iters: 2_000, ..Config::default() })
}

fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| Runtime::new().expect("a runtime"))
}

#[test]
fn together_is_as_one_by_one() {
    let (together, alone) = runtime().block_on(async {
        let database = new_database().await;
        connect_to(&database).await.batch_execute(NODES).await.expect("tables");
        let file = SourceFile { name: "s.graphql".to_owned(), text: schema_text(&database, &service().await) };
        let config = config::parse(vec![file], Path::new("."), &Environment::new(|_| None));
        let config = config.map_err(|mistakes| mistakes.render(false)).expect("a schema");
        let (schema, _) = schema::build(&config).map_err(|mistakes| mistakes.render(false)).expect("a right one");
        let schema = Arc::new(schema);
        let (together, alone) = (connect(&schema).expect("sources"), connect_one_by_one(&schema).expect("sources"));
        let gateway = |sources| Gateway::new(Arc::clone(&schema), sources, Debug::Hidden);
        (gateway(together), gateway(alone))
    });
    let law = |(query, ids): (String, Vec<Option<i64>>)| {
        let ids = ids.into_iter().map(|id| id.map_or(Value::Null, Value::integer)).collect();
        let variables = Some(Value::Object(vec![("ids".into(), Value::List(ids))]));
        let ask = |gateway: &Gateway| {
            let request = Request { query: query.clone(), variables: variables.clone(), ..Request::default() };
            comparable(&runtime().block_on(gateway.execute(request)).body)
        };
        let (together, alone) = (ask(&together), ask(&alone));
        if together.contains("GRAPHQL_") || together != alone {
            return Err(TestCaseError::fail(format!("together {together}\n   alone {alone}")));
        }
        Ok(())
    };
    if let Err(error) = runner(150).run(&operations(), law) {
        assert!(error.to_string().is_empty(), "{error}");
    }
}

const BOOKS: &str = "
    create table author (id int primary key, name text);
    insert into author select i, case i when 3 then null else 'Author ' || i end from generate_series(1, 6) i;
    create table book (id int primary key, author_id int, title text, pages int);
    insert into book select i, nullif(i % 5, 0), case when i % 9 = 0 then null else 'Book ' || i end, (i * 37) % 100
      from generate_series(1, 40) i;
    create view shelf as select *, pages * 2 as sides from book;
    create function picky(int) returns int language plpgsql as $$ begin
      if $1 > 60 then raise exception 'more than 60' using errcode = '22023'; end if; return $1; end $$;
    create index on book (author_id); analyze";

/// The kinds of values that a placeholder can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number,
    Words,
    Numbers,
}

/// A part of a statement, with its placeholders in order; each is `{}` in the text.
type Part = (String, Vec<Kind>);

fn fixed(words: &'static [&'static str]) -> impl Strategy<Value = Part> + Clone {
    prop::sample::select(words).prop_map(|words| (words.to_owned(), Vec::new()))
}

/// Parts put into the places of a pattern, which are `@`.
fn put(pattern: &'static str, parts: Vec<Part>) -> Part {
    let (mut text, mut kinds) = (String::new(), Vec::new());
    let mut parts = parts.into_iter();
    for (index, piece) in pattern.split('@').enumerate() {
        if index > 0
            && let Some((words, of)) = parts.next()
        {
            text.push_str(&words);
            kinds.extend(of);
        }
        text.push_str(piece);
    }
    (text, kinds)
}

/// A number that every row has. In which order conditions are tried is the planner's affair, and so is whether one that
/// fails is tried at all: only what is selected may fail.
fn safe_numbers() -> impl Strategy<Value = Part> + Clone {
    numbers("(@ * @)")
}

/// A number, for some rows a division by zero.
fn any_numbers() -> impl Strategy<Value = Part> + Clone {
    numbers("(@ / @)")
}

fn numbers(one_more: &'static str) -> impl Strategy<Value = Part> + Clone {
    let leaf = prop_oneof![
        3 => fixed(&["b.id", "b.author_id", "b.pages", "7", "0"]),
        2 => Just(("{}::int".to_owned(), vec![Kind::Number])),
        1 => Just(("cardinality({}::int[])".to_owned(), vec![Kind::Numbers])),
    ];
    leaf.prop_recursive(2, 8, 3, move |inner| {
        let pattern = prop::sample::select(vec![
            "(@ + @)",
            one_more,
            "coalesce(@, @)",
            "case when @ > 3 then @ else 1 end",
            "(select count(*)::int from author a where a.id = @ and a.id < @)",
            "greatest(@, @)",
            "(@ % 4 - @)",
        ]);
        (pattern, inner.clone(), inner).prop_map(|(pattern, left, right)| put(pattern, vec![left, right]))
    })
}

fn conditions() -> impl Strategy<Value = Part> + Clone {
    let number = safe_numbers();
    let simple = prop_oneof![
        (prop::sample::select(vec!["@ = @", "@ < @", "@ is distinct from @"]), number.clone(), number.clone())
            .prop_map(|(pattern, left, right)| put(pattern, vec![left, right])),
        Just(("b.author_id = {}".to_owned(), vec![Kind::Number])),
        Just(("b.id = any({})".to_owned(), vec![Kind::Numbers])),
        Just(("b.title = {}".to_owned(), vec![Kind::Words])),
        Just(("b.title like '%' || {} -- ; '".to_owned() + "\n", vec![Kind::Words])),
        number.clone().prop_map(|number| put("exists (select from author a where a.id = @)", vec![number])),
    ];
    (prop::sample::select(vec!["@", "@ and @", "not (@) or @"]), simple.clone(), simple)
        .prop_map(|(pattern, left, right)| put(pattern, vec![left, right]))
}

fn statements() -> impl Strategy<Value = Part> {
    let pattern = prop::sample::select(vec![
        "select @ from book b where @ order by 1, b.id",
        "select @ from book b where @ order by b.id desc limit 3",
        "select @ from book b where @ order by b.id offset 1 limit 2",
        "select sum(@) from book b where @",
        "select count(*) from book b where @ < 5 and @",
        "select string_agg(b.title, ';' order by b.id) from book b where @ > 0 and @",
        "select @ from book b where @ group by 1 order by 1",
        "select distinct @ from book b where @ order by 1",
        "with c as (select @ as x from book b where @) select x from c order by x",
        "with recursive c(x) as (select @ from book b where @ union select x / 2 from c where x > 0) select x from c order by 1",
        "select @ from book b where @ union all select -1 order by 1",
        "select x from (select @ as x, row_number() over (order by b.id) as n from book b where @) q where n < 4 order by n",
        "select generate_series(1, 3) + max(@) from book b where @ order by 1",
        "select l.x from book b, lateral (select @ as x) l where @ order by 1",
        "select a.name from author a join book b on a.id = b.author_id where @ > 1 and @ order by b.id",
        "select jsonb_build_object('x', @, 'y', array_agg(b.id order by b.id)) from book b where @ group by 1, b.pages order by 1",
        "select 'it''s $1; -- ' || @ from book b where @ order by 1 /* ; */",
        "select @, b.*, b.id as n, b.id as p1 from book b where @ order by b.id",
        "select to_jsonb(b) - 'pages' from book b where @ > 1 and @ order by b.id",
        "select b::text from book b where @ > 1 and @ order by b.id desc",
        "select @ from shelf b where @ order by b.sides, b.id",
        "select picky(@) from shelf b where @ order by b.id",
        "select (array_agg(b order by b.id))[1]::text from book b where @ > 1 and @",
        "values (1), (2)",
    ]);
    let end = prop::sample::select(vec!["", ";", " -- the end", "; /* the end */", "\n"]);
    (pattern, any_numbers(), safe_numbers(), conditions(), end).prop_map(|(pattern, any, safe, condition, end)| {
        let is_selected = pattern.find('@') < pattern.find("where");
        let (text, kinds) = put(pattern, vec![if is_selected { any } else { safe }, condition]);
        (format!("{text}{end}"), kinds)
    })
}

fn value(kind: Kind, seed: u64) -> Value {
    let number = i64::try_from(seed % 9).unwrap_or(0) - 1;
    match (kind, seed % 7) {
        (_, 0) => Value::Null,
        (Kind::Number, _) => Value::integer(number),
        (Kind::Words, _) => text(["Book 1", "3", "'; --", "", "\"\\{}"][usize::try_from(seed % 5).unwrap_or(0)]),
        (Kind::Numbers, _) => json(["[1,2]", "[]", "[3,null]", "[7,7,9,1]"][usize::try_from(seed % 4).unwrap_or(0)]),
    }
}

#[test]
fn a_random_statement_is_for_many_what_it_is_for_each() {
    let source = runtime().block_on(async {
        let url = new_database().await;
        let administrator = connect_to(&url).await;
        administrator.batch_execute(BOOKS).await.expect("tables");
        // What a planner that knows the values works out ahead can fail though no row asks for it: then the same run alone
        // fails today, and not tomorrow.
        let generic = "do $$ begin execute
            format('alter database %I set plan_cache_mode = force_generic_plan', current_database()); end $$";
        administrator.batch_execute(generic).await.expect("a setting");
        source(&url, 2)
    });
    let batched = std::cell::Cell::new(0);
    let tried = std::cell::Cell::new(0);
    let law = |((statement, kinds), seeds): (Part, Vec<u64>)| {
        let keys: Vec<Vec<Value>> = seeds
            .iter()
            .map(|seed| kinds.iter().zip(0..).map(|(kind, place)| value(*kind, seed.rotate_left(place * 7))).collect())
            .collect();
        let (together, alone) = runtime().block_on(async {
            let asked = || call(&statement).taking(Take::Values);
            let (together, calls) = source.all_counted(asked().with_keys(keys.clone())).await;
            batched.set(batched.get() + u32::from(calls == 1));
            tried.set(tried.get() + 1);
            let mut alone = Vec::new();
            for key in &keys {
                alone.push(source.all(asked().with(key.clone())).await.remove(0));
            }
            (together, alone)
        });
        for (together, alone) in together.into_iter().zip(alone) {
            let (together, alone) = (together.map_err(|failure| failure.cause), alone.map_err(|failure| failure.cause));
            if together != alone {
                return Err(TestCaseError::fail(format!(
                    "{statement}\n{keys:?}\ntogether {together:?}\n   alone {alone:?}"
                )));
            }
        }
        Ok(())
    };
    let cases = (statements(), prop::collection::vec(any::<u64>(), 2..7));
    if let Err(error) = runner(600).run(&cases, law) {
        assert!(error.to_string().is_empty(), "{error}");
    }
    assert!(batched.get() * 4 > tried.get() * 3, "{} of {} were one statement", batched.get(), tried.get());
}
