//! Whom we trust, and the TLS settings of every connection.

use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use tokio_rustls::TlsConnector;

/// The certificate authorities that vouch for a server.
#[derive(Debug, Clone, Default)]
pub enum TrustAnchors {
    /// The operating system's; Mozilla's, compiled in, only where the system has none. The two
    /// are not joined: an authority that an administrator removed stays removed.
    #[default]
    System,
    /// These alone, DER encoded.
    Only(Vec<Vec<u8>>),
}

/// The trust anchors could not be used.
#[derive(Debug, thiserror::Error)]
#[error("TLS cannot be set up: {0}")]
pub(super) struct TlsSetupError(#[from] rustls::Error);

/// Reads the trust anchors (files, on most systems: call it off the runtime) and settles TLS 1.2
/// and 1.3 with HTTP/1.1 as the only application protocol.
pub(super) fn connector(anchors: &TrustAnchors) -> Result<TlsConnector, TlsSetupError> {
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots(anchors))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsConnector::from(Arc::new(config)))
}

fn roots(anchors: &TrustAnchors) -> RootCertStore {
    let mut roots = RootCertStore::empty();
    match anchors {
        TrustAnchors::System => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            if roots.is_empty() {
                roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
            }
        }
        TrustAnchors::Only(certificates) => {
            roots.add_parsable_certificates(certificates.iter().map(|der| CertificateDer::from(der.clone())));
        }
    }
    roots
}
