//! Secure connections: who is believed, and who is not. The authority of `certificates/` signed `localhost` and
//! nothing else; its own key was thrown away.

use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tributary::source::{Cause, Reason};

use super::rest_fixture::{Service, get};

const AUTHORITY: &[u8] = include_bytes!("certificates/authority.pem");

/// Answers every call with `"safe"`; gives its port.
async fn secure_server() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    let chain = vec![CertificateDer::from_pem_slice(include_bytes!("certificates/localhost.pem")).expect("PEM")];
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("certificates/localhost.key")).expect("PEM");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().expect("versions");
    let config = config.with_no_client_auth().with_single_cert(chain, key).expect("a certificate and its key");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let _ = stream.read(&mut [0; 4096]).await;
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\nconnection: close\r\n\r\n\"safe\"";
            let _ = stream.write_all(answer).await;
        }
    });
    port
}

#[tokio::test]
async fn h10_an_authority_of_the_sources_own_is_believed_for_the_right_name_alone() {
    let port = secure_server().await;
    let believing = |host: &str| {
        let service = Service::at(&format!("https://{host}:{port}"));
        service.with(|target| target.ca = Some(AUTHORITY.to_vec())).connect()
    };
    assert_eq!(get("/x").bytes(&believing("localhost")).await, br#""safe""#);
    assert_eq!(get("/x").cause(&believing("127.0.0.1")).await, Cause::Unavailable(Reason::Tls));
    let stranger = Service::at(&format!("https://localhost:{port}")).connect();
    assert_eq!(get("/x").cause(&stranger).await, Cause::Unavailable(Reason::Tls));
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
