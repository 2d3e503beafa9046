//! A TCP proxy that misbehaves on request: between a client and a server it is the network, and that may die, go slow, break
//! off or refuse. It counts connections and bytes. What it carries it does not look at.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, watch};
use tokio::task::JoinHandle;

/// A proxy that listens on a port of its own of 127.0.0.1 until it is dropped.
///
/// ```ignore
/// let proxy = TcpProxy::start("127.0.0.1:5432").await;
/// let url = format!("http://{}", proxy.address());
/// proxy.set(Network::Dead(Direction::Both));
/// ```
#[derive(Debug)]
pub struct TcpProxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: Mutex<Option<JoinHandle<()>>>,
}

/// What the network does, to the connections that are open as well as to new ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Network {
    /// Carries everything, both ways.
    Works,
    /// Takes what goes in this direction and loses it, with the end of the connection too: nobody is told anything. A
    /// connection that has lost something stays dead when the network works again; one that has not carries on, but if one
    /// end has left meanwhile, the other is reset as soon as it sends something.
    Dead(Direction),
    /// Accepts connections, and says nothing: the server is never asked, then or later. Those that were open carry on.
    Silent,
    /// Carries each piece after so long.
    Slow(Duration),
    /// Carries so many bytes of each connection in this direction, from its beginning, and then closes both its ends.
    CutAfter(Direction, u64),
    /// The same, but both ends are reset.
    ResetAfter(Direction, u64),
}

/// Which way bytes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the client to the server.
    ToServer,
    /// From the server to the client.
    ToClient,
    /// Either.
    Both,
}

#[derive(Debug)]
struct Shared {
    to: String,
    state: watch::Sender<State>,
    open: AtomicUsize,
    most_open: AtomicUsize,
    accepted: AtomicUsize,
    to_server: AtomicU64,
    to_client: AtomicU64,
}

#[derive(Debug, Clone, Copy)]
struct State {
    network: Network,
    /// How often everything open was reset.
    resets: u64,
}

/// How a connection through the proxy ends.
enum End {
    Close,
    Reset,
}

impl TcpProxy {
    /// A proxy in front of `host:port`. Each connection of a client is one to the server.
    pub async fn start(to: impl ToString) -> TcpProxy {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let shared = Arc::new(Shared {
            to: to.to_string(),
            state: watch::Sender::new(State { network: Network::Works, resets: 0 }),
            open: AtomicUsize::new(0),
            most_open: AtomicUsize::new(0),
            accepted: AtomicUsize::new(0),
            to_server: AtomicU64::new(0),
            to_client: AtomicU64::new(0),
        });
        let accepting = tokio::spawn(accept(listener, Arc::clone(&shared)));
        TcpProxy { address, shared, accepting: Mutex::new(Some(accepting)) }
    }

    /// Where clients connect.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Changes what the network does from now on.
    pub fn set(&self, network: Network) {
        self.shared.state.send_modify(|state| state.network = network);
    }

    /// Resets every connection that is open, at both ends.
    pub fn reset_all(&self) {
        self.shared.state.send_modify(|state| state.resets += 1);
    }

    /// From here on the port refuses connections, until [`TcpProxy::listen`]. Those that are open stay.
    pub async fn refuse(&self) {
        if let Some(accepting) = self.accepting.lock().await.take() {
            accepting.abort();
            // The listener is closed when its task has ended.
            let _ = accepting.await;
        }
    }

    /// From here on the port, the same one, takes connections again.
    pub async fn listen(&self) {
        let mut accepting = self.accepting.lock().await;
        if accepting.is_none() {
            let listener = TcpListener::bind(self.address).await.expect("the port is still ours");
            *accepting = Some(tokio::spawn(accept(listener, Arc::clone(&self.shared))));
        }
    }

    /// Connections that clients have not closed.
    pub fn open(&self) -> usize {
        self.shared.open.load(Ordering::Relaxed)
    }

    /// The most that were open at once.
    pub fn most_open(&self) -> usize {
        self.shared.most_open.load(Ordering::Relaxed)
    }

    /// All that were ever accepted.
    pub fn accepted(&self) -> usize {
        self.shared.accepted.load(Ordering::Relaxed)
    }

    /// Bytes that were carried in this direction; those that were lost do not count.
    pub fn carried(&self, direction: Direction) -> u64 {
        let (up, down) = (self.shared.to_server.load(Ordering::Relaxed), self.shared.to_client.load(Ordering::Relaxed));
        match direction {
            Direction::ToServer => up,
            Direction::ToClient => down,
            Direction::Both => up + down,
        }
    }
}

impl Drop for TcpProxy {
    fn drop(&mut self) {
        self.reset_all();
        if let Some(accepting) = self.accepting.get_mut().take() {
            accepting.abort();
        }
    }
}

impl Direction {
    fn holds(self, other: Direction) -> bool {
        self == other || self == Direction::Both
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((client, _)) = listener.accept().await {
        // Those that are accepted before a reset are reset by it.
        let state = shared.state.subscribe();
        tokio::spawn(carry(client, Open::new(Arc::clone(&shared)), state));
    }
}

/// One connection, to its end.
async fn carry(mut client: TcpStream, open: Open, state: watch::Receiver<State>) {
    let shared = Arc::clone(&open.0);
    let (resets, network) = (state.borrow().resets, state.borrow().network);
    let mut waiting = state.clone();
    let reset = async move {
        let _ = waiting.wait_for(|state| state.resets != resets).await;
    };
    let mut server = None;
    let carrying = async {
        if network == Network::Silent {
            let mut lost = [0; 4096];
            while client.read(&mut lost).await.is_ok_and(|count| count > 0) {}
            return End::Close;
        }
        let Ok(reached) = TcpStream::connect(&shared.to).await else { return End::Close };
        let server = server.insert(reached);
        let ends = [client.set_nodelay(true), server.set_nodelay(true)];
        ends.into_iter().collect::<io::Result<()>>().expect("sockets take options");
        let (from_client, to_client) = client.split();
        let (from_server, to_server) = server.split();
        let left = AtomicBool::new(false);
        let pump =
            |direction| Pump { shared: &shared, state: state.clone(), left: &left, direction, passed: 0, dead: false };
        let (up, down) = (pump(Direction::ToServer), pump(Direction::ToClient));
        let both = async {
            tokio::try_join!(up.run(from_client, to_server, Some(open)), down.run(from_server, to_client, None))
        };
        both.await.err().unwrap_or(End::Close)
    };
    let end = tokio::select! {
        end = carrying => end,
        () = reset => End::Reset,
    };
    if matches!(end, End::Reset) {
        for end in [Some(client), server].into_iter().flatten() {
            let _ = end.set_zero_linger();
        }
    }
}

/// One direction of a connection.
struct Pump<'a> {
    shared: &'a Shared,
    state: watch::Receiver<State>,
    /// Whether an end of the connection has left, and the other was not told.
    left: &'a AtomicBool,
    direction: Direction,
    passed: u64,
    /// Whether something was lost.
    dead: bool,
}

impl Pump<'_> {
    /// Carries until the sender has ended, which the receiver is told; `open` is how long the sender is there.
    async fn run(mut self, mut from: ReadHalf<'_>, mut to: WriteHalf<'_>, open: Option<Open>) -> Result<(), End> {
        let mut piece = vec![0; 16 * 1024];
        loop {
            let count = from.read(&mut piece).await;
            let network = self.state.borrow().network;
            self.dead |= matches!(network, Network::Dead(direction) if direction.holds(self.direction));
            match (count, self.dead) {
                (Ok(1..), true) => {}
                (Ok(0) | Err(_), true) => {
                    drop(open);
                    // Nobody is told that it has ended.
                    self.left.store(true, Ordering::Relaxed);
                    return std::future::pending().await;
                }
                (Ok(0), false) => {
                    drop(open);
                    return to.shutdown().await.map_err(|_| End::Close);
                }
                (Err(_), false) => return Err(End::Reset),
                (Ok(_), false) if self.left.load(Ordering::Relaxed) => return Err(End::Reset),
                (Ok(count), false) => self.pass(network, &piece[..count], &mut to).await?,
            }
        }
    }

    async fn pass(&mut self, network: Network, piece: &[u8], to: &mut WriteHalf<'_>) -> Result<(), End> {
        let (piece, end) = match network {
            Network::CutAfter(direction, most) if direction.holds(self.direction) => self.cut(piece, most, End::Close),
            Network::ResetAfter(direction, most) if direction.holds(self.direction) => {
                self.cut(piece, most, End::Reset)
            }
            Network::Slow(delay) => {
                tokio::time::sleep(delay).await;
                (piece, None)
            }
            _ => (piece, None),
        };
        to.write_all(piece).await.map_err(|_| End::Reset)?;
        let count = u64::try_from(piece.len()).expect("a small piece");
        self.passed += count;
        let carried = match self.direction {
            Direction::ToServer => &self.shared.to_server,
            Direction::ToClient | Direction::Both => &self.shared.to_client,
        };
        carried.fetch_add(count, Ordering::Relaxed);
        end.map_or(Ok(()), Err)
    }

    fn cut<'p>(&self, piece: &'p [u8], most: u64, end: End) -> (&'p [u8], Option<End>) {
        let left = usize::try_from(most.saturating_sub(self.passed)).unwrap_or(usize::MAX);
        if piece.len() < left { (piece, None) } else { (&piece[..left], Some(end)) }
    }
}

/// Counts one open connection.
struct Open(Arc<Shared>);

impl Open {
    fn new(shared: Arc<Shared>) -> Open {
        shared.accepted.fetch_add(1, Ordering::Relaxed);
        let open = shared.open.fetch_add(1, Ordering::Relaxed) + 1;
        shared.most_open.fetch_max(open, Ordering::Relaxed);
        Open(shared)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::Relaxed);
    }
}

async fn echo(stream: &mut TcpStream) -> io::Result<[u8; 4]> {
    let mut echoed = [0; 4];
    stream.write_all(b"ping").await?;
    stream.read_exact(&mut echoed).await?;
    Ok(echoed)
}

async fn is_dead(stream: &mut TcpStream) -> bool {
    tokio::time::timeout(Duration::from_millis(50), echo(stream)).await.is_err()
}

/// What the proxy promises to the tests that use it.
#[tokio::test]
async fn the_proxy_does_what_it_is_told() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let proxy = TcpProxy::start(listener.local_addr().expect("an address")).await;
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let (mut from, mut to) = stream.split();
                let _ = tokio::io::copy(&mut from, &mut to).await;
            });
        }
    });
    let connect = || async { TcpStream::connect(proxy.address()).await };
    let (mut first, mut second) = (connect().await.expect("open"), connect().await.expect("open"));
    assert_eq!((echo(&mut first).await.ok(), echo(&mut second).await.ok()), (Some(*b"ping"), Some(*b"ping")));
    assert_eq!((proxy.open(), proxy.accepted(), proxy.carried(Direction::Both)), (2, 2, 16));
    // What has lost something stays dead; what has not carries on.
    for direction in [Direction::ToServer, Direction::ToClient] {
        let mut lost = connect().await.expect("open");
        echo(&mut lost).await.expect("an echo");
        proxy.set(Network::Dead(direction));
        assert!(is_dead(&mut lost).await);
        proxy.set(Network::Works);
        assert!(is_dead(&mut lost).await);
    }
    assert_eq!(echo(&mut first).await.ok(), Some(*b"ping"));
    proxy.set(Network::Silent);
    let mut silent = connect().await.expect("accepted");
    assert!(is_dead(&mut silent).await);
    proxy.set(Network::CutAfter(Direction::ToClient, 2));
    let mut cut = connect().await.expect("open");
    let end = echo(&mut cut).await.expect_err("cut").kind();
    assert_eq!((end, cut.read(&mut [0]).await.ok()), (io::ErrorKind::UnexpectedEof, Some(0)));
    proxy.set(Network::ResetAfter(Direction::ToServer, 4));
    let end = echo(&mut connect().await.expect("open")).await.expect_err("reset").kind();
    assert_eq!(end, io::ErrorKind::ConnectionReset);
    proxy.set(Network::Slow(Duration::from_millis(20)));
    let started = std::time::Instant::now();
    assert_eq!(echo(&mut first).await.ok(), Some(*b"ping"));
    assert!(started.elapsed() >= Duration::from_millis(40), "once each way");
    proxy.set(Network::Works);
    proxy.refuse().await;
    assert_eq!(connect().await.expect_err("refused").kind(), io::ErrorKind::ConnectionRefused);
    assert_eq!(echo(&mut first).await.ok(), Some(*b"ping"), "what is open stays");
    proxy.listen().await;
    echo(&mut connect().await.expect("open")).await.expect("an echo");
    proxy.reset_all();
    assert_eq!(echo(&mut first).await.expect_err("reset").kind(), io::ErrorKind::ConnectionReset);
    drop((first, second));
    assert!((2..8).contains(&proxy.most_open()), "{}", proxy.most_open());
    let none = async {
        while proxy.open() > 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), none).await.expect("none is open");
}
