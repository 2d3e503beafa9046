//! What can be done to a server with frames of HTTP/2 that no client of good will sends. Frame by frame, because a library
//! would not send them. The program is watched from outside: its memory stays, and others are answered.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::program::{Client, Serving, tributary};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;
const CONTINUATION: u8 = 9;

const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

/// The code of a connection that asked too much (RFC 9113, section 7).
const ENHANCE_YOUR_CALM: u32 = 11;

/// `MAX_CONCURRENT_STREAMS` (RFC 9113, section 6.5.2).
const MAX_STREAMS: u16 = 3;

/// How much memory abuse may cost, in KiB.
const FLAT: u64 = 32 * 1024;

/// A frame of HTTP/2.
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("a short frame").to_be_bytes();
    let mut bytes = vec![length[1], length[2], length[3], kind, flags];
    bytes.extend(stream.to_be_bytes());
    bytes.extend(payload);
    bytes
}

/// GET or POST of a path, as an HPACK block without a table.
fn fields(method: u8, path: &str) -> Vec<u8> {
    let mut block = vec![method, 0x86, 0x04, u8::try_from(path.len()).expect("a short path")];
    block.extend(path.as_bytes());
    block.extend(b"\x01\x01x");
    // `content-type: application/json`, so that a body is read.
    block.extend(b"\x0f\x10\x10application/json");
    block
}

const GET: u8 = 0x82;
const POST: u8 = 0x83;

/// The program, with one client of HTTP/2.
struct Abused {
    serving: Serving,
    before: u64,
    _folder: tempfile::TempDir,
}

impl Abused {
    fn start() -> Abused {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("schema.graphql"), "type Query { a: Int @value(of: 1) }").expect("written");
        let serving = Serving::start(tributary(&["serve", "--listen", "127.0.0.1:0"]).current_dir(folder.path()));
        let mut abused = Abused { serving, before: 0, _folder: folder };
        abused.check_others();
        abused.before = abused.memory();
        abused
    }

    /// A connection that was answered once.
    fn connect(&self) -> TcpStream {
        let mut stream = TcpStream::connect(&self.serving.address).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a socket");
        stream.set_write_timeout(Some(Duration::from_secs(20))).expect("a socket");
        let asked = frame(HEADERS, END_HEADERS | END_STREAM, 1, &fields(GET, "/graphql?query={a}"));
        stream.write_all(&[PREFACE, &frame(SETTINGS, 0, 0, b""), &asked].concat()).expect("sent");
        // It is a connection like another, until it is abused.
        let mut answer = Vec::new();
        while !answer.ends_with(b"{\"data\":{\"a\":1}}") {
            let mut buffer = [0; 1024];
            let read = stream.read(&mut buffer).expect("answered");
            assert!(read > 0, "closed after {answer:?}");
            answer.extend(&buffer[..read]);
        }
        let greeting = frames_in(&answer);
        let settings = greeting.iter().find(|(kind, flags, ..)| (*kind, *flags) == (SETTINGS, 0)).expect("settings");
        let announced = settings.3.chunks(6).find(|setting| setting[..2] == MAX_STREAMS.to_be_bytes());
        assert_eq!(announced.expect("announced")[2..], 100_u32.to_be_bytes());
        stream
    }

    /// Memory in use, in KiB.
    fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.serving.child.id())).expect("it runs");
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("a size");
        line.split_whitespace().nth(1).expect("a number").parse().expect("a number")
    }

    /// Whoever else asks is answered, and memory is where it was.
    fn check_others(&self) {
        let asked = Instant::now();
        assert_eq!(Client::connect(&self.serving.address).query("{ a }").1, "{\"data\":{\"a\":1}}");
        assert!(asked.elapsed() < Duration::from_millis(250), "{:?}", asked.elapsed());
    }

    fn check(&self) {
        self.check_others();
        let more = self.memory().saturating_sub(self.before);
        println!("{more} KiB more");
        assert!(more < FLAT, "{more} KiB more");
    }
}

/// Sends pieces until all are sent or the other side has ended it; whether all were sent.
fn send_all(stream: &mut TcpStream, pieces: impl Iterator<Item = Vec<u8>>) -> bool {
    for piece in pieces {
        if stream.write_all(&piece).is_err() {
            return false;
        }
    }
    true
}

/// Kind, flags, stream, payload.
type Frame = (u8, u8, u32, Vec<u8>);

/// The frames that came until the end of the connection.
fn frames(stream: &mut TcpStream) -> Vec<Frame> {
    let mut bytes = Vec::new();
    // A reset is an end like another.
    let _ = stream.read_to_end(&mut bytes);
    frames_in(&bytes)
}

fn frames_in(bytes: &[u8]) -> Vec<Frame> {
    let mut frames = Vec::new();
    let mut rest = bytes;
    while rest.len() >= 9 {
        let length = usize::from(rest[0]) << 16 | usize::from(rest[1]) << 8 | usize::from(rest[2]);
        let stream = u32::from_be_bytes([rest[5], rest[6], rest[7], rest[8]]);
        let end = rest.len().min(9 + length);
        frames.push((rest[3], rest[4], stream, rest[9..end].to_vec()));
        rest = &rest[end..];
    }
    frames
}

/// Whether it was ended because it asked too much.
fn is_ended(frames: &[Frame]) -> bool {
    frames.iter().any(|(kind, _, _, payload)| *kind == GOAWAY && payload[4..8] == ENHANCE_YOUR_CALM.to_be_bytes())
}

fn odd(number: u32) -> u32 {
    2 * number + 3
}

#[test]
fn s2_streams_that_are_reset_at_once_end_the_connection() {
    let abused = Abused::start();
    let block = fields(POST, "/graphql");
    let mut stream = abused.connect();
    let mut reading = stream.try_clone().expect("a socket");
    let read = std::thread::spawn(move || frames(&mut reading));
    let rapid = (0..20_000).map(|number| {
        let opened = frame(HEADERS, END_HEADERS, odd(number), &block);
        [opened, frame(RST_STREAM, 0, odd(number), &8_u32.to_be_bytes())].concat()
    });
    // In packets of a hundred, so that resets are read before the requests are begun.
    let packets: Vec<Vec<u8>> = rapid.collect::<Vec<_>>().chunks(100).map(<[Vec<u8>]>::concat).collect();
    assert!(!send_all(&mut stream, packets.into_iter()) || is_ended(&read.join().expect("read")), "it goes on");
    abused.check();
}

#[test]
fn s2_a_header_without_end_ends_the_connection() {
    let abused = Abused::start();
    for piece in [vec![], vec![b'x'; 16 * 1024 - 64]] {
        let mut stream = abused.connect();
        let mut block = fields(GET, "/graphql");
        let begun = frame(HEADERS, END_STREAM, 3, &block);
        block.clear();
        if !piece.is_empty() {
            // A field of our own: `x: xxx…`, its length in HPACK's way.
            block.extend(b"\x00\x01x\x7f\xc1\x7e");
            block.extend(&piece);
        }
        let more = frame(CONTINUATION, 0, 3, &block);
        let sent = std::iter::once(begun).chain(std::iter::repeat_n(more, 100_000));
        let mut sent_bytes = 0_usize;
        let counted = sent.inspect(|piece| sent_bytes += piece.len());
        assert!(!send_all(&mut stream, counted), "a flood of {} bytes was taken", block.len());
        assert!(sent_bytes < 32 << 20, "{sent_bytes}");
        assert!(is_ended(&frames(&mut stream)));
    }
    abused.check();
}

#[test]
fn s2_empty_frames_of_data_cost_no_memory() {
    let abused = Abused::start();
    let mut stream = abused.connect();
    stream.write_all(&frame(HEADERS, END_HEADERS, 3, &fields(POST, "/graphql"))).expect("sent");
    let packet = frame(DATA, 0, 3, b"").repeat(1_000);
    for number in 0..500 {
        if stream.write_all(&packet).is_err() {
            break;
        }
        if number % 50 == 0 {
            abused.check();
        }
    }
    assert!(is_ended(&frames(&mut stream)), "half a million were taken");
    abused.check();
}

#[test]
fn s2_no_more_streams_than_were_announced_are_opened() {
    let abused = Abused::start();
    let mut stream = abused.connect();
    let mut reading = stream.try_clone().expect("a socket");
    let read = std::thread::spawn(move || frames(&mut reading));
    // Their bodies never come.
    let block = fields(POST, "/graphql");
    let opened: Vec<Vec<u8>> = (0..10_000).map(|number| frame(HEADERS, END_HEADERS, odd(number), &block)).collect();
    send_all(&mut stream, opened.chunks(100).map(<[Vec<u8>]>::concat));
    abused.check();
    stream.shutdown(std::net::Shutdown::Write).ok();
    let frames = read.join().expect("read");
    let refused = frames.iter().filter(|(kind, ..)| *kind == RST_STREAM).count();
    println!("{refused} refused, ended: {}", is_ended(&frames));
    assert!(is_ended(&frames) || refused >= 9_900, "{refused} of 10,000 were refused");
    abused.check();
}

/// What was found in versions before is mended in this one.
#[test]
fn s2_the_library_is_one_that_was_mended() {
    let lock = include_str!("../../Cargo.lock");
    let versions: Vec<&str> = lock.split("name = \"h2\"\nversion = \"").skip(1).collect();
    assert!(!versions.is_empty());
    for version in versions {
        let version = version.split('"').next().expect("a version");
        let numbers: Vec<u32> = version.split('.').map(|number| number.parse().expect("a number")).collect();
        assert!(numbers >= vec![0, 4, 16], "h2 {version}");
    }
}
