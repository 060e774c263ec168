//! The requests that were received lately: repeats their answers when they are repeated, and never holds more than its
//! bounds.

use std::time::Instant;

use hotdesk_provisioning::Transport;

use super::{ServerAction, ServerInvite, ServerKey, ServerNonInvite};
use crate::command::{Flow, Transmit};
use crate::config::Limits;
use crate::message::Request;
use crate::wire::Method;

/// Open server transactions.
pub(crate) struct ServerTable {
    entries: Vec<Entry>,
    limits: Limits,
}

struct Entry {
    key: ServerKey,
    machine: Machine,
    /// The last response.
    answer: Option<Transmit>,
}

enum Machine {
    Invite(ServerInvite, Box<Pending>),
    Other(ServerNonInvite),
}

/// A request that can still be answered by its transaction.
#[derive(Debug, Clone)]
pub(crate) struct Pending {
    pub(crate) flow: Flow,
    pub(crate) request: Request,
}

/// What a received request is.
pub(crate) enum Arrival {
    /// New: a transaction waits for its answer.
    New(ServerKey),
    /// A repetition; here is the answer again, if there is one.
    Again(Option<Transmit>),
    /// There are too many: answer without state.
    Full,
}

/// What became due.
pub(crate) enum ServerDue {
    Resend(Transmit),
    /// Answer this INVITE 100.
    Trying(ServerKey, Box<Pending>),
}

impl ServerTable {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            entries: Vec::new(),
            limits,
        }
    }

    /// Takes a request other than ACK.
    pub(crate) fn receive(&mut self, now: Instant, flow: Flow, request: &Request) -> Arrival {
        let Some(key) = ServerKey::of(request) else {
            return Arrival::Again(None);
        };
        if let Some(entry) = self.find(&key) {
            let action = match &entry.machine {
                Machine::Invite(machine, _) => machine.on_request(),
                Machine::Other(machine) => machine.on_request(),
            };
            let again = (action == ServerAction::Resend).then(|| entry.answer.clone());
            return Arrival::Again(again.flatten());
        }
        let is_invite = request.method == Method::Invite;
        if self.is_full(is_invite) {
            return Arrival::Full;
        }
        let is_reliable = flow.transport == Transport::Tcp;
        let machine = if is_invite {
            let pending = Pending {
                flow,
                request: request.clone(),
            };
            Machine::Invite(ServerInvite::start(now, is_reliable), Box::new(pending))
        } else {
            Machine::Other(ServerNonInvite::start(is_reliable))
        };
        self.entries.push(Entry {
            key: key.clone(),
            machine,
            answer: None,
        });
        Arrival::New(key)
    }

    fn is_full(&self, is_invite: bool) -> bool {
        let invites = self.entries.iter();
        let invites = invites.filter(|e| matches!(e.machine, Machine::Invite(..)));
        self.entries.len() >= self.limits.server_transactions
            || (is_invite && invites.count() >= self.limits.invite_transactions)
    }

    /// Takes an ACK; one that belongs to no refused INVITE has no effect.
    pub(crate) fn receive_ack(&mut self, now: Instant, ack: &Request) {
        let key = ServerKey::of(ack).map(|key| key.invite());
        let entry = key.and_then(|key| self.find(&key));
        if let Some(Entry {
            machine: Machine::Invite(machine, _),
            ..
        }) = entry
        {
            machine.on_ack(now);
        }
        self.sweep();
    }

    /// The INVITE that a CANCEL means; `Ok` with it while it can still be cancelled, `Ok(None)` when it is answered.
    ///
    /// # Errors
    /// When there is no such INVITE.
    pub(crate) fn cancelled(
        &mut self,
        cancel: &Request,
    ) -> Result<Option<(ServerKey, Pending)>, ()> {
        let key = ServerKey::of(cancel).ok_or(())?.invite();
        match self.find(&key).map(|entry| &entry.machine) {
            Some(Machine::Invite(machine, pending)) if machine.is_pending() => {
                Ok(Some((key, (**pending).clone())))
            }
            Some(Machine::Invite(..) | Machine::Other(_)) => Ok(None),
            None => Err(()),
        }
    }

    /// The answer of the user of the transaction; what is to be sent.
    pub(crate) fn respond(
        &mut self,
        now: Instant,
        key: &ServerKey,
        status: u16,
        answer: Transmit,
    ) -> Option<Transmit> {
        let entry = self.find(key)?;
        let is_sent = match &mut entry.machine {
            Machine::Invite(machine, _) => machine.respond(now, status),
            Machine::Other(machine) => machine.respond(now, status),
        };
        if is_sent {
            entry.answer = Some(answer.clone());
        }
        self.sweep();
        is_sent.then_some(answer)
    }

    /// Forgets a request that cannot be answered.
    pub(crate) fn abandon(&mut self, key: &ServerKey) {
        self.entries.retain(|entry| entry.key != *key);
    }

    /// Does everything that is due.
    pub(crate) fn handle_timeout(&mut self, now: Instant) -> Vec<ServerDue> {
        let mut due = Vec::new();
        for entry in &mut self.entries {
            while entry.poll_timeout().is_some_and(|at| at <= now) {
                due.extend(entry.handle_timeout(now));
            }
        }
        self.sweep();
        due
    }

    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        self.entries.iter().filter_map(Entry::poll_timeout).min()
    }

    fn find(&mut self, key: &ServerKey) -> Option<&mut Entry> {
        self.entries.iter_mut().find(|entry| entry.key == *key)
    }

    fn sweep(&mut self) {
        self.entries.retain(|entry| match &entry.machine {
            Machine::Invite(machine, _) => !machine.is_over(),
            Machine::Other(machine) => !machine.is_over(),
        });
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }
}

impl Entry {
    fn poll_timeout(&self) -> Option<Instant> {
        match &self.machine {
            Machine::Invite(machine, _) => machine.poll_timeout(),
            Machine::Other(machine) => machine.poll_timeout(),
        }
    }

    fn handle_timeout(&mut self, now: Instant) -> Option<ServerDue> {
        let action = match &mut self.machine {
            Machine::Invite(machine, _) => machine.on_timeout(now),
            Machine::Other(machine) => machine.on_timeout(now),
        };
        match (action, &self.machine) {
            (ServerAction::Resend, _) => self.answer.clone().map(ServerDue::Resend),
            (ServerAction::SendTrying, Machine::Invite(_, pending)) => {
                Some(ServerDue::Trying(self.key.clone(), pending.clone()))
            }
            (
                ServerAction::SendTrying
                | ServerAction::Nothing
                | ServerAction::DeliverAck
                | ServerAction::TimedOut,
                _,
            ) => None,
        }
    }
}
