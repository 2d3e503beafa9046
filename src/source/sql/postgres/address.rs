//! Where one server is: an address that was connected to. Cancel requests must reach the very server that runs the
//! statement, so that a name, which may have several addresses, is not enough.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
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

    /// Writes the address into a configuration that has none.
    pub fn write_to(&self, config: &mut Config) {
        match self {
            Address::Tcp(address) => {
                config.host(address.ip().to_string()).hostaddr(address.ip()).port(address.port());
            }
            #[cfg(unix)]
            Address::Unix(folder, port) => {
                config.host_path(folder).port(*port);
            }
        }
    }

    /// A plain connection, as cancel requests use.
    ///
    /// # Errors
    /// Nobody answers there.
    pub async fn connect(&self) -> io::Result<Box<dyn Stream>> {
        match self {
            Address::Tcp(address) => Ok(Box::new(TcpStream::connect(address).await?)),
            #[cfg(unix)]
            Address::Unix(folder, port) => {
                let socket = folder.join(format!(".s.PGSQL.{port}"));
                Ok(Box::new(tokio::net::UnixStream::connect(socket).await?))
            }
        }
    }
}
