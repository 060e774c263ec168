//! News that somebody set the clock: a phone that started in 1970 goes on at once when it learns the time. Never sets it.

use std::io;
use std::time::Duration;

use rustix::time::{TimerfdClockId, TimerfdTimerFlags};
use tracing::warn;

use crate::timer::KernelTimer;

/// A moment that never comes, counted from 1970: the timer is there to be cancelled.
const NEVER: Duration = Duration::from_secs(i32::MAX as u64);

/// Hears from the kernel when the clock is set.
#[derive(Debug)]
pub(crate) struct WallNews(Option<KernelTimer>);

impl WallNews {
    pub(crate) fn open() -> Self {
        let timer = timer()
            .inspect_err(|error| warn!("the kernel does not tell when the clock is set: {error}"));
        Self(timer.ok())
    }

    /// Waits until the clock was set.
    pub(crate) async fn set(&mut self) {
        let Some(timer) = &self.0 else {
            return std::future::pending().await;
        };
        let cancelled = timer.fired().await;
        // A timer is cancelled once; the next one hears of the next time.
        if cancelled.and_then(|()| arm(timer)).is_err() {
            self.0 = None;
        }
    }
}

fn timer() -> io::Result<KernelTimer> {
    let timer = KernelTimer::open(TimerfdClockId::Realtime)?;
    arm(&timer)?;
    Ok(timer)
}

fn arm(timer: &KernelTimer) -> io::Result<()> {
    let flags = TimerfdTimerFlags::ABSTIME | TimerfdTimerFlags::CANCEL_ON_SET;
    timer.set(flags, NEVER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_clock_that_nobody_sets_is_no_news() {
        let mut news = WallNews::open();
        assert!(news.0.is_some());
        tokio::select! {
            biased;
            () = news.set() => panic!("nobody set the clock"),
            () = tokio::task::yield_now() => {}
        }
    }
}
