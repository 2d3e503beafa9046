//! A process with few descriptors and many clients: nobody spins, who was there is served, sources keep theirs, and all is
//! well again when the clients have gone.

use std::net::{SocketAddr, TcpListener};
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::runtime::Handle;
use tokio::task::JoinSet;

use crate::program::{Client, Serving};
use crate::rest_server::{Behaviour, RestServer};

/// How many the process has.
const DESCRIPTORS: u64 = 256;

/// Lets this process open as many sockets as the system allows.
pub fn many_descriptors() {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }).expect("up to the hard limit");
}

/// The program under a limit, with a service behind it that keeps no connection.
struct Starved {
    serving: Serving,
    admin: SocketAddr,
    _folder: tempfile::TempDir,
}

impl Starved {
    fn start(service: &str, limit: &str) -> Starved {
        many_descriptors();
        let folder = tempfile::tempdir().expect("a folder");
        let schema = format!(
            "schema @source(name: \"up\", rest: {{url: \"{service}\"}}) {{ query: Query }}
             type Query {{ thing: Int @rest(get: \"/thing\") }}"
        );
        std::fs::write(folder.path().join("schema.graphql"), schema).expect("written");
        let admin = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port");
        let script = format!(
            "ulimit {limit}; exec '{}' serve --listen 127.0.0.1:0 --admin-listen {admin}",
            env!("CARGO_BIN_EXE_tributary")
        );
        let serving = Serving::start(Command::new("sh").args(["-c", &script]).env_clear().current_dir(folder.path()));
        Starved { serving, admin, _folder: folder }
    }

    fn clients(&self, amount: usize) -> JoinSet<()> {
        connect_many(self.serving.address.parse().expect("an address"), amount)
    }

    /// Processor time so far.
    fn processor_time(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.serving.child.id())).expect("it runs");
        let fields: Vec<&str> = stat.rsplit(") ").next().expect("fields").split(' ').collect();
        let ticks: u64 = fields[11..13].iter().map(|field| field.parse::<u64>().expect("ticks")).sum();
        Duration::from_millis(ticks * 10)
    }

    fn open_descriptors(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/fd", self.serving.child.id())).expect("it runs").count()
    }
}

/// Connections until this is dropped; those for which the system has no room yet go on trying.
fn connect_many(address: SocketAddr, amount: usize) -> JoinSet<()> {
    let mut clients = JoinSet::new();
    for _ in 0..amount {
        let connect = async move {
            let _open = tokio::net::TcpStream::connect(address).await;
            std::future::pending::<()>().await;
        };
        clients.spawn_on(connect, &Handle::current());
    }
    clients
}

const THING: &str = "{\"data\":{\"thing\":1}}";

async fn service() -> RestServer {
    let service = RestServer::start().await;
    service.on("/thing", Behaviour::Answer(200, vec!["connection: close".to_owned()], b"1".to_vec()));
    service
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn o5_a_process_without_descriptors_serves_who_is_there_and_recovers() {
    let service = service().await;
    let url = service.url();
    let test = tokio::task::spawn_blocking(move || {
        let mut starved = Starved::start(&url, "-n 256");
        let mut client = Client::connect(&starved.serving.address);
        assert_eq!(client.query("{ thing }").1, THING);
        let before = starved.open_descriptors();
        // Clients alone take no more than their share; probes take the rest.
        let held = (starved.clients(1_000), connect_many(starved.admin, 250));
        starved.serving.wait_until_told("connections cannot be accepted");
        let (spent, began) = (starved.processor_time(), Instant::now());
        while began.elapsed() < Duration::from_secs(3) {
            let asked = Instant::now();
            assert_eq!(client.get("/health/live").0, "HTTP/1.1 404 Not Found", "health is elsewhere");
            assert_eq!(client.query("{ __typename }").1, "{\"data\":{\"__typename\":\"Query\"}}");
            assert!(asked.elapsed() < Duration::from_millis(250), "{:?}", asked.elapsed());
            std::thread::sleep(Duration::from_millis(50));
        }
        let spent = starved.processor_time().saturating_sub(spent);
        assert!(spent < began.elapsed() / 5, "{spent:?} in {:?}", began.elapsed());
        assert!(starved.open_descriptors() as u64 >= DESCRIPTORS - 2, "{}", starved.open_descriptors());
        let answer = client.query("{ thing }").1;
        assert!(answer.contains("SOURCE_UNAVAILABLE") && !answer.contains("descriptor"), "{answer}");
        drop(held);
        starved.serving.wait_until("sources are asked again", |_| client_is_answered(&starved, THING));
        assert_eq!(client.query("{ thing }").1, THING);
        starved.serving.wait_until("descriptors come back", |_| starved.open_descriptors() <= before + 5);
        drop(client);
        assert_eq!(starved.serving.terminate(), Some(0));
    });
    test.await.expect("all held");
}

fn client_is_answered(starved: &Starved, reply: &str) -> bool {
    Client::connect(&starved.serving.address).query("{ thing }").1 == reply
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn o5_clients_leave_descriptors_for_sources() {
    let service = service().await;
    let url = service.url();
    let test = tokio::task::spawn_blocking(move || {
        let mut starved = Starved::start(&url, "-n 256");
        let mut client = Client::connect(&starved.serving.address);
        let held = starved.clients(1_000);
        starved.serving.wait_until("clients have their share", |_| starved.open_descriptors() >= 192);
        let asked = Instant::now();
        for _ in 0..50 {
            assert_eq!(client.query("{ thing }").1, THING);
        }
        assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
        assert!(!starved.serving.told().contains("cannot be accepted"), "{}", starved.serving.told());
        // Those who waited for a place have one when others go.
        drop(held);
        assert!(client_is_answered(&starved, THING));
        drop(client);
        assert_eq!(starved.serving.terminate(), Some(0));
    });
    test.await.expect("all held");
}

/// What shells set is often less than what the system allows.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn o5_a_soft_limit_is_raised() {
    let service = service().await;
    let url = service.url();
    let test = tokio::task::spawn_blocking(move || {
        let starved = Starved::start(&url, "-S -n 64");
        let held = starved.clients(300);
        starved.serving.wait_until("all have a place", |_| starved.open_descriptors() > 300);
        assert_eq!(starved.serving.query("{ thing }").lines().last(), Some(THING));
        assert!(!starved.serving.told().contains("few descriptors"), "{}", starved.serving.told());
        drop(held);
    });
    test.await.expect("all held");
}
