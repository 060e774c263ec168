//! The server transaction of every method but INVITE and ACK (RFC 3261 section 17.2.2).

use std::time::Instant;

use super::ServerAction;
use super::machine::Machine;
use super::timer::TRANSACTION_TIME;

/// One received request until no retransmission of it can come any more.
pub type ServerNonInvite = Machine<ServerNonInviteState>;

/// Where a received request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServerNonInviteState {
    /// Nothing was answered.
    Trying,
    /// A provisional response was sent.
    Proceeding,
    /// The final response was sent.
    Completed,
}

use ServerNonInviteState as State;

impl ServerNonInvite {
    /// The request came for the first time.
    #[must_use]
    pub fn start(is_reliable: bool) -> Self {
        Self::new(State::Trying, is_reliable)
    }

    /// The same request came again.
    #[must_use]
    pub fn on_request(&self) -> ServerAction {
        match self.state {
            Some(State::Proceeding | State::Completed) => ServerAction::Resend,
            Some(State::Trying) | None => ServerAction::Nothing,
        }
    }

    /// The user of the transaction answers; true when the answer is to be sent.
    pub fn respond(&mut self, now: Instant, status: u16) -> bool {
        match self.state {
            Some(State::Trying | State::Proceeding) if status < 200 => {
                self.state = Some(State::Proceeding);
            }
            Some(State::Trying | State::Proceeding) => {
                self.linger_if_unreliable(now + TRANSACTION_TIME, State::Completed);
            }
            Some(State::Completed) | None => return false,
        }
        true
    }

    /// Does what is due.
    pub fn on_timeout(&mut self, now: Instant) -> ServerAction {
        if self.timers.fire(now).is_some() {
            self.end();
        }
        ServerAction::Nothing
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests_support::start_of_time;

    #[test]
    fn the_answer_is_repeated_for_32_seconds() {
        let start = start_of_time();
        let mut machine = ServerNonInvite::start(false);
        assert_eq!(machine.on_request(), ServerAction::Nothing);
        assert!(machine.respond(start, 200));
        assert!(!machine.respond(start, 500));
        assert_eq!(machine.on_request(), ServerAction::Resend);
        assert_eq!(machine.poll_timeout(), Some(start + TRANSACTION_TIME));
        machine.on_timeout(start + TRANSACTION_TIME);
        assert!(machine.is_over());
    }

    #[test]
    fn over_a_stream_it_is_over_with_the_answer() {
        let mut machine = ServerNonInvite::start(true);
        assert!(machine.respond(start_of_time(), 100));
        assert!(!machine.is_over());
        assert!(machine.respond(start_of_time(), 200));
        assert!(machine.is_over());
    }
}
