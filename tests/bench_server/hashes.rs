//! What the machine can do without a server.

use std::time::{Duration, Instant};

use anyhow::Result;
use argon2::{
    Algorithm, Argon2, Params, PasswordHash, PasswordHasher as _, PasswordVerifier as _, Version,
};

use crate::figures::rate;

/// For how long PINs are checked.
const FOR: Duration = Duration::from_secs(4);

/// How many PINs all cores check in a second, doing nothing else.
pub(crate) fn limit() -> Result<f64> {
    let params = Params::new(19 * 1024, 2, 1, None).map_err(|error| anyhow::anyhow!("{error}"))?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let salt = argon2::password_hash::SaltString::encode_b64(b"a salt of sixteen")
        .map_err(|e| anyhow::anyhow!("{e}"))?;
    let hash = argon2
        .hash_password(b"1234", &salt)
        .map_err(|e| anyhow::anyhow!("{e}"))?
        .to_string();
    let cores = std::thread::available_parallelism()?.get();
    let begun = Instant::now();
    let checked: usize = std::thread::scope(|scope| {
        let work = || {
            let hash = PasswordHash::new(&hash).ok();
            let mut count = 0;
            while begun.elapsed() < FOR {
                count += usize::from(
                    hash.as_ref()
                        .is_some_and(|hash| argon2.verify_password(b"1234", hash).is_ok()),
                );
            }
            count
        };
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or(0))
            .sum()
    });
    Ok(rate(checked, begun.elapsed()))
}
