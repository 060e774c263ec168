//! The real server, a process of its own, with as many phones and users as are wanted.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tempfile::TempDir;

use crate::phone::{Server, mac, pin, user};

/// The administrator's password.
pub(crate) const PASSWORD: &str = "bench-server-admin";
/// Longest wait for the server to answer.
const START_TRIES: usize = 600;

/// A running server; it and its data vanish with this value.
#[derive(Debug)]
pub(crate) struct Provd {
    child: Child,
    folder: TempDir,
    pub(crate) server: Server,
}

/// How the server is run.
#[derive(Debug, Clone)]
pub(crate) struct Setup {
    pub(crate) program: PathBuf,
    /// More lines for its configuration.
    pub(crate) more: String,
    pub(crate) phones: usize,
    pub(crate) users: usize,
}

impl Setup {
    fn command(&self, folder: &Path) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("--config").arg(folder.join("provd.toml"));
        command.env("RUST_LOG", "error").stdout(Stdio::null());
        command
    }

    /// Writes the configuration and imports everybody.
    fn prepare(&self, folder: &Path) -> Result<[u16; 2]> {
        let ports = [free_port()?, free_port()?];
        let text = format!(
            "{}\ndata_dir = \"data\"\n[phones]\nlisten = \"127.0.0.1:{}\"\n[portal]\nlisten = \"127.0.0.1:{}\"\n",
            self.more, ports[0], ports[1]
        );
        std::fs::write(folder.join("provd.toml"), text)?;
        let mut phones = String::new();
        for number in 0..self.phones {
            let mac = mac(number);
            writeln!(
                phones,
                "[[phones]]\nmac = \"{mac}\"\nname = \"Desk {number}\"\nextension = \"8{number:06}\"\naddress = \"Floor 1\""
            )?;
        }
        std::fs::write(folder.join("phones.toml"), phones)?;
        self.import(folder, &["phones.toml"])?;
        // Making the hash of a PIN costs as much as checking it: one import for each core.
        let halves = [0, self.users / 2, self.users];
        for (half, range) in halves.windows(2).enumerate() {
            let mut users = String::new();
            for number in range[0]..range[1] {
                let (extension, pin) = (user(number), pin(number));
                writeln!(
                    users,
                    "[[users]]\nextension = \"{extension}\"\nname = \"User {number}\"\npin = \"{pin}\""
                )?;
            }
            std::fs::write(folder.join(format!("users{half}.toml")), users)?;
        }
        self.import(folder, &["users0.toml", "users1.toml"])?;
        self.set_password(folder)?;
        Ok(ports)
    }

    fn import(&self, folder: &Path, files: &[&str]) -> Result<()> {
        let start = |file| {
            self.command(folder)
                .arg("import")
                .arg(folder.join(file))
                .spawn()
        };
        let imports: Vec<Child> = files.iter().map(start).collect::<Result<_, _>>()?;
        for mut import in imports {
            ensure!(import.wait()?.success(), "the import failed");
        }
        Ok(())
    }

    fn set_password(&self, folder: &Path) -> Result<()> {
        let mut command = self.command(folder);
        let mut child = command
            .args(["admin", "set-password"])
            .stdin(Stdio::piped())
            .spawn()?;
        writeln!(child.stdin.take().context("a pipe")?, "{PASSWORD}")?;
        ensure!(child.wait()?.success(), "no password was set");
        Ok(())
    }

    /// Starts it and waits until it answers.
    pub(crate) async fn start(&self) -> Result<Provd> {
        let folder = TempDir::new()?;
        let [phones, portal] = self.prepare(folder.path())?;
        let child = self.command(folder.path()).arg("serve").spawn()?;
        let loopback = std::net::Ipv4Addr::LOCALHOST;
        let server = Server {
            phones: (loopback, phones).into(),
            portal: (loopback, portal).into(),
            tls: trust(&folder.path().join("data/ca.pem"))?,
            again: Arc::default(),
        };
        let provd = Provd {
            child,
            folder,
            server,
        };
        for _ in 0..START_TRIES {
            if tokio::net::TcpStream::connect(provd.server.phones)
                .await
                .is_ok()
            {
                return Ok(provd);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        anyhow::bail!(
            "the server did not start in {}",
            provd.folder.path().display()
        )
    }
}

fn free_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?
        .local_addr()?
        .port())
}

/// TLS as a phone does it that has just been switched on: it remembers no former session.
fn trust(file: &Path) -> Result<Arc<ClientConfig>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(file)?)?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    tls.resumption = rustls::client::Resumption::disabled();
    Ok(Arc::new(tls))
}

impl Provd {
    /// The process's number.
    pub(crate) fn process(&self) -> String {
        self.child.id().to_string()
    }
}

impl Drop for Provd {
    fn drop(&mut self) {
        // One that has ended cannot be killed, and need not be.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
