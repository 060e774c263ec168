//! The client transaction of every method but INVITE and ACK (RFC 3261 section 17.1.2).

use std::time::{Duration, Instant};

use super::ClientAction;
use super::machine::{ClientState, Machine};
use super::timer::{T2, T4, doubled};

/// One request from its first sending until no retransmission of its answer can come any more.
pub type ClientNonInvite = Machine<ClientNonInviteState>;

/// Where a request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientNonInviteState {
    /// Sent; nothing came.
    Trying,
    /// A provisional response came.
    Proceeding,
    /// The final response came.
    Completed,
}

use ClientNonInviteState as State;

impl ClientState for State {
    /// Once the server said that it works on it, it is reminded only every T2 (section 17.1.2.2).
    fn wait_after(self, interval: Duration) -> Duration {
        match self {
            Self::Proceeding => T2,
            Self::Trying | Self::Completed => doubled(interval),
        }
    }
}

impl ClientNonInvite {
    /// The request was sent now; over a reliable transport it is never sent again.
    #[must_use]
    pub fn start(now: Instant, is_reliable: bool) -> Self {
        let mut machine = Self::new(State::Trying, is_reliable);
        machine.repeat(now);
        machine
    }

    /// A response with this transaction's branch came.
    pub fn on_response(&mut self, now: Instant, status: u16) -> ClientAction {
        match self.state {
            Some(State::Trying | State::Proceeding) if status < 200 => {
                self.state = Some(State::Proceeding);
                ClientAction::Deliver
            }
            Some(State::Trying | State::Proceeding) => {
                self.linger_if_unreliable(now + T4, State::Completed);
                ClientAction::Deliver
            }
            Some(State::Completed) | None => ClientAction::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests_support::start_of_time;

    /// Runs until it is over; the milliseconds of each sending, and when it gave up.
    fn run(machine: &mut ClientNonInvite, start: Instant) -> (Vec<u128>, Option<u128>) {
        let (mut sent, mut gave_up) = (vec![0], None);
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
        (sent, gave_up)
    }

    #[test]
    fn a_silent_server_gets_eleven_requests_in_32_seconds() {
        let start = start_of_time();
        let (sent, gave_up) = run(&mut ClientNonInvite::start(start, false), start);
        let expected = [
            0, 500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500,
        ];
        assert_eq!((sent.as_slice(), gave_up), (&expected[..], Some(32000)));
    }

    #[test]
    fn over_a_stream_nothing_is_sent_again() {
        let start = start_of_time();
        let (sent, gave_up) = run(&mut ClientNonInvite::start(start, true), start);
        assert_eq!((sent.len(), gave_up), (1, Some(32000)));
    }

    #[test]
    fn after_a_provisional_answer_it_is_sent_every_four_seconds() {
        let start = start_of_time();
        let mut machine = ClientNonInvite::start(start, false);
        assert_eq!(machine.on_response(start, 100), ClientAction::Deliver);
        let (sent, gave_up) = run(&mut machine, start);
        assert_eq!((&sent[..3], gave_up), (&[0, 500, 4500][..], Some(32000)));
    }

    #[test]
    fn retransmitted_answers_are_absorbed_for_t4() {
        let start = start_of_time();
        let mut machine = ClientNonInvite::start(start, false);
        assert_eq!(machine.on_response(start, 200), ClientAction::Deliver);
        assert_eq!(machine.on_response(start, 200), ClientAction::Nothing);
        assert_eq!(machine.poll_timeout(), Some(start + T4));
        assert!(!machine.is_over());
        machine.on_timeout(start + T4);
        assert!(machine.is_over());
        let mut machine = ClientNonInvite::start(start, true);
        machine.on_response(start, 200);
        assert!(machine.is_over());
    }
}
