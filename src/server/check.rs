//! `hotdesk-provd check`: would the server start, and would phones and browsers be content with it? Looks at everything
//! that the configuration names; changes nothing, and goes on after a fault so that one run names them all.

use std::fmt;
use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use anyhow::Result;

use crate::certificate;
use crate::clock::Clock;
use crate::config::{CertificateFiles, Config, OidcConfig};
use crate::database_state::{self, DatabaseState};
use crate::limits;
use crate::oidc::{self, Provider};

/// A certificate that ends sooner than this is worth a word.
const SOON_DAYS: i64 = 30;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gravity {
    /// As it should be.
    Fine,
    /// The server starts; somebody may want to know.
    Note,
    /// The server does not start, or nobody can use it.
    Fault,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How much it matters.
    pub gravity: Gravity,
    /// What was found, in one line.
    pub text: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.gravity {
            Gravity::Fine => "ok",
            Gravity::Note => "note",
            Gravity::Fault => "FAULT",
        };
        write!(f, "{word:<6}{}", self.text)
    }
}

fn fine(text: impl Into<String>) -> Finding {
    let (gravity, text) = (Gravity::Fine, text.into());
    Finding { gravity, text }
}

fn note(text: impl Into<String>) -> Finding {
    let (gravity, text) = (Gravity::Note, text.into());
    Finding { gravity, text }
}

fn fault(text: impl Into<String>) -> Finding {
    let (gravity, text) = (Gravity::Fault, text.into());
    Finding { gravity, text }
}

/// Looks at the configuration file and at all that it names.
pub async fn check(path: &Path) -> Vec<Finding> {
    let config = match Config::read(path) {
        Ok(config) => config,
        Err(error) => {
            // The parser draws the place in several lines.
            let text = format!("{error:#}");
            let words: Vec<&str> = text.split_whitespace().collect();
            return vec![fault(words.join(" "))];
        }
    };
    let now = Clock::system().now();
    let mut findings = vec![fine(format!("{} can be understood", path.display()))];
    findings.push(data_dir(&config.data_dir));
    for name in ["server.key", "ca.key"] {
        findings.extend(private(&config.data_dir.join(name)));
    }
    match config.phones.files() {
        Some(files) => findings.extend(certificate("phones", files, now)),
        None => findings.push(fine("phones: under the private authority (ca.pem)")),
    }
    match config.portal.files() {
        Some(files) => findings.extend(certificate("portal", files, now)),
        None => findings.push(portal_without(&config)),
    }
    findings.push(listen("phones.listen", config.phones.listen));
    findings.push(listen("portal.listen", config.portal.listen));
    findings.extend(config.metrics.listen.map(|at| listen("metrics.listen", at)));
    let room = limits::phones(limits::reachable());
    findings.push(fine(format!("room for {room} connections of phones")));
    if let Some(oidc) = &config.oidc {
        findings.push(provider(oidc).await);
    }
    findings.push(database(database_state::look(&config).await));
    findings
}

/// Whether the server may write there, tried with a file that vanishes.
fn data_dir(path: &Path) -> Finding {
    let shown = path.display();
    if !path.exists() {
        return note(format!("{shown} is not there; the first start makes it"));
    }
    let trial = path.join(format!(".check-{}", std::process::id()));
    let tried = std::fs::File::create_new(&trial).and_then(|_| std::fs::remove_file(&trial));
    match tried {
        Ok(()) => fine(format!("{shown} can be written to")),
        Err(error) => fault(format!(
            "{shown} cannot be written to by this user: {error}"
        )),
    }
}

/// A secret that others may read is none. Nothing to say of one that is not there: the first start makes it.
fn private(path: &Path) -> Option<Finding> {
    let mode = path.metadata().ok()?.permissions().mode();
    let shown = path.display();
    Some(if mode & 0o077 == 0 {
        fine(format!("{shown} is private"))
    } else {
        note(format!("{shown} can be read by others: chmod 600 it"))
    })
}

fn certificate(section: &str, files: CertificateFiles<'_>, now: i64) -> Vec<Finding> {
    let read = match certificate::read_valid(files, now) {
        Ok(read) => read,
        Err(error) => return vec![fault(format!("{section}: {error:#}"))],
    };
    let days = read.ends_at.saturating_sub(now) / 86_400;
    let text = format!(
        "{section}: {} is valid for {days} days and fits its key",
        files.certificate.display()
    );
    let validity = if days < SOON_DAYS {
        note(text)
    } else {
        fine(text)
    };
    let mut findings = vec![validity];
    findings.extend(private(files.key));
    findings
}

fn portal_without(config: &Config) -> Finding {
    if config.portal.https || config.portal.listen.ip().is_loopback() {
        fine("portal: plain HTTP, for this machine or a proxy")
    } else {
        note(
            "portal: plain HTTP that others can reach: passwords travel in clear (portal.certificate)",
        )
    }
}

fn listen(key: &str, address: SocketAddr) -> Finding {
    match TcpListener::bind(address) {
        Ok(_) => fine(format!("{key} = {address} is free")),
        // So it is while the server runs, which is when most people check.
        Err(error) if error.kind() == ErrorKind::AddrInUse => note(format!(
            "{key} = {address} is in use, by this server or another program"
        )),
        Err(error) => fault(format!("{key} = {address} cannot be listened on: {error}")),
    }
}

/// A provider that does not answer stops nobody but those who want to sign in there.
async fn provider(config: &OidcConfig) -> Finding {
    let issuer = &config.issuer;
    let provider = match Provider::new(config) {
        Ok(provider) => provider,
        Err(error) => return fault(format!("oidc: {error:#}")),
    };
    match oidc::examine(provider).await {
        Ok(()) => fine(format!("oidc: {issuer} answers, and its keys are there")),
        Err(error) => note(format!(
            "oidc: {issuer} cannot be asked, so nobody can sign in there: {error:#}"
        )),
    }
}

fn database(state: Result<DatabaseState>) -> Finding {
    match state {
        Ok(DatabaseState::Missing) => note("database: not there; the first start makes it"),
        Ok(DatabaseState::UpToDate) => fine("database: answers and is up to date"),
        Ok(DatabaseState::Behind(steps)) => note(format!(
            "database: {steps} migrations behind; the next start does them"
        )),
        Ok(DatabaseState::Ahead) => {
            fault("database: made by a newer version of this program; install that one")
        }
        Err(error) => fault(format!("database: {error:#}")),
    }
}
