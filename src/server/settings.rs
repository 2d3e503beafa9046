//! Where the server listens and what it bears. What an operation may cost is not here: the schema says it.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use super::GraphiqlTab;

/// Addresses and bounds of a server.
#[derive(Debug, Clone)]
pub struct ServerSettings {
    /// Where operations are served.
    pub listen: SocketAddr,
    /// Where health and metrics are served instead of at `listen`.
    pub admin_listen: Option<SocketAddr>,
    /// Longest time from the first byte of a request's header to its last, and from the start of a connection to its
    /// first request.
    pub header_timeout: Duration,
    /// Longest time that a request's body may take to arrive.
    pub body_timeout: Duration,
    /// Longest time that a connection may lie idle between two requests. Longer than the minute that load balancers
    /// keep theirs, so that they close first and no request meets a connection that is being closed.
    pub idle_timeout: Duration,
    /// Longest time in which a client may take nothing of what is being sent to it.
    pub write_timeout: Duration,
    /// Connections at once; further ones are told to come back, or wait to be accepted.
    pub max_connections: usize,
    /// Operations in flight at once; further ones are told to come back.
    pub max_operations: usize,
    /// Largest header of a request, in bytes.
    pub max_header_bytes: u32,
    /// Most streams at once on one HTTP/2 connection.
    pub max_streams: u32,
    /// How long operations in flight may take to finish once the server was told to stop; where it is left out, as long
    /// as the deadlines of what is running then, and a while for writing the responses.
    pub grace: Option<Duration>,
    /// The tabs that GraphiQL opens with; one that welcomes where there are none.
    pub tabs: Vec<GraphiqlTab>,
}

impl Default for ServerSettings {
    fn default() -> ServerSettings {
        ServerSettings {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 4000)),
            admin_listen: None,
            header_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(30),
            idle_timeout: Duration::from_secs(75),
            write_timeout: Duration::from_secs(60),
            max_connections: 10_000,
            max_operations: 4_096,
            max_header_bytes: 64 * 1024,
            max_streams: 100,
            grace: None,
            tabs: Vec::new(),
        }
    }
}
