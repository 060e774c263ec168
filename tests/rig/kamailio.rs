//! A real Kamailio on a free port, reading a given provisioning database.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::{UdpSocket, UnixDatagram};

use crate::eventually;
use crate::ports::free_port;
use crate::program::Program;

/// A running Kamailio.
#[derive(Debug)]
pub struct Kamailio {
    program: Program,
    folder: TempDir,
    database: PathBuf,
    domain: String,
    port: u16,
    defines: Vec<String>,
}

/// One row of the location table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// The user part of the address-of-record.
    pub user: String,
    /// The Contact's URI.
    pub contact: String,
}

impl Kamailio {
    /// Starts one for the accounts in `database`, and waits until it answers.
    pub async fn start(database: &Path, domain: &str) -> Self {
        Self::start_with(database, domain, &[]).await
    }

    /// The same with preprocessor defines, `WITH_SHA256` for example.
    pub async fn start_with(database: &Path, domain: &str, defines: &[&str]) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let defines: Vec<String> = defines.iter().map(|d| (*d).to_owned()).collect();
        let port = free_port();
        let program = spawn(database, domain, port, folder.path(), &defines);
        let (database, domain) = (database.to_owned(), domain.to_owned());
        let mut kamailio = Self {
            program,
            folder,
            database,
            domain,
            port,
            defines,
        };
        kamailio.wait_until_it_answers().await;
        kamailio
    }

    /// Where it listens, UDP and TCP.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }

    /// Every binding there is, in the order of numbers.
    pub async fn location_table(&self) -> Vec<Binding> {
        let dump = self.rpc("ul.dump").await;
        let mut bindings = Vec::new();
        for domain in array(&dump["result"]["Domains"]) {
            for aor in array(&domain["Domain"]["AoRs"]) {
                bindings.extend(
                    array(&aor["Info"]["Contacts"])
                        .iter()
                        .filter_map(|c| live(&aor["Info"], &c["Contact"])),
                );
            }
        }
        bindings.sort_by(|a, b| (&a.user, &a.contact).cmp(&(&b.user, &b.contact)));
        bindings
    }

    /// Stops it; bindings are lost.
    pub fn stop(&mut self) {
        self.program.stop();
    }

    /// Starts it anew on the same port after [`Kamailio::stop`].
    pub async fn start_again(&mut self) {
        self.program = spawn(
            &self.database,
            &self.domain,
            self.port,
            self.folder.path(),
            &self.defines,
        );
        self.wait_until_it_answers().await;
    }

    async fn wait_until_it_answers(&mut self) {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        socket.connect(self.address()).await.unwrap();
        let options = options(self.address(), socket.local_addr().unwrap());
        eventually("Kamailio answers OPTIONS", async || {
            self.program.must_run();
            socket
                .send(options.as_bytes())
                .await
                .map_err(|refused| refused.to_string())?;
            let mut answer = [0; 2048];
            match tokio::time::timeout(Duration::from_millis(200), socket.recv(&mut answer)).await {
                Ok(Ok(n)) if answer[..n].starts_with(b"SIP/2.0 200") => Ok(()),
                other => Err(format!("{other:?}")),
            }
        })
        .await;
    }

    async fn rpc(&self, method: &str) -> Value {
        let own = TempDir::new_in(self.folder.path()).unwrap();
        let socket = UnixDatagram::bind(own.path().join("answer")).unwrap();
        let request = json!({ "jsonrpc": "2.0", "id": 1, "method": method }).to_string();
        let rpc = self.folder.path().join("rpc.sock");
        socket
            .send_to(request.as_bytes(), &rpc)
            .await
            .expect("Kamailio's JSON-RPC socket takes requests");
        let mut answer = vec![0; 64 * 1024];
        let length = tokio::time::timeout(Duration::from_secs(5), socket.recv(&mut answer))
            .await
            .expect("Kamailio answers JSON-RPC within 5 s")
            .unwrap();
        serde_json::from_slice(&answer[..length]).expect("Kamailio answers JSON")
    }
}

/// A contact that has not run out: one that has is shown with a word instead of seconds.
fn live(info: &Value, contact: &Value) -> Option<Binding> {
    contact["Expires"].as_i64().filter(|seconds| *seconds > 0)?;
    let (user, _domain) = info["AoR"].as_str()?.split_once('@')?;
    Some(Binding {
        user: user.to_owned(),
        contact: contact["Address"].as_str()?.to_owned(),
    })
}

fn array(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn spawn(database: &Path, domain: &str, port: u16, folder: &Path, defines: &[String]) -> Program {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/kamailio/kamailio.sh");
    let text = |path: &Path| {
        path.to_str()
            .expect("a temporary folder has a plain name")
            .to_owned()
    };
    let mut arguments = vec![
        text(&script),
        text(database),
        "127.0.0.1".to_owned(),
        port.to_string(),
        domain.to_owned(),
    ];
    arguments.push(text(folder));
    for define in defines {
        arguments.extend(["-A".to_owned(), define.clone()]);
    }
    Program::start(&arguments, &folder.join("kamailio.log"))
}

fn options(server: SocketAddr, local: SocketAddr) -> String {
    format!(
        "OPTIONS sip:{server} SIP/2.0\r\nVia: SIP/2.0/UDP {local};branch=z9hG4bK-ready;rport\r\nMax-Forwards: 70\r\n\
         From: <sip:rig@{local}>;tag=rig\r\nTo: <sip:{server}>\r\nCall-ID: ready@{local}\r\nCSeq: 1 OPTIONS\r\n\
         Content-Length: 0\r\n\r\n"
    )
}
