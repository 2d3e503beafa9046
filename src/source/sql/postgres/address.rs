//! Where one server is: an address that was connected to. Cancel requests must reach the very server that runs the
//! statement, so that a name, which may have several addresses, is not enough.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_postgres::config::{Config, Host};

/// One address of a server.
#[derive(Debug, Clone)]
pub enum Address {
    /// Over TCP.
    Tcp(SocketAddr),
    /// A folder with a Unix socket, and the port that names it.
    #[cfg(unix)]
    Unix(PathBuf, u16),
}

/// A connection of either kind.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

impl Address {
    /// Every address of a host.
    ///
    /// # Errors
    /// The name does not resolve.
    pub async fn of_host(host: &Host, port: u16) -> io::Result<Vec<Address>> {
        match host {
            Host::Tcp(name) => Ok(tokio::net::lookup_host((name.as_str(), port)).await?.map(Address::Tcp).collect()),
            #[cfg(unix)]
            Host::Unix(folder) => Ok(vec![Address::Unix(folder.clone(), port)]),
        }
    }

    /// A connection, whose network may be silent no longer than a configuration says.
    ///
    /// # Errors
    /// Nobody answers there.
    pub async fn connect(&self, config: &Config) -> io::Result<Box<dyn Stream>> {
        match self {
            Address::Tcp(address) => {
                let connecting = TcpStream::connect(address);
                let stream = match config.get_connect_timeout() {
                    Some(limit) => timeout(*limit, connecting).await.map_err(io::Error::other)??,
                    None => connecting.await?,
                };
                set_options(&stream, config)?;
                Ok(Box::new(stream))
            }
            #[cfg(unix)]
            Address::Unix(folder, port) => {
                let socket = folder.join(format!(".s.PGSQL.{port}"));
                Ok(Box::new(tokio::net::UnixStream::connect(socket).await?))
            }
        }
    }
}

fn set_options(stream: &TcpStream, config: &Config) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let socket = SockRef::from(stream);
    #[cfg(target_os = "linux")]
    socket.set_tcp_user_timeout(config.get_tcp_user_timeout().copied())?;
    if !config.get_keepalives() {
        return Ok(());
    }
    let mut probes = TcpKeepalive::new().with_time(config.get_keepalives_idle());
    if let Some(interval) = config.get_keepalives_interval() {
        probes = probes.with_interval(interval);
    }
    if let Some(retries) = config.get_keepalives_retries() {
        probes = probes.with_retries(retries);
    }
    socket.set_tcp_keepalive(&probes)
}
