//! A REST server that misbehaves on request: HTTP/1.1 over a raw socket, because a library would not send what is
//! wrong. It counts its connections and keeps what it was asked, byte for byte.

use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A server that runs until it is dropped.
#[derive(Debug)]
pub struct RestServer {
    state: Arc<State>,
    address: std::net::SocketAddr,
    accepting: JoinHandle<()>,
}

/// What the server does with a call.
#[derive(Clone)]
pub enum Behaviour {
    /// Answers 200 with this JSON.
    Json(String),
    /// Answers with a status, extra header lines, and a body.
    Answer(u16, Vec<String>, Vec<u8>),
    /// Does something after a while.
    After(Duration, Box<Behaviour>),
    /// Does something, and closes the connection when it was idle for so long.
    ClosingIdle(Duration, Box<Behaviour>),
    /// Accepts the call and says nothing.
    Silent,
    /// Sends its headers, then a byte a second.
    Drip,
    /// Sends these bytes as they are, and closes.
    Raw(Vec<u8>),
    /// A body of so many bytes, announced.
    Large(u64),
    /// A body of so many bytes in chunks, not announced.
    LargeChunked(u64),
    /// Closes without a word.
    Close,
    /// Resets the connection.
    Reset,
    /// Decides by the call.
    By(Arc<dyn Fn(&Received) -> Behaviour + Send + Sync>),
}

/// A call as it arrived.
#[derive(Debug, Clone)]
pub struct Received {
    /// Request line and header lines.
    pub head: String,
    /// What came behind them.
    pub body: Vec<u8>,
}

#[derive(Default)]
struct State {
    behaviours: Mutex<HashMap<String, Behaviour>>,
    received: Mutex<Vec<Received>>,
    open: AtomicUsize,
    most_open: AtomicUsize,
    accepted: AtomicUsize,
    written: AtomicU64,
}

impl std::fmt::Debug for State {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("State")
    }
}

/// Counts one open connection.
struct Open(Arc<State>);

impl Open {
    fn new(state: Arc<State>) -> Open {
        let open = state.open.fetch_add(1, Ordering::SeqCst) + 1;
        state.most_open.fetch_max(open, Ordering::SeqCst);
        state.accepted.fetch_add(1, Ordering::SeqCst);
        Open(state)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Drop for RestServer {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Received {
    /// The first line.
    pub fn request_line(&self) -> &str {
        self.head.lines().next().unwrap_or_default()
    }

    /// Method and target.
    pub fn target(&self) -> &str {
        self.request_line().strip_suffix(" HTTP/1.1").expect("an HTTP/1.1 request line")
    }

    /// Every value under a name in lower case.
    pub fn headers(&self, name: &str) -> Vec<&str> {
        self.head
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(": "))
            .filter(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
            .collect()
    }
}

impl RestServer {
    /// Starts a server on a port of its own; it answers 404 until it is told otherwise.
    pub async fn start() -> RestServer {
        RestServer::start_at("127.0.0.1:0").await
    }

    /// The same at an address.
    pub async fn start_at(address: &str) -> RestServer {
        let listener = TcpListener::bind(address).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let state = Arc::new(State::default());
        let accepting = tokio::spawn(accept(listener, Arc::clone(&state)));
        RestServer { state, address, accepting }
    }

    /// `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Says what happens to calls of a path, or with `*` to all others.
    pub fn on(&self, path: &str, behaviour: Behaviour) -> &RestServer {
        self.state.behaviours.lock().expect("nothing panics with it").insert(path.to_owned(), behaviour);
        self
    }

    /// Ends it, and waits until nothing of it is left: a connection that is kept would answer for a moment.
    pub async fn end(mut self) {
        self.accepting.abort();
        let _ = (&mut self.accepting).await;
        self.open_at_most(0, Duration::from_secs(1)).await;
    }

    /// Every call so far.
    pub fn calls(&self) -> Vec<Received> {
        self.state.received.lock().expect("nothing panics with it").clone()
    }

    /// Forgets every call so far.
    pub fn forget(&self) {
        self.state.received.lock().expect("nothing panics with it").clear();
    }

    /// Method and target of every call so far.
    pub fn targets(&self) -> Vec<String> {
        self.calls().iter().map(|call| call.target().to_owned()).collect()
    }

    /// Connections that are open now.
    pub fn open_connections(&self) -> usize {
        self.state.open.load(Ordering::SeqCst)
    }

    /// The most connections that were open at once.
    pub fn most_open_connections(&self) -> usize {
        self.state.most_open.load(Ordering::SeqCst)
    }

    /// Connections made so far.
    pub fn accepted_connections(&self) -> usize {
        self.state.accepted.load(Ordering::SeqCst)
    }

    /// Bytes of large bodies that were taken from it so far.
    pub fn written_bytes(&self) -> u64 {
        self.state.written.load(Ordering::Relaxed)
    }

    /// Waits until no more connections than these are open.
    pub async fn open_at_most(&self, most: usize, within: Duration) {
        let wait = async {
            while self.open_connections() > most {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        let open = || format!("{} connections are open after {within:?}", self.open_connections());
        assert!(tokio::time::timeout(within, wait).await.is_ok(), "{}", open());
    }

    /// Waits until so many calls have arrived.
    pub async fn received_at_least(&self, calls: usize, within: Duration) {
        let wait = async {
            while self.state.received.lock().expect("nothing panics with it").len() < calls {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        assert!(tokio::time::timeout(within, wait).await.is_ok(), "fewer than {calls} calls after {within:?}");
    }
}

async fn accept(listener: TcpListener, state: Arc<State>) {
    let mut connections = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let open = Open::new(Arc::clone(&state));
        connections.spawn(async move {
            let _ = serve(stream, &open.0).await;
        });
        while connections.try_join_next().is_some() {}
    }
}

/// The first byte of a client that wants a secure connection.
const TLS_HANDSHAKE: u8 = 0x16;

async fn serve(stream: TcpStream, state: &State) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let (reader, mut writer) = stream.into_split();
    let mut reader = BufReader::new(reader);
    if reader.fill_buf().await?.first() == Some(&TLS_HANDSHAKE) {
        return writer.write_all(b"HTTP/1.1 400 No TLS here\r\ncontent-length: 0\r\n\r\n").await;
    }
    let mut idle = None;
    loop {
        let call = match idle {
            None => receive(&mut reader).await?,
            Some(limit) => match tokio::time::timeout(limit, receive(&mut reader)).await {
                Ok(call) => call?,
                Err(_) => return Ok(()),
            },
        };
        let Some(call) = call else { return Ok(()) };
        let behaviour = state.behaviour(&call);
        state.received.lock().expect("nothing panics with it").push(call);
        if let Behaviour::ClosingIdle(limit, _) = &behaviour {
            idle = Some(*limit);
        }
        tokio::select! {
            biased;
            result = perform(behaviour, &mut writer, &state.written) => if result? == After::Close { return Ok(()) },
            () = gone(&mut reader) => return Ok(()),
        }
    }
}

impl State {
    fn behaviour(&self, call: &Received) -> Behaviour {
        let target = call.target().split_once(' ').map_or("", |(_, target)| target);
        let path = target.split('?').next().unwrap_or_default();
        let behaviours = self.behaviours.lock().expect("nothing panics with it");
        let found = behaviours.get(path).or_else(|| behaviours.get("*")).cloned();
        match found {
            Some(Behaviour::By(decide)) => decide(call),
            Some(behaviour) => behaviour,
            None => Behaviour::Answer(404, Vec::new(), br#"{"error":"secret: no such path"}"#.to_vec()),
        }
    }
}

async fn receive(reader: &mut BufReader<OwnedReadHalf>) -> io::Result<Option<Received>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if reader.read_until(b'\n', &mut head).await? == 0 {
            return Ok(None);
        }
    }
    let head = String::from_utf8_lossy(&head).trim_end().to_owned();
    let mut received = Received { head, body: Vec::new() };
    let length = received.headers("content-length").first().map_or(0, |length| length.parse().expect("a length"));
    received.body = vec![0; length];
    reader.read_exact(&mut received.body).await?;
    Ok(Some(received))
}

/// Ends when the client has closed the connection; takes nothing of what it sends.
async fn gone(reader: &mut BufReader<OwnedReadHalf>) {
    if reader.fill_buf().await.is_ok_and(|bytes| !bytes.is_empty()) {
        std::future::pending::<()>().await;
    }
}

#[derive(PartialEq, Eq)]
enum After {
    Keep,
    Close,
}

async fn perform(behaviour: Behaviour, writer: &mut OwnedWriteHalf, written: &AtomicU64) -> io::Result<After> {
    match behaviour {
        Behaviour::Json(body) => {
            answer(writer, 200, &["content-type: application/json".to_owned()], body.as_bytes()).await
        }
        Behaviour::Answer(status, headers, body) => answer(writer, status, &headers, &body).await,
        Behaviour::After(delay, then) => {
            tokio::time::sleep(delay).await;
            Box::pin(perform(*then, writer, written)).await
        }
        Behaviour::ClosingIdle(_, then) => Box::pin(perform(*then, writer, written)).await,
        Behaviour::Silent => std::future::pending().await,
        Behaviour::Drip => drip(writer).await,
        Behaviour::Raw(bytes) => {
            writer.write_all(&bytes).await?;
            writer.shutdown().await?;
            Ok(After::Close)
        }
        Behaviour::Large(length) => large(writer, length, written).await,
        Behaviour::LargeChunked(length) => large_chunked(writer, length, written).await,
        Behaviour::Close => Ok(After::Close),
        Behaviour::Reset => {
            writer.as_ref().set_zero_linger()?;
            Ok(After::Close)
        }
        Behaviour::By(_) => unreachable!("a decision decides"),
    }
}

async fn answer(writer: &mut OwnedWriteHalf, status: u16, headers: &[String], body: &[u8]) -> io::Result<After> {
    let mut bytes = format!("HTTP/1.1 {status} Whatever\r\n").into_bytes();
    for header in headers {
        bytes.extend_from_slice(header.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    if status != 204 {
        bytes.extend_from_slice(format!("content-length: {}\r\n", body.len()).as_bytes());
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(body);
    writer.write_all(&bytes).await?;
    Ok(After::Keep)
}

async fn drip(writer: &mut OwnedWriteHalf) -> io::Result<After> {
    writer.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n").await?;
    for _ in 0..100 {
        writer.write_all(b"1").await?;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    Ok(After::Keep)
}

static PIECE: [u8; 64 * 1024] = [b'1'; 64 * 1024];

async fn large(writer: &mut OwnedWriteHalf, length: u64, written: &AtomicU64) -> io::Result<After> {
    writer.write_all(format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n").as_bytes()).await?;
    for _ in 0..length / PIECE.len() as u64 {
        writer.write_all(&PIECE).await?;
        written.fetch_add(PIECE.len() as u64, Ordering::Relaxed);
    }
    Ok(After::Close)
}

async fn large_chunked(writer: &mut OwnedWriteHalf, length: u64, written: &AtomicU64) -> io::Result<After> {
    writer.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").await?;
    for _ in 0..length / PIECE.len() as u64 {
        writer.write_all(format!("{:x}\r\n", PIECE.len()).as_bytes()).await?;
        writer.write_all(&PIECE).await?;
        written.fetch_add(PIECE.len() as u64, Ordering::Relaxed);
        writer.write_all(b"\r\n").await?;
    }
    writer.write_all(b"0\r\n\r\n").await?;
    Ok(After::Keep)
}

/// A gzip body of half a megabyte that unfolds to so many MiB of zeros: the same block again and again.
pub fn gzip_bomb(mebibytes: usize) -> Vec<u8> {
    let mut block = Vec::with_capacity(64 * 1024);
    let mut compress = flate2::Compress::new(flate2::Compression::best(), false);
    let zeros = vec![0; 1024 * 1024];
    compress.compress_vec(&zeros, &mut block, flate2::FlushCompress::Full).expect("room for the block");
    assert_eq!(compress.total_in(), zeros.len() as u64);
    let mut bomb = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    for _ in 0..mebibytes {
        bomb.extend_from_slice(&block);
    }
    bomb
}

/// The same in brotli, of some hundred bytes.
pub fn brotli_bomb(mebibytes: usize) -> Vec<u8> {
    let mut bomb = brotli::CompressorWriter::new(Vec::new(), 64 * 1024, 1, 22);
    for _ in 0..mebibytes * 1024 * 1024 / PIECE.len() {
        std::io::Write::write_all(&mut bomb, &PIECE).expect("memory");
    }
    bomb.into_inner()
}
