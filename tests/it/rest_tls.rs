//! Secure connections: who is believed, and who is not. The authority of `certificates/` signed `localhost` and
//! nothing else; that of `expired` signed what was valid in 2020. Their own keys were thrown away.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tributary::schema::{Method, RetryPolicy};
use tributary::source::{Access, Cause, Reason};

use super::fault_fixture::Faults;
use super::rest_fixture::{Service, asking, call, get};

pub const AUTHORITY: &[u8] = include_bytes!("certificates/authority.pem");

/// A certificate and its key.
pub type Identity = (&'static [u8], &'static [u8]);

pub const LOCALHOST: Identity =
    (include_bytes!("certificates/localhost.pem"), include_bytes!("certificates/localhost.key"));
/// It was valid in 2020.
const EXPIRED: Identity = (include_bytes!("certificates/expired.pem"), include_bytes!("certificates/expired.key"));
const SELF_SIGNED: Identity =
    (include_bytes!("certificates/self_signed.pem"), include_bytes!("certificates/self_signed.key"));

/// Secures connections as one who has this certificate, and speaks these protocols.
pub fn acceptor((certificate, key): Identity, protocols: &[&[u8]]) -> TlsAcceptor {
    let chain = vec![CertificateDer::from_pem_slice(certificate).expect("PEM")];
    let key = PrivateKeyDer::from_pem_slice(key).expect("PEM");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().expect("versions");
    let mut config = config.with_no_client_auth().with_single_cert(chain, key).expect("a certificate and its key");
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    TlsAcceptor::from(Arc::new(config))
}

/// Answers every call with an object; gives its port.
async fn secure_server(identity: Identity) -> u16 {
    let acceptor = acceptor(identity, &[]);
    serve(move |stream| {
        let acceptor = acceptor.clone();
        async move {
            let Ok(mut stream) = acceptor.accept(stream).await else { return };
            let _ = stream.read(&mut [0; 4096]).await;
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 7\r\nconnection: close\r\n\r\n{\"a\":1}";
            let _ = stream.write_all(answer).await;
        }
    })
    .await
}

/// Takes whatever a client offers, and chooses TLS 1.0 for it.
async fn old_server() -> u16 {
    serve(|mut stream| async move {
        let _ = stream.read(&mut [0; 4096]).await;
        // A record of 42 bytes, a handshake; a hello of 38, version 3.1; its random bytes, no session, a cipher of that time.
        let hello = [&b"\x16\x03\x01\0\x2a\x02\0\0\x26\x03\x01"[..], &[7; 32], b"\0\0\x2f\0"].concat();
        let _ = stream.write_all(&hello).await;
        let _ = stream.read(&mut [0; 4096]).await;
    })
    .await
}

async fn serve<F>(one: impl Fn(TcpStream) -> F + Send + 'static) -> u16
where
    F: Future<Output = ()> + Send,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            one(stream).await;
        }
    });
    port
}

#[tokio::test]
async fn h10_an_authority_of_the_sources_own_is_believed_for_the_right_name_alone() {
    let port = secure_server(LOCALHOST).await;
    let believing = |host: &str| {
        let service = Service::at(&format!("https://{host}:{port}"));
        service.with(|target| target.ca = Some(AUTHORITY.to_vec())).connect()
    };
    assert_eq!(get("/x").bytes(&believing("localhost")).await, br#"{"a":1}"#);
    assert_eq!(get("/x").cause(&believing("127.0.0.1")).await, Cause::Unavailable(Reason::Tls));
    let stranger = Service::at(&format!("https://localhost:{port}")).connect();
    assert_eq!(get("/x").cause(&stranger).await, Cause::Unavailable(Reason::Tls));
}

/// Whoever is not believed is not available, for the reason `tls`.
#[tokio::test(flavor = "multi_thread")]
async fn h10_who_is_not_believed_is_not_available() {
    let folder = "tests/it/certificates";
    for (what, port, host, ca) in [
        ("expired", secure_server(EXPIRED).await, "localhost", format!(r#", ca: "{folder}/expired_authority.pem""#)),
        ("wrong name", secure_server(LOCALHOST).await, "127.0.0.1", format!(r#", ca: "{folder}/authority.pem""#)),
        ("self-signed", secure_server(SELF_SIGNED).await, "localhost", String::new()),
        ("a stranger's", secure_server(LOCALHOST).await, "localhost", format!(r#", ca: "{folder}/self_signed.pem""#)),
        ("TLS 1.0", old_server().await, "localhost", String::new()),
    ] {
        let faults =
            Faults::of(&format!(r#"rest: {{url: "https://{host}:{port}"{ca}}}, retry: {{attempts: 1}}"#)).await;
        let seen = faults.fails("SOURCE_UNAVAILABLE").await;
        assert_eq!(seen.fact("reason"), r#""tls""#, "{what}");
    }
    let port = secure_server(LOCALHOST).await;
    let believed = format!(r#"rest: {{url: "https://localhost:{port}", ca: "{folder}/authority.pem"}}"#);
    Faults::of(&believed).await.works().await;
}

#[tokio::test]
async fn h10_an_authority_that_is_none_is_refused_when_the_source_is_made() {
    for pem in [&b""[..], b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", b"{}"] {
        let service = Service::at("https://service.test").with(|target| target.ca = Some(pem.to_vec()));
        assert!(service.try_connect().is_err(), "{pem:?}");
    }
}

#[tokio::test]
async fn a_url_that_cannot_be_called_is_refused_when_the_source_is_made_and_not_shown() {
    for url in ["file:///etc/passwd", "ftp://user:hunter2@host/", "http://user:hunter2@", "http://u:hunter2@h/?x"] {
        let reason = Service::at(url).try_connect().expect_err("a reason");
        assert!(!reason.contains("hunter2"), "{reason}");
    }
}

fn three_attempts() -> RetryPolicy {
    let backoff = Duration::from_millis(5);
    RetryPolicy { attempts: 3, attempt_timeout: None, backoff, max_backoff: backoff, budget: 1.0 }
}

/// What breaks in TLS when the call has been sent is a call that may have been done.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r3_a_write_that_breaks_in_tls_is_not_sent_again() {
    static CALLS: AtomicUsize = AtomicUsize::new(0);
    let acceptor = acceptor(LOCALHOST, &[]);
    let port = serve(move |stream| {
        let acceptor = acceptor.clone();
        async move {
            let Ok(mut stream) = acceptor.accept(stream).await else { return };
            let _ = stream.read(&mut [0; 4096]).await;
            CALLS.fetch_add(1, Ordering::SeqCst);
            // A record that nobody can decrypt.
            let _ = stream.get_mut().0.write_all(b"\x17\x03\x03\0\x20this is thirty-two bytes of text").await;
            let _ = stream.get_mut().0.read(&mut [0; 4096]).await;
        }
    })
    .await;
    let mut service = Service::at(&format!("https://localhost:{port}"));
    service.definition.retry = Some(three_attempts());
    let source = service.with(|target| target.ca = Some(AUTHORITY.to_vec())).connect();
    let mut asking = asking(call(Method::Post, "/x"));
    asking.access = Access::Write;
    assert_eq!(asking.cause(&source).await, Cause::Unavailable(Reason::Lost));
    assert_eq!(CALLS.load(Ordering::SeqCst), 1);
}

/// The same of a service that has answered, and is gone when it is asked where the answer leads.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r3_a_write_that_was_redirected_is_not_sent_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a call");
        drop(listener);
        let _ = stream.read(&mut [0; 4096]).await;
        let answer = b"HTTP/1.1 303 See Other\r\nlocation: /done\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        let _ = stream.write_all(answer).await;
    });
    let mut service = Service::at(&url).with(|target| target.redirects = 3);
    service.definition.retry = Some(three_attempts());
    let mut asking = asking(call(Method::Post, "/x"));
    asking.access = Access::Write;
    let failure = asking.fail(&service.connect()).await;
    assert_eq!((failure.cause, failure.attempts), (Cause::Unavailable(Reason::Lost), 1));
}
