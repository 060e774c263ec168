//! The client transaction of INVITE (RFC 3261 section 17.1.1 with RFC 6026 section 8.4).

use std::time::{Duration, Instant};

use super::ClientAction;
use super::timer::{T1, TRANSACTION_TIME, Timer, Timers};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Calling,
    Proceeding,
    /// A final response other than 2xx came and is acknowledged by the transaction.
    Completed,
    /// A 2xx came; it and its retransmissions are acknowledged by the user of the transaction (RFC 6026).
    Accepted,
    Terminated,
}

/// One INVITE from its first sending until no retransmission of its final answers can come any more.
#[derive(Debug, Clone)]
pub struct ClientInvite {
    state: State,
    timers: Timers,
    interval: Duration,
    is_reliable: bool,
}

impl ClientInvite {
    /// The INVITE was sent now; over a reliable transport it is never sent again.
    #[must_use]
    pub fn start(now: Instant, is_reliable: bool) -> Self {
        let mut timers = Timers::default();
        timers.set(Timer::GiveUp, now + TRANSACTION_TIME);
        if !is_reliable {
            timers.set(Timer::Resend, now + T1);
        }
        Self {
            state: State::Calling,
            timers,
            interval: T1,
            is_reliable,
        }
    }

    /// A response with this transaction's branch came.
    pub fn on_response(&mut self, now: Instant, status: u16) -> ClientAction {
        match (self.state, status) {
            (State::Calling | State::Proceeding, ..=199) => {
                // However long it rings, the transaction has no timer now: the user of it decides when to CANCEL.
                self.timers.stop_all();
                self.state = State::Proceeding;
                ClientAction::Deliver
            }
            (State::Calling | State::Proceeding, 200..=299) => {
                self.linger(now, State::Accepted);
                ClientAction::Deliver
            }
            (State::Calling | State::Proceeding, _) => {
                if self.is_reliable {
                    self.timers.stop_all();
                    self.state = State::Terminated;
                } else {
                    self.linger(now, State::Completed);
                }
                ClientAction::DeliverAndAck
            }
            (State::Accepted, 200..=299) => ClientAction::Deliver,
            (State::Completed, 300..) => ClientAction::Ack,
            (State::Accepted | State::Completed | State::Terminated, _) => ClientAction::Nothing,
        }
    }

    fn linger(&mut self, now: Instant, state: State) {
        self.timers.stop_all();
        self.timers.set(Timer::Linger, now + TRANSACTION_TIME);
        self.state = state;
    }

    /// Does one thing that is due; call again until [`ClientAction::Nothing`].
    pub fn on_timeout(&mut self, now: Instant) -> ClientAction {
        match self.timers.fire(now) {
            Some(Timer::Resend) => {
                // INVITE is sent at ever longer intervals without T2 as a ceiling (section 17.1.1.2).
                self.interval = self.interval.saturating_mul(2);
                self.timers.set(Timer::Resend, now + self.interval);
                ClientAction::Resend
            }
            Some(Timer::GiveUp) => {
                self.timers.stop_all();
                self.state = State::Terminated;
                ClientAction::TimedOut
            }
            Some(Timer::Linger | Timer::Trying) => {
                self.state = State::Terminated;
                ClientAction::Nothing
            }
            None => ClientAction::Nothing,
        }
    }

    /// When [`Self::on_timeout`] wants to be called.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.timers.next()
    }

    /// Whether it can be forgotten.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.state == State::Terminated
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests_support::start_of_time;

    #[test]
    fn a_silent_peer_gets_seven_invites() {
        let start = start_of_time();
        let mut machine = ClientInvite::start(start, false);
        let mut sent = vec![0];
        let mut gave_up = None;
        while let Some(at) = machine.poll_timeout() {
            let ms = (at - start).as_millis();
            match machine.on_timeout(at) {
                ClientAction::Resend => sent.push(ms),
                ClientAction::TimedOut => gave_up = Some(ms),
                ClientAction::Nothing
                | ClientAction::Deliver
                | ClientAction::DeliverAndAck
                | ClientAction::Ack => {}
            }
        }
        assert_eq!(sent, [0, 500, 1500, 3500, 7500, 15500, 31500]);
        assert_eq!(gave_up, Some(32000));
    }

    #[test]
    fn ringing_stops_every_timer() {
        let start = start_of_time();
        let mut machine = ClientInvite::start(start, false);
        assert_eq!(machine.on_response(start, 180), ClientAction::Deliver);
        assert_eq!(machine.poll_timeout(), None);
        assert!(!machine.is_over());
    }

    #[test]
    fn a_refusal_is_acknowledged_each_time_it_comes() {
        let start = start_of_time();
        let mut machine = ClientInvite::start(start, false);
        assert_eq!(machine.on_response(start, 486), ClientAction::DeliverAndAck);
        assert_eq!(machine.on_response(start, 486), ClientAction::Ack);
        assert_eq!(machine.on_response(start, 200), ClientAction::Nothing);
        machine.on_timeout(start + TRANSACTION_TIME);
        assert!(machine.is_over());
        let mut machine = ClientInvite::start(start, true);
        assert_eq!(machine.on_response(start, 486), ClientAction::DeliverAndAck);
        assert!(machine.is_over());
    }

    #[test]
    fn every_2xx_is_handed_up_while_accepted() {
        let start = start_of_time();
        let mut machine = ClientInvite::start(start, false);
        assert_eq!(machine.on_response(start, 200), ClientAction::Deliver);
        assert_eq!(machine.on_response(start, 200), ClientAction::Deliver);
        assert_eq!(machine.on_response(start, 486), ClientAction::Nothing);
        assert_eq!(machine.poll_timeout(), Some(start + TRANSACTION_TIME));
        machine.on_timeout(start + TRANSACTION_TIME);
        assert!(machine.is_over());
    }
}
