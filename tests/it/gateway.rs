//! The whole gateway in front of real sources: what arrived is there in time, and what did not is one error at its path.

use std::time::{Duration, Instant};

use super::gateway_fixture::{Answered, ask, ask_as, gateway};
use super::postgres_cluster::{connect, new_database};
use super::rest_server::{Behaviour, RestServer, gzip_bomb};

/// The times of `reliability`: a figure may be exceeded by 50 ms or a quarter, whichever is more.
fn at_most(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds + (milliseconds / 4).max(50))
}

fn after(milliseconds: u64, json: &str) -> Behaviour {
    Behaviour::After(Duration::from_millis(milliseconds), Box::new(Behaviour::Json(json.to_owned())))
}

fn source(server: &RestServer) -> String {
    format!("@source(name: \"api\", rest: {{ url: \"{}\" }})", server.url())
}

/// How many backends run the endless statement.
async fn active(observer: &tokio_postgres::Client) -> i64 {
    let statement = "select count(*) from pg_stat_activity where query like '%pg_sleep(10)%' and state = 'active' \
                     and pid <> pg_backend_pid() and datname = current_database()";
    observer.query_one(statement, &[]).await.expect("a count").get(0)
}

/// Whether that count reaches nothing in time.
async fn none_active(observer: &tokio_postgres::Client, within: Duration) -> bool {
    let started = Instant::now();
    while active(observer).await > 0 {
        if started.elapsed() > within {
            return false;
        }
    }
    true
}

#[tokio::test(flavor = "multi_thread")]
async fn d1_twenty_fields_take_as_long_as_one_and_one_that_hangs_costs_its_timeout() {
    let server = RestServer::start().await;
    for field in 0..20 {
        server.on(&format!("/{field}"), after(100, "1"));
    }
    let fields = (0..20)
        .map(|field| format!("f{field}: Int @rest(get: \"/{field}\", timeout: \"200ms\")\n"))
        .collect::<Vec<_>>()
        .concat();
    let gateway = gateway(&format!("extend schema {}\ntype Query {{ {fields} }}", source(&server)));
    let query = format!("{{ {} }}", (0..20).map(|field| format!("f{field}")).collect::<Vec<_>>().join(" "));

    let answered = ask(&gateway, &query).await;
    assert!(answered.took < Duration::from_millis(200), "{:?}", answered.took);
    assert_eq!(answered.errors(), Vec::<String>::new());

    server.on("/7", Behaviour::Silent);
    let answered = ask(&gateway, &query).await;
    assert!(answered.took <= at_most(250), "{:?}", answered.took);
    assert_eq!(answered.errors(), ["f7 SOURCE_TIMEOUT api"]);
    assert_eq!(answered.data().matches(":1").count(), 19);
    server.open_at_most(19, Duration::from_millis(200)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn d5_a_deadline_over_five_dependent_calls_gives_the_first_two() {
    let server = RestServer::start().await;
    for name in ["a", "b", "c", "d", "e"] {
        server.on(&format!("/{name}"), after(200, "{\"id\":1}"));
    }
    let gateway = gateway(&format!(
        "extend schema @gateway(deadline: \"500ms\") {}
        type Query {{ a: N @rest(get: \"/a\") }}
        type N {{
          id: Int
          b: N @rest(get: \"/b?x={{parent.id}}\") c: N @rest(get: \"/c?x={{parent.id}}\")
          d: N @rest(get: \"/d?x={{parent.id}}\") e: N @rest(get: \"/e?x={{parent.id}}\")
        }}",
        source(&server)
    ));
    let answered = ask(&gateway, "{ a { id b { id c { id d { id e { id } } } } } }").await;
    assert_eq!(answered.data(), r#"{"a":{"id":1,"b":{"id":1,"c":null}}}"#);
    assert_eq!(answered.errors(), ["a.b.c DEADLINE_EXCEEDED api"]);
    assert!(answered.took < Duration::from_millis(625), "{:?}", answered.took);
    assert_eq!(server.calls().len(), 3);
    // No call starts after the deadline, and what was under way then has ended.
    server.open_at_most(2, Duration::from_millis(100)).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(server.calls().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_two_services_and_a_database_outlives_one_of_them() {
    let (near, far) = (RestServer::start().await, RestServer::start().await);
    near.on("/hits", Behaviour::Json(r#"[{"title":"near"}]"#.to_owned()));
    far.on("/hits", Behaviour::Json(r#"[{"title":"far"}]"#.to_owned()));
    let database = new_database().await;
    connect(&database)
        .await
        .batch_execute("create table t(title text); insert into t values ('row')")
        .await
        .expect("t");
    let gateway = gateway(&format!(
        "extend schema @source(name: \"near\", rest: {{ url: \"{}\" }}) @source(name: \"far\", rest: {{ url: \"{}\" }})
           @source(name: \"db\", sql: {{ url: \"{database}\" }})
         type Query {{ search: [Hit] @rest(source: \"near\", get: \"/hits\") @rest(source: \"far\", get: \"/hits\")
           @sql(query: \"select title from t\") }}
         type Hit {{ title: String }}",
        near.url(),
        far.url()
    ));
    let answered = ask(&gateway, "{ search { title } }").await;
    assert_eq!(answered.data(), r#"{"search":[{"title":"near"},{"title":"far"},{"title":"row"}]}"#);
    assert_eq!(answered.errors(), Vec::<String>::new());
    far.end().await;
    let answered = ask(&gateway, "{ search { title } }").await;
    assert_eq!(answered.data(), r#"{"search":[{"title":"near"},{"title":"row"}]}"#);
    assert_eq!(answered.errors(), ["search SOURCE_UNAVAILABLE far"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn p2_fifty_timeouts_against_a_pool_of_four_leave_it_free() {
    let database = new_database().await;
    let observer = connect(&database).await;
    let gateway = gateway(&format!(
        "extend schema @source(name: \"db\", sql: {{ url: \"{database}\", pool: 4, acquire: \"200ms\" }})
         type Query {{
           slow(n: Int): Int @sql(query: \"select 1 from pg_sleep(10) where {{args.n}}::int is not null\", timeout: \"200ms\")
           quick: Int @sql(query: \"select 1 from pg_sleep(0.001)\")
         }}"
    ));
    assert_eq!(ask(&gateway, "{ quick }").await.data(), r#"{"quick":1}"#);
    let mut timeouts = 0;
    while timeouts < 50 {
        let slow = (0..4).map(|number| {
            let gateway = &gateway;
            async move { ask(gateway, &format!("{{ slow(n: {number}) }}")).await }
        });
        for answered in futures_util::future::join_all(slow).await {
            assert!(answered.took <= at_most(250), "{:?}", answered.took);
            timeouts += usize::from(answered.errors() == ["slow SOURCE_TIMEOUT db"]);
        }
    }
    let answered = ask(&gateway, "{ quick }").await;
    assert!(answered.took <= at_most(50), "{:?}", answered.took);
    assert_eq!(answered.data(), r#"{"quick":1}"#, "{}", answered.text);
    assert!(none_active(&observer, Duration::from_millis(350)).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn s4_whatever_a_service_does_is_one_error_at_its_path_and_tells_nothing() {
    let secret = "password=hunter2 at http://internal.example/admin";
    let gzip = vec!["content-encoding: gzip".to_owned()];
    let table = [
        (Behaviour::Answer(500, Vec::new(), secret.into()), "SOURCE_STATUS"),
        (Behaviour::Answer(404, Vec::new(), secret.into()), "SOURCE_STATUS"),
        (Behaviour::Raw(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"a\":1".to_vec()), "SOURCE_BAD_RESPONSE"),
        (Behaviour::Raw(b"\x00\x01garbage hunter2\r\n\r\n".to_vec()), "SOURCE_BAD_RESPONSE"),
        (Behaviour::Answer(200, Vec::new(), b"<html>hunter2</html>".to_vec()), "SOURCE_BAD_RESPONSE"),
        (Behaviour::Drip, "SOURCE_TIMEOUT"),
        (Behaviour::Silent, "SOURCE_TIMEOUT"),
        (Behaviour::Large(100 << 20), "SOURCE_RESPONSE_TOO_LARGE"),
        (Behaviour::LargeChunked(100 << 20), "SOURCE_RESPONSE_TOO_LARGE"),
        (Behaviour::Answer(200, gzip, gzip_bomb(512)), "SOURCE_RESPONSE_TOO_LARGE"),
        (
            Behaviour::Answer(302, vec!["location: http://169.254.169.254/hunter2".to_owned()], Vec::new()),
            "SOURCE_STATUS",
        ),
        (Behaviour::Close, "SOURCE_UNAVAILABLE"),
        (Behaviour::Reset, "SOURCE_UNAVAILABLE"),
        (Behaviour::Json(format!("{{\"a\":{}1{}}}", "[".repeat(200), "]".repeat(200))), "SOURCE_BAD_RESPONSE"),
        (Behaviour::Answer(200, Vec::new(), b"\xef\xbb\xbf{\"a\":1}".to_vec()), "SOURCE_BAD_RESPONSE"),
    ];
    let server = RestServer::start().await;
    server.on("/good", Behaviour::Json("{\"a\":1}".to_owned()));
    let gateway = gateway(&format!(
        "extend schema {}
         type Query {{ bad: T @rest(get: \"/bad\", timeout: \"1500ms\") good: T @rest(get: \"/good\") }}
         type T {{ a: Int }}",
        source(&server)
    ));
    for (place, (behaviour, code)) in table.into_iter().enumerate() {
        server.on("/bad", behaviour);
        let answered = ask(&gateway, "{ bad { a } good { a } }").await;
        assert_eq!(answered.errors(), [format!("bad {code} api")], "{place}: {}", answered.text);
        assert_eq!(answered.data(), r#"{"bad":null,"good":{"a":1}}"#);
        for word in ["hunter2", "127.0.0.1", "internal", "169.254", "localhost", &server.url()] {
            assert!(!answered.text.contains(word), "{place}: {}", answered.text);
        }
    }
    server.end().await;
    let answered = ask(&gateway, "{ bad { a } }").await;
    assert_eq!(answered.errors(), ["bad SOURCE_UNAVAILABLE api"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn s4_what_a_database_says_stays_inside() {
    let database = new_database().await;
    let gateway = gateway(&format!(
        "extend schema @source(name: \"db\", sql: {{ url: \"{database}\" }})
         type Query {{
           wrong: Int @sql(query: \"select hunter2 from nowhere\")
           divides(n: Int!): Int @sql(query: \"select 1 / {{args.n}}::int\")
           writes: Int @sql(query: \"create table hunter2(a int)\")
           uuid(id: String!): Int @sql(query: \"select 1 where {{args.id}}::uuid is not null\")
         }}
         type Mutation {{ create: Int @sql(query: \"create table hunter2(a int)\") }}"
    ));
    let answered = ask(&gateway, "{ wrong divides(n: 0) writes uuid(id: \"hunter2\") ok: divides(n: 1) }").await;
    assert_eq!(
        answered.errors(),
        [
            "wrong SOURCE_QUERY_FAILED db",
            "divides SOURCE_QUERY_FAILED db",
            "writes SOURCE_QUERY_FAILED db",
            "uuid SOURCE_REJECTED_INPUT db"
        ],
        "{}",
        answered.text
    );
    assert_eq!(answered.data(), r#"{"wrong":null,"divides":null,"writes":null,"uuid":null,"ok":1}"#);
    assert!(!answered.text.contains("hunter2") && !answered.text.contains("select"), "{}", answered.text);
    let answered = ask(&gateway, "mutation { create }").await;
    assert_eq!(answered.errors(), Vec::<String>::new(), "{}", answered.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn d8_a_client_that_goes_away_cancels_what_only_it_waited_for() {
    let server = RestServer::start().await;
    server.on("/slow", Behaviour::Silent);
    let database = new_database().await;
    let observer = connect(&database).await;
    let gateway = gateway(&format!(
        "extend schema {} @source(name: \"db\", sql: {{ url: \"{database}\" }})
         type Query {{ rest: Int @rest(get: \"/slow\") sql: Int @sql(query: \"select 1 from pg_sleep(10)\") }}",
        source(&server)
    ));
    let asked = std::sync::Arc::clone(&gateway);
    let asking = tokio::spawn(async move { ask(&asked, "{ rest sql }").await });
    server.received_at_least(1, Duration::from_secs(2)).await;
    let started = Instant::now();
    while active(&observer).await == 0 && started.elapsed() < Duration::from_secs(2) {}
    asking.abort();
    let left = Instant::now();
    assert!(none_active(&observer, at_most(300)).await);
    server.open_at_most(0, Duration::from_millis(300)).await;
    assert!(left.elapsed() < at_most(300), "{:?}", left.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn one_person_never_receives_what_another_asked_for() {
    let server = RestServer::start().await;
    server.on(
        "/me",
        Behaviour::By(std::sync::Arc::new(|received| {
            let who = received.headers("authorization").first().copied().unwrap_or("nobody").to_owned();
            Behaviour::After(Duration::from_millis(20), Box::new(Behaviour::Json(format!("\"{who}\""))))
        })),
    );
    let gateway = gateway(&format!(
        "extend schema @source(name: \"api\", rest: {{ url: \"{}\", forward: [\"authorization\"] }})
         type Query {{ me: String @rest(get: \"/me\") }}",
        server.url()
    ));
    let people = (0..20).map(|person| {
        let gateway = &gateway;
        async move {
            let name = format!("person {person}");
            let answered = ask_as(gateway, "{ me again: me }", &[("Authorization", &name)]).await;
            assert_eq!(answered.data(), format!(r#"{{"me":"{name}","again":"{name}"}}"#));
        }
    });
    futures_util::future::join_all(people).await;
    assert_eq!(server.calls().len(), 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_response_that_would_be_endless_is_cut_in_bounded_time() {
    let server = RestServer::start().await;
    let items: Vec<String> = (0..30).map(|id| format!("{{\"id\":{id}}}")).collect();
    server.on("/tree", Behaviour::Json(format!("[{}]", items.join(","))));
    let gateway = gateway(&format!(
        "extend schema @gateway(maxResponse: \"100KiB\") {}
         type Query {{ tree: [Node] @rest(get: \"/tree\") other: [Node] @rest(get: \"/tree\") }}
         type Node {{ id: ID kids: [Node] @rest(get: \"/tree\") bad: Int! @value(of: \"x\") }}",
        source(&server)
    ));
    let nested = |levels: usize, leaf: &str| format!("{}{leaf}{}", "kids { id ".repeat(levels), "}".repeat(levels));
    for below in [nested(9, ""), nested(9, "bad").replace("} }", "} bad }")] {
        let answered = ask(&gateway, &format!("{{ tree {{ {below} }} other {{ id }} }}")).await;
        assert!(answered.took < Duration::from_secs(2), "{:?}", answered.took);
        assert!(answered.text.len() < 300 * 1024, "{}", answered.text.len());
        let is_told = |error: &String| error.contains("SOURCE_RESPONSE_TOO_LARGE") || error.contains("ERRORS_OMITTED");
        assert!(answered.errors().iter().any(is_told));
    }
    assert_eq!(server.calls().len(), 2, "identical calls are made once");
}

/// It was one call, which could not be sent, and all parents failed.
#[tokio::test(flavor = "multi_thread")]
async fn a_batch_is_cut_where_its_url_would_be_too_long() {
    let id = |number: u32, length: usize| format!("{number:03}{}", "/".repeat(length));
    for style in ["", "|csv"] {
        let server = RestServer::start().await;
        // One of them is too long for any URL.
        let ids: Vec<String> = (0..100).map(|number| id(number, if number == 50 { 20_000 } else { 300 })).collect();
        let items: Vec<String> = ids.iter().map(|id| format!("{{\"id\":\"{id}\"}}")).collect();
        server.on("/items", Behaviour::Json(format!("[{}]", items.join(","))));
        let all = format!("[{}]", items.join(","));
        server.on("/more", Behaviour::Json(all));
        let gateway = gateway(&format!(
            "extend schema {}
             type Query {{ items: [Item] @rest(get: \"/items\") }}
             type Item {{ id: String more: More @rest(get: \"/more?x=1&id={{batch.id{style}}}\", by: \"id\") }}
             type More {{ id: String }}",
            source(&server)
        ));
        let answered = ask(&gateway, "{ items { more { id } } }").await;
        assert_eq!(answered.errors(), ["items.50.more SOURCE_REJECTED_INPUT api"], "{style}");
        assert_eq!(answered.data().matches("\"more\":{").count(), 99);
        // 99 values of 903 bytes, with what stands between them.
        let calls = server.targets().iter().filter(|target| target.starts_with("GET /more")).count();
        assert!((3..=4).contains(&calls), "{calls} calls");
        assert!(server.targets().iter().all(|target| target.len() <= 32_768 + 4));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_argument_is_not_multiplied_by_any_number_of_parents() {
    let server = RestServer::start().await;
    let items: Vec<String> = (0..1000).map(|id| format!("{{\"id\":{id}}}")).collect();
    server.on("/items", Behaviour::Json(format!("[{}]", items.join(","))));
    let gateway = gateway(&format!(
        "extend schema {}
         type Query {{ items: [Item] @rest(get: \"/items\") }}
         type Item {{ id: Int big(s: String): Int @rest(post: \"/{{parent.id}}\", body: {{ s: \"{{args.s}}\" }}) }}",
        source(&server)
    ));
    let answered = ask(&gateway, &format!("{{ items {{ id big(s: \"{}\") }} }}", "x".repeat(1 << 20))).await;
    assert!(answered.errors()[0].starts_with("items.0.big SOURCE_REJECTED_INPUT"), "{:?}", answered.errors()[0]);
    assert!(answered.data().contains("{\"id\":999,\"big\":null}"));
    assert_eq!(server.calls().len(), 1);
}

/// Fields of two types nested in each other meet in exponentially many ways.
fn ways_to_meet(levels: usize) -> String {
    if levels == 0 {
        return "id".to_owned();
    }
    let chain = |depth: usize| format!("{}id{}", "n{".repeat(depth), "}".repeat(depth));
    let (deep, next) = (chain(levels), ways_to_meet(levels - 1));
    format!("n{{ ... on T {{ {deep} }} ... on U {{ {deep} }} {next} }}")
}

#[tokio::test(flavor = "multi_thread")]
async fn g4_fields_that_meet_in_many_ways_are_refused_at_once() {
    let schema = "extend schema @gateway(maxDepth: 100)
        interface N { n: N id(of: [Int]): Int } type T implements N { n: N id(of: [Int]): Int }
        type U implements N { n: N id(of: [Int]): Int } type Query { n: N }";
    let gateway = gateway(schema);
    for levels in [5, 20, 40] {
        let Answered { text, took, .. } = ask(&gateway, &format!("{{ {} }}", ways_to_meet(levels))).await;
        assert!(took < at_most(800), "{levels}: {took:?}");
        assert!(levels == 5 || text.contains("OPERATION_TOO_COMPLEX"), "{levels}: {text}");
    }
}
