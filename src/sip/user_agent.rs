//! The user agent of one phone.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Instant;

use hotdesk_provisioning::Transport;

use crate::command::{Command, Flow, Transmit};
use crate::config::Config;
use crate::event::UserAgentEvent;

/// The user agent of one phone: all its accounts, transactions and nonces.
pub struct UserAgent {
    config: Config,
    transmits: VecDeque<Transmit>,
    events: VecDeque<UserAgentEvent>,
}

impl UserAgent {
    /// A user agent without accounts. `seed` must come from a good source: Call-IDs, tags and cnonces are made from it.
    #[must_use]
    pub fn new(config: Config, _seed: [u8; 32]) -> Self {
        Self {
            config,
            transmits: VecDeque::new(),
            events: VecDeque::new(),
        }
    }

    /// The configuration it was made with.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Does what the shell wants.
    pub fn handle_command(&mut self, _now: Instant, _command: Command) {}

    /// Takes one datagram, or one message that [`crate::Flow`]'s stream was cut into.
    pub fn handle_datagram(&mut self, _now: Instant, _flow: Flow, _bytes: &[u8]) {}

    /// Takes the news that a server cannot be reached: a refused or closed TCP connection, an ICMP error.
    pub fn handle_transport_error(
        &mut self,
        _now: Instant,
        _transport: Transport,
        _remote: SocketAddr,
    ) {
    }

    /// Does everything that is due.
    pub fn handle_timeout(&mut self, _now: Instant) {}

    /// The next bytes to send, oldest first.
    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        self.transmits.pop_front()
    }

    /// The next event, oldest first.
    pub fn poll_event(&mut self) -> Option<UserAgentEvent> {
        self.events.pop_front()
    }

    /// When [`Self::handle_timeout`] wants to be called; `None`: not before something else happens.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        None
    }
}
