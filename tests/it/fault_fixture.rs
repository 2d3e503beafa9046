//! What every fault of a source must look like from outside, whatever it is: a whole gateway over real sockets, one source
//! that does as it is told, and three fields of others that must notice nothing of it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tributary::graphql::Value;

use crate::edge_fixture::{Edge, Reply, post, read_reply};
use crate::rest_server::{Behaviour, RestServer};

/// What the process may have more of two seconds after a fault.
const MORE_DESCRIPTORS: usize = 5;
const MORE_MEMORY: u64 = 32 * 1024;
const SOON: Duration = Duration::from_secs(2);

/// A gateway in front of the source `bad`, which is `edge.service` where nothing else is said, and of two that work.
pub struct Faults {
    pub edge: Edge,
    /// Kept for as long as its fields are asked for.
    _good: RestServer,
}

/// How a fault looked.
#[derive(Debug)]
pub struct Seen {
    pub took: Duration,
    pub reply: Reply,
}

/// The times of `reliability`: a figure may be exceeded by 50 ms or a quarter, whichever is more.
pub fn at_most(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds + (milliseconds / 4).max(50))
}

impl Faults {
    /// The source `bad` is the service, with a timeout of 200 ms.
    pub async fn start() -> Faults {
        Faults::of(r#"rest: {url: "{env.UP}"}, timeout: "200ms", retry: {attempts: 1}"#).await
    }

    /// The source `bad` has these arguments.
    pub async fn of(bad: &str) -> Faults {
        let good = RestServer::start().await;
        good.on("/one", Behaviour::Json("1".to_owned()));
        good.on("/list", Behaviour::Json(r#"[{"n":1},{"n":2}]"#.to_owned()));
        let schema = format!(
            r#"schema @source(name: "bad", {bad}) @source(name: "good", rest: {{url: "{}"}})
                      @source(name: "db", sql: {{url: "sqlite::memory:"}}) {{ query: Query }}
            type Query {{
              bad: T @rest(source: "bad", get: "/bad")
              one: Int @rest(source: "good", get: "/one")
              list: [Item] @rest(source: "good", get: "/list")
              row: Int @sql(source: "db", query: "select 3")
            }}
            type T {{ a: Int b: [Int] }}
            type Item {{ n: Int }}"#,
            good.url()
        );
        let faults = Faults { edge: Edge::of_schema(&schema, |_| {}).await, _good: good };
        // What is made once is there before anything is compared.
        let reply = faults.edge.post("{ one list { n } row __typename }").await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        faults
    }

    /// Tells the service what to do, then asks as [`Faults::fails`] does.
    pub async fn fails_with(&self, behaviour: Behaviour, code: &str) -> Seen {
        self.edge.service.on("/bad", behaviour);
        self.fails(code).await
    }

    /// Asks for the field of the bad source and for all others: it fails with this code, at its path, with its source, in an
    /// answer of status 200 whose other fields are all there, while `{__typename}` is answered at once. Two seconds
    /// later descriptors and memory are back.
    pub async fn fails(&self, code: &str) -> Seen {
        let before = Taken::now();
        let watch = Watch::begin(self.edge.address);
        let started = Instant::now();
        let reply = self.edge.post("{ bad { a b } one list { n } row }").await;
        let took = started.elapsed();
        watch.end().await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        let answer = Value::from_json(&reply.body).expect("JSON");
        let data = answer.get("data").expect("data").to_json();
        assert_eq!(data, r#"{"bad":null,"one":1,"list":[{"n":1},{"n":2}],"row":3}"#, "{}", reply.body);
        let errors = errors(&answer);
        assert_eq!(errors.len(), 1, "{}", reply.body);
        assert_eq!(errors[0].get("path").expect("a path").to_json(), r#"["bad"]"#);
        let word = |name: &str| errors[0].at(&["extensions", name]).and_then(Value::as_text).unwrap_or("-");
        assert_eq!((word("code"), word("source")), (code, "bad"), "{}", reply.body);
        before.is_back().await;
        Seen { took, reply }
    }

    /// Asks for the field of the bad source, which answers.
    pub async fn works(&self) {
        let reply = self.edge.post("{ bad { a } }").await;
        assert_eq!(reply.body, r#"{"data":{"bad":{"a":1}}}"#);
    }
}

impl Seen {
    /// A fact of the only error, as JSON.
    pub fn fact(&self, name: &str) -> String {
        let answer = Value::from_json(&self.reply.body).expect("JSON");
        errors(&answer)[0].at(&["extensions", name]).map_or_else(String::new, Value::to_json)
    }
}

fn errors(answer: &Value) -> &[Value] {
    match answer.get("errors") {
        Some(Value::List(errors)) => errors,
        _ => &[],
    }
}

/// What the process has taken of the machine.
#[derive(Debug)]
pub struct Taken {
    descriptors: usize,
    memory: u64,
}

impl Taken {
    /// As it is now.
    pub fn now() -> Taken {
        Taken { descriptors: descriptors(), memory: memory("VmRSS") }
    }

    /// Waits until it is as it was, two seconds at most. Where other tests run in the same process there is nothing to see.
    pub async fn is_back(&self) {
        if !is_alone() {
            return;
        }
        let started = Instant::now();
        loop {
            let now = Taken::now();
            if now.descriptors <= self.descriptors + MORE_DESCRIPTORS && now.memory <= self.memory + MORE_MEMORY {
                return;
            }
            assert!(started.elapsed() < SOON, "{now:?} after {self:?}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

/// Whether this test has a process of its own, as nextest gives it.
pub fn is_alone() -> bool {
    std::env::var_os("NEXTEST").is_some()
}

/// A figure of this process's memory, in KiB.
pub fn memory(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("a line of that name");
    line.trim_matches(|character: char| !character.is_ascii_digit()).parse().expect("a number")
}

/// Lets the peak of memory begin anew; gives what is used now, in KiB.
pub fn peak_begins() -> u64 {
    std::fs::write("/proc/self/clear_refs", "5").expect("Linux");
    memory("VmRSS")
}

/// Descriptors of this process that are open.
pub fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").expect("Linux").count()
}

/// Asks for `{__typename}` again and again.
pub struct Watch {
    is_over: Arc<AtomicBool>,
    watching: JoinHandle<Duration>,
}

impl Watch {
    /// Begins.
    pub fn begin(address: SocketAddr) -> Watch {
        let is_over = Arc::new(AtomicBool::new(false));
        let end = Arc::clone(&is_over);
        let watching = tokio::spawn(async move {
            let mut slowest = Duration::ZERO;
            while !end.load(Ordering::Relaxed) {
                let started = Instant::now();
                let mut stream = TcpStream::connect(address).await.expect("a connection");
                stream.write_all(post("", r#"{"query":"{__typename}"}"#).as_bytes()).await.expect("sent");
                let reply = read_reply(&mut stream).await;
                assert_eq!(reply.body, r#"{"data":{"__typename":"Query"}}"#);
                slowest = slowest.max(started.elapsed());
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            slowest
        });
        Watch { is_over, watching }
    }

    /// Ends; every answer has come within 100 ms.
    pub async fn end(self) {
        self.is_over.store(true, Ordering::Relaxed);
        let slowest = self.watching.await.expect("answers");
        assert!(slowest < at_most(100), "{{__typename}} took {slowest:?}");
    }
}
