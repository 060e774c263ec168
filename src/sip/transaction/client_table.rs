//! The requests that this user agent waits for answers to. Bounded by its users: one request for each account.

use std::net::SocketAddr;
use std::time::Instant;

use hotdesk_provisioning::Transport;

use super::{ClientAction, ClientKey, ClientNonInvite};
use crate::command::{AccountId, Transmit};
use crate::message::Response;

/// Open client transactions.
#[derive(Default)]
pub(crate) struct ClientTable(Vec<Entry>);

struct Entry {
    key: ClientKey,
    owner: Option<AccountId>,
    machine: ClientNonInvite,
    transmit: Transmit,
}

/// What became due.
pub(crate) enum Due {
    Resend(Transmit),
    TimedOut(AccountId),
}

impl ClientTable {
    /// The request was sent now on behalf of `owner`, whose earlier one, if still open, no longer matters.
    pub(crate) fn start(
        &mut self,
        now: Instant,
        owner: AccountId,
        key: ClientKey,
        transmit: Transmit,
    ) {
        self.disown(owner);
        let is_reliable = transmit.transport == Transport::Tcp;
        self.0.push(Entry {
            key,
            owner: Some(owner),
            machine: ClientNonInvite::start(now, is_reliable),
            transmit,
        });
    }

    /// Whose request this answers, once for each final answer. Answers from elsewhere than where the request went are
    /// nobody's, and so are those to a request that was answered: it is forgotten at once, because staying to absorb them
    /// (timer K) would wake the phone up for nothing else.
    pub(crate) fn receive(
        &mut self,
        now: Instant,
        response: &Response,
        source: SocketAddr,
    ) -> Option<AccountId> {
        let key = ClientKey::of(response)?;
        let entry = self
            .0
            .iter_mut()
            .find(|e| e.key == key && e.transmit.destination.ip() == source.ip())?;
        let action = entry.machine.on_response(now, response.status);
        let owner = entry.owner.filter(|_| action == ClientAction::Deliver);
        if response.status >= 200 {
            self.0.retain(|entry| entry.key != key);
        }
        owner
    }

    /// Does everything that is due.
    pub(crate) fn handle_timeout(&mut self, now: Instant) -> Vec<Due> {
        let mut due = Vec::new();
        for entry in &mut self.0 {
            while entry.machine.poll_timeout().is_some_and(|at| at <= now) {
                match entry.machine.on_timeout(now) {
                    ClientAction::Resend => due.push(Due::Resend(entry.transmit.clone())),
                    ClientAction::TimedOut => due.extend(entry.owner.map(Due::TimedOut)),
                    ClientAction::Nothing
                    | ClientAction::Deliver
                    | ClientAction::DeliverAndAck
                    | ClientAction::Ack => {}
                }
            }
        }
        self.sweep();
        due
    }

    /// Ends every transaction towards a server that cannot be reached; whose they were.
    pub(crate) fn fail(&mut self, transport: Transport, remote: SocketAddr) -> Vec<AccountId> {
        let mut owners = Vec::new();
        self.0.retain(|entry| {
            let is_hit =
                entry.transmit.transport == transport && entry.transmit.destination == remote;
            let is_open = entry.machine.poll_timeout().is_some();
            if is_hit && is_open {
                owners.extend(entry.owner);
            }
            !is_hit
        });
        owners
    }

    /// Forgets the requests of an account that is gone: nobody waits for their answers, nothing is sent again.
    pub(crate) fn disown(&mut self, owner: AccountId) {
        self.0.retain(|entry| entry.owner != Some(owner));
    }

    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        self.0.iter().filter_map(|e| e.machine.poll_timeout()).min()
    }

    fn sweep(&mut self) {
        self.0.retain(|entry| !entry.machine.is_over());
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}
