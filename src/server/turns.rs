//! When those who come too many should come again. Never keeps anybody: it only counts.

/// The longest that anybody is sent away for, in seconds.
const RETRY_MAX: f64 = 120.0;

/// When those who come too many should come again: one after the other, as fast as the work is done, so that they neither
/// come all at once nor find nothing to do.
#[derive(Debug)]
pub(crate) struct Turns {
    /// Seconds that one takes, all workers together.
    cost: f64,
    /// When the next turn is free, on the stopwatch of whoever asks.
    next: f64,
}

impl Turns {
    /// `cost` in seconds: how long one takes, all workers together.
    pub(crate) const fn new(cost: f64) -> Self {
        Self { cost, next: 0.0 }
    }

    /// One took so many seconds.
    pub(crate) fn learn(&mut self, seconds: f64) {
        /// How much one counts against those before it.
        const WEIGHT: f64 = 0.05;
        self.cost += (seconds - self.cost) * WEIGHT;
    }

    /// Seconds from `now` to a turn that nobody else gets; the last ones of a very long line share one.
    pub(crate) fn take(&mut self, now: f64) -> u32 {
        self.next = (self.next + self.cost).clamp(now, now + RETRY_MAX);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 1 and RETRY_MAX + 1"
        )]
        let seconds = (self.next - now).ceil() as u32;
        seconds.saturating_add(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_who_come_too_many_get_turns_one_after_the_other() {
        let mut turns = Turns {
            cost: 0.01,
            next: 0.0,
        };
        let waits: Vec<u32> = (0..1000).map(|_| turns.take(5.0)).collect();
        let of_second = |second| waits.iter().filter(|wait| **wait == second).count();
        // A tenth of a thousandth more or less is the arithmetic of fractions.
        assert!((99..=101).contains(&of_second(2)), "{}", of_second(2));
        assert!((99..=101).contains(&of_second(11)), "{}", of_second(11));
        assert!(turns.take(1e6) <= 2, "a long line is forgotten");
        let longest = (0..100_000).map(|_| turns.take(1e6)).max();
        assert_eq!(longest, Some(121));
    }

    #[test]
    fn what_it_takes_is_learnt() {
        let mut turns = Turns::new(0.001);
        for _ in 0..200 {
            turns.learn(0.01);
        }
        assert!((0.009..=0.01).contains(&turns.cost), "{}", turns.cost);
    }
}
