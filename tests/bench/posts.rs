//! What the benches of parts and the count of instructions have in common: a hundred posts, of which a script tells a
//! gateway, so that nothing but the gateway is measured.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::runtime::Runtime;
use tributary::config::{self, Environment, SourceFile};
use tributary::gateway::{Debug, Gateway};
use tributary::graphql::Request;
use tributary::schema::{self, Schema};
use tributary::source::{Script, ScriptedAnswer, connect_scripted};

/// As the gateway has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const SCHEMA: &str = r#"
    schema @source(name: "web", rest: {url: "http://web.test"}, concurrency: 1000) { query: Query }
    type Query { posts: [Post!] @rest(get: "/posts") }
    type Post { id: Int! userId: Int! title: String! body: String!
      user: User @rest(get: "/users/{parent.id}?of={parent.userId}") }
    type User { id: Int! name: String! email: String! }
"#;

/// Decoding and completing.
pub const POSTS: &str = "{ posts { id userId title body } }";

/// The answer of `/posts`: 25 KB, indented as people's services do it.
pub fn posts() -> Bytes {
    let post = |number: u32| {
        format!(
            "  {{\n    \"userId\": {},\n    \"id\": {number},\n    \"title\": \"a title of some words, the {number}th\",\n    \
             \"body\": \"{}\"\n  }}",
            1 + number / 10,
            "some text that takes a line or two\\n".repeat(4),
        )
    };
    let posts: Vec<String> = (1..=100).map(post).collect();
    format!("[\n{}\n]", posts.join(",\n")).into()
}

/// The schema of the posts.
pub fn schema() -> Arc<Schema> {
    let file = SourceFile { name: "schema.graphql".to_owned(), text: SCHEMA.to_owned() };
    let config = config::parse(vec![file], Path::new("."), &Environment::new(|_| None)).expect("it can be read");
    Arc::new(schema::build(&config).expect("it is right").0)
}

/// A gateway that a script tells of the posts and of everybody's user.
pub fn gateway() -> Gateway {
    let (posts, user) = (posts(), Bytes::from_static(br#"{"id":1,"name":"A name","email":"user@example.com"}"#));
    let script = Script::new(move |call| {
        let body = if call.words.starts_with("GET /posts") { posts.clone() } else { user.clone() };
        (Duration::ZERO, ScriptedAnswer::Http { status: 200, body })
    });
    let schema = schema();
    let sources = connect_scripted(&schema, &script).expect("sources");
    Gateway::new(schema, sources, Debug::Hidden)
}

/// Executes an operation; gives the bytes of its response, which has no errors.
pub fn execute(runtime: &Runtime, gateway: &Gateway, query: &str) -> Bytes {
    let request = Request { query: query.to_owned(), ..Request::default() };
    let body = runtime.block_on(gateway.execute(request)).body;
    // Errors stand behind the data.
    assert!(
        body.starts_with(br#"{"data":{"#) && body.ends_with(b"}}"),
        "{}",
        String::from_utf8_lossy(&body[..body.len().min(300)])
    );
    body
}

/// A runtime of one thread.
pub fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}
