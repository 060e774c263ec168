//! argon2id for PINs and passwords, away from the threads that answer requests. Never sees more work at once than it
//! has room for: whoever comes too many is told so.

use std::sync::Arc;

use anyhow::{Result, anyhow};
use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use hotdesk_provisioning::Secret;
use tokio::sync::Semaphore;

use crate::keys::random_bytes;

/// Hashes at the same time: each takes one core and [`MEMORY_KIB`].
const WORKERS: usize = 2;
/// Hashes waiting or running; a hash takes some 20 ms, so the last one waits less than a second.
const QUEUE: usize = 64;
/// RFC 9106 and OWASP: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Why a PIN could not be checked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HashError {
    /// More are waiting than there is room for.
    #[error("too many PINs are being checked at once")]
    Busy,
    /// The hash itself failed.
    #[error(transparent)]
    Failed(#[from] anyhow::Error),
}

/// Checks and makes PIN hashes, a few at a time.
#[derive(Debug, Clone)]
pub(crate) struct Hasher {
    queue: Arc<Semaphore>,
    workers: Arc<Semaphore>,
    /// The hash of a PIN that nobody has: checked where there is none, so that it takes as long.
    dummy: Arc<str>,
}

impl Hasher {
    pub(crate) fn new() -> Result<Self> {
        let nobody = Secret::new(crate::keys::random_text()?.expose().to_owned());
        Ok(Self {
            queue: Arc::new(Semaphore::new(QUEUE)),
            workers: Arc::new(Semaphore::new(WORKERS)),
            dummy: hash(&nobody)?.into(),
        })
    }

    /// Whether the text has this hash. Without a hash the answer is no, and takes as long.
    pub(crate) async fn verify(
        &self,
        text: Secret,
        stored: Option<String>,
    ) -> Result<bool, HashError> {
        let stored = stored.map_or_else(|| Arc::clone(&self.dummy), Arc::from);
        self.run(move || Ok(verify(&text, &stored))).await
    }

    /// The hash of a new PIN or password, in PHC form.
    pub(crate) async fn hash(&self, text: Secret) -> Result<String, HashError> {
        self.run(move || hash(&text)).await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T, HashError> {
        let _place = self.queue.try_acquire().map_err(|_| HashError::Busy)?;
        let permit = Arc::clone(&self.workers)
            .acquire_owned()
            .await
            .map_err(|_| HashError::Busy)?;
        let done = tokio::task::spawn_blocking(move || {
            // The permit travels with the work: a request that is given up does not make room before its hash is done.
            let _permit = permit;
            work()
        });
        Ok(done
            .await
            .map_err(|error| anyhow!("hashing failed: {error}"))??)
    }
}

fn argon2() -> Result<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|e| anyhow!("{e}"))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash(text: &Secret) -> Result<String> {
    let random = random_bytes()?;
    let salt = SaltString::encode_b64(&random).map_err(|e| anyhow!("{e}"))?;
    let hash = argon2()?
        .hash_password(text.expose().as_bytes(), &salt)
        .map_err(|e| anyhow!("{e}"))?;
    Ok(hash.to_string())
}

fn verify(text: &Secret, stored: &str) -> bool {
    // The parameters are those of the stored hash, so that older hashes stay valid when ours grow.
    PasswordHash::new(stored).is_ok_and(|hash| {
        Argon2::default()
            .verify_password(text.expose().as_bytes(), &hash)
            .is_ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret {
        Secret::new(text.to_owned())
    }

    #[tokio::test]
    async fn the_right_text_matches_and_nothing_else() {
        let hasher = Hasher::new().unwrap();
        let hash = hasher.hash(secret("1234")).await.unwrap();
        assert!(hash.starts_with("$argon2id$"), "{hash}");
        assert!(
            hasher
                .verify(secret("1234"), Some(hash.clone()))
                .await
                .unwrap()
        );
        assert!(!hasher.verify(secret("1235"), Some(hash)).await.unwrap());
        assert!(!hasher.verify(secret("1234"), None).await.unwrap());
        assert!(
            !hasher
                .verify(secret("1234"), Some("junk".into()))
                .await
                .unwrap()
        );
    }

    #[tokio::test]
    async fn a_full_queue_refuses_at_once() {
        let hasher = Hasher::new().unwrap();
        let all = u32::try_from(QUEUE).unwrap();
        let _places = hasher.queue.try_acquire_many(all).unwrap();
        let answer = hasher.verify(secret("1234"), None).await;
        assert!(matches!(answer, Err(HashError::Busy)), "{answer:?}");
    }
}
