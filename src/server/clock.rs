//! The only place of the server that asks for the time. Everything else is handed `now` in seconds since 1970.
//! Never sleeps by itself: it waits on behalf of the sweeper, and a test's clock waits until the test moves it.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio::sync::watch;

/// Measures how long something really takes, whatever the tests' clock says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that asks for the time"
    )]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    /// Seconds since it was started.
    pub(crate) fn seconds(self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }
}

/// Where the time comes from.
#[derive(Debug, Clone)]
pub struct Clock(Source);

#[derive(Debug, Clone)]
enum Source {
    System,
    Manual(Arc<watch::Sender<i64>>),
}

impl Clock {
    /// The operating system's time.
    #[must_use]
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands still at `start` (seconds since 1970) until [`Self::advance`] moves it. Choose a time that
    /// lies in the future: the database compares revocation times with the operating system's time as well.
    #[must_use]
    pub fn manual(start: i64) -> Self {
        Self(Source::Manual(Arc::new(watch::Sender::new(start))))
    }

    /// Seconds since 1970.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that asks for the time"
    )]
    pub fn now(&self) -> i64 {
        match &self.0 {
            Source::System => SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |since| {
                    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
                }),
            Source::Manual(now) => *now.borrow(),
        }
    }

    /// Moves a manual clock; the system's clock is not ours to move.
    pub fn advance(&self, seconds: i64) {
        if let Source::Manual(now) = &self.0 {
            now.send_modify(|now| *now = now.saturating_add(seconds));
        }
    }

    /// Returns when the time has come.
    pub(crate) async fn wait_until(&self, deadline: i64) {
        match &self.0 {
            Source::System => {
                let seconds = deadline.saturating_sub(self.now()).max(0);
                tokio::time::sleep(Duration::from_secs(seconds.unsigned_abs())).await;
            }
            Source::Manual(now) => {
                // The sender lives as long as this clock, so that waiting cannot fail.
                let _ = now.subscribe().wait_for(|now| *now >= deadline).await;
            }
        }
    }
}
