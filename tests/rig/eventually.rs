//! Bounded waiting: asks again and again until something holds, and says what it saw last when it never does.

use std::fmt::Display;
use std::time::{Duration, Instant};

/// Longest that anything here may take. Generous: a loaded machine is slow, a broken one is wrong.
const PATIENCE: Duration = Duration::from_secs(20);
/// Pause between two looks.
const PAUSE: Duration = Duration::from_millis(20);

/// Asks `look` until it answers `Ok`.
///
/// # Panics
/// With `what` and the last `Err` when `PATIENCE` has run out.
pub async fn eventually<T, E: Display>(what: &str, look: impl AsyncFnMut() -> Result<T, E>) -> T {
    eventually_within(PATIENCE, what, look).await
}

/// The same with a patience of its own, for what has to boot first.
pub async fn eventually_within<T, E: Display>(
    patience: Duration,
    what: &str,
    mut look: impl AsyncFnMut() -> Result<T, E>,
) -> T {
    let deadline = Instant::now() + patience;
    loop {
        match look().await {
            Ok(value) => return value,
            Err(seen) if Instant::now() > deadline => {
                panic!(
                    "{what}: not within {} s; last seen: {seen}",
                    patience.as_secs()
                )
            }
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
}
