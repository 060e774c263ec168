//! The phone's accounts between session and SIP: which slot has which id, where its server is, when to look again.
//! Pure: never resolves a name and never sends.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::SocketAddr;
use std::time::Instant;

use hotdesk_provisioning::{Account, AssociationId, ServerAddress};
use hotdesk_session::{AccountNews, AccountSlot};
use hotdesk_sip::{AccountId, Command, Registrant, UserAgentEvent};

use crate::device_key::DeviceKey;

mod line;
use line::{CLEAN_UP_LOOKUPS_MAX, HOST_AGAIN, LOOKUP_AGAIN, Line, Stage, Want, doubled};

/// Servers whose place is remembered: one desk has one or two, a guest of another site a few more.
const ROUTES_MAX: usize = 16;
/// Clean-ups begin only while there are fewer accounts than this: the user agent has room for eight, and three are for
/// people: the desk and two guests during a take-over.
const CLEAN_UP_BELOW: usize = 5;

/// Where a server is, seen from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// The server.
    pub server: SocketAddr,
    /// What our Contact and Via say.
    pub local: SocketAddr,
}

/// What comes out.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// For the user agent.
    Sip(Box<Command>),
    /// For the shell.
    Resolve(ServerAddress),
    /// For the session.
    News(AccountSlot, AccountNews),
}

/// Every account that is registered, coming or going.
#[derive(Debug)]
pub(crate) struct Accounts {
    device_key: DeviceKey,
    lines: BTreeMap<AccountSlot, Line>,
    next_id: u64,
    routes: BTreeMap<ServerAddress, Route>,
    asked: BTreeSet<ServerAddress>,
    acts: VecDeque<Act>,
}

impl Accounts {
    pub(crate) fn new(device_key: DeviceKey) -> Self {
        Self {
            device_key,
            lines: BTreeMap::new(),
            next_id: 1,
            routes: BTreeMap::new(),
            asked: BTreeSet::new(),
            acts: VecDeque::new(),
        }
    }

    pub(crate) fn poll(&mut self) -> Option<Act> {
        self.acts.pop_front()
    }

    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        self.lines.values().filter_map(Line::again_at).min()
    }

    /// Registers and keeps registered. Asked twice it begins anew, so that there is always news.
    pub(crate) fn register(&mut self, slot: AccountSlot, account: Account) {
        self.begin(slot, account, Want::Register);
    }

    /// Removes what an earlier life may have left.
    pub(crate) fn clean_up(&mut self, association: AssociationId, account: Account) {
        let slot = AccountSlot::Guest(association);
        self.abandon(&slot);
        if self.lines.len() >= CLEAN_UP_BELOW {
            // It expires by itself; the accounts that people use come first.
            self.tell(slot, AccountNews::Unregistered);
            return;
        }
        self.begin(slot, account, Want::CleanUp);
    }

    /// Removes our binding. `known` is the slot's account if it is known from elsewhere: an earlier life may have
    /// registered what this one never did.
    pub(crate) fn unregister(&mut self, slot: AccountSlot, known: Option<&Account>) {
        let Some(line) = self.lines.get_mut(&slot) else {
            match known {
                Some(account) => self.begin(slot, account.clone(), Want::CleanUp),
                None => self
                    .acts
                    .push_back(Act::News(slot, AccountNews::Unregistered)),
            }
            return;
        };
        match &mut line.stage {
            Stage::Resolving { want, .. } => *want = Want::CleanUp,
            Stage::Live { .. } => {
                self.acts
                    .push_back(Act::Sip(Box::new(Command::Unregister { id: line.id })));
                line.stage = Stage::Going;
            }
            Stage::Going => {}
            Stage::Refused { .. } => {
                let account = line.account.clone();
                self.begin(slot, account, Want::CleanUp);
            }
        }
    }

    /// Forgets an account at once.
    pub(crate) fn abandon(&mut self, slot: &AccountSlot) {
        if let Some(line) = self.lines.remove(slot) {
            self.acts
                .push_back(Act::Sip(Box::new(Command::Abandon { id: line.id })));
        }
    }

    /// Looks again where every server is: the network may be another one.
    pub(crate) fn look_again(&mut self) {
        let servers: BTreeSet<_> = self.lines.values().map(Line::server).cloned().collect();
        for server in servers {
            self.ask(server);
        }
    }

    /// The answer to [`Act::Resolve`]. A failure leaves a place that was good before as it is.
    pub(crate) fn resolved(&mut self, now: Instant, server: &ServerAddress, route: Option<Route>) {
        self.asked.remove(server);
        let Some(route) = route else {
            self.lookup_failed(now, server);
            return;
        };
        let moved = self.remember(server, route) != Some(route);
        let concerned: Vec<_> = self.slots_at(server);
        for slot in concerned {
            let Some(line) = self.lines.get(&slot) else {
                continue;
            };
            match line.stage {
                Stage::Resolving { want, .. } => self.issue(&slot, want, route),
                Stage::Live { .. } if moved => {
                    self.acts.push_back(Act::Sip(Box::new(Command::Rebind {
                        id: line.id,
                        server: route.server,
                        local: route.local,
                    })))
                }
                Stage::Live { .. } | Stage::Going | Stage::Refused { .. } => {}
            }
        }
    }

    /// Does what is due.
    pub(crate) fn handle_timeout(&mut self, now: Instant) {
        let due: Vec<_> = self
            .lines
            .iter()
            .filter(|(_, line)| line.again_at().is_some_and(|at| at <= now))
            .map(|(slot, _)| slot.clone())
            .collect();
        for slot in due {
            let Some(line) = self.lines.get_mut(&slot) else {
                continue;
            };
            match &mut line.stage {
                Stage::Resolving { again_at, .. } => {
                    *again_at = None;
                    let server = line.server().clone();
                    self.ask(server);
                }
                Stage::Refused { refusals, .. } => {
                    let (refusals, account) = (*refusals, line.account.clone());
                    self.begin(slot.clone(), account, Want::Register);
                    self.set_refusals(&slot, refusals);
                }
                Stage::Live { .. } | Stage::Going => {}
            }
        }
    }

    /// What the user agent says about an account; everything else it says is not for here.
    pub(crate) fn heard(&mut self, now: Instant, event: &UserAgentEvent) {
        use UserAgentEvent as Heard;
        match *event {
            Heard::Registered { id, .. } => {
                if let Some(slot) = self.slot_of(id) {
                    self.set_refusals(&slot, 0);
                    self.tell(slot, AccountNews::Registered);
                }
            }
            Heard::Unregistered { id, .. } => {
                if let Some(slot) = self.slot_of(id) {
                    self.lines.remove(&slot);
                    self.tell(slot, AccountNews::Unregistered);
                }
            }
            Heard::Rejected { id, status, .. } => {
                self.refused(now, id, AccountNews::Rejected { status });
                if status == 0 {
                    self.never_sent(id);
                }
            }
            // Whoever had the number in good order and has lost it must not fight for it; a desk's own number is
            // nobody else's.
            Heard::Lost { id, status } => match self.slot_of(id) {
                Some(AccountSlot::Host) => {
                    self.refused(now, id, AccountNews::Rejected { status });
                }
                Some(AccountSlot::Guest(_)) | None => {
                    self.refused(now, id, AccountNews::Displaced);
                }
            },
            Heard::Displaced { id } => self.refused(now, id, AccountNews::Displaced),
            Heard::Failed { id, .. } => {
                if let Some(slot) = self.slot_of(id) {
                    if let Some(server) = self.lines.get(&slot).map(|l| l.server().clone()) {
                        self.ask(server);
                    }
                    self.tell(slot, AccountNews::Failing);
                }
            }
            Heard::CheckSync { .. } | Heard::MessageWaiting { .. } => {}
        }
    }

    /// Whose id it is.
    pub(crate) fn slot_of(&self, id: AccountId) -> Option<AccountSlot> {
        let mut lines = self.lines.iter();
        lines.find(|(_, l)| l.id == id).map(|(s, _)| s.clone())
    }

    fn begin(&mut self, slot: AccountSlot, account: Account, want: Want) {
        let id = match self.lines.get(&slot) {
            // A binding that is being removed goes on being removed, unless it is the one that is wanted again: a late
            // repetition of the removal would undo the new registration.
            Some(line) if line.is_going() && !line.binds_as(&account) => self.fresh_id(),
            Some(line) => line.id,
            None => self.fresh_id(),
        };
        let line = Line {
            id,
            account,
            stage: Stage::Resolving {
                want,
                tries: 0,
                again_at: None,
            },
        };
        let server = line.server().clone();
        self.lines.insert(slot.clone(), line);
        match self.routes.get(&server).copied() {
            Some(route) => self.issue(&slot, want, route),
            None => self.ask(server),
        }
    }

    fn fresh_id(&mut self) -> AccountId {
        self.next_id = self.next_id.wrapping_add(1);
        AccountId(self.next_id)
    }

    fn issue(&mut self, slot: &AccountSlot, want: Want, route: Route) {
        let token = self.device_key.contact_token(&slot_name(slot));
        let Some(line) = self.lines.get_mut(slot) else {
            return;
        };
        let (id, account) = (line.id, line.account.clone());
        let registrant = Registrant::new(account, &token, route.server, route.local);
        let command = match want {
            Want::Register => {
                line.stage = Stage::Live { refusals: 0 };
                Command::Register { id, registrant }
            }
            Want::CleanUp => {
                line.stage = Stage::Going;
                Command::CleanUp { id, registrant }
            }
        };
        self.acts.push_back(Act::Sip(Box::new(command)));
    }

    fn ask(&mut self, server: ServerAddress) {
        if self.asked.insert(server.clone()) {
            self.acts.push_back(Act::Resolve(server));
        }
    }

    fn tell(&mut self, slot: AccountSlot, news: AccountNews) {
        self.acts.push_back(Act::News(slot, news));
    }

    fn slots_at(&self, server: &ServerAddress) -> Vec<AccountSlot> {
        let lines = self.lines.iter();
        lines
            .filter(|(_, line)| line.server() == server)
            .map(|(slot, _)| slot.clone())
            .collect()
    }

    /// Remembers a place and answers the one before. When there is no room, places that nobody uses go.
    fn remember(&mut self, server: &ServerAddress, route: Route) -> Option<Route> {
        if self.routes.len() >= ROUTES_MAX {
            let used: BTreeSet<_> = self.lines.values().map(Line::server).collect();
            self.routes.retain(|server, _| used.contains(server));
        }
        self.routes.insert(server.clone(), route)
    }

    fn lookup_failed(&mut self, now: Instant, server: &ServerAddress) {
        for slot in self.slots_at(server) {
            let Some(line) = self.lines.get_mut(&slot) else {
                continue;
            };
            let Stage::Resolving {
                want,
                tries,
                again_at,
            } = &mut line.stage
            else {
                continue;
            };
            *tries = tries.saturating_add(1);
            let given_up = *want == Want::CleanUp && *tries >= CLEAN_UP_LOOKUPS_MAX;
            *again_at = now.checked_add(doubled(LOOKUP_AGAIN, *tries));
            if given_up {
                self.lines.remove(&slot);
                self.tell(slot, AccountNews::Unregistered);
            } else {
                self.tell(slot, AccountNews::Failing);
            }
        }
    }

    fn set_refusals(&mut self, slot: &AccountSlot, count: u32) {
        if let Some(Line {
            stage: Stage::Live { refusals },
            ..
        }) = self.lines.get_mut(slot)
        {
            *refusals = count;
        }
    }

    /// The user agent has not even taken the account, so it will not say when it has removed it.
    fn never_sent(&mut self, id: AccountId) {
        if let Some(slot @ AccountSlot::Guest(_)) = self.slot_of(id) {
            self.abandon(&slot);
        }
    }

    /// The user agent tries nothing more for this account. A desk's comes again; a guest's is the session's to end.
    fn refused(&mut self, now: Instant, id: AccountId, news: AccountNews) {
        let Some(slot) = self.slot_of(id) else {
            return;
        };
        if let (AccountSlot::Host, Some(line)) = (&slot, self.lines.get_mut(&slot)) {
            if let Stage::Live { refusals } = line.stage {
                let refusals = refusals.saturating_add(1);
                let again_at = now.checked_add(doubled(HOST_AGAIN, refusals));
                line.stage = Stage::Refused {
                    refusals,
                    again_at: again_at.unwrap_or(now),
                };
            }
        }
        self.tell(slot, news);
    }
}

fn slot_name(slot: &AccountSlot) -> String {
    match slot {
        AccountSlot::Host => "host".to_owned(),
        AccountSlot::Guest(association) => format!("guest:{association}"),
    }
}

#[cfg(test)]
mod tests;
