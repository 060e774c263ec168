//! The configuration file: TOML into a validated [`Config`]. Never guesses: what is wrong is named with file and key.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use hotdesk_provisioning::{AddressOfRecord, Secret, ServerAddress, Transport, Unregister};
use serde::Deserialize;

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
    /// The phones' API.
    pub phones: PhonesConfig,
    /// The administrators' pages.
    pub portal: PortalConfig,
    /// The telephone system.
    pub sip: SipConfig,
}

/// The listener for phones, always HTTPS.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PhonesConfig {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// Host names and addresses under which phones reach this server; they are put into its certificate.
    pub names: Vec<String>,
}

/// The listener for administrators, HTTP: put a reverse proxy before it to reach it from elsewhere.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PortalConfig {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// Whether browsers reach it through HTTPS, so that its cookie must never travel without.
    pub https: bool,
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
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data_dir: PathBuf::from("/var/lib/hotdesk"),
            database: None,
            eviction_grace: 15,
            audit_days: 365,
            phones: PhonesConfig::default(),
            portal: PortalConfig::default(),
            sip: SipConfig::default(),
        }
    }
}

impl Default for PhonesConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8443)),
            names: vec!["localhost".to_owned(), "127.0.0.1".to_owned()],
        }
    }
}

impl Default for PortalConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8480)),
            https: false,
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
        }
    }
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
            config.data_dir = folder.join(&config.data_dir);
        }
        Ok(config)
    }

    /// Parses and checks the text of a configuration file.
    ///
    /// # Errors
    /// Names the key and says what is expected.
    pub fn parse(text: &str) -> Result<Self> {
        let config: Self = toml::from_str(text)?;
        config.check()?;
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
            !self.phones.names.is_empty(),
            "phones.names is empty: write the host names or addresses by which phones reach this server"
        );
        Ok(())
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
            ("[phones]\nnames = []", "phones.names"),
            ("[portal]\nlistne = \"127.0.0.1:1\"", "listne"),
        ] {
            let error = format!("{:#}", Config::parse(text).unwrap_err());
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn a_relative_data_directory_lies_beside_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("provd.toml");
        std::fs::write(&path, "data_dir = \"data\"").unwrap();
        let config = Config::read(&path).unwrap();
        assert_eq!(config.data_dir, folder.path().join("data"));
        let missing = folder.path().join("other.toml");
        let error = format!("{:#}", Config::read(&missing).unwrap_err());
        assert!(error.contains("other.toml"), "{error}");
    }
}
