//! The server transaction of INVITE (RFC 3261 section 17.2.1 with RFC 6026 section 8.5).

use std::time::{Duration, Instant};

use super::ServerAction;
use super::timer::{T1, T4, TRANSACTION_TIME, TRYING_AFTER, Timer, Timers, doubled};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Proceeding,
    /// Refused; the refusal is repeated until its ACK comes.
    Completed,
    /// The ACK came; more of them are absorbed.
    Confirmed,
    /// Accepted with 2xx, which the user of the transaction repeats; INVITE retransmissions are absorbed (RFC 6026).
    Accepted,
    Terminated,
}

/// One received INVITE until neither it nor its ACK can come any more.
#[derive(Debug, Clone)]
pub struct ServerInvite {
    state: State,
    timers: Timers,
    interval: Duration,
    is_reliable: bool,
    has_answered: bool,
}

impl ServerInvite {
    /// The INVITE came for the first time.
    #[must_use]
    pub fn start(now: Instant, is_reliable: bool) -> Self {
        let mut timers = Timers::default();
        timers.set(Timer::Trying, now + TRYING_AFTER);
        Self {
            state: State::Proceeding,
            timers,
            interval: T1,
            is_reliable,
            has_answered: false,
        }
    }

    /// Whether no final answer was given yet, so that a CANCEL has an effect (RFC 3261 section 9.2).
    #[must_use]
    pub fn is_pending(&self) -> bool {
        self.state == State::Proceeding
    }

    /// The same INVITE came again.
    #[must_use]
    pub fn on_request(&self) -> ServerAction {
        match self.state {
            State::Proceeding if self.has_answered => ServerAction::Resend,
            State::Completed => ServerAction::Resend,
            State::Proceeding | State::Confirmed | State::Accepted | State::Terminated => {
                ServerAction::Nothing
            }
        }
    }

    /// An ACK came.
    pub fn on_ack(&mut self, now: Instant) -> ServerAction {
        match self.state {
            State::Completed => {
                self.timers.stop_all();
                if self.is_reliable {
                    self.state = State::Terminated;
                } else {
                    self.state = State::Confirmed;
                    self.timers.set(Timer::Linger, now + T4);
                }
                ServerAction::Nothing
            }
            State::Accepted => ServerAction::DeliverAck,
            State::Proceeding | State::Confirmed | State::Terminated => ServerAction::Nothing,
        }
    }

    /// The user of the transaction answers; true when the answer is to be sent.
    pub fn respond(&mut self, now: Instant, status: u16) -> bool {
        match (self.state, status) {
            (State::Proceeding, ..=199) => {
                self.timers.stop(Timer::Trying);
                self.has_answered = true;
            }
            (State::Proceeding, 200..=299) => {
                self.timers.stop_all();
                self.timers.set(Timer::Linger, now + TRANSACTION_TIME);
                self.state = State::Accepted;
            }
            (State::Proceeding, _) => {
                self.timers.stop_all();
                self.timers.set(Timer::GiveUp, now + TRANSACTION_TIME);
                if !self.is_reliable {
                    self.timers.set(Timer::Resend, now + T1);
                }
                self.state = State::Completed;
            }
            (State::Accepted, 200..=299) => {}
            (State::Completed | State::Confirmed | State::Accepted | State::Terminated, _) => {
                return false;
            }
        }
        true
    }

    /// Does one thing that is due; call again until [`ServerAction::Nothing`].
    pub fn on_timeout(&mut self, now: Instant) -> ServerAction {
        match self.timers.fire(now) {
            Some(Timer::Resend) => {
                self.interval = doubled(self.interval);
                self.timers.set(Timer::Resend, now + self.interval);
                ServerAction::Resend
            }
            Some(Timer::Trying) => {
                self.has_answered = true;
                ServerAction::SendTrying
            }
            Some(Timer::GiveUp) => {
                self.timers.stop_all();
                self.state = State::Terminated;
                ServerAction::TimedOut
            }
            Some(Timer::Linger) => {
                self.state = State::Terminated;
                ServerAction::Nothing
            }
            None => ServerAction::Nothing,
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
    fn a_refusal_without_ack_is_repeated_and_given_up() {
        let start = start_of_time();
        let mut machine = ServerInvite::start(start, false);
        assert!(machine.respond(start, 480));
        let (mut sent, mut gave_up) = (vec![0], None);
        while let Some(at) = machine.poll_timeout() {
            let ms = (at - start).as_millis();
            match machine.on_timeout(at) {
                ServerAction::Resend => sent.push(ms),
                ServerAction::TimedOut => gave_up = Some(ms),
                ServerAction::Nothing | ServerAction::SendTrying | ServerAction::DeliverAck => {}
            }
        }
        let expected = [
            0, 500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500,
        ];
        assert_eq!((sent.as_slice(), gave_up), (&expected[..], Some(32000)));
    }

    #[test]
    fn an_ack_ends_the_repetition() {
        let start = start_of_time();
        let mut machine = ServerInvite::start(start, false);
        machine.respond(start, 480);
        assert_eq!(machine.on_request(), ServerAction::Resend);
        assert_eq!(machine.on_ack(start), ServerAction::Nothing);
        assert_eq!(machine.on_request(), ServerAction::Nothing);
        assert_eq!(machine.poll_timeout(), Some(start + T4));
        machine.on_timeout(start + T4);
        assert!(machine.is_over());
    }

    #[test]
    fn over_a_stream_a_refusal_is_not_repeated_and_the_ack_ends_it() {
        let start = start_of_time();
        let mut machine = ServerInvite::start(start, true);
        machine.respond(start, 480);
        assert_eq!(machine.poll_timeout(), Some(start + TRANSACTION_TIME));
        machine.on_ack(start);
        assert!(machine.is_over());
    }

    #[test]
    fn trying_is_sent_after_200_ms_unless_something_was() {
        let start = start_of_time();
        let mut machine = ServerInvite::start(start, false);
        assert_eq!(machine.on_request(), ServerAction::Nothing);
        assert_eq!(
            machine.on_timeout(start + TRYING_AFTER),
            ServerAction::SendTrying
        );
        assert_eq!(machine.on_request(), ServerAction::Resend);
        let mut machine = ServerInvite::start(start, false);
        machine.respond(start, 180);
        assert_eq!(machine.poll_timeout(), None);
    }

    #[test]
    fn while_accepted_invites_are_absorbed_and_acks_handed_up() {
        let start = start_of_time();
        let mut machine = ServerInvite::start(start, false);
        machine.respond(start, 200);
        assert!(!machine.is_pending());
        assert_eq!(machine.on_request(), ServerAction::Nothing);
        assert_eq!(machine.on_ack(start), ServerAction::DeliverAck);
        assert!(machine.respond(start, 200), "the user repeats its 2xx");
        assert!(!machine.respond(start, 486));
        machine.on_timeout(start + TRANSACTION_TIME);
        assert!(machine.is_over());
    }
}
