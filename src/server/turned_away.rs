//! A connection for which there is no place: it is told so, whatever it came for, and closed. A client that only waited
//! would not know why; a load balancer that is told goes elsewhere.

use std::time::Duration;

use axum::http::StatusCode;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::refusal::SOON;
use crate::graphql::{self, Error, ErrorCode};

/// Longest time that such a connection is kept.
const FAREWELL: Duration = Duration::from_secs(1);

/// Says that there is no place, in HTTP/1; who speaks HTTP/2 sees a connection that ends. What the client sends is read to
/// the end: a connection that is closed over unread bytes is reset, and takes the answer along.
pub(super) async fn turn_away(mut stream: TcpStream) {
    let farewell = async {
        stream.write_all(&answer()).await?;
        stream.shutdown().await?;
        let mut unread = [0; 1024];
        while stream.read(&mut unread).await? > 0 {}
        std::io::Result::Ok(())
    };
    // It is closed in any case.
    let _ = timeout(FAREWELL, farewell).await;
}

fn answer() -> Vec<u8> {
    let message = "the gateway takes no further connection at this moment; try again later";
    let body = graphql::Response::request_errors(&[Error::request(ErrorCode::GatewayOverloaded, message)]).body;
    let (status, length) = (StatusCode::SERVICE_UNAVAILABLE, body.len());
    let head = format!(
        "HTTP/1.1 {status}\r\nretry-after: {SOON}\r\ncontent-type: application/json; charset=utf-8\r\n\
         content-length: {length}\r\nconnection: close\r\n\r\n"
    );
    [head.as_bytes(), &body].concat()
}
