//! A private PostgreSQL cluster for the tests, and a fresh database for each. One cluster serves all processes of one
//! run; `tests/postgres.sh` makes it, and stops it when the run has ended, however it ended.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio_postgres::{Client, NoTls};

/// Names a cluster that is there already; everything else is then left to whoever started it.
const GIVEN: &str = "TRIBUTARY_TEST_POSTGRES";

static DATABASES: AtomicU32 = AtomicU32::new(0);

/// A cluster that this test alone uses, and may stop.
pub struct Cluster {
    folder: PathBuf,
}

impl Drop for Cluster {
    fn drop(&mut self) {
        script(&["remove", path(&self.folder)]);
    }
}

impl Cluster {
    /// Starts a new cluster; gives its URL as well.
    pub fn start() -> (Cluster, String) {
        let folder = std::env::temp_dir().join(format!("tributary-pg-{}", uuid::Uuid::new_v4().simple()));
        let cluster = Cluster { folder };
        let url = cluster.resume();
        (cluster, url)
    }

    /// Ends every process of the server at once, as a crash does.
    pub fn crash(&self) {
        script(&["stop", path(&self.folder), "immediate"]);
    }

    /// Starts it again where it was.
    pub fn resume(&self) -> String {
        script(&["start", path(&self.folder), &std::process::id().to_string()])
    }
}

/// The URL of a new, empty database.
pub async fn new_database() -> String {
    let server = tokio::task::spawn_blocking(shared_cluster).await.expect("a cluster");
    let number = DATABASES.fetch_add(1, Ordering::Relaxed);
    let name = format!("test_{}_{number}", std::process::id());
    let administrator = connect(&server).await;
    administrator.batch_execute(&format!("drop database if exists {name}")).await.expect("no old database");
    administrator.batch_execute(&format!("create database {name}")).await.expect("a new database");
    let (server, _) = server.rsplit_once('/').expect("a URL with a database");
    format!("{server}/{name}")
}

/// A connection of the test's own.
pub async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect("PostgreSQL answers");
    tokio::spawn(connection);
    client
}

fn shared_cluster() -> String {
    if let Ok(url) = std::env::var(GIVEN) {
        return url;
    }
    // nextest runs each test in a process of its own: they share the cluster of the run, which lives as long as nextest.
    let (run, owner) = match std::env::var("NEXTEST_RUN_ID") {
        Ok(run) => (run, std::os::unix::process::parent_id()),
        Err(_) => (std::process::id().to_string(), std::process::id()),
    };
    let folder = std::env::temp_dir().join(format!("tributary-pg-{run}"));
    let lock = File::create(Path::new(env!("CARGO_TARGET_TMPDIR")).join("postgres.lock")).expect("a lock file");
    lock.lock().expect("the lock");
    if let Ok(url) = std::fs::read_to_string(folder.join("url")) {
        return url;
    }
    let url = script(&["start", path(&folder), &owner.to_string()]);
    std::fs::write(folder.join("url"), &url).expect("the URL can be left for the others");
    url
}

fn script(arguments: &[&str]) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/postgres.sh");
    let output = Command::new("sh").arg(script).args(arguments).output().expect("sh runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("a URL").trim().to_owned()
}

fn path(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}
