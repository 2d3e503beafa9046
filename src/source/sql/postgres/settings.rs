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
/// Every session: read-only unless a transaction says otherwise, and in UTC.
const OURS: [(&str, &str); 4] =
    [("default_transaction_read_only", "on"), ("TimeZone", "UTC"), ("DateStyle", "ISO"), ("IntervalStyle", "postgres")];
/// A setting that means nothing to the server. A session has it if it got our options, and in no other way.
pub const MARK: &str = "tributary.session";
/// What it is.
pub const MARKED: &str = "own";
/// Port where the URL names none.
const DEFAULT_PORT: u16 = 5432;

/// A server's session, but for the address.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What a connection is made with, but for host, address and port, and for `options`.
    pub config: Config,
    /// The startup options: those of the URL, and ours behind them.
    pub options: String,
    /// The same, by name, for a session that takes no startup options.
    pub session: Vec<(String, String)>,
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
        let options = given.get_options().unwrap_or_default();
        let mut session = named(options);
        session.extend(OURS.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let ours = OURS.map(|(name, value)| format!("-c {name}={value}")).join(" ");
        let options = format!("{options} {ours} -c {MARK}={MARKED}");
        Ok(Settings { config: config(&given), options, session, hosts })
    }
}

fn hosts_of(given: &Config) -> Vec<(Host, u16)> {
    let ports = given.get_ports();
    let port = |index: usize| ports.get(index).or(ports.first()).copied().unwrap_or(DEFAULT_PORT);
    given.get_hosts().iter().enumerate().map(|(index, host)| (host.clone(), port(index))).collect()
}

/// The settings that options in their short or long form name: `-c a=b`, `-ca=b`, `--a=b`. Everything else can be said to
/// no session that is there already.
fn named(options: &str) -> Vec<(String, String)> {
    let mut words = words(options).into_iter();
    let mut settings = Vec::new();
    while let Some(word) = words.next() {
        let setting = match word.strip_prefix("--").or(word.strip_prefix("-c")) {
            Some("") => words.next(),
            Some(setting) => Some(setting.to_owned()),
            None => None,
        };
        let is_name =
            |name: &str| name.chars().all(|character| character.is_alphanumeric() || "_.-".contains(character));
        if let Some((name, value)) = setting.as_deref().and_then(|setting| setting.split_once('='))
            && is_name(name)
        {
            // The server takes a dash for an underscore.
            settings.push((name.replace('-', "_"), value.to_owned()));
        }
    }
    settings
}

/// Words between spaces; a backslash takes the next character as it is.
fn words(options: &str) -> Vec<String> {
    let (mut words, mut word) = (Vec::new(), String::new());
    let mut characters = options.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => word.extend(characters.next()),
            space if space.is_ascii_whitespace() => words.push(std::mem::take(&mut word)),
            other => word.push(other),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

/// Every connection: its network may not be silent for ever.
fn config(given: &Config) -> Config {
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
    config
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
    use std::time::Duration;

    use super::Settings;

    #[test]
    fn what_cannot_work_is_refused_without_secrets() {
        for url in ["postgres://u:hidden@h/d?sslmode=require", "postgres://u:hidden@h:x/d", "host", "postgres:///d"] {
            let refusal = Settings::from_url(url).expect_err("cannot work");
            assert!(!refusal.contains("hidden"), "{refusal}");
        }
    }

    /// What the kernel is told cannot all be read back from it.
    #[test]
    fn p6_silence_has_an_end() {
        let config = Settings::from_url("postgres://u@h/d").expect("a URL").config;
        let seconds = Duration::from_secs;
        assert_eq!(config.get_tcp_user_timeout(), Some(&seconds(10)));
        assert!(config.get_keepalives());
        assert_eq!((config.get_keepalives_idle(), config.get_keepalives_interval()), (seconds(10), Some(seconds(3))));
        assert_eq!((config.get_keepalives_retries(), config.get_connect_timeout()), (Some(3), Some(&seconds(1))));
    }

    #[test]
    fn options_are_known_by_name() {
        let settings = Settings::from_url(
            "postgres://u@h/d?options=-c%20a.b%3Dc%5C%20d%20-ce-f%3D1%20--g%3D%20-B%207%20-c%20x'%3D1",
        );
        let named = settings.expect("a URL").session;
        let expected = [("a.b", "c d"), ("e_f", "1"), ("g", ""), ("default_transaction_read_only", "on")];
        for (named, (name, value)) in named.iter().zip(expected) {
            assert_eq!((&*named.0, &*named.1), (name, value));
        }
    }

    #[test]
    fn each_host_has_its_port() {
        let settings = Settings::from_url("postgres://u@a:1,b:2/d").expect("a URL");
        assert_eq!(settings.hosts.iter().map(|(_, port)| *port).collect::<Vec<_>>(), [1, 2]);
    }
}
