//! Over TLS, with an authority of the test's own.

use std::sync::Arc;

use llm::call::Billing;
use llm::client::TrustAnchors;
use llm::error::ErrorKind;
use llm::outcome::Outcome;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use scripted_server::{Pace, Server, Wire};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::*;

/// A TLS front of a scripted server: the port it listens on and its authority's certificate.
struct Front {
    port: u16,
    authority: Vec<u8>,
}

/// Presents a certificate for this name and hands what it decrypts to the server.
async fn front(server: &Server, name: &str, alpn: &[&[u8]]) -> Front {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec![name.to_owned()]).unwrap().signed_by(&key, &authority).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from(certificate.der().to_vec())],
            PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der())),
        )
        .unwrap();
    config.alpn_protocols = alpn.iter().map(|protocol| protocol.to_vec()).collect();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let target = server.address();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                // A client that does not trust us leaves in the middle of the handshake.
                let Ok(mut secure) = acceptor.accept(stream).await else { return };
                let mut onward = TcpStream::connect(target).await.unwrap();
                onward.set_nodelay(true).unwrap();
                let _ = tokio::io::copy_bidirectional(&mut secure, &mut onward).await;
            });
        }
    });
    Front { port, authority: authority.as_ref().der().to_vec() }
}

fn trusting(front: &Front, server: &Server, anchors: TrustAnchors) -> HttpBackend {
    let settings = HttpClientConfig { trust_anchors: anchors, ..HttpClientConfig::default() };
    let mut config = config(server, "openai");
    config.base_url = format!("https://localhost:{}/v1", front.port);
    HttpBackend::new(HttpClient::new(settings), config).unwrap()
}

#[tokio::test]
async fn streams_arrive_through_tls_with_their_times_and_keep_the_connection() {
    let server = Server::start(|request| greeting(request, Pace::millis(8, 4))).unwrap();
    let front = front(&server, "localhost", &[b"h2", b"http/1.1"]).await;
    let backend = trusting(&front, &server, TrustAnchors::Only(vec![front.authority.clone()]));
    for turn in 0..3 {
        let attempt = attempt(&backend).await;
        assert_eq!((attempt.error.clone(), attempt.outcome()), (None, Outcome::Complete));
        assert_eq!(attempt.billing, Billing::Reported);
        assert_eq!(attempt.connect.is_zero(), turn > 0);
        let record = &server.records()[turn];
        for (write, arrival) in record.token_writes.iter().zip(&attempt.answer.token_arrivals) {
            assert!(u128::from(*arrival) >= (*write - record.received_at).as_nanos());
        }
        let sent: Vec<u8> = Wire::OpenAiChat.events(&hello()).into_iter().flat_map(|piece| piece.bytes).collect();
        assert_eq!(attempt.raw.body, sent);
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_certificate_that_does_not_convince_ends_the_call_before_the_key_is_sent() {
    let server = greeter();
    let named_otherwise = front(&server, "elsewhere.test", &[b"http/1.1"]).await;
    let own = TrustAnchors::Only(vec![named_otherwise.authority.clone()]);
    let unknown = front(&server, "localhost", &[b"http/1.1"]).await;
    for (front, anchors) in [(&named_otherwise, own), (&unknown, TrustAnchors::System)] {
        let attempt = attempt(&trusting(front, &server, anchors)).await;
        let error = attempt.error.unwrap();
        assert_eq!((error.kind, attempt.billing), (ErrorKind::Network, Billing::NotBilled));
        assert!(error.message.contains("no secure connection to localhost"), "{}", error.message);
    }
    assert_eq!(server.requests(), 0);
}
