//! A provisioning server and a registrar as far as a phone's core can see them: they answer effects with events.

use std::collections::{BTreeMap, BTreeSet};

use hotdesk_provisioning::{
    Account, AddressOfRecord, Admission, AssociationId, AttemptId, ElsewhereAnswer, ExtendAnswer,
    Extension, GuestProfile, Held, HostProfile, LimitKind, LineKey, LineKeyKind, OfflineGrant,
    OfflineGuest, Pin, Policy, Refusal, RefusalCode, Secret, ServerAddress, SyncAnswer, Transport,
    Unregister,
};

use super::reference::SECRET_MARK;
use crate::{AccountNews, AccountSlot, Effect, Event, OfflineFailure, Owed};

/// Whether somebody answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Answers,
    Silent,
    /// The shell reports this instead of an answer.
    Fails(RefusalCode),
}

/// How the registrar answers a guest's REGISTER.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Registrar {
    Accepts,
    Silent,
    Says(u16),
}

/// Both of them, with everything they have seen.
#[derive(Debug)]
pub(super) struct SimServer {
    pub(super) mode: Mode,
    pub(super) registrar: Registrar,
    /// Whether the desk's own account is accepted.
    pub(super) host_registrar: Registrar,
    pub(super) profile: HostProfile,
    /// The next log-in is refused with this.
    pub(super) refuse: Option<Refusal>,
    pub(super) refuse_commits: Option<RefusalCode>,
    /// Whether the registrar confirms un-registrations.
    pub(super) unregisters: bool,
    pub(super) ends_in: Option<u32>,
    pub(super) ends_for: LimitKind,
    pub(super) extends: Result<ExtendAnswer, Refusal>,
    pub(super) sync_answer: Option<SyncAnswer>,
    /// What was sealed: under which text, with which PIN.
    pub(super) safe: BTreeMap<String, (Pin, OfflineGuest)>,
    /// Whether the slow function comes to an end at all.
    pub(super) unseals: bool,
    pub(super) opened: BTreeMap<AttemptId, Admission>,
    pub(super) told: Vec<Owed>,
    /// Who can be called at this phone, by the user of the address-of-record.
    pub(super) bindings: BTreeSet<String>,
    accounts: BTreeMap<AccountSlot, String>,
}

impl SimServer {
    pub(super) fn new() -> Self {
        Self {
            mode: Mode::Answers,
            registrar: Registrar::Accepts,
            host_registrar: Registrar::Accepts,
            profile: desk_profile(),
            refuse: None,
            refuse_commits: None,
            unregisters: true,
            ends_in: None,
            ends_for: LimitKind::Limit,
            extends: Ok(ExtendAnswer {
                ends_in: Some(3600),
                ends_for: LimitKind::Limit,
            }),
            sync_answer: None,
            safe: BTreeMap::new(),
            unseals: true,
            opened: BTreeMap::new(),
            told: Vec::new(),
            bindings: BTreeSet::new(),
            accounts: BTreeMap::new(),
        }
    }

    /// The events that an effect leads to.
    pub(super) fn answer(&mut self, effect: &Effect) -> Vec<Event> {
        match effect {
            Effect::Register { slot, account } => self.register(slot, account),
            Effect::Unregister { slot } => self.unregister(slot),
            Effect::Abandon { slot } => {
                self.accounts.remove(slot);
                Vec::new()
            }
            Effect::CleanUp {
                association,
                account,
            } => {
                self.bindings.remove(account.aor.user());
                vec![Event::Account {
                    slot: AccountSlot::Guest(association.clone()),
                    news: AccountNews::Unregistered,
                }]
            }
            Effect::Wipe { association } => vec![Event::Wiped {
                association: association.clone(),
                stores: vec!["call log".to_owned()],
            }],
            Effect::SealOffline(work) => {
                let sealed = format!("what {} needs", work.grant);
                let kept = (work.pin.clone(), work.guest.clone());
                self.safe.insert(sealed.clone(), kept);
                vec![Event::OfflineSealed {
                    grant: work.grant.clone(),
                    sealed: Some(Secret::new(sealed)),
                }]
            }
            Effect::OpenOffline { .. } if !self.unseals => Vec::new(),
            Effect::OpenOffline { .. } => vec![self.unseal(effect)],
            Effect::Enrol
            | Effect::WarmUp
            | Effect::Persist(_)
            | Effect::Dial { .. }
            | Effect::AnswerConsent { .. }
            | Effect::Call { .. }
            | Effect::Tone(_) => Vec::new(),
            Effect::FetchProfile
            | Effect::Sync { .. }
            | Effect::OpenAssociation { .. }
            | Effect::ExtendAssociation { .. }
            | Effect::CheckLogout { .. }
            | Effect::ChangePin { .. }
            | Effect::EndElsewhere { .. }
            | Effect::Deliver { .. } => self.answer_request(effect).into_iter().collect(),
        }
    }

    /// What the slow function says.
    pub(super) fn unseal(&self, effect: &Effect) -> Event {
        let Effect::OpenOffline(work) = effect else {
            panic!("nothing to open: {effect:?}");
        };
        let answer = match self.safe.get(work.sealed.expose()) {
            Some((right, guest)) if *right == work.pin => Ok(Box::new(guest.clone())),
            Some(_) => Err(OfflineFailure::WrongPin),
            None => Err(OfflineFailure::Unusable),
        };
        Event::OfflineOpened {
            attempt: work.attempt.clone(),
            answer,
        }
    }

    /// The phone restarts: what it asked for is forgotten, what the registrar holds is not.
    pub(super) fn forget_accounts(&mut self) {
        self.accounts.clear();
    }

    fn register(&mut self, slot: &AccountSlot, account: &Account) -> Vec<Event> {
        let user = account.aor.user().to_owned();
        self.accounts.insert(slot.clone(), user.clone());
        let registrar = match slot {
            AccountSlot::Host => self.host_registrar,
            AccountSlot::Guest(_) => self.registrar,
        };
        let news = match registrar {
            Registrar::Accepts => {
                self.bindings.insert(user);
                AccountNews::Registered
            }
            Registrar::Silent => return Vec::new(),
            Registrar::Says(status) => AccountNews::Rejected { status },
        };
        let slot = slot.clone();
        vec![Event::Account { slot, news }]
    }

    fn unregister(&mut self, slot: &AccountSlot) -> Vec<Event> {
        if !self.unregisters {
            return Vec::new();
        }
        let user = match (self.accounts.remove(slot), slot) {
            (Some(user), _) => Some(user),
            (None, AccountSlot::Host) => Some(self.profile.account.aor.user().to_owned()),
            (None, AccountSlot::Guest(_)) => None,
        };
        // The same person may be registered under a newer association: then the number stays.
        let used = self.accounts.values().any(|u| Some(u) == user.as_ref());
        if let Some(user) = user.filter(|_| !used) {
            self.bindings.remove(&user);
        }
        let news = AccountNews::Unregistered;
        let slot = slot.clone();
        vec![Event::Account { slot, news }]
    }

    fn answer_request(&mut self, effect: &Effect) -> Option<Event> {
        let failure = match self.mode {
            Mode::Answers => None,
            // The shell stops waiting for a delivery, and says so, before the core does.
            Mode::Silent if matches!(effect, Effect::Deliver { .. }) => {
                Some(Refusal::new(RefusalCode::ServerUnreachable))
            }
            Mode::Silent => return None,
            Mode::Fails(code) => Some(Refusal::new(code)),
        };
        if let Effect::OpenAssociation {
            attempt,
            extension,
            pin,
        } = effect
        {
            return Some(Event::Opened {
                attempt: attempt.clone(),
                answer: failure.map_or_else(|| self.open(attempt, extension, pin), Err),
            });
        }
        if let Effect::Deliver { number, owed } = effect {
            let commit = matches!(owed, Owed::Commit { .. });
            let refused = self.refuse_commits.filter(|_| commit).map(Refusal::new);
            let failure = failure.or(refused);
            if failure.is_none() {
                self.told.push(owed.clone());
            }
            return Some(Event::Delivered {
                number: *number,
                answer: failure.map_or(Ok(()), Err),
            });
        }
        if let Effect::ExtendAssociation { association } = effect {
            return Some(Event::Extended {
                association: association.clone(),
                answer: failure.map_or_else(|| self.extends.clone(), Err),
            });
        }
        if let Effect::CheckLogout { association, pin } = effect {
            let right = pin.expose() == PIN;
            let wrong = (!right).then(|| Refusal::new(RefusalCode::WrongPin));
            return Some(Event::LogoutChecked {
                association: association.clone(),
                answer: failure.or(wrong).map_or(Ok(()), Err),
            });
        }
        if let Some(event) = about_the_guest(effect, failure.as_ref()) {
            return Some(event);
        }
        // The shell repeats these by itself until there is an answer.
        if failure.is_some() {
            return None;
        }
        if let Effect::Sync { holding, .. } = effect {
            let (ends_in, ends_for) = (self.ends_in, self.ends_for);
            let usual = SyncAnswer {
                held: holding.as_ref().map(|_| Held::Active { ends_in, ends_for }),
                ..SyncAnswer::default()
            };
            let answer = self.sync_answer.clone().unwrap_or(usual);
            return Some(Event::Synced(Box::new(answer)));
        }
        Some(Event::Profile(Box::new(self.profile.clone())))
    }

    fn open(
        &mut self,
        attempt: &AttemptId,
        extension: &Extension,
        pin: &Pin,
    ) -> Result<Box<Admission>, Refusal> {
        if let Some(refusal) = self.refuse.take() {
            return Err(refusal);
        }
        let name = match extension.as_str() {
            "2000" => "Jane Doe",
            "2001" => "James Poe",
            "2002" => "Henry Roe",
            _ => return Err(Refusal::new(RefusalCode::UnknownUser)),
        };
        if pin.expose() != PIN {
            return Err(Refusal {
                attempts_left: Some(2),
                ..Refusal::new(RefusalCode::WrongPin)
            });
        }
        let number = self.opened.len() + 1;
        let admission = self
            .opened
            .entry(attempt.clone())
            .or_insert_with(|| admission(&format!("a{number}"), extension.as_str(), name))
            .clone();
        let granted = (self.profile.policy.offline > 0).then(|| OfflineGrant {
            id: AssociationId::parse(&format!("g{number}")).unwrap(),
            account: account(extension.as_str()),
            expires_in: self.profile.policy.offline,
            limit: Some(36_000),
        });
        Ok(Box::new(Admission {
            ends_in: self.ends_in,
            ends_for: self.ends_for,
            offline: granted,
            ..admission
        }))
    }
}

/// The answer to what a guest asks about themselves.
fn about_the_guest(effect: &Effect, failure: Option<&Refusal>) -> Option<Event> {
    let failure = failure.cloned();
    if let Effect::ChangePin {
        association, old, ..
    } = effect
    {
        let right = old.expose() == PIN;
        let wrong = (!right).then(|| Refusal::new(RefusalCode::WrongPin));
        return Some(Event::PinChanged {
            association: association.clone(),
            answer: failure.or(wrong).map_or(Ok(()), Err),
        });
    }
    let Effect::EndElsewhere { association } = effect else {
        return None;
    };
    let desks = vec!["Desk 7".to_owned()];
    Some(Event::EndedElsewhere {
        association: association.clone(),
        answer: failure.map_or(Ok(ElsewhereAnswer { desks }), Err),
    })
}

/// Everybody's PIN.
pub(super) const PIN: &str = "7304691582";

/// An admission as the server would write it.
pub(super) fn admission(association: &str, extension: &str, name: &str) -> Admission {
    Admission {
        association: AssociationId::parse(association).unwrap(),
        guest: GuestProfile {
            extension: Extension::parse(extension).unwrap(),
            display_name: name.to_owned(),
            account: account(extension),
            keys: vec![LineKey {
                kind: LineKeyKind::SpeedDial,
                label: "James".to_owned(),
                value: Some(hotdesk_provisioning::DialString::parse("01132991001").unwrap()),
            }],
            language: None,
        },
        ends_in: None,
        ends_for: LimitKind::Limit,
        offline: None,
    }
}

/// Desk 12, extension 3001.
pub(super) fn desk_profile() -> HostProfile {
    HostProfile {
        desk: "Desk 12".to_owned(),
        extension: Extension::parse("3001").unwrap(),
        account: account("3001"),
        keys: Vec::new(),
        policy: Policy::default(),
        utc_offset_minutes: 0,
        register_within: 0,
    }
}

fn account(user: &str) -> Account {
    Account {
        aor: AddressOfRecord::parse(&format!("sip:{user}@example.com")).unwrap(),
        auth_user: format!("auth-{user}"),
        secret: Secret::new(format!("{SECRET_MARK}-sip-secret")),
        registrar: ServerAddress::new("192.0.2.10", 5060, Transport::Udp).unwrap(),
        outbound_proxy: None,
        expires: 300,
        unregister: Unregister::Contact,
    }
}
