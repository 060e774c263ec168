//! Session and SIP put together, without IO: events, datagrams and the time go in; errands, bytes and a view come out.
//!
//! The shell's part: handle one thing, carry out every [`PhoneCore::poll_errand`] in order, then send every
//! [`PhoneCore::poll_transmit`], then wait for the next thing or [`PhoneCore::poll_timeout`].

use std::collections::{BTreeSet, VecDeque};
use std::net::SocketAddr;
use std::time::Instant;

use hotdesk_provisioning::{EndReason, ServerAddress, Transport};
use hotdesk_session::{
    AccountNews, AccountSlot, Effect, Event, Holder, Phone, Saved, Settings, View,
};
use hotdesk_sip::{
    CheckSyncKind, Command, Config as SipConfig, Flow, Transmit, UserAgent, UserAgentEvent,
};

use crate::accounts::{Accounts, Act};
use crate::device_key::DeviceKey;
use crate::{Errand, Question, Request, Route};

/// Steps that one thing from outside may set off inside. More means that session and SIP answer each other in circles;
/// the rest then waits for the next turn of the loop, so that keys are read and bytes are sent in between.
const STEPS_MAX: usize = 256;

/// The deciding part of one phone.
pub struct PhoneCore {
    phone: Phone,
    sip: UserAgent,
    accounts: Accounts,
    errands: VecDeque<Errand>,
    messages: BTreeSet<AccountSlot>,
    unfinished: Option<Instant>,
}

/// What a phone is born with.
#[derive(Debug)]
pub struct Birth {
    /// Facts about the device.
    pub settings: Settings,
    /// What was on flash.
    pub saved: Saved,
    /// Who the user agent is.
    pub sip: SipConfig,
    /// Names our bindings.
    pub device_key: DeviceKey,
    /// Random bytes for the session and for SIP.
    pub seeds: [[u8; 32]; 2],
}

impl PhoneCore {
    /// A phone at its start; the first errands are waiting.
    #[must_use]
    pub fn new(birth: Birth, now: Instant) -> Self {
        let [session_seed, sip_seed] = birth.seeds;
        let (phone, effects) = Phone::new(birth.settings, birth.saved, session_seed, now);
        let mut core = Self {
            phone,
            sip: UserAgent::new(birth.sip, sip_seed),
            accounts: Accounts::new(birth.device_key),
            errands: VecDeque::new(),
            messages: BTreeSet::new(),
            unfinished: None,
        };
        core.apply(now, effects);
        core.settle(now);
        core
    }

    /// Something happened that concerns the session.
    pub fn handle(&mut self, now: Instant, event: Event) {
        let network_is_new = matches!(
            event,
            Event::NetworkLink { up: true } | Event::ServerLink { up: true }
        );
        let effects = self.phone.handle(now, event);
        self.apply(now, effects);
        if network_is_new {
            self.accounts.look_again();
        }
        self.settle(now);
    }

    /// One datagram, or one message of a stream, arrived.
    pub fn handle_datagram(&mut self, now: Instant, flow: Flow, bytes: &[u8]) {
        self.sip.handle_datagram(now, flow, bytes);
        self.settle(now);
    }

    /// A server cannot be reached, says the transport.
    pub fn handle_transport_error(
        &mut self,
        now: Instant,
        transport: Transport,
        remote: SocketAddr,
    ) {
        self.sip.handle_transport_error(now, transport, remote);
        self.settle(now);
    }

    /// The answer to [`Errand::Resolve`]; `None` when the server has no address or no network leads there.
    pub fn handle_resolved(&mut self, now: Instant, server: &ServerAddress, route: Option<Route>) {
        self.accounts.resolved(now, server, route);
        self.settle(now);
    }

    /// Time passed: does everything that is due.
    pub fn handle_timeout(&mut self, now: Instant) {
        let due = |at: Option<Instant>| at.is_some_and(|at| at <= now);
        self.unfinished = None;
        if due(self.sip.poll_timeout()) {
            self.sip.handle_timeout(now);
        }
        if due(self.accounts.poll_timeout()) {
            self.accounts.handle_timeout(now);
        }
        if due(self.phone.poll_timeout()) {
            let effects = self.phone.handle(now, Event::Timeout);
            self.apply(now, effects);
        }
        self.settle(now);
    }

    /// The next thing to do outside, oldest first.
    pub fn poll_errand(&mut self) -> Option<Errand> {
        self.errands.pop_front()
    }

    /// The next bytes to send, oldest first; only once every errand is carried out.
    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        self.sip.poll_transmit()
    }

    /// When to call [`Self::handle_timeout`], at the latest.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        [
            self.phone.poll_timeout(),
            self.sip.poll_timeout(),
            self.accounts.poll_timeout(),
            self.unfinished,
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// What there is to see.
    #[must_use]
    pub fn view(&self, now: Instant) -> View<'_> {
        let messages = self.message_waiting(now);
        let mut view = self.phone.view(now);
        view.status.messages = messages;
        view
    }

    /// Whether messages wait for whoever has the phone.
    #[must_use]
    pub fn message_waiting(&self, now: Instant) -> bool {
        self.messages.contains(&self.holder_slot(now))
    }

    fn holder_slot(&self, now: Instant) -> AccountSlot {
        match self.phone.view(now).holder {
            Holder::Nobody => AccountSlot::Host,
            Holder::Guest(tenure) => AccountSlot::Guest(tenure.association.clone()),
        }
    }

    /// Passes things on between session, accounts and SIP until all are quiet.
    fn settle(&mut self, now: Instant) {
        for _ in 0..STEPS_MAX {
            if let Some(act) = self.accounts.poll() {
                self.carry_out(now, act);
            } else if let Some(event) = self.sip.poll_event() {
                self.hear(now, event);
            } else {
                return;
            }
        }
        self.unfinished = Some(now);
    }

    fn carry_out(&mut self, now: Instant, act: Act) {
        match act {
            Act::Sip(command) => self.sip.handle_command(now, *command),
            Act::Resolve(server) => self.errands.push_back(Errand::Resolve(server)),
            Act::News(slot, news) => {
                if matches!(news, AccountNews::Unregistered | AccountNews::Displaced) {
                    self.messages.remove(&slot);
                }
                let effects = self.phone.handle(now, Event::Account { slot, news });
                self.apply(now, effects);
            }
        }
    }

    fn hear(&mut self, now: Instant, event: UserAgentEvent) {
        self.accounts.heard(now, &event);
        match event {
            UserAgentEvent::CheckSync { kind, account } => {
                let named = account.and_then(|id| self.accounts.slot_of(id));
                self.check_sync(now, kind, named);
            }
            UserAgentEvent::MessageWaiting { account, waiting } => {
                let named = account.and_then(|id| self.accounts.slot_of(id));
                let slot = named.unwrap_or_else(|| self.holder_slot(now));
                if waiting {
                    self.messages.insert(slot);
                } else {
                    self.messages.remove(&slot);
                }
            }
            UserAgentEvent::Registered { .. }
            | UserAgentEvent::Unregistered { .. }
            | UserAgentEvent::Rejected { .. }
            | UserAgentEvent::Failed { .. }
            | UserAgentEvent::Lost { .. }
            | UserAgentEvent::Displaced { .. } => {}
        }
    }

    fn check_sync(&mut self, now: Instant, kind: CheckSyncKind, named: Option<AccountSlot>) {
        let event = match kind {
            // A reboot is asked for so that the profile is read again; reading it again is what it comes to.
            CheckSyncKind::Resync | CheckSyncKind::Reboot => {
                // Some servers drop their bindings when they send one.
                self.sip.handle_command(now, Command::RefreshAll);
                Event::CheckSync
            }
            CheckSyncKind::RemoteLogout => {
                let holder = self.holder_slot(now);
                // Meant for somebody who is on their way out already.
                if matches!(&named, Some(slot @ AccountSlot::Guest(_)) if *slot != holder) {
                    return;
                }
                Event::LogOut {
                    reason: EndReason::Remote,
                }
            }
            CheckSyncKind::Report => return,
        };
        let effects = self.phone.handle(now, event);
        self.apply(now, effects);
    }

    fn apply(&mut self, now: Instant, effects: Vec<Effect>) {
        for effect in effects {
            if let Some(errand) = self.translate(now, effect) {
                self.errands.push_back(errand);
            }
        }
    }

    /// Does what concerns accounts; answers what only the shell can do.
    fn translate(&mut self, now: Instant, effect: Effect) -> Option<Errand> {
        let once = Question::Once;
        let question = match effect {
            Effect::Register { slot, account } => {
                self.accounts.register(slot, *account);
                return None;
            }
            Effect::Unregister { slot } => {
                self.unregister(now, slot);
                return None;
            }
            Effect::Abandon { slot } => {
                self.abandon(&slot);
                return None;
            }
            Effect::CleanUp {
                association,
                account,
            } => {
                self.accounts.clean_up(association, *account);
                return None;
            }
            Effect::Persist(saved) => return Some(Errand::Persist(saved)),
            Effect::Wipe { association } => return Some(Errand::Wipe { association }),
            Effect::OpenOffline(work) => return Some(Errand::OpenOffline(work)),
            Effect::SealOffline(work) => return Some(Errand::SealOffline(work)),
            Effect::Dial { number, emergency } => return Some(Errand::Dial { number, emergency }),
            Effect::Call { id, order } => return Some(Errand::Call { id, order }),
            Effect::Tone(tone) => return Some(Errand::Tone(tone)),
            Effect::Enrol => Question::Enrol,
            Effect::FetchProfile => Question::Profile,
            Effect::Sync { holding, offline } => Question::Sync { holding, offline },
            Effect::WarmUp => Question::WarmUp,
            Effect::OpenAssociation {
                attempt,
                extension,
                pin,
            } => once(Request::Open {
                attempt,
                extension,
                pin,
            }),
            Effect::ExtendAssociation { association } => once(Request::Extend { association }),
            Effect::CheckLogout { association, pin } => {
                once(Request::CheckLogout { association, pin })
            }
            Effect::ChangePin {
                association,
                old,
                new,
            } => once(Request::ChangePin {
                association,
                old,
                new,
            }),
            Effect::EndElsewhere { association } => once(Request::EndElsewhere { association }),
            Effect::AnswerConsent {
                association,
                attempt,
                granted,
            } => once(Request::Consent {
                association,
                attempt,
                granted,
            }),
            Effect::Deliver { number, owed } => once(Request::Deliver { number, owed }),
        };
        Some(Errand::Ask(question))
    }

    fn abandon(&mut self, slot: &AccountSlot) {
        self.accounts.abandon(slot);
        self.messages.remove(slot);
    }

    fn unregister(&mut self, now: Instant, slot: AccountSlot) {
        let known = match (&slot, self.phone.view(now).profile) {
            (AccountSlot::Host, Some(profile)) => Some(&profile.account),
            (AccountSlot::Host, None) | (AccountSlot::Guest(_), _) => None,
        };
        self.accounts.unregister(slot, known);
    }
}

#[cfg(test)]
#[path = "core_tests.rs"]
mod tests;
