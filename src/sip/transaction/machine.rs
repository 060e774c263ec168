//! What the four transaction machines have in common: a state until they are over, and timers.

use std::time::{Duration, Instant};

use super::ClientAction;
use super::timer::{T1, TRANSACTION_TIME, Timer, Timers};

/// A transaction whose states are `S`; each kind adds what it does with messages.
#[derive(Debug, Clone)]
pub struct Machine<S> {
    /// `None`: terminated.
    pub(super) state: Option<S>,
    pub(super) timers: Timers,
    /// The wait before the next retransmission.
    pub(super) interval: Duration,
    /// Over a reliable transport nothing is sent twice and nothing is waited for.
    pub(super) is_reliable: bool,
}

impl<S> Machine<S> {
    pub(super) fn new(state: S, is_reliable: bool) -> Self {
        Self {
            state: Some(state),
            timers: Timers::default(),
            interval: T1,
            is_reliable,
        }
    }

    /// When it wants to be told that time passed.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.timers.next()
    }

    /// Whether it can be forgotten.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.state.is_none()
    }

    /// A message was sent now, to be repeated until it is answered or given up.
    pub(super) fn repeat(&mut self, now: Instant) {
        self.timers.stop_all();
        self.timers.set(Timer::GiveUp, now + TRANSACTION_TIME);
        if !self.is_reliable {
            self.timers.set(Timer::Resend, now + self.interval);
        }
    }

    /// Sends again, and waits `interval` before the next time.
    pub(super) fn repeat_after(&mut self, now: Instant, interval: Duration) {
        self.interval = interval;
        self.timers.set(Timer::Resend, now + interval);
    }

    /// Stays in a last state to absorb what still comes.
    pub(super) fn linger(&mut self, until: Instant, state: S) {
        self.timers.stop_all();
        self.timers.set(Timer::Linger, until);
        self.state = Some(state);
    }

    /// As [`Self::linger`] where messages can be repeated; over a reliable transport it ends at once.
    pub(super) fn linger_if_unreliable(&mut self, until: Instant, state: S) {
        if self.is_reliable {
            self.end();
        } else {
            self.linger(until, state);
        }
    }

    pub(super) fn end(&mut self) {
        self.timers.stop_all();
        self.state = None;
    }
}

/// The state of a client transaction.
pub(super) trait ClientState: Copy {
    /// The wait that follows a wait of `interval` between retransmissions.
    fn wait_after(self, interval: Duration) -> Duration;
}

#[expect(
    private_bounds,
    reason = "only the two kinds of client transaction are client transactions"
)]
impl<S: ClientState> Machine<S> {
    /// Does one thing that is due; call again until [`ClientAction::Nothing`].
    pub fn on_timeout(&mut self, now: Instant) -> ClientAction {
        match (self.timers.fire(now), self.state) {
            (Some(Timer::Resend), Some(state)) => {
                self.repeat_after(now, state.wait_after(self.interval));
                ClientAction::Resend
            }
            (Some(Timer::GiveUp), _) => {
                self.end();
                ClientAction::TimedOut
            }
            (Some(Timer::Linger | Timer::Trying), _) => {
                self.end();
                ClientAction::Nothing
            }
            (Some(Timer::Resend), None) | (None, _) => ClientAction::Nothing,
        }
    }
}
