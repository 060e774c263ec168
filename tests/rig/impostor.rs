//! Servers that phones take for the provisioning server, because its authority signed their certificates: one that talks
//! nonsense, and one that is the real thing and remembers everything that was said.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::post;
use axum::{Router, body};
use axum_server::tls_rustls::RustlsConfig;
use hotdesk_server::phone_router;
use rcgen::{CertificateParams, DnType, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use serde_json::Value;
use tokio::task::JoinSet;

use crate::provd::Provd;

/// Largest body that is looked at; larger ones do not occur in the protocol.
const BODY_MAX: usize = 256 * 1024;

/// A running server; stops when dropped.
#[derive(Debug)]
pub struct Impostor {
    address: SocketAddr,
    heard: Heard,
    _tasks: JoinSet<()>,
}

type Heard = Arc<Mutex<Record>>;

/// What a phone and its server said.
#[derive(Debug, Clone, Default)]
pub struct Record {
    /// Every request line, `POST /v1/associations`.
    pub requests: Vec<String>,
    /// Every PIN, secret, token and claim.
    pub secrets: BTreeSet<String>,
}

impl Impostor {
    /// Answers log-ins with JSON that means nothing, and is no use for anything else.
    pub fn of_nonsense(provd: &Provd) -> Self {
        // A report that is answered, with whatever, counts as delivered: hence no answer to the rest.
        let router = Router::new()
            .route(
                "/v1/associations",
                post(async || "{\"association\": 7, \"guest\": \"who?\"}"),
            )
            .fallback(async || StatusCode::BAD_GATEWAY);
        Self::start(provd, router, Heard::default())
    }

    /// Answers as the server does, and remembers what was said.
    pub fn that_listens(provd: &Provd) -> Self {
        let heard = Heard::default();
        let router = phone_router(provd.app().clone());
        let router = router.layer(middleware::from_fn_with_state(heard.clone(), listen));
        Self::start(provd, router, heard)
    }

    fn start(provd: &Provd, router: Router, heard: Heard) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let config = RustlsConfig::from_config(Arc::new(tls(provd)));
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let server = axum_server::from_tcp_rustls(listener, config).expect("a listener");
            server
                .serve(router.into_make_service())
                .await
                .expect("the server runs");
        });
        Self {
            address,
            heard,
            _tasks: tasks,
        }
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it heard since the last call.
    #[must_use]
    pub fn take_heard(&self) -> Record {
        std::mem::take(&mut *self.heard.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn listen(State(heard): State<Heard>, request: Request, next: Next) -> Response {
    let line = format!("{} {}", request.method(), request.uri().path());
    let token = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|v| v.to_str().ok()?.strip_prefix("Bearer "));
    let token = token.map(str::to_owned);
    let is_stream = request.uri().path() == "/v1/events";
    let (parts, asked) = request.into_parts();
    let asked = body::to_bytes(asked, BODY_MAX).await.unwrap();
    let answer = next
        .run(Request::from_parts(parts, Body::from(asked.clone())))
        .await;
    let (parts, answered) = answer.into_parts();
    let (copy, answered) = if is_stream {
        (Bytes::new(), answered)
    } else {
        let bytes = body::to_bytes(answered, BODY_MAX).await.unwrap();
        (bytes.clone(), Body::from(bytes))
    };
    let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
    heard.requests.push(line);
    heard.secrets.extend(token);
    for said in [&asked, &copy] {
        if let Ok(value) = serde_json::from_slice(said) {
            collect_secrets(&value, &mut heard.secrets);
        }
    }
    Response::from_parts(parts, answered)
}

fn collect_secrets(value: &Value, secrets: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value.as_str() {
                    Some(text) if ["pin", "secret", "token", "claim"].contains(&name.as_str()) => {
                        secrets.insert(text.to_owned());
                    }
                    _ => collect_secrets(value, secrets),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|v| collect_secrets(v, secrets)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn tls(provd: &Provd) -> ServerConfig {
    let key = std::fs::read_to_string(provd.ca_file().with_file_name("ca.key")).unwrap();
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
