//! One connection to a service. One of HTTP/1 is driven by the call that has it and has no task of its own, so that nothing is
//! handed from one task to another on the way of an answer, and whoever drops a call has closed its connection. One of HTTP/2
//! is shared, and driven by its own task.

use std::future::{Future as _, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::{Body as _, Frame, Incoming};
use hyper::client::conn::{TrySendError, http1, http2};
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use tokio_util::either::Either;

use super::classify::NoAnswer;
use super::paced::{Pace, Paced};

/// After so long without a word of a peer it is looked for.
pub(super) const KEEPALIVE: Duration = Duration::from_secs(15);

/// Most bytes of headers in an HTTP/2 answer.
const MAX_HTTP2_HEADERS: u32 = 64 * 1024;

/// Most bytes that are read at once from HTTP/1, and so of the headers of an answer, of which there may be 100.
const MAX_READ: usize = 128 * 1024;

/// How long a peer of HTTP/2 may leave a ping unanswered.
const PING: Duration = Duration::from_secs(10);

/// What HTTP is spoken over.
pub(super) type Stream = Either<TcpStream, TlsStream<TcpStream>>;

/// What calls are sent over.
#[derive(Debug)]
pub(super) enum Connection {
    /// One call at a time.
    Http1(Box<Http1>),
    /// Many at once.
    Http2(Http2),
}

/// What is sent.
pub(super) type Outgoing = Request<Full<Bytes>>;

/// A connection of HTTP/2, from which every call has its own handle.
pub(super) type Http2 = http2::SendRequest<Full<Bytes>>;

/// A connection of HTTP/1.
#[derive(Debug)]
pub(super) struct Http1 {
    sender: http1::SendRequest<Full<Bytes>>,
    /// Nothing when it has ended: what waits for it is told so when it is dropped.
    driver: Option<Driver>,
    pace: Pace,
}

type Driver = http1::Connection<TokioIo<Paced<Stream>>, Full<Bytes>>;

impl Connection {
    /// Speaks HTTP/1 over a stream.
    ///
    /// # Errors
    /// What hyper says.
    pub async fn http1(stream: Stream) -> hyper::Result<Connection> {
        let pace = Pace::default();
        let paced = TokioIo::new(Paced::new(stream, pace.clone()));
        let (sender, driver) = http1::Builder::new().max_buf_size(MAX_READ).handshake(paced).await?;
        Ok(Connection::Http1(Box::new(Http1 { sender, driver: Some(driver), pace })))
    }

    /// Speaks HTTP/2 over a stream.
    ///
    /// # Errors
    /// What hyper says.
    pub async fn http2(stream: Stream) -> hyper::Result<Connection> {
        let mut builder = http2::Builder::new(TokioExecutor::new());
        builder.timer(TokioTimer::new()).max_header_list_size(MAX_HTTP2_HEADERS).adaptive_window(true);
        builder.keep_alive_interval(KEEPALIVE).keep_alive_timeout(PING).keep_alive_while_idle(true);
        let (sender, driver) = builder.handshake(TokioIo::new(Paced::new(stream, Pace::default()))).await?;
        // It ends when nobody has a handle any more, or with an error that its calls are told of.
        tokio::spawn(driver);
        Ok(Connection::Http2(sender))
    }

    /// Whether requests name scheme and host in their target.
    pub fn is_http2(&self) -> bool {
        matches!(self, Connection::Http2(_))
    }

    /// Sends a request, and waits for the head of its answer.
    ///
    /// # Errors
    /// Why there is none, and whether the request has left.
    pub async fn send(&mut self, request: Outgoing) -> Result<Response<Incoming>, NoAnswer> {
        let answered = match self {
            Connection::Http1(connection) => connection.send(request).await,
            Connection::Http2(sender) => {
                sender.ready().await.map_err(NoAnswer::Unsent)?;
                sender.try_send_request(request).await
            }
        };
        answered.map_err(|mut error| match error.take_message() {
            Some(_) => NoAnswer::Unsent(error.into_error()),
            None => NoAnswer::Exchange(error.into_error()),
        })
    }

    /// The next frame of an answer's body; nothing at its end.
    ///
    /// # Errors
    /// What hyper says.
    pub async fn frame(&mut self, body: &mut Incoming) -> Option<hyper::Result<Frame<Bytes>>> {
        match self {
            Connection::Http1(connection) => poll_fn(|context| connection.poll_frame(body, context)).await,
            Connection::Http2(_) => poll_fn(|context| Pin::new(&mut *body).poll_frame(context)).await,
        }
    }
}

impl Http1 {
    async fn send(&mut self, request: Outgoing) -> Result<Response<Incoming>, TrySendError<Outgoing>> {
        let mut answer = pin!(self.sender.try_send_request(request));
        let driver = &mut self.driver;
        self.pace.of_heads();
        let answered = poll_fn(|context| {
            if let Poll::Ready(answer) = answer.as_mut().poll(context) {
                return Poll::Ready(answer);
            }
            drive(driver, context);
            // What the driver has brought is there now.
            answer.as_mut().poll(context)
        });
        let answered = answered.await;
        self.pace.of_a_body();
        answered
    }

    fn poll_frame(
        &mut self,
        body: &mut Incoming,
        context: &mut Context<'_>,
    ) -> Poll<Option<hyper::Result<Frame<Bytes>>>> {
        if let Poll::Ready(frame) = Pin::new(&mut *body).poll_frame(context) {
            return Poll::Ready(frame);
        }
        drive(&mut self.driver, context);
        Pin::new(body).poll_frame(context)
    }

    /// Whether the next call can have it: both sides are done with the one before, and the service has not closed it as far as
    /// is known by now. No task is woken by it from here on.
    pub fn is_idle(&mut self) -> bool {
        drive(&mut self.driver, &mut Context::from_waker(Waker::noop()));
        self.driver.is_some() && self.sender.is_ready()
    }
}

/// An error of the driver's is told to the call that waits for it.
fn drive(driver: &mut Option<Driver>, context: &mut Context<'_>) {
    if driver.as_mut().is_some_and(|driver| Pin::new(driver).poll(context).is_ready()) {
        *driver = None;
    }
}
