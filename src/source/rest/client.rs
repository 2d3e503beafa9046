//! reqwest, with every default overridden that is wrong for a gateway. Timeouts are not its business: whoever calls
//! holds a deadline, and dropping a call closes its connection.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, HeaderMap, HeaderValue};
use reqwest::redirect::{Action, Attempt, Policy};
use rustls::ClientConfig;

use super::connecting::NoteConnections;
use super::origin::Origin;
use super::resolver::Resolver;
use super::unfold::ACCEPTED;
use crate::schema::RestTarget;

/// Shorter than the five seconds after which many servers close an idle connection.
const IDLE: Duration = Duration::from_secs(4);
/// How soon a peer that vanished is looked for.
const KEEPALIVE: Duration = Duration::from_secs(15);
/// Most bytes of headers in an HTTP/2 answer. In HTTP/1 it is hyper's own bound, 100 headers and some 400 KiB.
const MAX_HTTP2_HEADERS: u32 = 64 * 1024;

/// Makes a client that keeps up to `idle` connections.
///
/// # Errors
/// What reqwest says.
pub(super) fn client(
    target: &RestTarget,
    origin: &Arc<Origin>,
    tls: ClientConfig,
    resolver: &Arc<Resolver>,
    idle: usize,
) -> Result<reqwest::Client, String> {
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .connect_timeout(target.connect)
        .redirect(redirects(Arc::clone(origin), target.redirects))
        .referer(false)
        .no_proxy()
        .retry(reqwest::retry::never())
        .default_headers(default_headers(origin))
        .user_agent(concat!("tributary/", env!("CARGO_PKG_VERSION")))
        .pool_idle_timeout(IDLE)
        .pool_max_idle_per_host(idle)
        .tcp_nodelay(true)
        .tcp_keepalive(KEEPALIVE)
        .http2_max_header_list_size(MAX_HTTP2_HEADERS)
        .http2_adaptive_window(true)
        .dns_resolver(Arc::clone(resolver))
        .connector_layer(NoteConnections)
        .build()
        .map_err(|error| error.to_string())
}

fn default_headers(origin: &Origin) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(ACCEPTED));
    if let Some(credentials) = &origin.credentials {
        headers.insert(AUTHORIZATION, credentials.clone());
    }
    headers
}

/// A redirect that is not followed is itself the answer: a status that is not 2xx.
fn redirects(origin: Arc<Origin>, most: usize) -> Policy {
    if most == 0 {
        return Policy::none();
    }
    Policy::custom(move |attempt| follow(attempt, &origin, most))
}

fn follow(attempt: Attempt<'_>, origin: &Origin, most: usize) -> Action {
    // `previous` holds the first URL too.
    if attempt.previous().len() <= most && origin.is_same(attempt.url()) { attempt.follow() } else { attempt.stop() }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::{Duration, Instant};

    use futures_util::FutureExt as _;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::client;
    use crate::schema::{RestTarget, Secret};
    use crate::source::rest::classify::cause_without_answer;
    use crate::source::rest::origin::Origin;
    use crate::source::rest::resolver::Resolver;
    use crate::source::rest::tls::tls;
    use crate::source::{Cause, Reason};

    fn client_of(url: &str, resolver: Resolver) -> reqwest::Client {
        let target = RestTarget {
            url: Secret(url.to_owned()),
            headers: Vec::new(),
            header_inputs: Vec::new(),
            forward: Vec::new(),
            connect: Duration::from_millis(100),
            redirects: 0,
            ca: None,
        };
        let origin = Arc::new(Origin::parse(url).expect("a URL"));
        let tls = tls(false, None).expect("settings");
        client(&target, &origin, tls, &Arc::new(resolver), 1).expect("a client")
    }

    #[tokio::test]
    async fn h13_name_servers_that_say_nothing_cost_the_time_to_connect() {
        let client = client_of("http://silent.test/", Resolver::by(|_| std::future::pending().boxed()));
        let started = Instant::now();
        let error = client.get("http://silent.test/").send().await.expect_err("no address");
        assert_eq!(cause_without_answer(&error, false), Cause::Unavailable(Reason::Connect), "{error:?}");
        assert!((100..250).contains(&started.elapsed().as_millis()), "{:?}", started.elapsed());
    }

    /// There is no policy on addresses: whoever may write the schema may name any host. What is resolved for a connection is
    /// what it goes to; nothing resolves the name again between the two, and a connection that is kept asks nobody.
    #[tokio::test]
    async fn h9_a_connection_goes_to_the_address_that_was_resolved_for_it() {
        static ASKED: AtomicUsize = AtomicUsize::new(0);
        let first = TcpListener::bind("127.0.0.2:0").await.expect("a free port");
        let port = first.local_addr().expect("an address").port();
        let second = TcpListener::bind(("127.0.0.1", port)).await.expect("the same port");
        let resolver = Resolver::by(|_| {
            let number = ASKED.fetch_add(1, Ordering::SeqCst);
            let address = if number == 0 { [127, 0, 0, 2] } else { [127, 0, 0, 1] };
            async move { Ok(vec![SocketAddr::from((address, 0))]) }.boxed()
        });
        for (listener, word) in [(first, "first"), (second, "second")] {
            tokio::spawn(async move {
                while let Ok((mut stream, _)) = listener.accept().await {
                    let mut seen = [0; 4096];
                    while stream.read(&mut seen).await.is_ok_and(|count| count > 0) {
                        let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{word}", word.len());
                        stream.write_all(answer.as_bytes()).await.expect("written");
                    }
                }
            });
        }
        let url = format!("http://changing.test:{port}/");
        let client = client_of(&url, resolver);
        for _ in 0..3 {
            let answer = client.get(&url).send().await.expect("an answer");
            assert_eq!(answer.text().await.expect("text"), "first");
        }
        assert_eq!(ASKED.load(Ordering::SeqCst), 1);
    }
}
