//! How secure connections are made: rustls on ring, chosen here and for this client alone, the certificate authorities
//! of the platform and those that the source names. There is no way to skip the check of a certificate.

use std::sync::{Arc, LazyLock};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

/// The platform's authorities, read once: it takes milliseconds.
static PLATFORM: LazyLock<Vec<CertificateDer<'static>>> =
    LazyLock::new(|| rustls_native_certs::load_native_certs().certs);

/// The settings of secure connections to one service. A service without encryption needs no authorities.
///
/// # Errors
/// What is wrong with the authorities that the source names.
pub(super) fn tls(is_secure: bool, ca: Option<&[u8]>) -> Result<ClientConfig, String> {
    let mut roots = RootCertStore::empty();
    if is_secure {
        roots.add_parsable_certificates(PLATFORM.iter().cloned());
    }
    if let Some(pem) = ca {
        add_authorities(pem, &mut roots)?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| error.to_string())?;
    let mut config = builder.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

fn add_authorities(pem: &[u8], roots: &mut RootCertStore) -> Result<(), String> {
    let before = roots.len();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|error| format!("`ca` is not PEM: {error}"))?;
        roots.add(certificate).map_err(|error| format!("`ca` holds a certificate that is none: {error}"))?;
    }
    if roots.len() == before { Err("`ca` holds no certificate".to_owned()) } else { Ok(()) }
}
