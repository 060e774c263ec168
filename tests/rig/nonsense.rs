//! A server with a certificate that phones trust and answers that mean nothing.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;

use axum::Router;
use axum_server::tls_rustls::RustlsConfig;
use rcgen::{CertificateParams, DnType, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::task::JoinSet;

use crate::provd::Provd;

/// A running server of nonsense; stops when dropped.
#[derive(Debug)]
pub struct Nonsense {
    address: SocketAddr,
    _tasks: JoinSet<()>,
}

/// Starts one whose certificate is signed by the authority of `provd`.
pub async fn start(provd: &Provd) -> Nonsense {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().fallback(async || "{\"association\": 7, \"guest\": \"who?\"}");
    let config = RustlsConfig::from_config(Arc::new(tls(provd)));
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        let server = axum_server::from_tcp_rustls(listener, config).expect("a listener");
        server
            .serve(router.into_make_service())
            .await
            .expect("nonsense is served");
    });
    Nonsense {
        address,
        _tasks: tasks,
    }
}

impl Nonsense {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

fn tls(provd: &Provd) -> ServerConfig {
    let authority = provd.ca_file();
    let key = std::fs::read_to_string(authority.with_file_name("ca.key")).unwrap();
    // What is signed names its authority, and is checked against the authority's key.
    let mut name = CertificateParams::default();
    name.distinguished_name
        .push(DnType::CommonName, "hotdesk private CA");
    let issuer = Issuer::new(name, KeyPair::from_pem(&key).unwrap());
    let own_key = KeyPair::generate().unwrap();
    let own = CertificateParams::new(["127.0.0.1".to_owned()])
        .unwrap()
        .signed_by(&own_key, &issuer)
        .unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from(own)],
            PrivateKeyDer::from(PrivatePkcs8KeyDer::from(own_key.serialize_der())),
        )
        .unwrap()
}
