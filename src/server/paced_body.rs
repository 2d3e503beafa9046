//! An answer on HTTP/2 as a body of small pieces. There the socket takes pings and the frames of other streams while one
//! stream was given no window, so that a write never stalls; and an answer handed over whole would lie with the protocol,
//! where nobody sees that it is not taken. HTTP/1 has no need of it.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::http::Response;
use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::body::{Body as HttpBody, Frame, SizeHint};

use super::activity::{Activity, Handover};

/// As much as is handed over at once: a frame of the usual largest size.
const PIECE: usize = 16 * 1024;

/// What is left of an answer.
struct PacedBody {
    rest: Bytes,
    handover: Arc<Handover>,
}

/// The response, which notes on its connection how it is taken where it has more than one piece.
pub(super) async fn pace(response: Response<Body>, activity: &Activity) -> Response<Body> {
    if response.body().size_hint().lower() <= PIECE as u64 {
        return response;
    }
    let (parts, body) = response.into_parts();
    // Our answers lie in memory, so there is nothing to wait for and nothing that fails.
    let rest = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    Response::from_parts(parts, Body::new(PacedBody { rest, handover: activity.hand_over() }))
}

impl HttpBody for PacedBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.handover.went_on();
        let length = self.rest.len().min(PIECE);
        let piece = self.rest.split_to(length);
        Poll::Ready((!piece.is_empty()).then(|| Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.len() as u64)
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::Response;
    use http_body_util::BodyExt as _;

    use super::{PIECE, pace};
    use crate::server::activity::Activity;

    #[tokio::test]
    async fn an_answer_is_the_same_in_pieces() {
        for length in [0, 1, PIECE, PIECE + 1, 3 * PIECE] {
            let text = "x".repeat(length);
            let mut body = pace(Response::new(Body::from(text.clone())), &Activity::new()).await.into_body();
            let mut pieces = Vec::new();
            while let Some(frame) = body.frame().await {
                pieces.push(frame.expect("a piece").into_data().expect("bytes"));
            }
            assert!(pieces.iter().all(|piece| piece.len() <= PIECE));
            assert_eq!(pieces.concat(), text.as_bytes());
        }
    }
}
