//! How long to wait before trying again: longer each time, never in step with other phones. Never waits itself.

use std::time::Duration;

/// First wait.
const FIRST: Duration = Duration::from_secs(1);
/// Longest wait: a server that comes back serves its phones within this time.
const LONGEST: Duration = Duration::from_secs(60);

/// No server keeps a phone away for longer than this.
const NAMED_MAX: Duration = Duration::from_secs(300);
/// The phones of a server that does not say return within this time.
const RETURN: Duration = Duration::from_secs(3);
/// What a server may ask for.
const RETURN_BOUNDS: (Duration, Duration) = (Duration::from_millis(100), NAMED_MAX);

/// Waits of 1, 2, 4 … 60 seconds, each cut by up to half at random, so that a thousand phones that lost the same server do
/// not come back in the same second.
#[derive(Debug, Clone, Default)]
pub(crate) struct Backoff {
    tries: u32,
}

impl Backoff {
    /// The next wait.
    pub(crate) fn next(&mut self) -> Duration {
        self.next_at(random_part())
    }

    /// The next wait after a server named one, in seconds: not sooner than that, and up to twice as late, so that the phones
    /// it was named to do not keep it together.
    pub(crate) fn next_after(&mut self, named: Option<u32>) -> Duration {
        self.next_after_at(named, random_part())
    }

    fn next_at(&mut self, part: f64) -> Duration {
        let whole = FIRST
            .saturating_mul(2_u32.saturating_pow(self.tries.min(16)))
            .min(LONGEST);
        self.tries = self.tries.saturating_add(1);
        let half = whole / 2;
        half.saturating_add(half.mul_f64(part))
    }

    fn next_after_at(&mut self, named: Option<u32>, part: f64) -> Duration {
        let own = self.next_at(part);
        let named = named.map_or(Duration::ZERO, |s| Duration::from_secs(s.into()));
        let named = named.min(NAMED_MAX);
        own.max(named.saturating_add(named.mul_f64(part)))
    }

    /// It worked: begin with the first wait again.
    pub(crate) fn reset(&mut self) {
        self.tries = 0;
    }
}

/// The way back to a server whose event stream ended. All its phones notice that in the same moment, and a server that comes
/// back, or one that takes over from another, has to hear of them one after the other.
#[derive(Debug, Clone, Default)]
pub(crate) struct Return {
    backoff: Backoff,
    /// The first try comes some time within this.
    within: Option<Duration>,
}

impl Return {
    /// A stream that had worked ended. `asked`: how long the server wants its phones to take, from the stream's `retry:`.
    pub(crate) fn lost(&mut self, asked: Option<Duration>) {
        let (least, most) = RETURN_BOUNDS;
        self.within = Some(asked.unwrap_or(RETURN).clamp(least, most));
        self.backoff.reset();
    }

    /// The wait before the next try, after a server may have named one in seconds.
    pub(crate) fn next(&mut self, named: Option<u32>) -> Duration {
        self.next_at(named, random_part())
    }

    fn next_at(&mut self, named: Option<u32>, part: f64) -> Duration {
        match self.within.take() {
            Some(within) => within.mul_f64(part),
            None => self.backoff.next_after_at(named, part),
        }
    }
}

/// 0 to 1. Without random numbers it is 1: waiting the whole time is always right.
fn random_part() -> f64 {
    getrandom::u32().map_or(1.0, |n| f64::from(n) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_minute_and_begin_anew() {
        let mut backoff = Backoff::default();
        for whole in [1, 2, 4, 8, 16, 32, 60, 60, 60] {
            let (wait, whole) = (backoff.next(), Duration::from_secs(whole));
            assert!(whole / 2 <= wait && wait <= whole, "{wait:?} of {whole:?}");
        }
        backoff.reset();
        assert!(backoff.next() <= FIRST);
    }

    /// A thousand parts, the same in every run.
    fn parts() -> impl Iterator<Item = f64> {
        (0..1000_u32).map(|n| f64::from(n.wrapping_mul(2_654_435_769)) / f64::from(u32::MAX))
    }

    #[test]
    fn a_thousand_phones_return_evenly_within_the_time_that_their_server_asks_for() {
        for (asked, expected) in [
            (None, RETURN),
            (Some(Duration::from_secs(60)), Duration::from_secs(60)),
            (Some(Duration::ZERO), Duration::from_millis(100)),
            (Some(Duration::from_secs(86_400)), Duration::from_secs(300)),
        ] {
            let mut tenths = [0_u32; 10];
            for part in parts() {
                let mut way = Return::default();
                way.lost(asked);
                let wait = way.next_at(None, part);
                let tenth = wait.as_secs_f64() / expected.as_secs_f64() * 9.999;
                tenths[tenth as usize] += 1;
            }
            let even = tenths.iter().all(|phones| (50..200).contains(phones));
            assert!(even, "{asked:?}: {tenths:?}");
        }
    }

    #[test]
    fn whoever_finds_nobody_there_waits_longer_each_time_up_to_a_minute() {
        let mut way = Return::default();
        way.lost(None);
        way.next_at(None, 1.0);
        for seconds in [1, 2, 4, 8, 16, 32, 60, 60] {
            assert_eq!(way.next_at(None, 1.0), Duration::from_secs(seconds));
        }
        way.lost(None);
        assert_eq!(way.next_at(None, 0.5), RETURN / 2);
    }

    #[test]
    fn a_named_time_is_waited_for_and_not_for_ever() {
        for part in [0.0, 0.5, 1.0] {
            let wait = |named| {
                let mut backoff = Backoff::default();
                backoff.next_after_at(Some(named), part).as_secs_f64()
            };
            assert!((wait(20) - 20.0 * (1.0 + part)).abs() < 0.001);
            assert!(wait(u32::MAX) <= 600.0);
            assert!(wait(0) >= 0.5, "its own patience holds all the same");
        }
    }

    #[test]
    fn two_phones_do_not_wait_the_same_time() {
        let wait = || {
            let mut backoff = Backoff { tries: 6 };
            backoff.next()
        };
        assert_ne!([wait(), wait(), wait()], [wait(), wait(), wait()]);
    }
}
