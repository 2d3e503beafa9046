//! More than can be done: what is let in is done in time, the rest is told to come back, and when it ends it is as if
//! nothing had been. The program runs as a process of its own on one thread, so that whoever asks has the rest of the machine.

use std::fs;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until};

use crate::long_runs::{for_long, is_long, resident_kib};
use crate::program::{Serving, tributary};

/// Connections of those who ask for more than can be done.
const CROWD: usize = 300;
/// Connections of a normal day.
const FEW: usize = 16;

/// When a request was sent, from the beginning, and how long it took.
type Took = (Duration, Duration);

/// What became of requests.
#[derive(Default)]
struct Seen {
    served: Vec<Took>,
    turned_away: Vec<Took>,
    other: Vec<String>,
    took: Duration,
}

impl Seen {
    fn goodput(&self) -> f64 {
        f64::from(u32::try_from(self.served.len()).expect("not so many")) / self.took.as_secs_f64()
    }
}

/// The time within which so many of a hundred were done.
fn within(hundredth: usize, times: &[Took]) -> Duration {
    let mut times: Vec<Duration> = times.iter().map(|(_, took)| *took).collect();
    times.sort_unstable();
    times.get(times.len() * hundredth / 100).copied().unwrap_or_default()
}

/// Those that were sent when the first second was over, in which it is noticed that there are too many.
fn later(times: &[Took]) -> Vec<Took> {
    times.iter().copied().filter(|(sent, _)| *sent >= Duration::from_secs(1)).collect()
}

/// A list whose items take some time to be written: about a millisecond, as the program is released and else.
fn serving() -> (Serving, tempfile::TempDir) {
    let item = r#"{id: 1, title: "a title that is a little longer", tags: ["a", "b", "c"]}"#;
    let schema = format!(
        "type Query {{ items: [Item!]! @value(of: [{}]) }} type Item {{ id: ID! title: String! tags: [String!]! }}",
        vec![item; if cfg!(debug_assertions) { 150 } else { 1_500 }].join(" ")
    );
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("schema.graphql"), schema).expect("written");
    let mut command = tributary(&["serve", "--listen", "127.0.0.1:0", "--log", "error"]);
    command.current_dir(folder.path()).env("TOKIO_WORKER_THREADS", "1");
    (Serving::start(&mut command), folder)
}

fn request() -> String {
    let body = r#"{"query":"{ items { id title tags } }"}"#;
    format!(
        "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// So many connections ask for so long, each as soon as it was answered, and no sooner than its turn at this rate.
async fn ask(address: &str, connections: usize, rate: Option<f64>, length: Duration) -> Seen {
    let began = Instant::now();
    let connections = u32::try_from(connections).expect("not so many");
    let pace = rate.map(|rate| Duration::from_secs_f64(f64::from(connections) / rate));
    let asking = (0..connections).map(|number| {
        let address = address.to_owned();
        tokio::spawn(async move {
            let offset = pace.unwrap_or_default() * number / connections;
            ask_on_one(&address, (began, began + offset), pace, began + length).await
        })
    });
    let mut all = Seen::default();
    for seen in join_all(asking).await {
        let seen = seen.expect("no panic");
        all.served.extend(seen.served);
        all.turned_away.extend(seen.turned_away);
        all.other.extend(seen.other);
    }
    all.took = began.elapsed();
    all
}

async fn ask_on_one(
    address: &str,
    (began, mut turn): (Instant, Instant),
    pace: Option<Duration>,
    end: Instant,
) -> Seen {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let request = request();
    let mut seen = Seen::default();
    let mut buffer = Vec::new();
    while turn < end {
        sleep_until(turn).await;
        let started = Instant::now();
        if started >= end {
            break;
        }
        stream.write_all(request.as_bytes()).await.expect("sent");
        let head = read_reply(&mut stream, &mut buffer).await;
        let took = (started - began, started.elapsed());
        if head.starts_with("HTTP/1.1 200") {
            seen.served.push(took);
        } else if head.starts_with("HTTP/1.1 503") && head.contains("retry-after: 1") {
            seen.turned_away.push(took);
        } else {
            seen.other.push(head);
        }
        turn = pace.map_or(started, |pace| turn.max(started - pace * 3) + pace);
    }
    seen
}

/// Reads a reply to its end; gives its head.
async fn read_reply(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> String {
    buffer.clear();
    let mut expected = usize::MAX;
    let mut head = String::new();
    while buffer.len() < expected {
        assert!(stream.read_buf(buffer).await.expect("read") > 0, "closed: {}", String::from_utf8_lossy(buffer));
        if head.is_empty()
            && let Some(end) = buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n")
        {
            head = String::from_utf8_lossy(&buffer[..end]).into_owned();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).expect("a length");
            expected = end + 4 + length.parse::<usize>().expect("a number");
        }
    }
    head
}

/// How soon somebody is turned away.
const AT_ONCE: Duration = Duration::from_millis(10);

/// What times may exceed a figure by, on a machine that others use too.
const TOLERANCE: Duration = Duration::from_millis(50);

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn o3_what_is_let_in_is_done_in_time_and_the_rest_is_told_at_once() {
    let (mut serving, _folder) = serving();
    let address = serving.address.clone();
    let normal = a_normal_day(&address).await;
    let (capacity, normal_p99) = (normal.goodput(), within(99, &normal.served));
    let length = for_long(Duration::from_secs(5), Duration::from_secs(60));
    let crowd = ask(&address, CROWD, Some(capacity * 3.0), length).await;
    let (served, turned_away) = (later(&crowd.served), later(&crowd.turned_away));
    println!(
        "capacity {capacity:.0}/s, p99 {normal_p99:?}; crowd: {:.0}/s served, p50 {:?}, p99 {:?}; {} turned away, p50 {:?}, \
         p99 {:?}",
        crowd.goodput(),
        within(50, &served),
        within(99, &served),
        turned_away.len(),
        within(50, &turned_away),
        within(99, &turned_away),
    );
    assert!(crowd.other.is_empty(), "{:?}", crowd.other.first());
    assert!(turned_away.len() > served.len() / 4, "it was no crowd");
    // A short run is one of many tests, of a program that was made to be debugged: there the very slowest say nothing.
    let (most, share) = if is_long() { (99, 0.9) } else { (50, 0.5) };
    assert!(crowd.goodput() >= capacity * share, "too many are turned away");
    assert!(within(most, &served) <= normal_p99 * 2 + TOLERANCE, "who is let in waits");
    assert!(within(most, &turned_away) <= AT_ONCE + TOLERANCE, "who is turned away waits for that");
    if is_long() {
        assert!(within(50, &served) <= normal_p99 * 2, "who is let in waits");
        assert!(within(50, &turned_away) <= AT_ONCE, "who is turned away waits for that");
    }
    assert_eq!(serving.terminate(), Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn o4_the_end_of_a_crowd_is_the_end_of_it() {
    let (mut serving, _folder) = serving();
    let address = serving.address.clone();
    let normal = a_normal_day(&address).await;
    let resident = resident_kib(serving.child.id());
    let length = for_long(Duration::from_secs(3), Duration::from_secs(20));
    let crowd = ask(&address, CROWD, Some(normal.goodput() * 3.0), length).await;
    assert!(!crowd.turned_away.is_empty(), "it was no crowd");
    // Five seconds after its end at the latest.
    let (ended, normal_p99) = (Instant::now(), within(99, &normal.served));
    let tolerance = if is_long() { Duration::ZERO } else { TOLERANCE };
    let after = loop {
        let after = ask(&address, FEW, None, Duration::from_secs(1)).await;
        let is_normal = after.turned_away.is_empty() && within(99, &after.served) <= normal_p99 * 2 + tolerance;
        if is_normal || ended.elapsed() > Duration::from_secs(5) {
            assert!(is_normal, "{} turned away, p99 {:?}", after.turned_away.len(), within(99, &after.served));
            break after;
        }
    };
    let grown = resident_kib(serving.child.id()).saturating_sub(resident);
    let (p99, took) = (within(99, &after.served), ended.elapsed());
    println!("p99 {normal_p99:?} before, {p99:?} after, {took:?} after the end; {grown} KiB more");
    assert!(grown < 32 * 1024, "{grown} KiB");
    assert_eq!(serving.terminate(), Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn o3_those_who_come_again_at_once_keep_nobody_from_being_served() {
    let (mut serving, _folder) = serving();
    let address = serving.address.clone();
    let capacity = a_normal_day(&address).await.goodput();
    // Each asks as soon as it was answered, whatever the answer was.
    let storm = ask(&address, CROWD * 3, None, for_long(Duration::from_secs(4), Duration::from_secs(10))).await;
    println!(
        "capacity {capacity:.0}/s; storm: {:.0}/s served, {} turned away",
        storm.goodput(),
        storm.turned_away.len()
    );
    assert!(storm.other.is_empty(), "{:?}", storm.other.first());
    assert!(storm.turned_away.len() > storm.served.len(), "it was no storm");
    assert!(storm.goodput() >= capacity / 8.0, "hardly anybody is served");
    assert_eq!(serving.terminate(), Some(0));
}

/// What is possible without a crowd.
async fn a_normal_day(address: &str) -> Seen {
    let moment = Duration::from_secs(2);
    ask(address, FEW, None, moment).await;
    let normal = ask(address, FEW, None, moment).await;
    assert!(normal.turned_away.is_empty(), "nobody has to be turned away");
    normal
}

/// A client may send its next requests before the answers to those before (RFC 9112, section 9.3.2). Were they answered on
/// end, each step of everybody else's request would wait for many of them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_that_wait_on_one_connection_take_their_turns_with_others() {
    let (serving, _folder) = serving();
    let mut stream = TcpStream::connect(&serving.address).await.expect("a connection");
    let (mut answers, mut requests) = stream.split();
    let many = request().repeat(500);
    let sending = async { requests.write_all(many.as_bytes()).await.expect("sent") };
    let reading = async { tokio::io::copy(&mut answers, &mut tokio::io::sink()).await.expect("answers") };
    let others = async {
        let mut times = Vec::new();
        for _ in 0..10 {
            let started = Instant::now();
            let mut stream = TcpStream::connect(&serving.address).await.expect("a connection");
            stream.write_all(b"GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n").await.expect("sent");
            assert!(read_reply(&mut stream, &mut Vec::new()).await.starts_with("HTTP/1.1 200"));
            times.push(started.elapsed());
        }
        times
    };
    tokio::select! {
        mut times = others => {
            times.sort_unstable();
            println!("the others took {times:?}");
            assert!(times[5] < Duration::from_millis(40), "{times:?}");
        }
        _ = async { tokio::join!(sending, reading) } => panic!("nothing was left to wait for"),
    }
}
