//! Who may send requests and how many: looked at before anything else, so that a flood costs little.

use std::net::IpAddr;
use std::time::{Duration, Instant};

/// Refusals a second that strangers get, and how many at once: enough to debug with, too few to flood with.
const STRANGER_RATE: u32 = 5;

/// A bucket that fills at a steady rate and is emptied one by one.
#[derive(Debug)]
pub(crate) struct TokenBucket {
    per_second: u32,
    burst: u32,
    /// Thousandths of a token.
    level: u64,
    filled_at: Option<Instant>,
}

impl TokenBucket {
    pub(crate) fn new(per_second: u32, burst: u32) -> Self {
        Self {
            per_second,
            burst,
            level: u64::from(burst).saturating_mul(1000),
            filled_at: None,
        }
    }

    /// Takes one token; false when there is none.
    pub(crate) fn take(&mut self, now: Instant) -> bool {
        let passed = now.saturating_duration_since(self.filled_at.unwrap_or(now));
        // Only whole milliseconds are credited; the rest stays for the next time.
        let millis = u64::try_from(passed.as_millis()).unwrap_or(u64::MAX);
        self.filled_at = Some(match self.filled_at {
            Some(at) => at + Duration::from_millis(millis),
            None => now,
        });
        let gained = millis.saturating_mul(self.per_second.into());
        let full = u64::from(self.burst).saturating_mul(1000);
        self.level = self.level.saturating_add(gained).min(full);
        match self.level.checked_sub(1000) {
            Some(rest) => {
                self.level = rest;
                true
            }
            None => false,
        }
    }
}

/// What to do with a request before reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Admission {
    /// Read it.
    Welcome,
    /// Answer 403.
    Stranger,
    /// Drop it without a word.
    Flood,
}

/// The two buckets: strangers cannot use up what servers need.
#[derive(Debug)]
pub(crate) struct Gate {
    servers: TokenBucket,
    strangers: TokenBucket,
}

impl Gate {
    pub(crate) fn new(per_second: u32, burst: u32) -> Self {
        Self {
            servers: TokenBucket::new(per_second, burst),
            strangers: TokenBucket::new(STRANGER_RATE, STRANGER_RATE),
        }
    }

    /// Admits a request from `source`, given the addresses that may send.
    pub(crate) fn admit(
        &mut self,
        now: Instant,
        source: IpAddr,
        mut allowed: impl Iterator<Item = IpAddr>,
    ) -> Admission {
        let source = source.to_canonical();
        let is_allowed = allowed.any(|address| address.to_canonical() == source);
        match is_allowed {
            true if self.servers.take(now) => Admission::Welcome,
            false if self.strangers.take(now) => Admission::Stranger,
            true | false => Admission::Flood,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests_support::start_of_time;

    #[test]
    fn a_burst_passes_and_then_only_the_rate_does() {
        let start = start_of_time();
        let mut bucket = TokenBucket::new(50, 100);
        assert_eq!((0..500).filter(|_| bucket.take(start)).count(), 100);
        let passed = (1..=1000u64).filter(|ms| bucket.take(start + Duration::from_millis(*ms)));
        assert_eq!(passed.count(), 50);
        let later = start + Duration::from_secs(3600);
        assert_eq!((0..500).filter(|_| bucket.take(later)).count(), 100);
        assert!(!bucket.take(start), "a clock that steps back gives nothing");
    }

    #[test]
    fn strangers_do_not_use_up_what_servers_need() {
        let start = start_of_time();
        let mut gate = Gate::new(50, 100);
        let server: IpAddr = "192.0.2.10".parse().unwrap();
        let mapped: IpAddr = "::ffff:192.0.2.10".parse().unwrap();
        let stranger: IpAddr = "192.0.2.66".parse().unwrap();
        let mut admit = |from| gate.admit(start, from, [server].into_iter());
        assert_eq!(admit(stranger), Admission::Stranger);
        assert_eq!(
            (0..1000)
                .filter(|_| admit(stranger) == Admission::Stranger)
                .count(),
            4
        );
        assert_eq!(admit(stranger), Admission::Flood);
        assert_eq!(admit(server), Admission::Welcome);
        assert_eq!(admit(mapped), Admission::Welcome);
        assert_eq!(
            (0..1000)
                .filter(|_| admit(server) == Admission::Welcome)
                .count(),
            98
        );
        assert_eq!(admit(server), Admission::Flood);
    }
}
