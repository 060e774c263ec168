//! The server key and everything derived from it: SIP secrets, device tokens, CSRF tokens; and the hashes that are
//! stored in their place. Never stores a derived secret: it is derived again when it is needed.

use std::fmt;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac as _};
use hotdesk_provisioning::Secret;
use md5::Md5;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::files::write_private;

/// Bytes of the server key and of everything derived from it.
const KEY_BYTES: usize = 32;

/// 32 random bytes from which the server's secrets are derived, each for one purpose.
#[derive(Clone)]
pub(crate) struct ServerKey(Zeroizing<[u8; KEY_BYTES]>);

impl fmt::Debug for ServerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServerKey(***)")
    }
}

impl ServerKey {
    /// Reads the key, or makes it at the first start. It lies beside the database and not in it, so that a copy of the
    /// database alone gives nobody a secret.
    pub(crate) fn load_or_create(path: &Path) -> Result<Self> {
        if !path.exists() {
            let written = write_private(path, random_bytes()?.as_slice());
            // Another process may have been quicker: its key is as good.
            if !path.exists() {
                written?;
            }
        }
        let bytes = Zeroizing::new(
            fs::read(path).with_context(|| format!("cannot read {}", path.display()))?,
        );
        ensure!(
            bytes.len() == KEY_BYTES,
            "{} must hold exactly {KEY_BYTES} bytes: restore it from a backup, or remove it to make a new one \
             (every phone must then enrol again)",
            path.display()
        );
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        key.copy_from_slice(&bytes);
        Ok(Self(key))
    }

    /// The SIP secret of an association: the same whenever it is asked for, so that a repeated request is answered alike.
    pub(crate) fn association_secret(&self, association: &str) -> Secret {
        self.derive("association", &[association])
    }

    /// The name of the grant for signing in while the server is away that goes with an association; as long as an
    /// association's own.
    pub(crate) fn grant_name(&self, association: &str) -> String {
        let text = format!("grant:{association}");
        let [first @ .., _, _] = self.authenticate(text.as_bytes());
        hex(first.get(..10).unwrap_or(&first))
    }

    /// The SIP secret of a host.
    pub(crate) fn host_secret(&self, phone: i64, version: i64) -> Secret {
        self.derive("host", &[&phone.to_string(), &version.to_string()])
    }

    /// The device token of a phone that enrolled with this claim.
    pub(crate) fn device_token(&self, phone: i64, enrolment: i64, claim: &Secret) -> Secret {
        self.derive(
            "token",
            &[&phone.to_string(), &enrolment.to_string(), claim.expose()],
        )
    }

    /// The text that a form must carry to be believed, for the browser that holds this cookie.
    pub(crate) fn csrf_token(&self, cookie: &str) -> Secret {
        self.derive("csrf", &[cookie])
    }

    /// What must not be guessed of a sign-in at an identity provider, for the browser that holds this cookie.
    pub(crate) fn sign_in_secret(&self, what: &str, cookie: &Secret) -> Secret {
        self.derive("sign-in", &[what, cookie.expose()])
    }

    /// What is kept of a request to recognise it when it is sent again. Keyed: what is short in it, such as a PIN, could be guessed
    /// from a plain hash.
    pub(crate) fn request_hash(&self, asked: &[u8], body: &[u8]) -> Vec<u8> {
        let text = Zeroizing::new([b"request:", asked, body].concat());
        self.authenticate(&text).to_vec()
    }

    /// The key of a webhook's signatures.
    pub(crate) fn webhook_secret(&self, webhook: i64, version: i64) -> Secret {
        self.derive("webhook", &[&webhook.to_string(), &version.to_string()])
    }

    fn derive(&self, purpose: &str, parts: &[&str]) -> Secret {
        let mut text = purpose.to_owned();
        for part in parts {
            text.push(':');
            text.push_str(part);
        }
        Secret::new(URL_SAFE_NO_PAD.encode(self.authenticate(text.as_bytes())))
    }

    fn authenticate(&self, text: &[u8]) -> [u8; KEY_BYTES] {
        hmac(self.0.as_slice(), text)
    }
}

#[expect(
    clippy::expect_used,
    reason = "HMAC takes keys of every length (RFC 2104)"
)]
fn hmac(key: &[u8], text: &[u8]) -> [u8; KEY_BYTES] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes every key");
    mac.update(text);
    mac.finalize().into_bytes().into()
}

/// The HMAC with SHA-256 of a text under a secret that somebody else knows as well, in hexadecimal.
pub(crate) fn sign(secret: &Secret, text: &str) -> String {
    hex(&hmac(secret.expose().as_bytes(), text.as_bytes()))
}

/// What is stored of a token that must only be recognised.
pub(crate) fn fingerprint(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// `HA1` of digest authentication (RFC 7616 section 3.4.2) with MD5 and with SHA-256, in lower-case hexadecimal.
pub(crate) fn ha1(auth_user: &str, domain: &str, secret: &Secret) -> (String, String) {
    let text = Zeroizing::new(format!("{auth_user}:{domain}:{}", secret.expose()));
    (
        hex(&Md5::digest(text.as_bytes())),
        hex(&Sha256::digest(text.as_bytes())),
    )
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A random text of 256 bits.
pub(crate) fn random_text() -> Result<Secret> {
    Ok(Secret::new(URL_SAFE_NO_PAD.encode(random_bytes()?)))
}

/// Random bytes from the operating system.
pub(crate) fn random_bytes() -> Result<[u8; KEY_BYTES]> {
    let mut bytes = [0; KEY_BYTES];
    getrandom::fill(&mut bytes)
        .map_err(|error| anyhow!("the operating system gives no random bytes: {error}"))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ha1_is_that_of_the_published_example() {
        // RFC 7616 section 3.9.1: user, realm and password are given there, and so are responses made from this HA1.
        let secret = Secret::new("Circle of Life".to_owned());
        let (md5, sha256) = ha1("Mufasa", "http-auth@example.org", &secret);
        assert_eq!(md5, "3d78807defe7de2157e2b0b6573a855f");
        assert_eq!(
            sha256,
            "7987c64c30e25f1b74be53f966b49b90f2808aa92faf9a00262392d7b4794232"
        );
    }

    #[test]
    fn each_purpose_has_its_own_secret_and_keeps_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("server.key");
        let key = ServerKey::load_or_create(&path).unwrap();
        let again = ServerKey::load_or_create(&path).unwrap();
        assert_eq!(key.association_secret("a"), again.association_secret("a"));
        assert_ne!(key.association_secret("a"), key.association_secret("b"));
        assert_ne!(key.host_secret(1, 1), key.host_secret(1, 2));
        assert_ne!(key.association_secret("1"), key.csrf_token("1"));
        assert_eq!(key.association_secret("a").expose().len(), 43);
        assert_eq!(format!("{key:?}"), "ServerKey(***)");
    }

    #[test]
    fn the_key_file_is_private_and_must_be_whole() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("server.key");
        ServerKey::load_or_create(&path).unwrap();
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        fs::write(&path, b"short").unwrap();
        let error = ServerKey::load_or_create(&path).unwrap_err().to_string();
        assert!(error.contains("32 bytes"), "{error}");
    }
}
