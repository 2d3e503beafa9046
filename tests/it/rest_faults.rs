//! Every way in which a service can fail, and what is told of it: one cause, no byte of the answer, and no memory.

use std::time::Duration;

use tributary::source::{Access, Cause, DeadlineScope, Reason};

use super::rest_fixture::{Service, asking, call, get, text};
use super::rest_server::{Behaviour, RestServer};

async fn serving(behaviour: Behaviour) -> RestServer {
    let server = RestServer::start().await;
    server.on("/x", behaviour);
    server
}

async fn cause_of(behaviour: Behaviour) -> Cause {
    let server = serving(behaviour).await;
    get("/x").cause(&Service::at(&server.url()).connect()).await
}

fn bad_response(cause: &Cause) -> bool {
    matches!(cause, Cause::BadResponse(_))
}

#[tokio::test]
async fn a_status_is_told_and_the_body_is_not() {
    for status in [301, 400, 404, 429, 500, 503] {
        let server = serving(Behaviour::Answer(status, Vec::new(), b"password=hunter2".to_vec())).await;
        let failure = get("/x").fail(&Service::at(&server.url()).connect()).await;
        assert_eq!(failure.cause, Cause::Status(status));
        assert_eq!(failure.attempts, 1);
        assert!(!failure.cause.to_string().contains("hunter2"));
        assert_eq!(server.calls().len(), 1);
    }
}

#[tokio::test]
async fn a_failure_whose_body_never_comes_is_told_at_once() {
    let head = b"HTTP/1.1 500 Oh\r\ncontent-length: 100\r\n\r\n".to_vec();
    let hanging = Behaviour::By(std::sync::Arc::new(move |_| Behaviour::Raw(head.clone())));
    let server = serving(hanging).await;
    let asked = get("/x").ask(&Service::at(&server.url()).connect()).await;
    assert_eq!(asked.results[0].as_ref().expect_err("a failure").cause, Cause::Status(500));
    assert!(asked.took < Duration::from_millis(500), "{asked:?}");
}

#[tokio::test]
async fn nothing_and_some_statuses_mean_null() {
    let server = RestServer::start().await;
    server.on("/204", Behaviour::Answer(204, Vec::new(), Vec::new()));
    server.on("/empty", Behaviour::Answer(200, Vec::new(), Vec::new()));
    server.on("/410", Behaviour::Answer(410, Vec::new(), b"gone".to_vec()));
    let source = Service::at(&server.url()).connect();
    for path in ["/204", "/empty", "/404", "/410"] {
        let mut asking = get(path);
        asking.call.null_on = vec![404, 410];
        assert_eq!(asking.bytes(&source).await, b"Null", "{path}");
    }
    assert_eq!(get("/410").cause(&source).await, Cause::Status(410));
}

#[tokio::test]
async fn an_answer_arrives_whole_in_pieces_and_compressed() {
    let server = RestServer::start().await;
    let text = format!(r#""{}""#, "0123456789".repeat(50_000));
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut gzip, text.as_bytes()).expect("memory");
    let gzip = gzip.finish().expect("memory");
    server.on("/plain", Behaviour::Json(text.clone()));
    server.on("/gzip", Behaviour::Answer(200, vec!["content-encoding: gzip".to_owned()], gzip));
    let source = Service::at(&server.url()).connect();
    for path in ["/plain", "/gzip", "/plain"] {
        assert_eq!(get(path).bytes(&source).await, text.as_bytes(), "{path}");
    }
    assert_eq!(server.accepted_connections(), 1);
}

#[tokio::test]
async fn h4_what_is_not_json_is_a_bad_response() {
    for body in ["<html>hunter2</html>", "[1,2", "\u{feff}1", "NaN", "1 2", " "] {
        let html = vec!["content-type: text/html".to_owned()];
        let cause = cause_of(Behaviour::Answer(200, html, body.as_bytes().to_vec())).await;
        assert!(bad_response(&cause) && !cause.to_string().contains("hunter2"), "{body}: {cause:?}");
    }
}

#[tokio::test]
async fn a_failed_call_gives_its_connection_back() {
    let server = RestServer::start().await;
    let source = Service::at(&server.url()).connect();
    for _ in 0..5 {
        assert_eq!(get("/missing").cause(&source).await, Cause::Status(404));
    }
    assert_eq!(server.accepted_connections(), 1);
}

#[tokio::test]
async fn a_lost_connection_is_told_and_not_tried_again() {
    for behaviour in [Behaviour::Close, Behaviour::Reset] {
        let server = serving(behaviour).await;
        let failure = get("/x").fail(&Service::at(&server.url()).connect()).await;
        assert_eq!(failure.cause, Cause::Unavailable(Reason::Lost), "{failure:?}");
        assert_eq!((failure.attempts, server.calls().len()), (1, 1), "a fresh connection is no race");
    }
}

#[tokio::test]
async fn a_call_that_writes_is_made_once_whatever_happens() {
    let server = serving(Behaviour::Close).await;
    server.on("/warm", Behaviour::Json("1".to_owned()));
    let source = Service::at(&server.url()).connect();
    get("/warm").ask(&source).await;
    for method in [tributary::schema::Method::Post, tributary::schema::Method::Get] {
        let mut asking = asking(call(method, "/x"));
        asking.access = Access::Write;
        assert_eq!(asking.cause(&source).await, Cause::Unavailable(Reason::Lost));
    }
    assert_eq!(server.calls().len(), 3);
}

#[tokio::test]
async fn h10_h13_what_cannot_be_reached_is_told_with_its_reason() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let plain = RestServer::start().await;
    let secure = plain.url().replace("http://", "https://");
    for (url, reason) in [
        (format!("http://{closed}"), Reason::Connect),
        ("http://no-such-host.invalid".to_owned(), Reason::Dns),
        (secure, Reason::Tls),
    ] {
        let failure = get("/x").fail(&Service::at(&url).connect()).await;
        assert_eq!(failure.cause, Cause::Unavailable(reason), "{failure:?}");
    }
}

#[tokio::test]
async fn d3_a_connection_that_nobody_takes_ends_at_its_own_timeout() {
    let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
    socket.bind(([127, 0, 0, 1], 0).into()).expect("a free port");
    let listener = socket.listen(1).expect("a listener");
    let address = listener.local_addr().expect("an address");
    // Once nobody accepts and the queue is full, the system answers no more.
    let mut queue = Vec::new();
    let patience = Duration::from_millis(50);
    while let Ok(connection) = tokio::time::timeout(patience, tokio::net::TcpStream::connect(address)).await {
        queue.push(connection.expect("a connection"));
    }
    let service = Service::at(&format!("http://{address}")).with(|target| target.connect = Duration::from_millis(200));
    let asked = get("/x").ask(&service.connect()).await;
    let failure = asked.results[0].as_ref().expect_err("no connection");
    assert_eq!(failure.cause, Cause::Unavailable(Reason::Connect), "{failure:?}");
    assert!((200..300).contains(&asked.took.as_millis()), "{asked:?}");
    let failure = get("/x").within(100).fail(&service.connect()).await;
    assert!(matches!(failure.cause, Cause::TimedOut(_)), "it was the service's fault: {failure:?}");
}

#[tokio::test]
async fn d1_d2_a_service_that_says_nothing_times_out_and_is_left() {
    for behaviour in [Behaviour::Silent, Behaviour::Drip] {
        let server = serving(behaviour).await;
        let asked = get("/x").within(200).ask(&Service::at(&server.url()).connect()).await;
        let failure = asked.results[0].as_ref().expect_err("a timeout");
        let Cause::TimedOut(expired) = &failure.cause else { panic!("{failure:?}") };
        assert_eq!((expired.scope, expired.timeout), (DeadlineScope::Fetch, Duration::from_millis(200)));
        assert_eq!(failure.attempts, 1);
        assert!((200..250).contains(&asked.took.as_millis()), "{asked:?}");
        server.open_at_most(0, Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn d8_dropping_the_results_closes_the_connection() {
    let server = serving(Behaviour::Silent).await;
    let source = Service::at(&server.url()).connect();
    let asking = tokio::spawn(async move { get("/x").ask(&source).await });
    server.received_at_least(1, Duration::from_secs(2)).await;
    asking.abort();
    server.open_at_most(0, Duration::from_millis(100)).await;
}

#[tokio::test]
async fn h5_redirects_are_followed_to_the_same_origin_and_no_further_than_allowed() {
    let other = serving(Behaviour::Json("2".to_owned())).await;
    let server = serving(Behaviour::Json("1".to_owned())).await;
    let redirect = |to: &str| Behaviour::Answer(302, vec![format!("location: {to}")], Vec::new());
    server.on("/same", redirect("/x"));
    server.on("/twice", redirect("/same"));
    server.on("/thrice", redirect("/twice"));
    server.on("/loop", redirect("/loop"));
    server.on("/other", redirect(&format!("{}/x", other.url())));
    server.on("/over", redirect("/other"));
    server.on("/user", redirect(&server.url().replace("http://", "http://evil@")));
    server.on("/secure", redirect(&server.url().replace("http://", "https://")));
    server.on("/metadata", redirect("http://169.254.169.254/"));
    server.on("/bare", redirect("//169.254.169.254/"));
    server.on("/file", redirect("file:///etc/passwd"));
    server.on("/nonsense", redirect("http://[::/"));
    let following = |redirects| {
        let url = server.url().replace("http://", "http://user:hunter2@");
        Service::at(&url).with(|target| target.redirects = redirects).connect()
    };
    let (none, one, many) = (following(0), following(1), following(3));
    for path in ["/other", "/over", "/loop", "/metadata", "/bare", "/file", "/user", "/secure", "/nonsense"] {
        for source in [&none, &one, &many] {
            assert_eq!(get(path).cause(source).await, Cause::Status(302), "{path}");
        }
    }
    assert_eq!(other.accepted_connections(), 0);
    let loops = server.targets().iter().filter(|target| *target == "GET /loop").count();
    assert_eq!(loops, 1 + 2 + 4, "the first call and those that were allowed behind it");
    assert_eq!(get("/same").cause(&none).await, Cause::Status(302));
    assert!(get("/same").ask(&one).await.results[0].is_ok());
    assert_eq!(get("/twice").cause(&one).await, Cause::Status(302));
    assert!(get("/thrice").ask(&many).await.results[0].is_ok());
    // A hop goes to the same origin and to no other, so that it carries what the source is told.
    assert!(server.calls().iter().all(|call| !call.headers("authorization").is_empty()));
}

/// It was told as a lost connection that may be tried again, with the whole URL in the log.
#[tokio::test]
async fn a_target_that_no_service_takes_is_refused_before_any_call() {
    let server = RestServer::start().await;
    server.on("*", Behaviour::Answer(500, Vec::new(), Vec::new()));
    let source = Service::at(&server.url()).connect();
    for url in ["/{0}", "/x?q={0}"] {
        let failure = get(url).key(text(&"ä".repeat(20_000))).fail(&source).await;
        assert_eq!(failure.cause, Cause::RejectedInput("a URL of more than 32768 bytes", None), "{url}");
        let failure = get(url).key(text(&"a".repeat(30_000))).fail(&source).await;
        assert_eq!(failure.cause, Cause::Status(500), "{url}");
        assert!(failure.detail.for_operators().len() < 600, "{}", failure.detail.for_operators().len());
    }
    assert_eq!(server.calls().len(), 2);
}
