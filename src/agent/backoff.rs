//! How long to wait before trying again: longer each time, never in step with other phones. Never waits itself.

use std::time::Duration;

/// First wait.
const FIRST: Duration = Duration::from_secs(1);
/// Longest wait: a server that comes back serves its phones within this time.
const LONGEST: Duration = Duration::from_secs(60);

/// Waits of 1, 2, 4 … 60 seconds, each cut by up to half at random, so that a thousand phones that lost the same server do
/// not come back in the same second.
#[derive(Debug, Clone, Default)]
pub(crate) struct Backoff {
    tries: u32,
}

impl Backoff {
    /// The next wait.
    pub(crate) fn next(&mut self) -> Duration {
        let whole = FIRST
            .saturating_mul(2_u32.saturating_pow(self.tries.min(16)))
            .min(LONGEST);
        self.tries = self.tries.saturating_add(1);
        let half = whole / 2;
        half.saturating_add(half.mul_f64(random_part()))
    }

    /// It worked: begin with the first wait again.
    pub(crate) fn reset(&mut self) {
        self.tries = 0;
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

    #[test]
    fn two_phones_do_not_wait_the_same_time() {
        let wait = || {
            let mut backoff = Backoff { tries: 6 };
            backoff.next()
        };
        assert_ne!([wait(), wait(), wait()], [wait(), wait(), wait()]);
    }
}
