//! The configuration file: TOML into a validated [`Config`]. Never guesses: what is wrong is named with file and key.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use hotdesk_provisioning::{AddressOfRecord, Secret, ServerAddress, Transport, Unregister};
use serde::Deserialize;

pub(crate) mod oidc;

pub use oidc::{GroupRole, OidcConfig};

/// Everything the server is told when it starts. `assets/default/provd.toml` documents each key.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where database, server key and certificates are kept. Relative to the configuration file.
    pub data_dir: PathBuf,
    /// A PostgreSQL server that several servers may share (`postgres://user:password@host/database`), instead of a file in the data
    /// directory. Servers that share one need the same `server.key` and `ca.key`.
    pub database: Option<Secret>,
    /// Seconds that the credential of a guest who was signed out goes on working, so that the phone can remove its binding.
    pub eviction_grace: u32,
    /// Days that audit rows are kept.
    pub audit_days: u32,
    /// Seconds over which the event streams of phones are ended when the server is asked to stop.
    pub drain_seconds: u32,
    /// How lines of the log are written.
    pub log: LogFormat,
    /// The phones' API.
    pub phones: PhonesConfig,
    /// The administrators' pages.
    pub portal: PortalConfig,
    /// What a monitoring system reads.
    pub metrics: MetricsConfig,
    /// Whom the server tells what happened.
    pub webhooks: WebhooksConfig,
    /// Where administrators may sign in beside their local accounts.
    pub oidc: Option<OidcConfig>,
    /// The telephone system.
    pub sip: SipConfig,
}

/// How lines of the log are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line, for a log store.
    Json,
}

/// The listener for phones, always HTTPS.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PhonesConfig {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// Host names and addresses under which phones reach this server; they are put into the certificate that the private
    /// authority signs.
    pub names: Vec<String>,
    /// A certificate chain (PEM) to show instead of one of the private authority. Relative to the configuration file.
    pub certificate: Option<PathBuf>,
    /// The private key (PEM) that belongs to it.
    pub key: Option<PathBuf>,
}

/// The listener for administrators: HTTPS where it has a certificate; without one put a reverse proxy before it to reach
/// it from elsewhere.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PortalConfig {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// Whether browsers reach it through HTTPS, so that its cookie must never travel without. With a certificate they do.
    pub https: bool,
    /// A certificate chain (PEM). Relative to the configuration file.
    pub certificate: Option<PathBuf>,
    /// The private key (PEM) that belongs to it.
    pub key: Option<PathBuf>,
}

/// The listener for a monitoring system, plain HTTP.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MetricsConfig {
    /// Address and port to listen on; without one there is no such listener.
    pub listen: Option<SocketAddr>,
}

/// Where a certificate chain and its key lie, both PEM.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CertificateFiles<'a> {
    pub(crate) certificate: &'a Path,
    pub(crate) key: &'a Path,
}

/// Where webhooks may lead.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WebhooksConfig {
    /// Whether a tenant's webhooks may lead to addresses inside the network.
    pub private: bool,
}

/// How phones register.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SipConfig {
    /// The domain of every address-of-record, and the digest realm.
    pub domain: String,
    /// Where to register.
    pub registrar: ServerAddress,
    /// Where to send instead, if anywhere.
    pub outbound_proxy: Option<ServerAddress>,
    /// Seconds that phones ask for.
    pub expires: u32,
    /// What un-registering does at this registrar.
    pub unregister: Unregister,
    /// How many phones the registrar can take in a second; 0: all at once.
    pub registrations_per_second: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data_dir: PathBuf::from("/var/lib/hotdesk"),
            database: None,
            eviction_grace: 15,
            audit_days: 365,
            drain_seconds: 10,
            log: LogFormat::Text,
            phones: PhonesConfig::default(),
            portal: PortalConfig::default(),
            metrics: MetricsConfig::default(),
            webhooks: WebhooksConfig::default(),
            oidc: None,
            sip: SipConfig::default(),
        }
    }
}

impl Default for PhonesConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8443)),
            names: vec!["localhost".to_owned(), "127.0.0.1".to_owned()],
            certificate: None,
            key: None,
        }
    }
}

impl Default for PortalConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8480)),
            https: false,
            certificate: None,
            key: None,
        }
    }
}

#[expect(
    clippy::expect_used,
    reason = "a constant address, parsed by every test of this crate"
)]
impl Default for SipConfig {
    fn default() -> Self {
        Self {
            domain: "sip.test".to_owned(),
            registrar: ServerAddress::new("127.0.0.1", 5060, Transport::Udp)
                .expect("the default registrar is an address"),
            outbound_proxy: None,
            expires: 300,
            unregister: Unregister::Guarded,
            registrations_per_second: 500,
        }
    }
}

impl PhonesConfig {
    /// The operator's own certificate, if there is one.
    pub(crate) fn files(&self) -> Option<CertificateFiles<'_>> {
        files(self.certificate.as_deref(), self.key.as_deref())
    }
}

impl PortalConfig {
    /// The operator's own certificate, if there is one.
    pub(crate) fn files(&self) -> Option<CertificateFiles<'_>> {
        files(self.certificate.as_deref(), self.key.as_deref())
    }
}

fn files<'a>(certificate: Option<&'a Path>, key: Option<&'a Path>) -> Option<CertificateFiles<'a>> {
    certificate
        .zip(key)
        .map(|(certificate, key)| CertificateFiles { certificate, key })
}

impl Config {
    /// Reads and checks a configuration file.
    ///
    /// # Errors
    /// Names the file and the key, and says what is expected.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read the configuration {}", path.display()))?;
        let mut config = Self::parse(&text).with_context(|| format!("in {}", path.display()))?;
        if let Some(folder) = path.parent() {
            let files = [
                &mut config.phones.certificate,
                &mut config.phones.key,
                &mut config.portal.certificate,
                &mut config.portal.key,
            ];
            let secret = config.oidc.as_mut();
            let secret = secret.and_then(|oidc| oidc.client_secret_file.as_mut());
            let files = files.into_iter().flatten().chain(secret);
            for file in files.chain([&mut config.data_dir]) {
                *file = folder.join(&*file);
            }
        }
        Ok(config)
    }

    /// Parses and checks the text of a configuration file.
    ///
    /// # Errors
    /// Names the key and says what is expected.
    pub fn parse(text: &str) -> Result<Self> {
        let mut config: Self = toml::from_str(text)?;
        config.check()?;
        config.portal.https |= config.portal.certificate.is_some();
        Ok(config)
    }

    fn check(&self) -> Result<()> {
        let domain = &self.sip.domain;
        ensure!(
            AddressOfRecord::parse(&format!("sip:0@{domain}")).is_ok(),
            "sip.domain = {domain:?}: write a host name or an address, such as \"example.com\""
        );
        ensure!(
            (60..=86_400).contains(&self.sip.expires),
            "sip.expires = {}: write 60 to 86400 seconds",
            self.sip.expires
        );
        ensure!(
            self.eviction_grace <= 300,
            "eviction_grace = {}: write 0 to 300 seconds",
            self.eviction_grace
        );
        ensure!(
            (1..=3650).contains(&self.audit_days),
            "audit_days = {}: write 1 to 3650 days",
            self.audit_days
        );
        ensure!(
            self.drain_seconds <= 3600,
            "drain_seconds = {}: write 0 to 3600 seconds",
            self.drain_seconds
        );
        for (section, certificate, key) in [
            ("phones", &self.phones.certificate, &self.phones.key),
            ("portal", &self.portal.certificate, &self.portal.key),
        ] {
            ensure!(
                certificate.is_some() == key.is_some(),
                "{section}.certificate and {section}.key belong together: write both or neither"
            );
        }
        ensure!(
            !self.phones.names.is_empty(),
            "phones.names is empty: write the host names or addresses by which phones reach this server"
        );
        self.oidc.as_ref().map_or(Ok(()), OidcConfig::check)
    }

    /// The database's file.
    #[must_use]
    pub fn database_path(&self) -> PathBuf {
        self.data_dir.join("hotdesk.sqlite")
    }

    /// The certificate of the private CA that phones trust.
    #[must_use]
    pub fn ca_path(&self) -> PathBuf {
        self.data_dir.join("ca.pem")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_default_is_the_default() {
        let text = include_str!("../../assets/default/provd.toml");
        let documented = Config::parse(text).unwrap();
        assert_eq!(
            format!("{documented:?}"),
            format!("{:?}", Config::default())
        );
    }

    #[test]
    fn a_wrong_key_is_named_with_what_is_expected() {
        for (text, expected) in [
            ("[phones]\nlisten = \"nowhere\"", "listen"),
            ("[sip]\ndomain = \"a b\"", "sip.domain"),
            ("[sip]\nexpires = 5", "sip.expires"),
            ("eviction_grace = 4000", "eviction_grace"),
            ("audit_days = 0", "audit_days"),
            ("drain_seconds = 9999", "drain_seconds"),
            ("log = \"xml\"", "log"),
            ("[phones]\nnames = []", "phones.names"),
            ("[phones]\ncertificate = \"a.pem\"", "phones.key"),
            ("[portal]\nkey = \"a.key\"", "portal.certificate"),
            ("[portal]\nlistne = \"127.0.0.1:1\"", "listne"),
        ] {
            let error = format!("{:#}", Config::parse(text).unwrap_err());
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn relative_files_lie_beside_the_configuration() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("provd.toml");
        let text = "data_dir = \"data\"\n[portal]\ncertificate = \"tls/a.pem\"\nkey = \"/a.key\"";
        std::fs::write(&path, text).unwrap();
        let config = Config::read(&path).unwrap();
        assert_eq!(config.data_dir, folder.path().join("data"));
        let files = config.portal.files().unwrap();
        assert_eq!(files.certificate, folder.path().join("tls/a.pem"));
        assert_eq!(files.key, Path::new("/a.key"));
        assert!(config.portal.https, "its cookie is for HTTPS alone");
        let missing = folder.path().join("other.toml");
        let error = format!("{:#}", Config::read(&missing).unwrap_err());
        assert!(error.contains("other.toml"), "{error}");
    }
}
