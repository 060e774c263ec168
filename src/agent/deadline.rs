//! Waiting for a deadline that may not be there. Never decides which.

use std::time::{Duration, Instant};

use rustix::time::{TimerfdClockId, TimerfdTimerFlags};
use tokio::time::sleep_until;
use tracing::warn;

use crate::Clock;
use crate::timer::KernelTimer;

/// Waits until then; for ever without a deadline. For what seldom waits: see [`Alarm`].
pub(crate) async fn reached(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => sleep_until(deadline.into()).await,
        None => std::future::pending().await,
    }
}

/// Deadlines of something that waits all the time. The runtime's own timers are kept in slots that become finer as a deadline
/// comes near, and each move from one to the next is a wake-up: three for a deadline half a minute away. This is one.
#[derive(Debug)]
pub(crate) struct Alarm {
    clock: Clock,
    /// `None` where the kernel has none.
    timer: Option<KernelTimer>,
    /// What the timer is set to.
    set: Option<Instant>,
}

impl Alarm {
    /// An alarm that is not set.
    pub(crate) fn new(clock: Clock) -> Self {
        let timer = KernelTimer::open(TimerfdClockId::Monotonic);
        let timer = timer.inspect_err(|error| warn!("the kernel has no timer to lend: {error}"));
        Self {
            clock,
            timer: timer.ok(),
            set: None,
        }
    }

    /// Waits until then; for ever without a deadline.
    pub(crate) async fn reached(&mut self, deadline: Option<Instant>) {
        let left = deadline.map(|at| at.saturating_duration_since(self.clock.now()));
        if left == Some(Duration::ZERO) {
            return;
        }
        let Some(timer) = &self.timer else {
            return reached(deadline).await;
        };
        if self.set != deadline {
            // Zero switches it off.
            let outcome = timer.set(TimerfdTimerFlags::empty(), left.unwrap_or_default());
            if outcome.is_err() {
                return reached(deadline).await;
            }
            self.set = deadline;
        }
        if timer.fired().await.is_err() {
            return reached(deadline).await;
        }
        self.set = None;
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::timeout;

    use super::*;

    const SOON: Duration = Duration::from_millis(20);
    const NEVER: Duration = Duration::from_secs(3600);
    const PATIENCE: Duration = Duration::from_secs(10);

    #[tokio::test]
    async fn an_alarm_rings_at_the_last_deadline_it_was_given_and_not_before() {
        let clock = Clock::system();
        let mut alarm = Alarm::new(clock.clone());
        assert!(alarm.timer.is_some());
        let early = timeout(SOON, alarm.reached(Some(clock.now() + NEVER))).await;
        assert!(early.is_err(), "it rang an hour early");
        for _ in 0..3 {
            let at = clock.now() + SOON;
            let rang = timeout(PATIENCE, alarm.reached(Some(at))).await;
            assert!(rang.is_ok(), "it did not ring");
            assert!(clock.now() >= at, "it rang early");
        }
    }

    #[tokio::test]
    async fn an_alarm_without_a_deadline_is_silent_and_a_past_one_rings_at_once() {
        let clock = Clock::system();
        let mut alarm = Alarm::new(clock.clone());
        let past = clock.now();
        timeout(PATIENCE, alarm.reached(Some(past))).await.unwrap();
        // Given up before it rings, as when a key comes first.
        let soon = clock.now() + SOON;
        tokio::select! {
            biased;
            () = alarm.reached(Some(soon)) => {}
            () = tokio::task::yield_now() => {}
        };
        let off = timeout(SOON * 3, alarm.reached(None)).await;
        assert!(off.is_err(), "what was set before still rang");
    }
}
