//! argon2id for PINs and passwords, away from the threads that answer requests. Never sees more work at once than it
//! has room for: whoever comes too many is told so.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Result, anyhow};
use argon2::password_hash::{Output, PasswordHash, PasswordHasher as _, Salt, SaltString};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use hotdesk_provisioning::Secret;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::histogram::Histogram;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::clock::Stopwatch;
use crate::keys::random_bytes;
use crate::metrics::Metrics;
use crate::turns::Turns;

/// Hashes at the same time where nobody says how many cores there are.
const WORKERS_DEFAULT: usize = 2;
/// Hashes waiting or running for each worker; a hash takes some 20 ms, so the last one waits a second or two.
const QUEUE_PER_WORKER: usize = 64;
/// RFC 9106 and OWASP: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// What a hash is computed in.
type Memory = Vec<Block>;

/// Why a PIN could not be checked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HashError {
    /// More are waiting than there is room for.
    #[error("too many PINs are being checked at once")]
    Busy {
        /// Seconds until it is the asker's turn.
        retry_after: u32,
    },
    /// The hash itself failed.
    #[error(transparent)]
    Failed(#[from] anyhow::Error),
}

/// A place in the line of hashes; free again when it is dropped.
#[derive(Debug)]
pub(crate) struct Place(#[expect(dead_code, reason = "held, never read")] OwnedSemaphorePermit);

/// Checks and makes PIN hashes, a few at a time.
#[derive(Debug, Clone)]
pub(crate) struct Hasher {
    queue: Arc<Semaphore>,
    places: usize,
    turns: Arc<Mutex<Turns>>,
    started: Stopwatch,
    waited: Histogram,
    refused: Counter,
    workers: Arc<Semaphore>,
    /// The memory of hashes that are done, one for each worker at most: taken from the system each time, it would cost
    /// more than it should and be given back late.
    memory: Arc<Mutex<Vec<Memory>>>,
    /// The hash of a PIN that nobody has: checked where there is none, so that it takes as long.
    dummy: Arc<str>,
}

impl Hasher {
    pub(crate) fn new(metrics: &Metrics) -> Result<Self> {
        let nobody = Secret::new(crate::keys::random_text()?.expose().to_owned());
        let workers =
            std::thread::available_parallelism().map_or(WORKERS_DEFAULT, std::num::NonZero::get);
        let places = workers.saturating_mul(QUEUE_PER_WORKER);
        let started = Stopwatch::start();
        let dummy = hash(&nobody)?.into();
        #[expect(clippy::cast_precision_loss, reason = "nobody has so many cores")]
        let cost = started.seconds() / workers as f64;
        Ok(Self {
            queue: Arc::new(Semaphore::new(places)),
            places,
            turns: Arc::new(Mutex::new(Turns::new(cost))),
            started,
            waited: metrics.pin_wait.clone(),
            refused: metrics.pin_refused.clone(),
            workers: Arc::new(Semaphore::new(workers)),
            memory: Arc::default(),
            dummy,
        })
    }

    /// How many are being checked or wait for it.
    pub(crate) fn waiting(&self) -> usize {
        self.places.saturating_sub(self.queue.available_permits())
    }

    fn turn_away(&self) -> HashError {
        self.refused.inc();
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        let retry_after = turns.take(self.started.seconds());
        HashError::Busy { retry_after }
    }

    /// A place in the line, for whoever has to ask the database before there is something to check: a whole company that logs in
    /// at the same moment must not all ask it.
    pub(crate) fn place(&self) -> Result<Place, HashError> {
        let place = Arc::clone(&self.queue).try_acquire_owned();
        place.map(Place).map_err(|_| self.turn_away())
    }

    /// Whether the text has this hash. Without a hash the answer is no, and takes as long.
    pub(crate) async fn verify(
        &self,
        text: Secret,
        stored: Option<String>,
    ) -> Result<bool, HashError> {
        self.verify_at(self.place()?, text, stored).await
    }

    /// As [`Self::verify`], for somebody who has a place.
    pub(crate) async fn verify_at(
        &self,
        place: Place,
        text: Secret,
        stored: Option<String>,
    ) -> Result<bool, HashError> {
        let stored = stored.map_or_else(|| Arc::clone(&self.dummy), Arc::from);
        self.run(place, move |memory| {
            Ok(verify(&text, &stored, memory).is_some())
        })
        .await
    }

    /// The hash of a new PIN or password, in PHC form.
    pub(crate) async fn hash(&self, text: Secret) -> Result<String, HashError> {
        self.run(self.place()?, move |_| hash(&text)).await
    }

    async fn run<T: Send + 'static>(
        &self,
        _place: Place,
        work: impl FnOnce(&mut Memory) -> Result<T> + Send + 'static,
    ) -> Result<T, HashError> {
        let watch = Stopwatch::start();
        let permit = Arc::clone(&self.workers)
            .acquire_owned()
            .await
            .map_err(|_| self.turn_away())?;
        self.waited.observe(watch.seconds());
        let memories = Arc::clone(&self.memory);
        let done = tokio::task::spawn_blocking(move || {
            // The permit travels with the work: a request that is given up does not make room before its hash is done.
            let _permit = permit;
            let lock = || memories.lock().unwrap_or_else(PoisonError::into_inner);
            let mut memory = lock().pop().unwrap_or_default();
            let done = work(&mut memory);
            lock().push(memory);
            done
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

/// Whether the text has this hash. The parameters are those of the stored hash, so that older hashes stay valid when ours
/// grow.
fn verify(text: &Secret, stored: &str, memory: &mut Memory) -> Option<()> {
    let stored = PasswordHash::new(stored).ok()?;
    let algorithm = Algorithm::try_from(stored.algorithm).ok()?;
    let version = stored.version.map_or(Ok(Version::V0x13), Version::try_from);
    let argon2 = Argon2::new(algorithm, version.ok()?, Params::try_from(&stored).ok()?);
    let mut salt = [0; Salt::MAX_LENGTH];
    let salt = stored.salt?.decode_b64(&mut salt).ok()?;
    memory.resize(argon2.params().block_count(), Block::default());
    let computed = Output::init_with(stored.hash?.len(), |output| {
        Ok(argon2.hash_password_into_with_memory(
            text.expose().as_bytes(),
            salt,
            output,
            &mut *memory,
        )?)
    });
    // Compared in constant time.
    (computed.ok()? == stored.hash?).then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret {
        Secret::new(text.to_owned())
    }

    #[tokio::test]
    async fn the_right_text_matches_and_nothing_else() {
        let hasher = Hasher::new(&Metrics::default()).unwrap();
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
        let hasher = Hasher::new(&Metrics::default()).unwrap();
        let all = u32::try_from(hasher.places).unwrap();
        let _places = hasher.queue.try_acquire_many(all).unwrap();
        let answer = hasher.verify(secret("1234"), None).await;
        assert!(matches!(answer, Err(HashError::Busy { .. })), "{answer:?}");
        assert_eq!((hasher.waiting(), hasher.refused.get()), (hasher.places, 1));
    }
}
