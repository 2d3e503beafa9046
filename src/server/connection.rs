//! One connection from its acceptance to its end: HTTP/1 or HTTP/2 without TLS, whichever the client begins with.

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::header::CONNECTION;
use axum::http::{HeaderValue, Request, Response, Version};
use futures_util::FutureExt as _;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::net::TcpStream;
use tokio::task::yield_now;
use tokio::time::{Interval, MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;

use super::ServerSettings;
use super::activity::{Activity, Patience};
use super::ambiguity::refuse_ambiguous;
use super::arrival::Arrival;
use super::media_type::MediaType;
use super::noted_body::note_end;
use super::paced_body::pace;
use super::refusal::Refusal;
use super::routes::Routes;
use super::watched_stream::WatchedStream;

/// Streams that a client may reset before we have looked at them; one more ends the connection.
const MAX_EARLY_RESETS: usize = 50;

/// How long a server that stops still answers on an HTTP/1 connection that is idle: a client may be sending just then,
/// and would not know whether its request was lost.
const LINGER: Duration = Duration::from_millis(500);

/// What clients may take of a server that stops: a header that was begun is no operation in flight, and who takes nothing
/// of an answer does not keep the process.
const STOPPING: Patience = Patience { header: LINGER, idle: Duration::from_secs(2), unread: Duration::from_secs(2) };

/// How a server ends, in two steps.
#[derive(Debug, Clone)]
pub(super) struct Stop {
    /// No more requests; those in flight finish.
    pub(super) draining: CancellationToken,
    /// What still runs is cut.
    pub(super) ended: CancellationToken,
}

/// What one connection may ask of us, shared by all of them.
pub(super) struct ConnectionBounds {
    protocol: Builder<TokioExecutor>,
    patience: Patience,
    write_timeout: Duration,
}

impl ConnectionBounds {
    /// The bounds that the settings name.
    pub(super) fn new(settings: &ServerSettings) -> ConnectionBounds {
        let mut protocol = Builder::new(TokioExecutor::new());
        let max_header_bytes = settings.max_header_bytes;
        // Headers and idleness are timed by `Activity`; hyper's own timer would treat both alike.
        protocol.http1().timer(TokioTimer::new()).header_read_timeout(None);
        protocol.http1().max_buf_size(usize::try_from(max_header_bytes).unwrap_or(usize::MAX));
        protocol.http2().timer(TokioTimer::new()).max_concurrent_streams(settings.max_streams);
        protocol.http2().max_header_list_size(max_header_bytes).max_pending_accept_reset_streams(MAX_EARLY_RESETS);
        let patience =
            Patience { header: settings.header_timeout, idle: settings.idle_timeout, unread: settings.write_timeout };
        ConnectionBounds { protocol, patience, write_timeout: settings.write_timeout }
    }
}

impl Patience {
    /// The patience of a server that stops: no more than before.
    fn of_stopping(self) -> Patience {
        Patience {
            header: self.header.min(STOPPING.header),
            idle: self.idle.min(STOPPING.idle),
            unread: self.unread.min(STOPPING.unread),
        }
    }

    /// How often a connection is looked at: a client gets at most a quarter more than its time.
    fn glances(self) -> Interval {
        let mut glances = interval((self.header.min(self.idle).min(self.unread) / 4).max(Duration::from_millis(1)));
        glances.set_missed_tick_behavior(MissedTickBehavior::Delay);
        glances
    }
}

/// Serves a connection until the client ends it, is overdue, or the server stops. A client that goes away drops the
/// requests that it made: nothing of them is spawned away.
pub(super) fn serve_connection(
    stream: TcpStream,
    routes: Arc<Routes>,
    bounds: Arc<ConnectionBounds>,
    stop: Stop,
) -> impl Future<Output = ()> {
    // It waits for a thread from now on.
    let activity = Arc::new(Activity::new());
    serve_watched(stream, activity, routes, bounds, stop)
}

async fn serve_watched(
    stream: TcpStream,
    activity: Arc<Activity>,
    routes: Arc<Routes>,
    bounds: Arc<ConnectionBounds>,
    stop: Stop,
) {
    let io = TokioIo::new(WatchedStream::new(stream, Arc::clone(&activity), bounds.write_timeout));
    let service =
        service_fn(|request| answer(Arc::clone(&routes), Arrival::new(&activity), stop.draining.clone(), request));
    let mut connection = std::pin::pin!(bounds.protocol.serve_connection(io, service));
    let mut patience = bounds.patience;
    let mut glances = patience.glances();
    let mut farewell = std::pin::pin!(farewell(&stop, &activity));
    let mut draining = false;
    loop {
        tokio::select! {
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    tracing::debug!(error = %error, "connection ended early");
                }
                return;
            }
            () = farewell.as_mut(), if !draining => {
                connection.as_mut().graceful_shutdown();
                draining = true;
                patience = patience.of_stopping();
                glances = patience.glances();
            }
            () = stop.ended.cancelled() => return,
            _ = glances.tick() => {
                if let Some(overdue) = activity.overdue(patience) {
                    tracing::debug!(reason = ?overdue, "connection closed");
                    return;
                }
            }
        }
    }
}

/// Completes when a connection is to take no more requests. HTTP/2 can say so itself and loses none.
async fn farewell(stop: &Stop, activity: &Activity) {
    stop.draining.cancelled().await;
    if !activity.is_multiplexed() {
        sleep(LINGER).await;
    }
}

/// Answers one request, and says where it is the last of its connection.
async fn answer(
    routes: Arc<Routes>,
    mut arrival: Arrival,
    draining: CancellationToken,
    request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    let version = request.version();
    let activity = Arc::clone(&arrival.activity);
    let exchange = activity.begin(version);
    if activity.has_stood_behind() {
        // Who sends many requests at once takes turns with others.
        activity.rouse();
        yield_now().await;
    }
    arrival.turn_to();
    let refused = refuse_ambiguous(&request, &exchange);
    let is_refused = refused.is_err();
    let (mut request, body_end) = note_end(request);
    request.extensions_mut().insert(arrival);
    let mut response = match refused {
        Ok(()) => route(&routes, request).await,
        Err(refusal) => refusal.respond(MediaType::Json),
    };
    drop(exchange);
    if version == Version::HTTP_2 {
        response = pace(response, &activity).await;
    }
    let is_last = is_refused || !body_end.is_reached() || draining.is_cancelled();
    if is_last && version < Version::HTTP_2 {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    Ok(response)
}

/// What a route answers; a panic on the way is a bug of ours and costs this request alone.
async fn route(routes: &Routes, request: Request<Body>) -> Response<Body> {
    let answered = AssertUnwindSafe(routes.answer(request)).catch_unwind().await;
    // The panic itself was told to the log by the panic hook.
    answered.unwrap_or_else(|_| Refusal::internal().respond(MediaType::Json))
}
