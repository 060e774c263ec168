//! The real server, a process of its own, with as many phones and users as are wanted.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tempfile::TempDir;

use crate::figures::{Usage, usage};
use crate::phone::{Server, mac, pin, user};

/// The administrator's password.
pub(crate) const PASSWORD: &str = "bench-server-admin";
/// Longest wait for the server to answer.
const START_TRIES: usize = 600;

/// Running servers; they and their data vanish with this value.
#[derive(Debug)]
pub(crate) struct Provd {
    children: Vec<Child>,
    servers: Vec<Server>,
    /// Kept until the servers have ended.
    folders: Vec<TempDir>,
}

/// Servers and their database.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Layout {
    Sqlite,
    Postgres,
    TwoOnPostgres,
}

impl Layout {
    pub(crate) const ALL: [Self; 3] = [Self::Sqlite, Self::Postgres, Self::TwoOnPostgres];

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
            Self::TwoOnPostgres => "two",
        }
    }

    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
            Self::TwoOnPostgres => "two servers on PostgreSQL",
        }
    }

    pub(crate) const fn servers(self) -> usize {
        match self {
            Self::Sqlite | Self::Postgres => 1,
            Self::TwoOnPostgres => 2,
        }
    }

    /// A line for the configuration; none where the database server is wanted and there is none. `server` is its address.
    pub(crate) fn database(self, server: Option<String>) -> Result<Option<String>> {
        if matches!(self, Self::Sqlite) {
            return Ok(Some(String::new()));
        }
        let Some(server) = server else {
            return Ok(None);
        };
        let name = format!("bench_{}", self.word());
        let create = format!("CREATE DATABASE {name}");
        let made = Command::new("psql")
            .args(["--quiet", "--command", &create, &server])
            .status()?;
        ensure!(made.success(), "no database was made");
        let address = server.replace("/postgres?", &format!("/{name}?"));
        Ok(Some(format!("database = {address:?}")))
    }
}

/// How the server is run.
#[derive(Debug, Clone)]
pub(crate) struct Setup {
    pub(crate) program: PathBuf,
    /// A line for the configuration, empty for SQLite.
    pub(crate) database: String,
    /// Servers that share it.
    pub(crate) servers: usize,
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

    /// Writes a configuration; where phones and portal will be answered.
    fn configure(&self, folder: &Path) -> Result<[u16; 2]> {
        let ports = [free_port()?, free_port()?];
        let text = format!(
            "{}\ndata_dir = \"data\"\n[phones]\nlisten = \"127.0.0.1:{}\"\n[portal]\nlisten = \"127.0.0.1:{}\"\n",
            self.database, ports[0], ports[1]
        );
        std::fs::write(folder.join("provd.toml"), text)?;
        Ok(ports)
    }

    /// Imports everybody.
    fn import_everybody(&self, folder: &Path) -> Result<()> {
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
        self.set_password(folder)
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

    /// Starts the servers and waits until they answer.
    pub(crate) async fn start(&self) -> Result<Provd> {
        let mut provd = Provd {
            children: Vec::new(),
            servers: Vec::new(),
            folders: Vec::new(),
        };
        let first = TempDir::new()?;
        let mut ports = self.configure(first.path())?;
        self.import_everybody(first.path())?;
        let mut folder = first;
        for number in 0..self.servers {
            if number > 0 {
                let former = folder;
                folder = TempDir::new()?;
                ports = self.configure(folder.path())?;
                std::fs::create_dir(folder.path().join("data"))?;
                for name in ["data/server.key", "data/ca.key", "data/ca.pem"] {
                    std::fs::copy(former.path().join(name), folder.path().join(name))?;
                }
                provd.folders.push(former);
            }
            provd
                .children
                .push(self.command(folder.path()).arg("serve").spawn()?);
            let loopback = std::net::Ipv4Addr::LOCALHOST;
            provd.servers.push(Server {
                phones: (loopback, ports[0]).into(),
                portal: (loopback, ports[1]).into(),
                tls: trust(&folder.path().join("data/ca.pem"))?,
                again: Arc::default(),
            });
        }
        provd.folders.push(folder);
        for server in &provd.servers {
            wait_for(server).await?;
        }
        Ok(provd)
    }
}

async fn wait_for(server: &Server) -> Result<()> {
    for _ in 0..START_TRIES {
        if tokio::net::TcpStream::connect(server.phones).await.is_ok() {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    anyhow::bail!("the server at {} did not start", server.phones)
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
    /// The server that a phone uses.
    pub(crate) fn server_of(&self, number: usize) -> &Server {
        &self.servers[number % self.servers.len()]
    }

    /// What all servers together have used.
    pub(crate) fn usage(&self) -> Result<Usage> {
        let mut all = Usage {
            resident: 0,
            processor: 0.0,
        };
        for child in &self.children {
            let one = usage(&child.id().to_string())?;
            all.resident += one.resident;
            all.processor += one.processor;
        }
        Ok(all)
    }

    /// Connections that had to be tried again since this was asked last.
    pub(crate) fn tried_again(&self) -> usize {
        let counts = self.servers.iter();
        counts
            .map(|server| server.again.swap(0, Ordering::Relaxed))
            .sum()
    }
}

impl Drop for Provd {
    fn drop(&mut self) {
        for child in &mut self.children {
            // One that has ended cannot be killed, and need not be.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
