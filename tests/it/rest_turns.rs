//! Services that send as fast as they are read, without a pause: everybody else has their turn.

use std::io::{Read as _, Write as _};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tokio::runtime::Builder;
use tributary::source::Cause;

use super::rest_fixture::{Service, get, text};

/// How long others may wait: a program that was made to be debugged takes ten times as long for all it does.
const LONGEST: Duration = Duration::from_millis(if cfg!(debug_assertions) { 250 } else { 25 });

/// How long each of these calls may take, in milliseconds.
const WITHIN: u64 = 1_000;

/// A service that answers with a beginning, and then with the same words again and again, from threads of its own.
fn eager_service(beginning: &str, again: &[u8]) -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let beginning = beginning.to_owned();
    let again: Arc<[u8]> = again.repeat((1 << 20) / again.len()).into();
    std::thread::spawn(move || {
        while let Ok((mut stream, _)) = listener.accept() {
            let (beginning, again) = (beginning.clone(), Arc::clone(&again));
            std::thread::spawn(move || {
                let _ = stream.read(&mut [0; 4096]);
                let _ = stream.write_all(beginning.as_bytes());
                while stream.write_all(&again).is_ok() {}
            });
        }
    });
    url
}

/// How long another task of the same thread waits at the longest while 24 calls are made, what these end with, and when the
/// last of them does.
async fn others_wait(url: &str) -> (Duration, Vec<Cause>, Duration) {
    let source = Service::at(url).with_places(64, 64).connect();
    let calls = (0..24).map(|number| {
        let source = Arc::clone(&source);
        tokio::spawn(async move { get("/{0}").key(text(&number.to_string())).within(WITHIN).cause(&source).await })
    });
    let begin = Instant::now();
    let calls = tokio::spawn(join_all(calls));
    let (mut turn, mut longest) = (begin, Duration::ZERO);
    while !calls.is_finished() {
        tokio::task::yield_now().await;
        longest = longest.max(turn.elapsed());
        turn = Instant::now();
    }
    let ended = begin.elapsed();
    let causes = calls.await.expect("no panic").into_iter().map(|cause| cause.expect("no panic"));
    (longest, causes.collect(), ended)
}

/// The machine may be busy with something else once, or twice.
fn everybody_has_their_turn(beginning: &str, again: &[u8]) {
    let url = eager_service(beginning, again);
    // As the program has them, but with one thread.
    let runtime = Builder::new_current_thread().enable_all().event_interval(8).build().expect("a runtime");
    let mut longest_turns = Vec::new();
    for _ in 0..5 {
        let (longest, causes, ended) = runtime.block_on(others_wait(&url));
        for cause in causes {
            assert!(matches!(cause, Cause::TooLarge(_) | Cause::TimedOut(_)), "{cause:?}");
        }
        assert!(ended < Duration::from_millis(WITHIN) + 4 * LONGEST, "{ended:?}");
        longest_turns.push(longest);
    }
    longest_turns.sort();
    println!("others wait for {longest_turns:?}");
    assert!(longest_turns[0] < LONGEST, "{longest_turns:?}");
}

#[test]
fn large_pieces_are_read_in_turns_with_others() {
    everybody_has_their_turn("HTTP/1.1 200 OK\r\n\r\n", b"1");
}

#[test]
fn small_pieces_are_read_in_turns_with_others() {
    everybody_has_their_turn("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", b"1\r\n1\r\n");
}

#[test]
fn interim_answers_are_read_in_turns_with_others() {
    everybody_has_their_turn("", b"HTTP/1.1 100 Continue\r\n\r\n");
}

#[test]
fn the_headers_of_interim_answers_are_read_in_turns_with_others() {
    let again = format!("HTTP/1.1 103 Early Hints\r\n{}\r\n", "a: b\r\n".repeat(90));
    everybody_has_their_turn("", again.as_bytes());
}
