//! The operator's own certificates: PEM files into TLS settings. Keeps nothing: who asks again reads the files again.

use std::fs;

use anyhow::{Context, Result, anyhow, ensure};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use x509_parser::prelude::{FromDer as _, X509Certificate};

use crate::config::CertificateFiles;
use crate::tls;

/// What the files hold, ready to be shown.
#[derive(Debug)]
pub(crate) struct Certificate {
    /// TLS settings that show it.
    pub(crate) settings: ServerConfig,
    /// When the first certificate of the chain ends, seconds since 1970.
    pub(crate) ends_at: i64,
}

/// Reads a chain and its key.
///
/// # Errors
/// Names the file that cannot be read, holds nothing of its kind, or does not belong to the other.
pub(crate) fn read(files: CertificateFiles<'_>) -> Result<Certificate> {
    let (path, key_path) = (files.certificate.display(), files.key.display());
    let pem = fs::read(files.certificate).with_context(|| format!("cannot read {path}"))?;
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&pem)
        .collect::<Result<_, _>>()
        .map_err(|error| anyhow!("{path} is not PEM: {error}"))?;
    let Some(first) = chain.first() else {
        return Err(anyhow!("{path} holds no certificate"));
    };
    let (_, parsed) = X509Certificate::from_der(first)
        .map_err(|error| anyhow!("{path} holds what is no certificate: {error}"))?;
    let ends_at = parsed.validity().not_after.timestamp();
    let pem = zeroize::Zeroizing::new(
        fs::read(files.key).with_context(|| format!("cannot read {key_path}"))?,
    );
    // The parser's own words may quote what stands in the file.
    let key = PrivateKeyDer::from_pem_slice(&pem)
        .map_err(|_| anyhow!("{key_path} holds no private key in PEM"))?;
    let settings = tls::settings(chain, key)
        .with_context(|| format!("{key_path} is not the key of {path}"))?;
    Ok(Certificate { settings, ends_at })
}

/// As [`read`], and still valid at `now` (seconds since 1970).
///
/// # Errors
/// As [`read`], and when the certificate has ended.
pub(crate) fn read_valid(files: CertificateFiles<'_>, now: i64) -> Result<Certificate> {
    let certificate = read(files)?;
    ensure!(
        certificate.ends_at > now,
        "{} has expired",
        files.certificate.display()
    );
    Ok(certificate)
}
