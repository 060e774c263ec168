//! A tiny HTTPS server for tests, with an authority of its own: answers what a test tells it to, and keeps what it was asked.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use tempfile::TempDir;

use crate::Config;

/// One answer: everything after the request, headers included.
pub(crate) type Script = dyn Fn(&Asked) -> Vec<u8> + Send + Sync;

/// One request.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// Request line and headers.
    pub(crate) head: String,
    pub(crate) body: String,
    /// Which connection it came on, counted from 1.
    pub(crate) connection: usize,
}

/// The server; its threads end with the test process.
pub(crate) struct TestServer {
    pub(crate) address: SocketAddr,
    pub(crate) asked: Arc<Mutex<Vec<Asked>>>,
    folder: TempDir,
}

impl TestServer {
    /// Its certificate is valid from 2020 to 2030.
    pub(crate) fn start(script: impl Fn(&Asked) -> Vec<u8> + Send + Sync + 'static) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (authority, tls) = certificates();
        std::fs::write(folder.path().join("ca.pem"), authority).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (log, script): (_, Arc<Script>) = (Arc::clone(&asked), Arc::new(script));
        thread::spawn(move || {
            for (number, stream) in (1..).zip(listener.incoming().flatten()) {
                let (tls, log, script) = (Arc::clone(&tls), Arc::clone(&log), Arc::clone(&script));
                thread::spawn(move || serve(number, stream, tls, &log, &*script));
            }
        });
        Self {
            address,
            asked,
            folder,
        }
    }

    /// Always the same answer.
    pub(crate) fn saying(answer: String) -> Self {
        Self::start(move |_| answer.clone().into_bytes())
    }

    pub(crate) fn ca_file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// A phone of this server, without a control socket.
    pub(crate) fn phone(&self) -> Config {
        let text = format!(
            "[server]\nurl = \"https://{}\"\nca_file = \"ca.pem\"\n[device]\nmac = \"02:00:5e:10:00:11\"\n\
             state_dir = \"phone\"\n[sip]\nlisten = \"127.0.0.1:0\"\n",
            self.address
        );
        Config::parse(&text, self.folder.path()).unwrap()
    }

    pub(crate) fn requests(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

/// A whole answer with a JSON body.
pub(crate) fn json(status: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn certificates() -> (String, Arc<ServerConfig>) {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let mut server = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    server.not_before = date_time_ymd(2020, 1, 1);
    server.not_after = date_time_ymd(2030, 1, 1);
    let key = KeyPair::generate().unwrap();
    let certificate = server.signed_by(&key, &authority).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
        )
        .unwrap();
    (authority.pem(), Arc::new(config))
}

/// Answers requests on one connection until it ends or an answer is empty, which closes it.
fn serve(
    connection: usize,
    stream: TcpStream,
    tls: Arc<ServerConfig>,
    log: &Mutex<Vec<Asked>>,
    script: &Script,
) {
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let session = ServerConnection::new(tls).unwrap();
    let mut stream = BufReader::new(StreamOwned::new(session, stream));
    while let Some(mut asked) = read_request(&mut stream) {
        asked.connection = connection;
        log.lock().unwrap().push(asked.clone());
        let answer = script(&asked);
        let written = stream.get_mut().write_all(&answer);
        if answer.is_empty() || written.is_err() {
            return;
        }
    }
}

fn read_request(stream: &mut impl BufRead) -> Option<Asked> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if stream.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let length = head
        .lines()
        .filter_map(|line| line.split_once(": "))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .map_or(0, |(_, value)| value.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    Some(Asked {
        head,
        body: String::from_utf8(body).ok()?,
        connection: 0,
    })
}
