//! The server transaction of INVITE (RFC 3261 section 17.2.1 with RFC 6026 section 8.5).

use std::time::Instant;

use super::ServerAction;
use super::machine::Machine;
use super::timer::{T4, TRANSACTION_TIME, TRYING_AFTER, Timer, doubled};

/// One received INVITE until neither it nor its ACK can come any more.
pub type ServerInvite = Machine<ServerInviteState>;

/// Where a received INVITE is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServerInviteState {
    /// Nothing was answered.
    Trying,
    /// A provisional response was sent.
    Proceeding,
    /// Refused; the refusal is repeated until its ACK comes.
    Completed,
    /// The ACK came; more of them are absorbed.
    Confirmed,
    /// Accepted with 2xx, which the user of the transaction repeats; INVITE retransmissions are absorbed (RFC 6026).
    Accepted,
}

use ServerInviteState as State;

impl ServerInvite {
    /// The INVITE came for the first time.
    #[must_use]
    pub fn start(now: Instant, is_reliable: bool) -> Self {
        let mut machine = Self::new(State::Trying, is_reliable);
        machine.timers.set(Timer::Trying, now + TRYING_AFTER);
        machine
    }

    /// Whether no final answer was given yet, so that a CANCEL has an effect (RFC 3261 section 9.2).
    #[must_use]
    pub fn is_pending(&self) -> bool {
        matches!(self.state, Some(State::Trying | State::Proceeding))
    }

    /// The same INVITE came again.
    #[must_use]
    pub fn on_request(&self) -> ServerAction {
        match self.state {
            Some(State::Proceeding | State::Completed) => ServerAction::Resend,
            Some(State::Trying | State::Confirmed | State::Accepted) | None => {
                ServerAction::Nothing
            }
        }
    }

    /// An ACK came.
    pub fn on_ack(&mut self, now: Instant) -> ServerAction {
        match self.state {
            Some(State::Completed) => {
                self.linger_if_unreliable(now + T4, State::Confirmed);
                ServerAction::Nothing
            }
            Some(State::Accepted) => ServerAction::DeliverAck,
            Some(State::Trying | State::Proceeding | State::Confirmed) | None => {
                ServerAction::Nothing
            }
        }
    }

    /// The user of the transaction answers; true when the answer is to be sent.
    pub fn respond(&mut self, now: Instant, status: u16) -> bool {
        match (self.state, status) {
            (Some(State::Trying | State::Proceeding), ..=199) => {
                self.timers.stop(Timer::Trying);
                self.state = Some(State::Proceeding);
            }
            (Some(State::Trying | State::Proceeding), 200..=299) => {
                self.linger(now + TRANSACTION_TIME, State::Accepted);
            }
            (Some(State::Trying | State::Proceeding), _) => {
                self.repeat(now);
                self.state = Some(State::Completed);
            }
            (Some(State::Accepted), 200..=299) => {}
            (Some(State::Completed | State::Confirmed | State::Accepted) | None, _) => {
                return false;
            }
        }
        true
    }

    /// Does one thing that is due; call again until [`ServerAction::Nothing`].
    pub fn on_timeout(&mut self, now: Instant) -> ServerAction {
        match self.timers.fire(now) {
            Some(Timer::Resend) => {
                self.repeat_after(now, doubled(self.interval));
                ServerAction::Resend
            }
            Some(Timer::Trying) => {
                self.state = Some(State::Proceeding);
                ServerAction::SendTrying
            }
            Some(Timer::GiveUp) => {
                self.end();
                ServerAction::TimedOut
            }
            Some(Timer::Linger) => {
                self.end();
                ServerAction::Nothing
            }
            None => ServerAction::Nothing,
        }
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
