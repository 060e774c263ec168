//! TLS: the private certificate authority that phones trust, made at the first start, and the server's own certificate,
//! made anew at every start and never written to disk, unless the operator has one.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use reqwest::{ClientBuilder, redirect};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use time::{Duration, OffsetDateTime};

use crate::config::Config;
use crate::files::{write_private, write_public};

/// How long phones can go on trusting the authority: longer than a phone lives.
const AUTHORITY_DAYS: i64 = 20 * 365;
/// How long a server can run without a restart.
const SERVER_DAYS: i64 = 5 * 365;
/// Certificates are valid since the beginning of 2020 (seconds since 1970): a phone without a battery for its clock wakes
/// up with the date of its firmware, and must reach the server to learn a better one.
const VALID_SINCE: i64 = 1_577_836_800;

/// Makes the authority's key (`ca.key`) and certificate (`ca.pem`) unless they are there.
pub(crate) fn create_authority(config: &Config, now: i64) -> Result<()> {
    let key_path = config.data_dir.join("ca.key");
    if config.ca_path().exists() && key_path.exists() {
        return Ok(());
    }
    if !key_path.exists() {
        let written = write_private(&key_path, KeyPair::generate()?.serialize_pem().as_bytes());
        // Another process may have been quicker: its key is as good.
        if !key_path.exists() {
            written?;
        }
    }
    // The certificate follows from the key, whoever was cut off between the two.
    let certificate = authority(now)?.self_signed(&authority_key(&key_path)?)?;
    write_public(&config.ca_path(), certificate.pem().as_bytes())
}

fn authority_key(path: &Path) -> Result<KeyPair> {
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    KeyPair::from_pem(&text).with_context(|| format!("{} is not a private key", path.display()))
}

/// TLS settings with a fresh certificate for the configured names.
///
/// # Errors
/// When the authority's key cannot be read or a name is none.
pub(crate) fn of_authority(config: &Config, now: i64) -> Result<ServerConfig> {
    let issuer = Issuer::new(
        authority(now)?,
        authority_key(&config.data_dir.join("ca.key"))?,
    );
    let key = KeyPair::generate()?;
    let certificate = server(config, now)?.signed_by(&key, &issuer)?;
    let chain = vec![CertificateDer::from(certificate)];
    settings(
        chain,
        PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der())),
    )
}

/// TLS settings that show this chain: HTTP/1.1 over TLS 1.2 or 1.3, asking nobody for a certificate.
///
/// # Errors
/// When the key is not that of the first certificate.
pub(crate) fn settings(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Result<ServerConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut tls = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    tls.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(tls)
}

/// What asks other servers: it trusts the system's authorities, follows nobody who sends it elsewhere, and waits no longer.
pub(crate) fn asking(timeout: std::time::Duration) -> Result<ClientBuilder> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(redirect::Policy::none())
        .timeout(timeout)
        .user_agent(concat!("hotdesk/", env!("CARGO_PKG_VERSION"))))
}

/// The authority, the same at every start but for its dates: what it signs names it and its key, not its dates.
fn authority(now: i64) -> Result<CertificateParams> {
    let mut params = CertificateParams::default();
    params
        .distinguished_name
        .push(DnType::CommonName, "hotdesk private CA");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    (params.not_before, params.not_after) = validity(now, AUTHORITY_DAYS)?;
    Ok(params)
}

fn server(config: &Config, now: i64) -> Result<CertificateParams> {
    let mut params = CertificateParams::new(config.phones.names.clone())
        .context("phones.names holds what is neither a host name nor an address")?;
    params
        .distinguished_name
        .push(DnType::CommonName, "hotdesk provisioning server");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.use_authority_key_identifier_extension = true;
    (params.not_before, params.not_after) = validity(now, SERVER_DAYS)?;
    Ok(params)
}

fn validity(now: i64, days: i64) -> Result<(OffsetDateTime, OffsetDateTime)> {
    let since = OffsetDateTime::from_unix_timestamp(VALID_SINCE)?;
    let until = OffsetDateTime::from_unix_timestamp(now)
        .ok()
        .and_then(|now| now.checked_add(Duration::days(days)))
        .context("the clock is out of range")?;
    Ok((since, until))
}
