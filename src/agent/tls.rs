//! Whom the phone believes to be its provisioning server. Never opens a connection.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, ensure};
use hotdesk_provisioning::RefusalCode;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::time_provider::TimeProvider;
use rustls::{CertificateError, ClientConfig, RootCertStore};

use crate::Clock;

/// A TLS client that believes only `ca_file`, or the system's authorities where there is none, and that takes the time
/// from `clock`, so that a wrong clock is seen for what it is.
///
/// # Errors
/// When the file cannot be read or holds no certificate; the message names the key.
pub(crate) fn client_config(ca_file: Option<&Path>, clock: &Clock) -> anyhow::Result<ClientConfig> {
    let roots = match ca_file {
        Some(path) => read(path).with_context(|| format!("server.ca_file: {}", path.display()))?,
        None => system()?,
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_details(provider, Arc::new(WallClock(clock.clone())))
        .with_safe_default_protocol_versions()
        .context("TLS cannot be set up")?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}

fn read(path: &Path) -> anyhow::Result<RootCertStore> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path)? {
        roots.add(certificate.context("a certificate in it cannot be read")?)?;
    }
    ensure!(
        !roots.is_empty(),
        "no certificate in it; a PEM file is needed"
    );
    Ok(roots)
}

fn system() -> anyhow::Result<RootCertStore> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    ensure!(
        !roots.is_empty(),
        "server.ca_file: not set, and the system has no authorities; name the server's authority"
    );
    Ok(roots)
}

#[derive(Debug)]
struct WallClock(Clock);

impl TimeProvider for WallClock {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(self.0.unix()))
    }
}

/// Why a request got no answer, in the word that a person should read.
pub(crate) fn why_no_answer(error: &(dyn Error + 'static)) -> RefusalCode {
    match certificate_error(error) {
        None => RefusalCode::ServerUnreachable,
        // The certificate was valid when the server got it, so a clock that is before that time is wrong.
        Some(CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. }) => {
            RefusalCode::ClockWrong
        }
        Some(_) => RefusalCode::ServerUntrusted,
    }
}

/// The TLS library's own word, wherever in the chain of causes it is.
fn certificate_error<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a CertificateError> {
    let mut next = Some(error);
    while let Some(error) = next {
        let inner = error
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref)
            .map(|inner| -> &(dyn Error + 'static) { inner });
        for candidate in [Some(error), inner].into_iter().flatten() {
            if let Some(rustls::Error::InvalidCertificate(why)) = candidate.downcast_ref() {
                return Some(why);
            }
        }
        next = inner.or_else(|| error.source());
    }
    None
}
