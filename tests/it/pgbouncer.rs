//! A `PgBouncer` of the test's own in front of the cluster, with its configuration in a folder of its own; it ends with the
//! test. `tests/run.sh` brings the program.

use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio_postgres::Config;
use tokio_postgres::config::Host;

/// Where packages put the program, beside `PATH`.
const PLACES: [&str; 6] = [
    "pgbouncer",
    "/usr/sbin/pgbouncer",
    "/usr/bin/pgbouncer",
    "/usr/local/bin/pgbouncer",
    "/opt/homebrew/bin/pgbouncer",
    "/usr/local/sbin/pgbouncer",
];

/// A running `PgBouncer`.
pub struct Bouncer {
    child: Child,
    port: u16,
    folder: TempDir,
}

impl Drop for Bouncer {
    fn drop(&mut self) {
        // It has ended already where a test ended it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Bouncer {
    /// One in front of the server of a URL, with further lines of configuration.
    pub async fn start(url: &str, settings: &str) -> Bouncer {
        let (url, settings) = (url.to_owned(), settings.to_owned());
        tokio::task::spawn_blocking(move || start(&url, &settings)).await.expect("a PgBouncer")
    }

    /// What it has written to its log.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).expect("a log")
    }

    /// The same database of the same server, through the bouncer.
    pub fn url(&self, url: &str) -> String {
        let config: Config = url.parse().expect("a URL");
        let database = config.get_dbname().expect("a database");
        format!("postgres://{}@127.0.0.1:{}/{database}", config.get_user().expect("a user"), self.port)
    }
}

fn start(url: &str, settings: &str) -> Bouncer {
    // Another process may take a port between being found free and being used.
    (0..5).find_map(|_| try_start(url, settings)).expect("a PgBouncer that listens")
}

fn try_start(url: &str, settings: &str) -> Option<Bouncer> {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o777)).expect("anybody may enter");
    let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = free.local_addr().expect("an address").port();
    drop(free);
    let configuration = folder.path().join("pgbouncer.ini");
    std::fs::write(&configuration, configured(url, port, folder.path(), settings)).expect("a configuration");
    let mut child = spawn(&configuration);
    let started = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        let log = || std::fs::read_to_string(folder.path().join("log")).unwrap_or_default();
        if let Some(status) = child.try_wait().expect("a process") {
            assert!(log().contains("in use"), "PgBouncer ended with {status}: {}", log());
            return None;
        }
        assert!(started.elapsed() < Duration::from_secs(10), "PgBouncer does not listen: {}", log());
        std::thread::sleep(Duration::from_millis(5));
    }
    Some(Bouncer { child, port, folder })
}

fn configured(url: &str, port: u16, folder: &Path, settings: &str) -> String {
    let config: Config = url.parse().expect("a URL");
    let host = config.get_hosts().iter().find_map(|host| match host {
        Host::Tcp(name) => Some(name),
        Host::Unix(_) => None,
    });
    let host = host.expect("a server with an address");
    let server = config.get_ports().first().copied().unwrap_or(5432);
    let user = config.get_user().expect("a user");
    let password = config.get_password().map_or_else(String::new, |password| {
        format!(" password={}", String::from_utf8(password.to_vec()).expect("UTF-8"))
    });
    let log = folder.join("log");
    format!(
        "[databases]\n* = host={host} port={server} user={user}{password}\n\n[pgbouncer]\nlisten_addr = 127.0.0.1\n\
         listen_port = {port}\nunix_socket_dir =\nauth_type = any\npool_mode = transaction\nmax_client_conn = 500\n\
         logfile = {}\n{settings}\n",
        log.display()
    )
}

/// It refuses to run as root: then it becomes somebody who may do nothing else.
fn spawn(configuration: &Path) -> Child {
    let id = Command::new("id").arg("-u").output().expect("id runs").stdout;
    let somebody: &[&str] = if id.trim_ascii() == b"0" { &["-u", "nobody"] } else { &[] };
    let command = |program: &&str| {
        let mut command = Command::new(program);
        command.args(somebody).arg(configuration);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().ok()
    };
    PLACES.iter().find_map(command).expect("pgbouncer is missing: install it (Debian: apt-get install pgbouncer)")
}
