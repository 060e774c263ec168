//! Everything of a phone that outlives what is going on: who has it, which accounts are up, what the server is owed, and
//! the effects to come. Never decides what happens next: the activities do.

use std::time::Instant;

use hotdesk_provisioning::{
    AssociationId, AttemptId, CommitRequest, EndReason, EndRequest, Extension, HostProfile,
    Language, LineKey, Policy, VoidAccount,
};
use rand_chacha::ChaCha8Rng;
use rand_core::{RngCore, SeedableRng};

use crate::accounts::Accounts;
use crate::call::Calls;
use crate::emergency::Emergency;
use crate::left_behind::LeftBehind;
use crate::offline::Offline;
use crate::outbox::Outbox;
use crate::policy::{self, Ending};
use crate::turn::Turn;
use crate::{
    AccountSlot, Activity, Dialling, Effect, Enrolling, Holder, LockedOut, Owed, Saved,
    SavedTenure, Settings, Status, Tenure, Tone, Watched,
};

/// The phone without its activity.
#[derive(Debug, Clone)]
pub(crate) struct Desk {
    pub(crate) settings: Settings,
    pub(crate) profile: Option<HostProfile>,
    /// Holds until the profile is known.
    default_policy: Policy,
    pub(crate) holder: Holder,
    pub(crate) dialling: Option<Dialling>,
    pub(crate) accounts: Accounts,
    pub(crate) outbox: Outbox,
    pub(crate) left_behind: LeftBehind,
    /// Whom the phone lets in by itself while the server is away.
    pub(crate) offline: Offline,
    /// Nobody can log in here until then.
    pub(crate) lockout: Option<LockedOut>,
    /// What is left of an emergency call.
    pub(crate) emergency: Emergency,
    /// A log-out that waits for the end of a call.
    pub(crate) deferred: Option<Deferred>,
    /// What to read to the administrator while the server does not know the phone.
    pub(crate) enrol_code: Option<String>,
    pub(crate) last_extension: Option<Extension>,
    /// What somebody chose at this phone.
    pub(crate) language: Option<Language>,
    pub(crate) calls: u8,
    pub(crate) call_list: Calls,
    /// The state of watched numbers.
    pub(crate) watched: Watched,
    pub(crate) off_hook: bool,
    pub(crate) network: bool,
    pub(crate) server: bool,
    pub(crate) last_switch_ms: Option<u32>,
    pub(crate) sync: Sync,
    /// When the accounts of before the start are registered.
    pub(crate) turn: Turn,
    random: ChaCha8Rng,
    effects: Vec<Effect>,
    persist: bool,
}

/// An automatic or remote log-out that a call defers, or an emergency call that is over.
#[derive(Debug, Clone)]
pub(crate) struct Deferred {
    pub(crate) reason: EndReason,
    /// Since when.
    pub(crate) since: Instant,
    /// No call but an emergency call defers it longer.
    pub(crate) at_latest: Instant,
}

/// How far agreeing with the server has come.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sync {
    /// The server should be asked as soon as it has been told everything.
    pub(crate) wanted: bool,
    /// What the last question named; what the answer says about it counts only while the phone still holds it.
    pub(crate) named: Option<AssociationId>,
}

impl Desk {
    pub(crate) fn new(settings: Settings, seed: [u8; 32]) -> Self {
        Self {
            settings,
            profile: None,
            default_policy: Policy::default(),
            holder: Holder::Nobody,
            dialling: None,
            accounts: Accounts::default(),
            outbox: Outbox::default(),
            left_behind: LeftBehind::default(),
            offline: Offline::default(),
            lockout: None,
            emergency: Emergency::default(),
            deferred: None,
            enrol_code: None,
            last_extension: None,
            language: None,
            calls: 0,
            call_list: Calls::default(),
            watched: Watched::default(),
            off_hook: false,
            network: false,
            server: false,
            last_switch_ms: None,
            sync: Sync::default(),
            turn: Turn::default(),
            random: ChaCha8Rng::from_seed(seed),
            effects: Vec::new(),
            persist: false,
        }
    }

    pub(crate) fn policy(&self) -> &Policy {
        self.profile
            .as_ref()
            .map_or(&self.default_policy, |profile| &profile.policy)
    }

    pub(crate) fn tenure(&self) -> Option<&Tenure> {
        match &self.holder {
            Holder::Nobody => None,
            Holder::Guest(tenure) => Some(tenure),
        }
    }

    pub(crate) fn tenure_mut(&mut self) -> Option<&mut Tenure> {
        match &mut self.holder {
            Holder::Nobody => None,
            Holder::Guest(tenure) => Some(tenure),
        }
    }

    /// Whether this association is the one of the guest who has the phone.
    pub(crate) fn holds(&self, association: &AssociationId) -> bool {
        self.tenure().is_some_and(|t| t.association == *association)
    }

    /// The keys of whoever has the phone.
    pub(crate) fn keys(&self) -> &[LineKey] {
        match (self.tenure(), &self.profile) {
            (Some(tenure), _) => &tenure.guest.keys,
            (None, Some(profile)) => &profile.keys,
            (None, None) => &[],
        }
    }

    /// When the guest's time ends by itself; `None` also while a log-out waits for a call.
    pub(crate) fn ending(&self) -> Option<Ending> {
        if self.deferred.is_some() {
            return None;
        }
        let tenure = self.tenure()?;
        let ending = policy::ending(self.policy(), tenure, self.calls > 0)?;
        Some(match self.emergency.until(self.calls > 0) {
            Some(held) => ending.not_before(held),
            None => ending,
        })
    }

    /// When the log-out that waits is carried out.
    pub(crate) fn deferred_until(&self) -> Option<Instant> {
        let deferred = self.deferred.as_ref()?;
        let in_call = self.calls > 0;
        let over = if in_call {
            deferred.at_latest
        } else {
            deferred.since
        };
        let held = self.emergency.until(in_call);
        Some(held.map_or(over, |held| held.max(over)))
    }

    /// What is shown when nothing is going on.
    pub(crate) fn rest(&self) -> Activity {
        let unknown = self.profile.is_none();
        let pending = self.enrol_code.is_some() && self.holder == Holder::Nobody;
        if unknown || pending {
            Activity::Enrolling(Enrolling {
                code: self.enrol_code.clone(),
            })
        } else {
            Activity::Home
        }
    }

    pub(crate) fn status(&self, activity: &Activity) -> Status {
        let slot = match (&self.holder, activity) {
            (Holder::Guest(t), a) if !matches!(a, Activity::Leaving(_)) => {
                AccountSlot::Guest(t.association.clone())
            }
            (Holder::Guest(_) | Holder::Nobody, _) => AccountSlot::Host,
        };
        Status {
            network: self.network,
            server: self.server,
            registered: self.accounts.is_registered(&slot),
            last_switch_ms: self.last_switch_ms,
            messages: false,
        }
    }

    pub(crate) fn random(&mut self) -> u32 {
        self.random.next_u32()
    }

    pub(crate) fn new_attempt(&mut self) -> AttemptId {
        let high = u128::from(self.random.next_u64());
        AttemptId::from_random(high << 64 | u128::from(self.random.next_u64()))
    }

    pub(crate) fn emit(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    pub(crate) fn tone(&mut self, tone: Tone) {
        self.emit(Effect::Tone(tone));
    }

    /// Flash is written before everything else that this event causes, once.
    pub(crate) fn persist(&mut self) {
        self.persist = true;
    }

    /// The effects so far, and whether flash comes before them.
    pub(crate) fn take_effects(&mut self) -> (bool, Vec<Effect>) {
        let persist = std::mem::take(&mut self.persist);
        (persist, std::mem::take(&mut self.effects))
    }

    pub(crate) fn owe(&mut self, now: Instant, owed: Owed) {
        self.outbox.push(owed, now);
    }

    pub(crate) fn owe_commit(&mut self, now: Instant, association: AssociationId, switch_ms: u32) {
        let request = CommitRequest {
            switch_ms,
            seconds_ago: 0,
        };
        self.owe(
            now,
            Owed::Commit {
                association,
                request,
            },
        );
    }

    pub(crate) fn owe_end(&mut self, now: Instant, association: AssociationId, reason: EndReason) {
        let request = EndRequest {
            reason,
            pin: None,
            seconds_ago: 0,
        };
        self.owe(
            now,
            Owed::End {
                association,
                request,
            },
        );
    }

    /// Erases what a guest left on the phone, and remembers their binding until the registrar says that it is gone.
    pub(crate) fn part_with(&mut self, now: Instant, tenure: Tenure) {
        let association = tenure.association;
        let slot = AccountSlot::Guest(association.clone());
        self.emit(Effect::Wipe {
            association: association.clone(),
        });
        if !self.accounts.is_lost(&slot) {
            let left = VoidAccount {
                association,
                account: tenure.guest.account,
            };
            if !self.accounts.is_live(&slot) {
                self.emit(clean_up(&left));
            }
            self.left_behind.add(now, left);
        }
        self.deferred = None;
    }

    /// The phone's memory as it should be on flash now.
    pub(crate) fn save(&mut self, now: Instant, leaving: Option<EndReason>) -> Saved {
        Saved {
            host: self.profile.clone(),
            tenure: self.tenure().map(|tenure| SavedTenure {
                association: tenure.association.clone(),
                guest: tenure.guest.clone(),
                ends_in: tenure.ends_at.map(|at| seconds_until(now, at)),
                ends_for: tenure.ends_for,
                leaving,
            }),
            owed: self.outbox.save(now),
            left_behind: self.left_behind.save(),
            offline: self.offline.save(now),
            emergency_hold: self.emergency.save(now),
            language: self.language,
        }
    }
}

/// Removes the binding of somebody who was here in an earlier life of the phone.
pub(crate) fn clean_up(left: &VoidAccount) -> Effect {
    Effect::CleanUp {
        association: left.association.clone(),
        account: Box::new(left.account.clone()),
    }
}

pub(crate) fn seconds_until(now: Instant, at: Instant) -> u32 {
    u32::try_from(at.saturating_duration_since(now).as_secs()).unwrap_or(u32::MAX)
}
