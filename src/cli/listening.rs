//! Addresses to listen at, as they are typed.

use std::net::{SocketAddr, ToSocketAddrs as _};

use clap::Args;

/// Where clients are served.
#[derive(Debug, Args)]
pub(super) struct Listening {
    /// Address for clients; port 0 takes a free one.
    #[arg(long, env = "TRIBUTARY_LISTEN", default_value = "127.0.0.1:4000", value_name = "ADDRESS")]
    #[arg(value_parser = read_address)]
    pub(super) listen: SocketAddr,
}

/// Reads `127.0.0.1:4000`, `[::1]:4000`, `localhost:4000`, or `:4000` for every interface.
pub(super) fn read_address(text: &str) -> Result<SocketAddr, String> {
    let wrong = || "expected a host and a port, such as 127.0.0.1:4000".to_owned();
    let named = if text.starts_with(':') { format!("0.0.0.0{text}") } else { text.to_owned() };
    named.to_socket_addrs().map_err(|_| wrong())?.next().ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::read_address;

    #[test]
    fn addresses_are_read_as_people_type_them() {
        for (text, address) in
            [("127.0.0.1:4000", "127.0.0.1:4000"), (":80", "0.0.0.0:80"), ("[::1]:4000", "[::1]:4000")]
        {
            assert_eq!(read_address(text).map(|address| address.to_string()).as_deref(), Ok(address));
        }
        for wrong in ["4000", "127.0.0.1", "", "127.0.0.1:70000"] {
            assert!(read_address(wrong).is_err(), "{wrong}");
        }
    }
}
