//! The connections of one service that are kept. A call takes one that is idle, or makes one. Of HTTP/1 there are never more
//! than there were calls at once, and these never more than the source has places: a call gives its connection back before its
//! place.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::Mutex as AsyncMutex;
use tokio::time::{Instant, sleep};

use super::classify::NoAnswer;
use super::connection::{Connection, Http1, Http2};
use super::connector::Connector;

/// Shorter than the five seconds after which many servers close an idle connection.
const IDLE: Duration = Duration::from_secs(4);

/// How often those that are idle are looked at.
const GLANCE: Duration = Duration::from_secs(1);

/// The connections of one service.
#[derive(Debug)]
pub(super) struct Pool {
    connector: Connector,
    kept: Mutex<Kept>,
    /// Held by the call that makes a connection for all.
    for_all: AsyncMutex<()>,
}

#[derive(Debug, Default)]
struct Kept {
    /// The one that was given back last is taken first.
    idle: Vec<Idle>,
    /// The connection of HTTP/2.
    shared: Option<Shared>,
    /// Whether the service spoke HTTP/2 when it was connected to last.
    speaks_http2: bool,
    /// How often it was tried to make a connection, with or without success.
    tried: u64,
    is_watched: bool,
}

/// Since when it has been idle.
type Idle = (Box<Http1>, Instant);

/// When it was taken last.
type Shared = (Http2, Instant);

impl Pool {
    /// A pool of what a connector makes.
    pub fn new(connector: Connector) -> Arc<Pool> {
        Arc::new(Pool { connector, kept: Mutex::default(), for_all: AsyncMutex::default() })
    }

    /// A connection that other calls have used; nothing where all of them are taken or closed.
    pub fn take(&self) -> Option<Connection> {
        let now = Instant::now();
        if let Some(shared) = self.lock().share(now) {
            return Some(shared);
        }
        loop {
            let (mut connection, since) = self.lock().idle.pop()?;
            if now.duration_since(since) < IDLE && connection.is_idle() {
                return Some(Connection::Http1(connection));
            }
        }
    }

    /// How often it was tried by now to make a connection.
    pub fn tried(&self) -> u64 {
        self.lock().tried
    }

    /// A connection that was not there when it had been tried so often. Where the service is known to speak HTTP/2, one call
    /// makes it for all that need one; should that fail, each of them tries by itself.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn connect(self: &Arc<Self>, tried: u64) -> Result<Connection, NoAnswer> {
        let is_for_all = self.lock().speaks_http2;
        let mut alone = None;
        if is_for_all {
            let held = self.for_all.lock().await;
            let mut kept = self.lock();
            if kept.tried == tried {
                alone = Some(held);
            } else if let Some(shared) = kept.share(Instant::now()) {
                return Ok(shared);
            }
        }
        let connected = self.connector.connect().await;
        let mut kept = self.lock();
        kept.tried += 1;
        drop(alone);
        let connection = connected?;
        kept.speaks_http2 = connection.is_http2();
        if let Connection::Http2(sender) = &connection {
            kept.shared = Some((sender.clone(), Instant::now()));
            self.watch(&mut kept);
        }
        Ok(connection)
    }

    /// Takes a connection back whose call has been answered. One that cannot be used again is closed.
    pub fn give_back(self: &Arc<Self>, connection: Connection) {
        let Connection::Http1(mut connection) = connection else { return };
        if connection.is_idle() {
            let mut kept = self.lock();
            kept.idle.push((connection, Instant::now()));
            self.watch(&mut kept);
        }
    }

    /// Sees to it that what is idle for too long is closed.
    fn watch(self: &Arc<Self>, kept: &mut Kept) {
        if !std::mem::replace(&mut kept.is_watched, true) {
            tokio::spawn(watch(Arc::downgrade(self)));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    /// The connection of HTTP/2, while it lasts.
    fn share(&mut self, now: Instant) -> Option<Connection> {
        self.shared.take_if(|(shared, _)| shared.is_closed());
        let (shared, taken) = self.shared.as_mut()?;
        *taken = now;
        Some(Connection::Http2(shared.clone()))
    }

    /// Takes out what has been idle for too long.
    fn expired(&mut self, now: Instant) -> (Vec<Idle>, Option<Shared>) {
        let is_old = |since: Instant| now.duration_since(since) >= IDLE;
        let old = self.idle.partition_point(|(_, since)| is_old(*since));
        (self.idle.drain(..old).collect(), self.shared.take_if(|(_, taken)| is_old(*taken)))
    }
}

/// Closes what is idle for too long, until nothing is kept.
async fn watch(pool: Weak<Pool>) {
    loop {
        sleep(GLANCE).await;
        let Some(pool) = pool.upgrade() else { return };
        let mut kept = pool.lock();
        let expired = kept.expired(Instant::now());
        kept.is_watched = !kept.idle.is_empty() || kept.shared.is_some();
        let is_done = !kept.is_watched;
        drop(kept);
        drop(expired);
        if is_done {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use futures_util::FutureExt as _;
    use http_body_util::Full;
    use hyper::Request;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::Pool;
    use crate::source::rest::answer::Answer;
    use crate::source::rest::connector::Connector;
    use crate::source::rest::origin::Origin;
    use crate::source::rest::resolver::Resolver;
    use crate::source::rest::tls::tls;

    fn pool(url: &str, resolver: Resolver) -> Arc<Pool> {
        let origin = Origin::parse(url).expect("a URL");
        let tls = tls(false, None).expect("settings");
        Pool::new(Connector::new(&origin, tls, resolver, Duration::from_secs(1)).expect("a host"))
    }

    /// Answers every request on every connection with the same words.
    fn answer(listener: TcpListener, answer: &'static str) {
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let mut seen = [0; 4096];
                    while stream.read(&mut seen).await.is_ok_and(|count| count > 0) {
                        stream.write_all(answer.as_bytes()).await.expect("written");
                    }
                });
            }
        });
    }

    /// What a call brings, and whether it went over a connection that was kept.
    async fn call(pool: &Arc<Pool>) -> (String, bool) {
        let tried = pool.tried();
        let kept = pool.take();
        let was_kept = kept.is_some();
        let mut connection = match kept {
            Some(connection) => connection,
            None => pool.connect(tried).await.expect("a connection"),
        };
        let request = Request::get("/").header("host", "h").body(Full::default()).expect("a request");
        let response = connection.send(request).await.expect("an answer");
        let mut answer = Answer::new(response, connection);
        let mut body = Vec::new();
        while let Some(piece) = answer.chunk().await.expect("a body") {
            body.extend_from_slice(&piece);
        }
        pool.give_back(answer.into_connection());
        (String::from_utf8(body).expect("text"), was_kept)
    }

    /// There is no policy on addresses: whoever may write the schema may name any host. What is resolved for a connection is
    /// what it goes to; nothing resolves the name again between the two, and a connection that is kept asks nobody.
    #[tokio::test]
    async fn h9_a_connection_goes_to_the_address_that_was_resolved_for_it() {
        static ASKED: AtomicUsize = AtomicUsize::new(0);
        let first = TcpListener::bind("127.0.0.2:0").await.expect("a free port");
        let port = first.local_addr().expect("an address").port();
        let second = TcpListener::bind(("127.0.0.1", port)).await.expect("the same port");
        let resolver = Resolver::by(|_| {
            let number = ASKED.fetch_add(1, Ordering::SeqCst);
            let address = if number == 0 { [127, 0, 0, 2] } else { [127, 0, 0, 1] };
            async move { Ok(vec![SocketAddr::from((address, 0))]) }.boxed()
        });
        answer(first, "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nfirst");
        answer(second, "HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nsecond");
        let pool = pool(&format!("http://changing.test:{port}/"), resolver);
        for number in 0..3 {
            assert_eq!(call(&pool).await, ("first".to_owned(), number > 0));
        }
        assert_eq!(ASKED.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn what_is_idle_for_too_long_is_closed() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/", listener.local_addr().expect("an address"));
        answer(listener, "HTTP/1.1 204 No Content\r\n\r\n");
        let pool = pool(&url, Resolver::of_the_system());
        assert!(!call(&pool).await.1);
        for (seconds, kept) in [(3, (1, true)), (3, (0, false))] {
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            let now = pool.lock();
            assert_eq!((now.idle.len(), now.is_watched), kept);
        }
        assert_eq!([call(&pool).await.1, call(&pool).await.1], [false, true]);
        assert!(pool.lock().is_watched);
    }

    #[tokio::test]
    async fn a_connection_is_kept_where_both_sides_are_done_with_its_call() {
        for (words, is_kept) in [
            ("HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nx", true),
            ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n", true),
            ("HTTP/1.1 204 No Content\r\n\r\n", true),
            ("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 1\r\n\r\nx", false),
            ("HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\nx", false),
            ("HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nx and more", false),
        ] {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
            let url = format!("http://{}/", listener.local_addr().expect("an address"));
            answer(listener, words);
            let pool = pool(&url, Resolver::of_the_system());
            assert!(!call(&pool).await.1);
            assert_eq!(call(&pool).await.1, is_kept, "{words}");
        }
    }
}
