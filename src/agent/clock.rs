//! The only place that asks for the time. Never waits.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

/// No clock that shows an earlier time can be right: this software did not exist then. 2026-01-01 00:00 UTC.
const RELEASED: Duration = Duration::from_secs(1_767_225_600);

/// Where the agent's time comes from. Deadlines always count on the monotonic clock; only the wall clock can be another
/// than the system's, so that a test can show what a phone with a wrong clock does.
#[derive(Clone)]
pub struct Clock {
    wall: Arc<dyn Fn() -> SystemTime + Send + Sync>,
}

impl Clock {
    /// The system's clocks.
    #[must_use]
    pub fn system() -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "this is the place that asks for the time"
        )]
        Self::with_wall(SystemTime::now)
    }

    /// The system's monotonic clock and another wall clock.
    #[must_use]
    pub fn with_wall(wall: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        Self {
            wall: Arc::new(wall),
        }
    }

    /// The moment, for deadlines.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the place that asks for the time"
    )]
    pub fn now(&self) -> Instant {
        Instant::now()
    }

    /// Time since 1970, for certificates, the screen and the time a phone was off; 0 if the clock shows an earlier time.
    #[must_use]
    pub fn unix(&self) -> Duration {
        (self.wall)()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default()
    }

    /// Whether the wall clock can be right. A phone without a battery-backed clock starts in 1970.
    #[must_use]
    pub fn is_plausible(&self) -> bool {
        self.unix() >= RELEASED
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clock").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_was_never_set_is_not_plausible() {
        let at =
            |unix| Clock::with_wall(move || SystemTime::UNIX_EPOCH + Duration::from_secs(unix));
        assert!(!at(86_400).is_plausible());
        assert!(!at(1_767_225_599).is_plausible());
        assert!(at(1_767_225_600).is_plausible());
        let before_1970 = Clock::with_wall(|| SystemTime::UNIX_EPOCH - Duration::from_secs(9));
        assert_eq!(before_1970.unix(), Duration::ZERO);
    }
}
