//! An answer on its way, with the connection that it comes over.

use bytes::Bytes;
use hyper::body::{Body as _, Incoming};
use hyper::http::response::Parts;
use hyper::{HeaderMap, Response, StatusCode};

use super::connection::Connection;

/// An answer whose head has come. Where it is dropped, its connection is closed, or the call's stream on it.
#[derive(Debug)]
pub(super) struct Answer {
    head: Parts,
    body: Incoming,
    connection: Connection,
}

impl Answer {
    /// What came over a connection.
    pub fn new(response: Response<Incoming>, connection: Connection) -> Answer {
        let (head, body) = response.into_parts();
        Answer { head, body, connection }
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

    /// The next piece of the body; nothing at its end. Trailers are passed over.
    ///
    /// # Errors
    /// What hyper says.
    pub async fn chunk(&mut self) -> hyper::Result<Option<Bytes>> {
        while let Some(frame) = self.connection.frame(&mut self.body).await {
            if let Ok(bytes) = frame?.into_data() {
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
