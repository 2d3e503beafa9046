//! An answer on its way, with the connection that it comes over.

use bytes::Bytes;
use hyper::body::{Body as _, Incoming};
use hyper::http::response::Parts;
use hyper::{HeaderMap, Response, StatusCode};

use super::connection::Connection;

/// As many pieces are taken of a body before others have their turn: many small ones come with one reading of a stream.
const TURN: u32 = 1024;

/// An answer whose head has come. Where it is dropped, its connection is closed, or the call's stream on it.
#[derive(Debug)]
pub(super) struct Answer {
    head: Parts,
    body: Incoming,
    connection: Connection,
    /// Pieces since others had their turn.
    taken: u32,
}

impl Answer {
    /// What came over a connection.
    pub fn new(response: Response<Incoming>, connection: Connection) -> Answer {
        let (head, body) = response.into_parts();
        Answer { head, body, connection, taken: 0 }
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.head.status
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.head.headers
    }

    /// How many bytes of the body are to come, where that was announced.
    pub fn length_left(&self) -> Option<u64> {
        self.body.size_hint().exact()
    }

    /// The next piece of the body; nothing at its end. Trailers are passed over. Now and then others have their turn.
    ///
    /// # Errors
    /// What hyper says.
    pub async fn chunk(&mut self) -> hyper::Result<Option<Bytes>> {
        while let Some(frame) = self.connection.frame(&mut self.body).await {
            if let Ok(bytes) = frame?.into_data() {
                self.taken += 1;
                if self.taken == TURN {
                    self.taken = 0;
                    tokio::task::yield_now().await;
                }
                return Ok(Some(bytes));
            }
        }
        Ok(None)
    }

    /// The connection, when the body has been read.
    pub fn into_connection(self) -> Connection {
        self.connection
    }
}
