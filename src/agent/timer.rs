//! A timer of the kernel. Never decides what it is for.

use std::io;
use std::os::fd::OwnedFd;
use std::time::Duration;

use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
    timerfd_settime,
};
use tokio::io::unix::AsyncFd;

/// No time at all: a timer never repeats, and one with this value is off.
const ZERO: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 0,
};

/// One timer, which fires once for each time it is set.
#[derive(Debug)]
pub(crate) struct KernelTimer(AsyncFd<OwnedFd>);

impl KernelTimer {
    /// A timer that is off.
    #[expect(
        deprecated,
        reason = "what it warns of is a descriptor that is closed while it is registered, and this one is owned"
    )]
    pub(crate) fn open(clock: TimerfdClockId) -> io::Result<Self> {
        let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
        AsyncFd::new(timerfd_create(clock, flags)?).map(Self)
    }

    /// Fires after this time, or at it with [`TimerfdTimerFlags::ABSTIME`]; zero switches it off. What was set before no
    /// longer counts.
    pub(crate) fn set(&self, flags: TimerfdTimerFlags, time: Duration) -> io::Result<()> {
        let value = Itimerspec {
            it_interval: ZERO,
            it_value: Timespec {
                tv_sec: time.as_secs().try_into().map_err(io::Error::other)?,
                tv_nsec: time.subsec_nanos().into(),
            },
        };
        timerfd_settime(&self.0, flags, &value)?;
        Ok(())
    }

    /// Waits until it fires or is cancelled.
    pub(crate) async fn fired(&self) -> io::Result<()> {
        self.0.readable().await?.clear_ready();
        Ok(())
    }
}
