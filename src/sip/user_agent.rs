//! The user agent of one phone: routes commands, messages and timeouts to registrations and transactions, and what these
//! want to the shell. Decides nothing itself.

mod inbound;
mod reply;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Instant;

use hotdesk_provisioning::Transport;

use crate::challenger::Challenger;
use crate::command::{AccountId, Command, Flow, Registrant, Transmit};
use crate::config::Config;
use crate::event::{RejectedWhy, UserAgentEvent};
use crate::gate::Gate;
use crate::nonce::NonceCache;
use crate::notify::CheckSyncKind;
use crate::random::Random;
use crate::registration::{Context, Effect, Registration};
use crate::transaction::{ClientKey, ClientTable, Due, ServerDue, ServerTable};
use crate::wire::{Method, write_request};

/// Users that left and whose calls are answered 480; the oldest is forgotten when there are more.
const GONE_MAX: usize = 32;

/// Longest Contact token.
const TOKEN_BYTES_MAX: usize = 64;

/// The user agent of one phone: all its accounts, transactions and nonces.
pub struct UserAgent {
    config: Config,
    random: Random,
    tag_key: String,
    nonces: NonceCache,
    registrations: Vec<Registration>,
    clients: ClientTable,
    servers: ServerTable,
    gate: Gate,
    challenger: Challenger,
    gone: VecDeque<String>,
    coalesced: Vec<(CheckSyncKind, Option<AccountId>, Instant)>,
    keep_alive_at: Option<Instant>,
    transmits: VecDeque<Transmit>,
    events: VecDeque<UserAgentEvent>,
}

impl UserAgent {
    /// A user agent without accounts. `seed` must come from a good source: Call-IDs, tags and cnonces are made from it.
    #[must_use]
    pub fn new(config: Config, seed: [u8; 32]) -> Self {
        let mut random = Random::new(seed);
        let limits = config.limits;
        Self {
            config,
            tag_key: random.token(),
            random,
            nonces: NonceCache::default(),
            registrations: Vec::new(),
            clients: ClientTable::default(),
            servers: ServerTable::new(limits),
            gate: Gate::new(limits.requests_per_second, limits.request_burst),
            challenger: Challenger::default(),
            gone: VecDeque::new(),
            coalesced: Vec::new(),
            keep_alive_at: None,
            transmits: VecDeque::new(),
            events: VecDeque::new(),
        }
    }

    /// The configuration it was made with.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Does what the shell wants. Commands for accounts that do not exist have no effect.
    pub fn handle_command(&mut self, now: Instant, command: Command) {
        match command {
            Command::Register { id, registrant } => {
                self.enter(now, id, registrant, Registration::register);
            }
            Command::CleanUp { id, registrant } => {
                self.enter(now, id, registrant, Registration::clean_up);
            }
            Command::Unregister { id } => self.drive(now, id, Registration::unregister),
            Command::Abandon { id } => self.forget(id),
            Command::Rebind { id, server, local } => {
                self.drive(now, id, |registration, context| {
                    registration.rebind(context, server, local);
                });
            }
            Command::RefreshAll => {
                let ids: Vec<_> = self.registrations.iter().map(Registration::id).collect();
                for id in ids {
                    self.drive(now, id, Registration::refresh_now);
                }
            }
        }
        self.plan_keep_alive(now);
    }

    /// Takes one datagram, or one frame that a [`crate::Framer`] cut out of a stream.
    pub fn handle_datagram(&mut self, now: Instant, flow: Flow, bytes: &[u8]) {
        self.receive(now, flow, bytes);
        self.plan_keep_alive(now);
    }

    /// Takes the news that a server cannot be reached: a refused or closed TCP connection, an ICMP error.
    pub fn handle_transport_error(
        &mut self,
        now: Instant,
        transport: Transport,
        remote: SocketAddr,
    ) {
        let mut hit = self.clients.fail(transport, remote);
        let connected = self.registrations.iter().filter(|registration| {
            let registrant = registration.registrant();
            registrant.server == remote && registrant.transport() == transport
        });
        let idle: Vec<_> = connected
            .map(Registration::id)
            .filter(|id| !hit.contains(id))
            .collect();
        hit.extend(idle);
        for id in hit {
            self.drive(now, id, Registration::transport_failed);
        }
        self.plan_keep_alive(now);
    }

    /// Does everything that is due.
    pub fn handle_timeout(&mut self, now: Instant) {
        for due in self.clients.handle_timeout(now) {
            match due {
                Due::Resend(transmit) => self.transmits.push_back(transmit),
                Due::TimedOut(id) => self.drive(now, id, Registration::timed_out),
            }
        }
        for due in self.servers.handle_timeout(now) {
            match due {
                ServerDue::Resend(transmit) => self.transmits.push_back(transmit),
                ServerDue::Trying(key, pending) => self.answer_invite(now, &key, &pending, 100),
            }
        }
        let due = self.registrations.iter();
        let due = due.filter(|r| r.poll_timeout().is_some_and(|at| at <= now));
        let ids: Vec<_> = due.map(Registration::id).collect();
        for id in ids {
            self.drive(now, id, Registration::handle_timeout);
        }
        self.keep_alive(now);
        self.plan_keep_alive(now);
    }

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
        let registrations = self.registrations.iter();
        registrations
            .filter_map(Registration::poll_timeout)
            .chain(self.clients.poll_timeout())
            .chain(self.servers.poll_timeout())
            .chain(self.keep_alive_at)
            .min()
    }

    /// Makes an account and starts it, if it can be written as SIP and there is room.
    fn enter(
        &mut self,
        now: Instant,
        id: AccountId,
        registrant: Registrant,
        start: impl FnOnce(&mut Registration, &mut Context<'_>),
    ) {
        self.forget(id);
        let token = &registrant.contact_token;
        let is_token = (1..=TOKEN_BYTES_MAX).contains(&token.len())
            && token
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
        if !is_token || self.registrations.len() >= self.config.limits.accounts {
            let (status, why) = (0, RejectedWhy::Unusable);
            let event = UserAgentEvent::Rejected { id, status, why };
            self.events.push_back(event);
            return;
        }
        let registration = Registration::new(id, registrant, &mut self.random);
        self.registrations.push(registration);
        self.drive(now, id, start);
    }

    /// Lets a registration act and does what it wants.
    fn drive(
        &mut self,
        now: Instant,
        id: AccountId,
        act: impl FnOnce(&mut Registration, &mut Context<'_>),
    ) {
        let found = self.registrations.iter_mut().find(|r| r.id() == id);
        let Some(registration) = found else {
            return;
        };
        let mut context = Context {
            now,
            config: &self.config,
            random: &mut self.random,
            nonces: &mut self.nonces,
            effects: Vec::new(),
        };
        act(registration, &mut context);
        let transport = registration.registrant().transport();
        for effect in context.effects {
            match effect {
                Effect::Send(outgoing) => {
                    let Ok(bytes) = write_request(&outgoing.request) else {
                        return self.drive(now, id, Registration::unusable);
                    };
                    let transmit = Transmit {
                        transport,
                        destination: outgoing.destination,
                        bytes,
                    };
                    let key = ClientKey::new(&outgoing.branch, Method::Register);
                    self.clients.start(now, id, key, transmit.clone());
                    self.transmits.push_back(transmit);
                }
                Effect::Tell(event) => self.events.push_back(event),
                Effect::Forget => self.forget(id),
            }
        }
    }

    /// Drops an account with its secret and what waits for it; calls to its user are answered 480 from now on.
    fn forget(&mut self, id: AccountId) {
        self.clients.disown(id);
        let at = self.registrations.iter().position(|r| r.id() == id);
        let Some(at) = at else {
            return;
        };
        let left = self.registrations.remove(at);
        let registrant = left.registrant();
        for user in [&registrant.contact_token, registrant.account.aor.user()] {
            self.gone.retain(|known| known != user);
            self.gone.push_back(user.to_owned());
        }
        while self.gone.len() > GONE_MAX {
            self.gone.pop_front();
        }
    }

    /// Sends a CRLF to every UDP server that holds a binding of ours, once each.
    fn keep_alive(&mut self, now: Instant) {
        if self.keep_alive_at.is_none_or(|at| at > now) {
            return;
        }
        self.keep_alive_at = None;
        let mut servers: Vec<SocketAddr> = self.kept_open().collect();
        servers.sort_unstable();
        servers.dedup();
        for destination in servers {
            self.transmits.push_back(Transmit {
                transport: Transport::Udp,
                destination,
                bytes: b"\r\n".to_vec(),
            });
        }
    }

    fn plan_keep_alive(&mut self, now: Instant) {
        let is_needed = self.kept_open().next().is_some();
        self.keep_alive_at = match self.config.udp_keep_alive {
            Some(interval) if is_needed => self.keep_alive_at.or(Some(now + interval)),
            Some(_) | None => None,
        };
    }

    fn kept_open(&self) -> impl Iterator<Item = SocketAddr> {
        let bound = self.registrations.iter().filter(|r| r.is_bound());
        bound
            .map(Registration::registrant)
            .filter(|registrant| registrant.transport() == Transport::Udp)
            .map(|registrant| registrant.server)
    }
}

#[cfg(test)]
mod tests;
