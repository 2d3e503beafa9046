//! A request's body that tells whether it was read to its end. Where it was not, nobody knows where the next request on an
//! HTTP/1 connection begins, and the answer says that there is none (RFC 9112, section 9.6).

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use axum::body::Body;
use axum::http::Request;
use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};

/// Whether a body was read to its end.
#[derive(Debug, Clone)]
pub(super) struct BodyEnd(Arc<AtomicBool>);

/// A body under watch.
struct NotedBody {
    body: Incoming,
    end: BodyEnd,
}

/// The request, and what becomes of its body.
pub(super) fn note_end(request: Request<Incoming>) -> (Request<Body>, BodyEnd) {
    let end = BodyEnd(Arc::new(AtomicBool::new(request.body().is_end_stream())));
    let noted = request.map(|body| Body::new(NotedBody { body, end: end.clone() }));
    (noted, end)
}

impl BodyEnd {
    /// Whether nothing of the body is left.
    pub(super) fn is_reached(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl HttpBody for NotedBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        if matches!(frame, Poll::Ready(None)) {
            self.end.0.store(true, Ordering::Relaxed);
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
