//! Timers of transactions: their names, their lengths, and the few that run at a time.

use std::time::{Duration, Instant};

/// Estimate of a round trip (RFC 3261 section 17.1.1.1).
pub const T1: Duration = Duration::from_millis(500);
/// Longest time between retransmissions of anything but INVITE.
pub const T2: Duration = Duration::from_secs(4);
/// How long a message stays in the network.
pub const T4: Duration = Duration::from_secs(5);
/// 64 times T1: when a transaction gives up (timers B, F, H) and how long most linger (J, L, M; D is "at least" this).
pub const TRANSACTION_TIME: Duration = Duration::from_secs(32);
/// After how long an unanswered INVITE is answered 100 (section 17.2.1).
pub const TRYING_AFTER: Duration = Duration::from_millis(200);

/// The timers of RFC 3261 table 4 and RFC 6026, by what they do; each machine uses some.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Timer {
    /// A, E, G: send again.
    Resend,
    /// B, F, H: give up.
    GiveUp,
    /// D, I, J, K, L, M: stay to absorb retransmissions.
    Linger,
    /// The 200 ms after which an INVITE is answered 100.
    Trying,
}

/// The running timers of one machine.
#[derive(Debug, Clone, Default)]
pub(super) struct Timers(Vec<(Timer, Instant)>);

impl Timers {
    /// Starts a timer, again if it runs.
    pub(super) fn set(&mut self, timer: Timer, at: Instant) {
        self.stop(timer);
        self.0.push((timer, at));
    }

    pub(super) fn stop(&mut self, timer: Timer) {
        self.0.retain(|(running, _)| *running != timer);
    }

    pub(super) fn stop_all(&mut self) {
        self.0.clear();
    }

    /// When the next one fires.
    pub(super) fn next(&self) -> Option<Instant> {
        self.0.iter().map(|(_, at)| *at).min()
    }

    /// Stops and returns the earliest timer that is due.
    pub(super) fn fire(&mut self, now: Instant) -> Option<Timer> {
        let due = self.0.iter().filter(|(_, at)| *at <= now);
        let timer = due.min_by_key(|(_, at)| *at).map(|(timer, _)| *timer)?;
        self.stop(timer);
        Some(timer)
    }
}

/// The next wait between retransmissions: doubled, up to T2.
pub(super) fn doubled(interval: Duration) -> Duration {
    interval.saturating_mul(2).min(T2)
}
