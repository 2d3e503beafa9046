//! Services that speak HTTP/2: one connection for all calls, for as long as it lasts.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::join_all;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::HOST;
use hyper::server::conn::http2::Builder;
use hyper::service::service_fn;
use hyper::{Request, Response, Version};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tributary::source::rest::RestSource;
use tributary::source::{Cause, Reason};

use crate::rest_fixture::{Service, get, text};
use crate::rest_tls::{AUTHORITY, LOCALHOST, acceptor};

/// A service of HTTP/2 that answers with the target it was asked for, after a while where that says `slow`.
struct Peer {
    source: Arc<RestSource>,
    connections: AtomicUsize,
    calls: AtomicUsize,
    /// Ends its connections in an orderly way.
    goodbye: Notify,
    /// Cuts them.
    cut: Notify,
}

impl Peer {
    async fn start() -> Arc<Peer> {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("https://localhost:{}/api", listener.local_addr().expect("an address").port());
        let source = Service::at(&url).with(|target| target.ca = Some(AUTHORITY.to_vec())).connect();
        let counted = || AtomicUsize::new(0);
        let peer = Arc::new(Peer {
            source,
            connections: counted(),
            calls: counted(),
            goodbye: Notify::new(),
            cut: Notify::new(),
        });
        tokio::spawn(Arc::clone(&peer).serve(listener));
        peer
    }

    async fn serve(self: Arc<Self>, listener: TcpListener) {
        let acceptor = acceptor(LOCALHOST, &[b"h2"]);
        while let Ok((stream, _)) = listener.accept().await {
            let (peer, acceptor) = (Arc::clone(&self), acceptor.clone());
            tokio::spawn(async move {
                let Ok(stream) = acceptor.accept(stream).await else { return };
                peer.connections.fetch_add(1, Ordering::SeqCst);
                let service = service_fn(|request| answer(Arc::clone(&peer), request));
                let connection = Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service);
                let mut connection = std::pin::pin!(connection);
                tokio::select! {
                    _ = connection.as_mut() => return,
                    () = peer.cut.notified() => return,
                    () = peer.goodbye.notified() => connection.as_mut().graceful_shutdown(),
                }
                let _ = connection.await;
            });
        }
    }

    async fn ask(&self, path: &str) -> Vec<u8> {
        get("/{0}").key(text(path)).bytes(&self.source).await
    }

    /// Waits until it has been called so many times.
    async fn called(&self, times: usize) {
        while self.calls.load(Ordering::SeqCst) < times {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    fn seen(&self) -> (usize, usize) {
        (self.connections.load(Ordering::SeqCst), self.calls.load(Ordering::SeqCst))
    }
}

async fn answer(peer: Arc<Peer>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    peer.calls.fetch_add(1, Ordering::SeqCst);
    assert_eq!((request.version(), request.headers().get(HOST)), (Version::HTTP_2, None));
    assert_eq!(request.uri().scheme_str(), Some("https"));
    assert_eq!(request.uri().host(), Some("localhost"));
    let target = request.uri().path().to_owned();
    if target.contains("slow") {
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    Ok(Response::new(Full::from(format!("\"{target}\""))))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_share_one_connection() {
    let peer = Peer::start().await;
    assert_eq!(peer.ask("first").await, b"\"/api/first\"");
    let paths: Vec<_> = (0..50).map(|number| format!("slow-{number}")).collect();
    let answers = join_all(paths.iter().map(|path| peer.ask(path))).await;
    for (path, answer) in paths.iter().zip(answers) {
        assert_eq!(answer, format!("\"/api/{path}\"").into_bytes());
    }
    assert_eq!(peer.seen(), (1, 51));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_that_is_given_up_leaves_the_others_alone() {
    let peer = Peer::start().await;
    peer.ask("first").await;
    let hasty = async {
        let cause = get("/{0}").key(text("slow")).within(150).cause(&peer.source).await;
        assert!(matches!(cause, Cause::TimedOut(_)), "{cause:?}");
    };
    let (slow, ()) = tokio::join!(peer.ask("slow"), hasty);
    assert_eq!(slow, b"\"/api/slow\"");
    peer.ask("last").await;
    assert_eq!(peer.seen(), (1, 4));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_ends_is_followed_by_another() {
    let peer = Peer::start().await;
    peer.ask("first").await;
    // Who was promised an answer gets it, and whoever comes meanwhile.
    let (slow, ()) = tokio::join!(peer.ask("slow"), async {
        peer.called(2).await;
        peer.goodbye.notify_one();
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert_eq!(peer.ask("meanwhile").await, b"\"/api/meanwhile\"");
    });
    assert_eq!(slow, b"\"/api/slow\"");
    assert_eq!(peer.seen(), (2, 3));
    peer.cut.notify_one();
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(peer.ask("last").await, b"\"/api/last\"");
    assert_eq!(peer.seen().0, 3);
}

/// One connection is made anew for all who need one, and not one by each of them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_ends_is_followed_by_one_for_all() {
    let peer = Peer::start().await;
    peer.ask("first").await;
    for round in 2..12 {
        peer.cut.notify_one();
        let paths: Vec<_> = (0..50).map(|number| format!("{round}-{number}")).collect();
        let answers = join_all(paths.iter().map(|path| peer.ask(path))).await;
        assert!(answers.iter().zip(&paths).all(|(answer, path)| *answer == format!("\"/api/{path}\"").into_bytes()));
        assert!(peer.seen().0 <= round, "{} connections after {round} rounds", peer.seen().0);
    }
}

/// What can be asked for again is, once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r8_calls_of_a_connection_that_is_cut_are_made_again() {
    let peer = Peer::start().await;
    peer.ask("first").await;
    let calls = join_all((0..5).map(|number| peer.ask(["slow-0", "slow-1", "slow-2", "slow-3", "slow-4"][number])));
    let cut = async {
        peer.called(6).await;
        peer.cut.notify_one();
    };
    assert_eq!(tokio::join!(calls, cut).0.len(), 5);
    let write = async {
        let mut asking = get("/{0}").key(text("slow"));
        asking.access = tributary::source::Access::Write;
        asking.cause(&peer.source).await
    };
    let cut = async {
        peer.called(12).await;
        peer.cut.notify_waiters();
    };
    assert_eq!(tokio::join!(write, cut).0, Cause::Unavailable(Reason::Lost));
    assert_eq!(peer.calls.load(Ordering::SeqCst), 12);
}
