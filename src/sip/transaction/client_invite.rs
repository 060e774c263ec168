//! The client transaction of INVITE (RFC 3261 section 17.1.1 with RFC 6026 section 8.4).

use std::time::{Duration, Instant};

use super::ClientAction;
use super::machine::{ClientState, Machine};
use super::timer::TRANSACTION_TIME;

/// One INVITE from its first sending until no retransmission of its final answers can come any more.
pub type ClientInvite = Machine<ClientInviteState>;

/// Where an INVITE is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientInviteState {
    /// Sent; nothing came.
    Calling,
    /// A provisional response came.
    Proceeding,
    /// A final response other than 2xx came and is acknowledged by the transaction.
    Completed,
    /// A 2xx came; it and its retransmissions are acknowledged by the user of the transaction (RFC 6026).
    Accepted,
}

use ClientInviteState as State;

impl ClientState for State {
    /// INVITE is sent at ever longer intervals without T2 as a ceiling (section 17.1.1.2).
    fn wait_after(self, interval: Duration) -> Duration {
        interval.saturating_mul(2)
    }
}

impl ClientInvite {
    /// The INVITE was sent now; over a reliable transport it is never sent again.
    #[must_use]
    pub fn start(now: Instant, is_reliable: bool) -> Self {
        let mut machine = Self::new(State::Calling, is_reliable);
        machine.repeat(now);
        machine
    }

    /// A response with this transaction's branch came.
    pub fn on_response(&mut self, now: Instant, status: u16) -> ClientAction {
        match (self.state, status) {
            (Some(State::Calling | State::Proceeding), ..=199) => {
                // However long it rings, the transaction has no timer now: the user of it decides when to CANCEL.
                self.timers.stop_all();
                self.state = Some(State::Proceeding);
                ClientAction::Deliver
            }
            (Some(State::Calling | State::Proceeding), 200..=299) => {
                self.linger(now + TRANSACTION_TIME, State::Accepted);
                ClientAction::Deliver
            }
            (Some(State::Calling | State::Proceeding), _) => {
                self.linger_if_unreliable(now + TRANSACTION_TIME, State::Completed);
                ClientAction::DeliverAndAck
            }
            (Some(State::Accepted), 200..=299) => ClientAction::Deliver,
            (Some(State::Completed), 300..) => ClientAction::Ack,
            (Some(State::Accepted | State::Completed) | None, _) => ClientAction::Nothing,
        }
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
