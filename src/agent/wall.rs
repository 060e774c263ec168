//! News that somebody set the clock: a phone that started in 1970 goes on at once when it learns the time. Never sets it.

use std::io;
use std::os::fd::OwnedFd;

use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
    timerfd_settime,
};
use tokio::io::unix::AsyncFd;
use tracing::warn;

/// A moment that never comes, in seconds since 1970: the timer is there to be cancelled.
const NEVER: i64 = i32::MAX as i64;

/// Hears from the kernel when the clock is set.
#[derive(Debug)]
pub(crate) struct WallNews(Option<AsyncFd<OwnedFd>>);

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
        let cancelled = match timer.readable().await {
            Ok(mut ready) => {
                ready.clear_ready();
                true
            }
            Err(_) => false,
        };
        // A timer is cancelled once; the next one hears of the next time.
        let again = arm(timer.get_ref());
        if !cancelled || again.is_err() {
            self.0 = None;
        }
    }
}

#[expect(
    deprecated,
    reason = "what it warns of is a descriptor that is closed while it is registered, and this one is owned"
)]
fn timer() -> io::Result<AsyncFd<OwnedFd>> {
    let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
    let timer = timerfd_create(TimerfdClockId::Realtime, flags)?;
    arm(&timer)?;
    AsyncFd::new(timer)
}

fn arm(timer: &OwnedFd) -> io::Result<()> {
    let never = Itimerspec {
        it_interval: Timespec {
            tv_sec: 0,
            tv_nsec: 0,
        },
        it_value: Timespec {
            tv_sec: NEVER,
            tv_nsec: 0,
        },
    };
    let flags = TimerfdTimerFlags::ABSTIME | TimerfdTimerFlags::CANCEL_ON_SET;
    timerfd_settime(timer, flags, &never)?;
    Ok(())
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
