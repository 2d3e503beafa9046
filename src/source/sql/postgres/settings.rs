//! How a session with PostgreSQL is set up, made from the URL once. What the URL says about the user, the database and
//! timeouts is kept; what makes a session safe is ours.

use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

/// Longest wait for a TCP connection to one address.
const CONNECT: Duration = Duration::from_secs(1);
/// How long written bytes may stay unacknowledged, and how long silence lasts before it is probed.
const SILENCE: Duration = Duration::from_secs(10);
/// Pause between two probes of a silent connection.
const PROBE: Duration = Duration::from_secs(3);
/// Port where the URL names none.
const DEFAULT_PORT: u16 = 5432;

/// A server's session, but for the address.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What a connection is made with, but for host, address and port.
    pub config: Config,
    /// Where the server may be, in the order in which the places are tried.
    pub hosts: Vec<(Host, u16)>,
}

impl Settings {
    /// Reads a URL.
    ///
    /// # Errors
    /// What is wrong with it, without any part that could be secret.
    pub fn from_url(url: &str) -> Result<Settings, String> {
        let given: Config = url.parse().map_err(|error: tokio_postgres::Error| {
            let reason = std::error::Error::source(&error).map_or_else(String::new, |cause| format!(": {cause}"));
            format!("not a PostgreSQL URL{reason}")
        })?;
        match given.get_ssl_mode() {
            SslMode::Disable | SslMode::Prefer => {}
            _ => return Err("sslmode=require: secure connections to PostgreSQL are not supported yet".to_owned()),
        }
        if !given.get_hostaddrs().is_empty() {
            return Err("hostaddr is not supported: name the address as the host".to_owned());
        }
        let hosts = hosts_of(&given);
        if hosts.is_empty() {
            return Err("the URL names no host".to_owned());
        }
        Ok(Settings { config: session(&given), hosts })
    }
}

fn hosts_of(given: &Config) -> Vec<(Host, u16)> {
    let ports = given.get_ports();
    let port = |index: usize| ports.get(index).or(ports.first()).copied().unwrap_or(DEFAULT_PORT);
    given.get_hosts().iter().enumerate().map(|(index, host)| (host.clone(), port(index))).collect()
}

/// The session of every connection: read-only unless a transaction says otherwise, in UTC, and with a network that may
/// not be silent for ever.
fn session(given: &Config) -> Config {
    let mut config = Config::new();
    if let Some(user) = given.get_user() {
        config.user(user);
    }
    if let Some(password) = given.get_password() {
        config.password(password);
    }
    if let Some(database) = given.get_dbname() {
        config.dbname(database);
    }
    let ours = "-c default_transaction_read_only=on -c TimeZone=UTC -c DateStyle=ISO -c IntervalStyle=postgres";
    config
        .options(format!("{} {ours}", given.get_options().unwrap_or_default()))
        .application_name(given.get_application_name().unwrap_or("tributary"))
        .ssl_mode(SslMode::Disable)
        .target_session_attrs(given.get_target_session_attrs())
        .connect_timeout(given.get_connect_timeout().copied().unwrap_or(CONNECT))
        .tcp_user_timeout(given.get_tcp_user_timeout().copied().unwrap_or(SILENCE))
        .keepalives(true)
        .keepalives_idle(SILENCE)
        .keepalives_interval(PROBE)
        .keepalives_retries(3);
    config
}

#[cfg(test)]
mod tests {
    use super::Settings;

    #[test]
    fn what_cannot_work_is_refused_without_secrets() {
        for url in ["postgres://u:hidden@h/d?sslmode=require", "postgres://u:hidden@h:x/d", "host", "postgres:///d"] {
            let refusal = Settings::from_url(url).expect_err("cannot work");
            assert!(!refusal.contains("hidden"), "{refusal}");
        }
    }

    #[test]
    fn each_host_has_its_port() {
        let settings = Settings::from_url("postgres://u@a:1,b:2/d").expect("a URL");
        assert_eq!(settings.hosts.iter().map(|(_, port)| *port).collect::<Vec<_>>(), [1, 2]);
    }
}
