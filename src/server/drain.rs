//! A stop that phones do not all notice in the same second: their event streams are ended one after the other, and each
//! phone is told how long it may take until it is back, so that the next server hears of them one after the other as well.

use std::time::Duration;

use tokio::sync::watch;

use crate::clock::Clock;

/// How long a server takes to start again, generously.
const RESTART_SECONDS: i64 = 2;

/// Whether the server is about to stop, and since when.
#[derive(Debug)]
pub(crate) struct Drain {
    seconds: i64,
    began: watch::Sender<Option<i64>>,
}

impl Drain {
    /// One that will take so many seconds.
    pub(crate) fn new(seconds: u32) -> Self {
        Self {
            seconds: i64::from(seconds),
            began: watch::Sender::new(None),
        }
    }

    /// Begins at `now` (seconds since 1970) and says when the last stream will have been ended.
    pub(crate) fn begin(&self, now: i64) -> i64 {
        self.began.send_replace(Some(now));
        now.saturating_add(self.seconds)
    }

    /// Whether it has begun.
    pub(crate) fn has_begun(&self) -> bool {
        self.began.borrow().is_some()
    }

    /// Seconds after which a phone that comes now should come again; none while phones are welcome.
    pub(crate) fn come_back(&self, now: i64) -> Option<u32> {
        let began = (*self.began.borrow())?;
        let over = began.saturating_add(self.seconds + RESTART_SECONDS);
        Some(u32::try_from(over.saturating_sub(now).max(RESTART_SECONDS)).unwrap_or(u32::MAX))
    }

    /// Waits until it is this phone's turn to be told, and says within what time it should be back. Numbers of phones
    /// count up, so their remainders spread them evenly.
    pub(crate) async fn turn(&self, clock: &Clock, phone: i64) -> Duration {
        let mut began = self.began.subscribe();
        // The sender lives as long as this value, so that waiting cannot fail.
        let began = began.wait_for(Option::is_some).await.map_or(None, |at| *at);
        let turn = phone.rem_euclid(self.seconds.max(1));
        let began = began.unwrap_or_default();
        clock.wait_until(began.saturating_add(turn)).await;
        Duration::from_secs((self.seconds + RESTART_SECONDS).unsigned_abs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn phones_are_told_evenly_and_none_after_the_end() {
        let clock = Clock::manual(1000);
        let drain = Drain::new(10);
        assert_eq!(drain.come_back(1000), None);
        let end = drain.begin(1000);
        let mut told = Vec::new();
        for second in 1000..end {
            clock.advance(second - clock.now());
            let mut now = 0;
            for phone in 0..200 {
                // Without the runtime's budget, which so many turns in one task would use up.
                let turn = tokio::task::unconstrained(drain.turn(&clock, phone));
                // A turn that has come is ready when it is asked.
                let ready = futures_util::FutureExt::now_or_never(turn);
                now += usize::from(ready == Some(Duration::from_secs(12)));
            }
            told.push(now);
        }
        let expected: Vec<usize> = (1..=10).map(|second| second * 20).collect();
        assert_eq!(told, expected, "20 more each second");
        assert_eq!(drain.come_back(end), Some(2));
        assert_eq!(drain.come_back(1003), Some(9));
    }
}
