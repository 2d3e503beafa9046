//! How connections to a service come about: its name is resolved, the addresses are tried, and the connection is secured,
//! all within the time that the source allows for it. Nothing else has a limit here: whoever calls holds a deadline.

use std::sync::Arc;
use std::time::Duration;

use hyper::Uri;
use hyper_util::client::legacy::connect::HttpConnector;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_util::either::Either;
use tower::ServiceExt as _;

use super::classify::NoAnswer;
use super::connection::{Connection, KEEPALIVE, Stream};
use super::origin::Origin;
use super::resolver::Resolver;

/// What is agreed on for HTTP/2 (RFC 9113, section 3.2).
const HTTP_2: &[u8] = b"h2";

/// Makes connections to one service.
#[derive(Debug)]
pub(super) struct Connector {
    tcp: HttpConnector<Resolver>,
    uri: Uri,
    tls: Option<Secure>,
    within: Duration,
}

struct Secure {
    connector: TlsConnector,
    name: ServerName<'static>,
}

impl std::fmt::Debug for Secure {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Secure({:?})", self.name)
    }
}

impl Connector {
    /// A connector to where a service is, whose connections are there within so long. The settings count where its URL says
    /// `https`.
    ///
    /// # Errors
    /// A host that no certificate can name.
    pub fn new(origin: &Origin, tls: ClientConfig, resolver: Resolver, within: Duration) -> Result<Connector, String> {
        let mut tcp = HttpConnector::new_with_resolver(resolver);
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_keepalive(Some(KEEPALIVE));
        tcp.set_keepalive_interval(Some(KEEPALIVE));
        tcp.set_keepalive_retries(Some(3));
        #[cfg(target_os = "linux")]
        tcp.set_tcp_user_timeout(Some(KEEPALIVE * 2));
        // Shared by all addresses of a name, so that one that says nothing leaves time for the others.
        tcp.set_connect_timeout(Some(within));
        let tls = if origin.is_secure() {
            let name = origin.server_name()?;
            Some(Secure { connector: TlsConnector::from(Arc::new(tls)), name })
        } else {
            None
        };
        Ok(Connector { tcp, uri: origin.uri(), tls, within })
    }

    /// A new connection.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn connect(&self) -> Result<Connection, NoAnswer> {
        let connected = timeout(self.within, async {
            match self.stream().await? {
                Either::Right(stream) if stream.get_ref().1.alpn_protocol() == Some(HTTP_2) => {
                    Connection::http2(Either::Right(stream)).await.map_err(NoAnswer::Exchange)
                }
                stream => Connection::http1(stream).await.map_err(NoAnswer::Exchange),
            }
        });
        connected.await.unwrap_or(Err(NoAnswer::Slow))
    }

    async fn stream(&self) -> Result<Stream, NoAnswer> {
        let connecting = self.tcp.clone().oneshot(self.uri.clone());
        let tcp = connecting.await.map_err(|error| NoAnswer::Connect(error.into()))?.into_inner();
        let Some(Secure { connector, name }) = &self.tls else { return Ok(Either::Left(tcp)) };
        let secured = connector.connect(name.clone(), tcp).await.map_err(NoAnswer::Handshake)?;
        Ok(Either::Right(secured))
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use futures_util::FutureExt as _;

    use super::Connector;
    use crate::source::rest::origin::Origin;
    use crate::source::rest::resolver::Resolver;
    use crate::source::rest::tls::tls;
    use crate::source::{Cause, Reason};

    #[tokio::test]
    async fn h13_name_servers_that_say_nothing_cost_the_time_to_connect() {
        let origin = Origin::parse("http://silent.test/").expect("a URL");
        let resolver = Resolver::by(|_| std::future::pending().boxed());
        let within = Duration::from_millis(100);
        let connector = Connector::new(&origin, tls(false, None).expect("settings"), resolver, within).expect("a host");
        let started = Instant::now();
        let error = connector.connect().await.expect_err("no address");
        assert_eq!(error.cause(), Cause::Unavailable(Reason::Connect), "{error:?}");
        assert!((100..250).contains(&started.elapsed().as_millis()), "{:?}", started.elapsed());
    }
}
