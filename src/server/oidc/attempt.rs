//! One sign-in under way. Its browser keeps a random text for a few minutes; all that must not be guessed is derived from that and
//! the server's key, so that whichever server the browser comes back to can go on, and none keeps anything.

use anyhow::Result;
use hotdesk_provisioning::Secret;

use crate::keys::{ServerKey, random_text};

/// How long somebody may take to sign in at the provider.
pub(crate) const ATTEMPT_SECONDS: i64 = 600;

/// A sign-in under way: a random text and when it is over.
#[derive(Debug)]
pub(crate) struct Attempt(Secret);

impl Attempt {
    pub(crate) fn begin(now: i64) -> Result<Self> {
        let over_at = now.saturating_add(ATTEMPT_SECONDS);
        let text = format!("{}.{over_at}", random_text()?.expose());
        Ok(Self(Secret::new(text)))
    }

    /// The attempt that this cookie belongs to, if it is not over. Whether its time was ours shows when its state is compared.
    pub(crate) fn read(cookie: String, now: i64) -> Option<Self> {
        let (_, over_at) = cookie.split_once('.')?;
        let over_at: i64 = over_at.parse().ok()?;
        (now < over_at).then(|| Self(Secret::new(cookie)))
    }

    /// What the browser keeps.
    pub(crate) fn cookie(&self) -> &Secret {
        &self.0
    }

    /// What the provider sends back: it shows that this browser was sent there.
    pub(crate) fn state(&self, key: &ServerKey) -> Secret {
        key.sign_in_secret("state", &self.0)
    }

    /// What the ID token must hold: it shows that the token was made for this attempt.
    pub(crate) fn nonce(&self, key: &ServerKey) -> Secret {
        key.sign_in_secret("nonce", &self.0)
    }

    /// What shows the provider that the code comes from whoever asked for it (PKCE, RFC 7636): 43 characters.
    pub(crate) fn verifier(&self, key: &ServerKey) -> Secret {
        key.sign_in_secret("verifier", &self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attempt_is_over_in_time_and_its_time_cannot_be_moved() {
        let folder = tempfile::tempdir().unwrap();
        let key = ServerKey::load_or_create(&folder.path().join("server.key")).unwrap();
        let attempt = Attempt::begin(1000).unwrap();
        let cookie = attempt.cookie().expose().to_owned();
        let same = Attempt::read(cookie.clone(), 1599).unwrap();
        assert_eq!(same.state(&key), attempt.state(&key));
        assert_ne!(attempt.state(&key), attempt.nonce(&key));
        assert_ne!(attempt.verifier(&key), attempt.nonce(&key));
        assert_eq!(attempt.verifier(&key).expose().len(), 43);
        assert!(Attempt::read(cookie.clone(), 1600).is_none());
        let later = cookie.replace(".1600", ".9999");
        let moved = Attempt::read(later, 1600).unwrap();
        assert_ne!(moved.state(&key), attempt.state(&key));
        for nonsense in ["", "x", "x.y", "."] {
            assert!(Attempt::read(nonsense.to_owned(), 0).is_none());
        }
    }
}
