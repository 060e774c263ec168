//! The only place that asks for the time. Never waits.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

/// No clock that shows an earlier time can be right: this software did not exist then. 2026-01-01 00:00 UTC.
pub(crate) const RELEASED: Duration = Duration::from_secs(1_767_225_600);

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

/// How long this process has run, to a hundredth of a second; `None` where the kernel does not say.
pub(crate) fn process_age() -> Option<Duration> {
    let read = std::fs::read_to_string;
    age(&read("/proc/self/stat").ok()?, &read("/proc/uptime").ok()?)
}

/// From field 22 of a process' `stat` (proc(5)), in the ticks of user space, and the seconds of `uptime`.
fn age(stat: &str, uptime: &str) -> Option<Duration> {
    // The name in parentheses may hold blanks and parentheses.
    let (_, fields) = stat.rsplit_once(')')?;
    let ticks: u64 = fields.split_whitespace().nth(19)?.parse().ok()?;
    let up: f64 = uptime.split_whitespace().next()?.parse().ok()?;
    let up = Duration::try_from_secs_f64(up).ok()?;
    up.checked_sub(Duration::from_millis(ticks.checked_mul(10)?))
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

    #[test]
    fn the_age_of_a_process_counts_from_its_start() {
        let stat = "7 (a (b) c) S 1 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 1234 0 0";
        assert_eq!(age(stat, "13.00 9.99\n"), Some(Duration::from_millis(660)));
        assert_eq!(age(stat, "12.00 9.99\n"), None);
        assert_eq!(age("7", "13.00"), None);
        assert!(process_age().is_some());
    }
}
