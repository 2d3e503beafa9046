//! What services and the network to them can do, and what clients see of it: over real sockets, from outside.

use std::time::Duration;

use crate::fault_fixture::{Faults, at_most, is_alone, memory, peak_begins};
use crate::program::{Serving, tributary};
use crate::rest_server::{Behaviour, RestServer, brotli_bomb, gzip_bomb};
use crate::tcp_proxy::{Direction, Network, TcpProxy};

/// The largest growth of memory while something is refused, in KiB.
const MOST_MEMORY: u64 = 32 * 1024;

fn good() -> Behaviour {
    Behaviour::Json(r#"{"a":1,"b":[1]}"#.to_owned())
}

fn answer(headers: &[&str], body: impl Into<Vec<u8>>) -> Behaviour {
    Behaviour::Answer(200, headers.iter().map(|header| (*header).to_owned()).collect(), body.into())
}

/// A gateway whose source may take its time, so that nothing but the fault itself ends a call.
async fn patient() -> Faults {
    Faults::of(r#"rest: {url: "{env.UP}"}, timeout: "5s", retry: {attempts: 1}"#).await
}

/// Asks while the service answers with something large; memory stays within its bound.
async fn is_too_large(faults: &Faults, behaviour: Behaviour, open: usize) {
    let before = peak_begins();
    let seen = faults.fails_with(behaviour, "SOURCE_RESPONSE_TOO_LARGE").await;
    assert_eq!(seen.fact("limitBytes"), (10 * 1024 * 1024).to_string());
    faults.edge.service.open_at_most(open, Duration::from_millis(100)).await;
    let grown = memory("VmHWM").saturating_sub(before);
    assert!(!is_alone() || grown < MOST_MEMORY, "{grown} KiB");
}

#[tokio::test(flavor = "multi_thread")]
async fn h1_a_large_answer_is_refused_and_not_read_to_its_end() {
    const LENGTH: u64 = 100 * 1024 * 1024;
    let faults = patient().await;
    for behaviour in [Behaviour::Large(LENGTH), Behaviour::LargeChunked(LENGTH)] {
        is_too_large(&faults, behaviour, 0).await;
    }
    // What is announced is believed at once; what is not is read up to the limit and no further.
    assert!(faults.edge.service.written_bytes() < 20 * 1024 * 1024, "{}", faults.edge.service.written_bytes());
}

#[tokio::test(flavor = "multi_thread")]
async fn h2_what_unfolds_to_more_than_allowed_is_refused_as_it_unfolds() {
    let faults = patient().await;
    let bomb = gzip_bomb(512);
    assert!(bomb.len() < 1024 * 1024, "{}", bomb.len());
    // Blocks that hold nothing, again and again: what a body is made of is bounded as well. Its length is not announced.
    let begin = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n\x1f\x8b\x08\0\0\0\0\0\0\xff";
    let nothing = Behaviour::Raw([&begin[..], &b"\0\0\0\xff\xff".repeat(11 * 1024 * 1024 / 5)].concat());
    is_too_large(&faults, nothing, 0).await;
    for (coding, body) in [("gzip", bomb), ("br", brotli_bomb(64))] {
        // The last one is so small that it may have arrived whole.
        is_too_large(&faults, answer(&[&format!("content-encoding: {coding}")], body), 1).await;
    }
}

/// What nobody asked for is not unfolded at all.
#[tokio::test(flavor = "multi_thread")]
async fn h2_codings_that_were_not_asked_for_are_no_answer() {
    let faults = patient().await;
    let twice = |bytes: &[u8]| {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        std::io::Write::write_all(&mut gzip, bytes).expect("memory");
        gzip.finish().expect("memory")
    };
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::Write::write_all(&mut zlib, &vec![b'1'; 32 * 1024 * 1024]).expect("memory");
    let zlib = zlib.finish().expect("memory");
    let zstd = b"\x28\xb5\x2f\xfd\x04\x58\x09\x00\x00\x31\x99\xe9\xd8\x51".to_vec();
    let double = twice(&gzip_bomb(512));
    for (headers, body) in [
        (&["content-encoding: deflate"][..], zlib),
        (&["content-encoding: zstd"], zstd),
        (&["content-encoding: gzip, gzip"], double.clone()),
        (&["content-encoding: gzip", "content-encoding: gzip"], double.clone()),
        // It says that it is folded once, and what comes out is no JSON.
        (&["content-encoding: gzip"], double),
        // What is said is what counts, though it would be an answer.
        (&["content-encoding: deflate"], br#"{"a":1}"#.to_vec()),
        (&["content-encoding: gzip, gzip"], twice(br#"{"a":1}"#)),
    ] {
        let before = peak_begins();
        faults.fails_with(answer(headers, body), "SOURCE_BAD_RESPONSE").await;
        let grown = memory("VmHWM").saturating_sub(before);
        assert!(!is_alone() || grown < MOST_MEMORY, "{headers:?}: {grown} KiB");
    }
    faults.edge.service.on("/bad", good());
    faults.works().await;
    assert_eq!(faults.edge.service.calls()[0].headers("accept-encoding"), ["gzip,br"]);
}

/// All members of a gzip body are its content; once the first was taken for the whole.
#[tokio::test(flavor = "multi_thread")]
async fn h2_h3_an_answer_in_several_members_is_read_whole() {
    let faults = patient().await;
    let member = |bytes: &[u8]| {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut gzip, bytes).expect("memory");
        gzip.finish().expect("memory")
    };
    let gzip = &["content-encoding: gzip"];
    faults.edge.service.on("/bad", answer(gzip, [member(br#"{"a":"#), member(b"1}")].concat()));
    faults.works().await;
    for body in [
        [member(br#"{"a":1}"#), member(br#"{"a":2}"#)].concat(),
        [member(br#"{"a":1}"#), b"more".to_vec()].concat(),
        [member(br#"{"a":1}"#), member(b" ")[..15].to_vec()].concat(),
    ] {
        faults.fails_with(answer(gzip, body), "SOURCE_BAD_RESPONSE").await;
    }
}

/// Each costs a decoder: half a million of them took seconds.
#[tokio::test(flavor = "multi_thread")]
async fn h2_members_that_hold_nothing_are_bounded() {
    let faults = patient().await;
    let empty = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()).finish().expect("memory");
    let body = empty.repeat(9 * 1024 * 1024 / empty.len());
    let seen = faults.fails_with(answer(&["content-encoding: gzip"], body), "SOURCE_BAD_RESPONSE").await;
    assert!(seen.took < Duration::from_secs(2), "{:?}", seen.took);
}

#[tokio::test(flavor = "multi_thread")]
async fn h3_half_an_answer_is_none() {
    let faults = patient().await;
    let raw = |text: &[u8]| Behaviour::Raw(text.to_vec());
    let gzip = [&b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n"[..], &gzip_bomb(1)[..100]].concat();
    for behaviour in [
        // The length is more than comes, though what has come could be an answer.
        raw(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"a\":1}"),
        raw(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"b\":[1,2,3"),
        // Its last chunk is missing, or cut.
        raw(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n7\r\n{\"a\":1}\r\n"),
        raw(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n70\r\n{\"a\":1}"),
        // It ends with the connection, in the middle of a list.
        raw(b"HTTP/1.1 200 OK\r\n\r\n{\"b\":[1,2"),
        raw(&gzip),
    ] {
        faults.fails_with(behaviour, "SOURCE_BAD_RESPONSE").await;
        faults.edge.service.open_at_most(0, Duration::from_millis(100)).await;
    }
}

/// The network breaks off in the middle of the body.
#[tokio::test(flavor = "multi_thread")]
async fn h3_a_network_that_breaks_off_leaves_no_half_list() {
    let service = RestServer::start().await;
    let list = (0..20_000).map(|number| number.to_string()).collect::<Vec<_>>().join(",");
    let list = format!(r#"{{"a":1,"b":[{list}]}}"#);
    // Its beginning could be the whole.
    let padded = format!(r#"{{"a":1}}{}"#, " ".repeat(100_000));
    let proxy = TcpProxy::start(service.url().trim_start_matches("http://")).await;
    let bad = format!(r#"rest: {{url: "http://{}"}}, timeout: "5s", retry: {{attempts: 1}}"#, proxy.address());
    let faults = Faults::of(&bad).await;
    let cut = [Network::CutAfter(Direction::ToClient, 10_000), Network::ResetAfter(Direction::ToClient, 10_000)];
    for (network, body) in cut.into_iter().flat_map(|network| [(network, &list), (network, &padded)]) {
        service.on("/bad", Behaviour::Json(body.clone()));
        proxy.set(network);
        faults.fails("SOURCE_BAD_RESPONSE").await;
        proxy.set(Network::Works);
        faults.works().await;
        proxy.reset_all();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn h4_what_is_no_json_is_no_answer() {
    let faults = patient().await;
    let deep = format!("{{\"a\":{}1{}}}", "[".repeat(200), "]".repeat(200));
    let html = answer(&["content-type: text/html"], "<html>Please log in</html>");
    for behaviour in [
        Behaviour::Raw(b"SSH-2.0-OpenSSH_9.6\r\n".to_vec()),
        Behaviour::Raw(b"\x00\x01\x02\x03\r\n\r\n".to_vec()),
        Behaviour::Raw(b"HTTP/9.9 200 OK\r\n\r\n".to_vec()),
        html,
        answer(&[], deep),
        answer(&[], "\u{feff}{\"a\":1}"),
        answer(&[], "{\"a\":NaN}"),
        answer(&[], "{\"a\":1} x"),
        answer(&[], "{\"a\":1}{\"a\":2}"),
        answer(&[], &b"{\"a\":1,\"c\":\"\xff\"}"[..]),
        answer(&[], " "),
        // JSON, but no object.
        answer(&[], "[1]"),
        answer(&[], "\"a\""),
    ] {
        faults.fails_with(behaviour, "SOURCE_BAD_RESPONSE").await;
    }
    // A value of another type fails its own field.
    faults.edge.service.on("/bad", answer(&[], r#"{"a":{"x":1},"b":[1,"two",3]}"#));
    let reply = faults.edge.post("{ bad { a b } one row }").await;
    assert!(
        reply.body.starts_with(r#"{"data":{"bad":{"a":null,"b":[1,null,3]},"one":1,"row":3},"errors":[{"#),
        "{reply:?}"
    );
    for path in [r#""path":["bad","a"]"#, r#""path":["bad","b",1]"#] {
        assert!(reply.body.contains(path), "{}", reply.body);
    }
    assert_eq!(reply.body.matches("\"path\"").count(), 2, "{}", reply.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn h12_headers_are_bounded() {
    let faults = patient().await;
    let many: Vec<_> = (0..10_000).map(|number| format!("x-{number}: y")).collect();
    let large = vec![format!("x-large: {}", "y".repeat(1024 * 1024))];
    let cookies = vec!["set-cookie: a=b".to_owned(); 50_000];
    for headers in [many, large, cookies] {
        let before = peak_begins();
        let answer = Behaviour::Answer(200, headers, br#"{"a":1}"#.to_vec());
        faults.fails_with(answer, "SOURCE_BAD_RESPONSE").await;
        faults.edge.service.open_at_most(0, Duration::from_millis(100)).await;
        let grown = memory("VmHWM").saturating_sub(before);
        assert!(!is_alone() || grown < MOST_MEMORY, "{grown} KiB");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn h13_a_name_that_does_not_resolve_is_told_within_the_time_to_connect() {
    let bad = r#"rest: {url: "http://no-such-host.invalid", connect: "500ms"}, timeout: "5s", retry: {attempts: 1}"#;
    let faults = Faults::of(bad).await;
    for _ in 0..3 {
        let seen = faults.fails("SOURCE_UNAVAILABLE").await;
        assert_eq!(seen.fact("reason"), r#""dns""#);
        assert!(seen.took <= at_most(500), "{:?}", seen.took);
    }
}

/// Proxies that the environment names are for programs that ask the world, not for one that asks its own services.
#[test]
fn h11_proxies_of_the_environment_are_not_used() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let (service, proxy) = runtime.block_on(async { (RestServer::start().await, RestServer::start().await) });
    service.on("/hello", Behaviour::Json("\"straight\"".to_owned()));
    let folder = tempfile::tempdir().expect("a folder");
    let schema = format!(
        "extend schema @source(name: \"up\", rest: {{url: \"{}\"}}) type Query {{ hello: String @rest(get: \"/hello\") }}",
        service.url()
    );
    std::fs::write(folder.path().join("schema.graphql"), schema).expect("written");
    let mut command = tributary(&["serve", "schema.graphql", "--listen", "127.0.0.1:0"]);
    for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"] {
        command.env(name, proxy.url());
    }
    let serving = Serving::start(command.current_dir(folder.path()));
    let reply = serving.query("{ hello }");
    assert!(reply.ends_with(r#"{"data":{"hello":"straight"}}"#), "{reply}");
    assert_eq!(proxy.accepted_connections(), 0);
}
