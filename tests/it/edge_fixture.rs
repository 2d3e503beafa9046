//! A whole gateway over real sockets: a schema, one service behind it that does as it is told, and a client that sends
//! bytes as they are.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tributary::config::{self, Environment, SourceFile};
use tributary::gateway::{Debug, Gateway};
use tributary::server::{Server, ServerSettings};
use tributary::{schema, source};

use crate::rest_server::{Behaviour, RestServer};

/// Longest that anything may take here; a test that meets it has failed.
pub const LONG: Duration = Duration::from_secs(20);

/// What a gateway is told here where nothing else is.
const ARGUMENTS: &str = r#"maxBody: "4KiB", partialStatus: 294"#;

const SCHEMA: &str = r#"
schema @gateway(ARGUMENTS) @source(name: "up", rest: {url: "{env.UP}"}) {
  query: Query
  mutation: Mutation
}
type Query {
  hello: String @rest(get: "/hello")
  slow: String @rest(get: "/slow")
  hanging: String @rest(get: "/hanging")
  broken: String @rest(get: "/broken")
  required: String! @rest(get: "/broken")
  large: String @rest(get: "/large")
  exact(number: BigInt!): String @rest(get: "/exact/{args.number}")
}
type Mutation {
  act: String @rest(post: "/act")
}
"#;

/// A server under test, and the service behind it.
pub struct Edge {
    pub address: SocketAddr,
    pub admin: Option<SocketAddr>,
    pub service: RestServer,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<()>,
}

/// A response as it came.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub head: String,
    pub body: String,
}

/// The gateway of the schema above.
pub fn gateway(service: &RestServer) -> Arc<Gateway> {
    gateway_of(&SCHEMA.replace("ARGUMENTS", ARGUMENTS), service)
}

fn gateway_of(schema: &str, service: &RestServer) -> Arc<Gateway> {
    let url = service.url();
    let environment = Environment::new(move |name| (name == "UP").then(|| url.clone()));
    let file = SourceFile { name: "schema.graphql".to_owned(), text: schema.to_owned() };
    let config = config::parse(vec![file], Path::new("."), &environment).expect("a config");
    let (schema, _) = schema::build(&config).expect("a schema");
    let schema = Arc::new(schema);
    let sources = source::connect(&schema).expect("sources");
    Arc::new(Gateway::new(schema, sources, Debug::Hidden))
}

/// The service, doing what the schema's fields are named after.
pub async fn service() -> RestServer {
    let service = RestServer::start().await;
    let json = |text: &str| Behaviour::Json(text.to_owned());
    service.on("/hello", json("\"world\""));
    service.on("/slow", Behaviour::After(Duration::from_millis(400), Box::new(json("\"at last\""))));
    service.on("/hanging", Behaviour::Silent);
    service.on("/broken", Behaviour::Answer(500, Vec::new(), b"secret".to_vec()));
    service.on("/large", Behaviour::Json(format!("\"{}\"", "x".repeat(9 << 20))));
    service.on("/exact/9007199254740993", json("\"exact\""));
    service.on("/act", json("\"done\""));
    service
}

impl Edge {
    /// A server with the default settings.
    pub async fn start() -> Edge {
        Edge::with(|_| {}).await
    }

    /// A server with other settings.
    pub async fn with(change: impl FnOnce(&mut ServerSettings)) -> Edge {
        Edge::of_schema(&SCHEMA.replace("ARGUMENTS", ARGUMENTS), change).await
    }

    /// A server whose schema has these arguments of `@gateway`.
    pub async fn of_gateway(arguments: &str) -> Edge {
        Edge::of_schema(&SCHEMA.replace("ARGUMENTS", arguments), |_| {}).await
    }

    /// A server of another schema, with other settings.
    pub async fn of_schema(schema: &str, change: impl FnOnce(&mut ServerSettings)) -> Edge {
        let service = service().await;
        let gateway = gateway_of(schema, &service);
        Edge::of(gateway, service, change).await
    }

    /// A server of a gateway, with other settings.
    pub async fn of(gateway: Arc<Gateway>, service: RestServer, change: impl FnOnce(&mut ServerSettings)) -> Edge {
        let free = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut settings = ServerSettings { listen: free, ..ServerSettings::default() };
        change(&mut settings);
        let server = Server::bind(settings, gateway).await.expect("a free port");
        let (address, admin) = (server.local_addr(), server.admin_addr());
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(server.serve(async {
            let _ = stopped.await;
        }));
        Edge { address, admin, service, stop: Some(stop), serving }
    }

    /// Tells the server to stop, and goes on.
    pub fn tell_to_stop(&mut self) {
        let stop = self.stop.take().expect("told once");
        let _ = stop.send(());
    }

    /// Waits until the server has returned.
    pub async fn stopped(self) {
        timeout(LONG, self.serving).await.expect("the server ends").expect("the server does not panic");
    }

    /// A connection.
    pub async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.expect("a connection")
    }

    /// Sends an operation as JSON.
    pub async fn post(&self, query: &str) -> Reply {
        self.post_with("", &format!("{{\"query\":{query:?}}}")).await
    }

    /// Sends a body as JSON, with further header lines.
    pub async fn post_with(&self, headers: &str, body: &str) -> Reply {
        self.send(&post(headers, body)).await
    }

    /// Gets a path, with further header lines.
    pub async fn get(&self, path: &str, headers: &str) -> Reply {
        self.send(&format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{headers}\r\n")).await
    }

    /// Sends a request as it is, and reads until the server closes.
    pub async fn send(&self, request: &str) -> Reply {
        self.send_bytes(request.as_bytes()).await
    }

    /// The same for what need not be text.
    pub async fn send_bytes(&self, request: &[u8]) -> Reply {
        let mut stream = self.connect().await;
        stream.write_all(request).await.expect("sent");
        read_reply(&mut stream).await
    }
}

impl Reply {
    /// A header, in lower case; nothing where there is none.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(": "))
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value)
    }

    /// The code of its first error.
    pub fn code(&self) -> &str {
        self.body.split("\"code\":\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default()
    }
}

/// A POST of a JSON body.
pub fn post(headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "POST /graphql HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\n{headers}\r\n{body}"
    )
}

/// Reads a response from a connection that the server closes.
pub async fn read_reply(stream: &mut TcpStream) -> Reply {
    let text = read_to_end(stream).await;
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    Reply { status, head: head.to_lowercase(), body: body.to_owned() }
}

/// Everything until the server closes.
pub async fn read_to_end(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    // A reset after the response is an end like another.
    let _ = timeout(LONG, stream.read_to_end(&mut bytes)).await.expect("the server closes");
    String::from_utf8(bytes).expect("UTF-8")
}
