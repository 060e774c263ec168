//! Which accounts the SIP side was asked to keep registered. What should be registered follows from who has the phone and
//! from what is going on; this compares it with what was asked before. Never decides who has the phone.

use hotdesk_provisioning::Account;

use crate::{AccountNews, AccountSlot, Effect};

/// The accounts that are registered or being registered, at most the desk's, the guest's and the next guest's.
#[derive(Debug, Clone, Default)]
pub(crate) struct Accounts {
    live: Vec<Live>,
    /// An earlier life of this phone may have left the desk's binding at the registrar.
    host_stale: bool,
}

#[derive(Debug, Clone)]
struct Live {
    slot: AccountSlot,
    account: Account,
    registered: bool,
    /// The number is somebody else's now: our binding must be forgotten, not removed.
    lost: bool,
}

impl Accounts {
    /// After a restart as a guest: the desk's binding may still be there from before the switch.
    pub(crate) fn suspect_host(&mut self) {
        self.host_stale = true;
    }

    /// Whether the registrar holds our binding for this account.
    pub(crate) fn is_registered(&self, slot: &AccountSlot) -> bool {
        self.find(slot).is_some_and(|live| live.registered)
    }

    /// Whether this account was asked to be registered.
    pub(crate) fn is_live(&self, slot: &AccountSlot) -> bool {
        self.find(slot).is_some()
    }

    /// Whether the account's number is somebody else's now.
    pub(crate) fn is_lost(&self, slot: &AccountSlot) -> bool {
        self.find(slot).is_some_and(|live| live.lost)
    }

    /// Gives the account up: when it is dropped, nothing is said to the registrar.
    pub(crate) fn lose(&mut self, slot: &AccountSlot) {
        if let Some(live) = self.live.iter_mut().find(|live| live.slot == *slot) {
            live.lost = true;
        }
    }

    /// Takes note of what the SIP side reports.
    pub(crate) fn note(&mut self, slot: &AccountSlot, news: AccountNews) {
        if let Some(live) = self.live.iter_mut().find(|live| live.slot == *slot) {
            live.registered = match news {
                AccountNews::Registered => true,
                AccountNews::Rejected { .. }
                | AccountNews::Failing
                | AccountNews::Unregistered
                | AccountNews::Displaced => false,
            };
        }
    }

    /// Asks for what is wanted and not there, then drops what is there and not wanted: make before break.
    pub(crate) fn follow(&mut self, wanted: &[(AccountSlot, &Account)]) -> Vec<Effect> {
        let mut effects = Vec::new();
        for (slot, account) in wanted {
            self.ask(slot, account, &mut effects);
        }
        self.live.retain(|live| {
            let keep = wanted.iter().any(|(slot, _)| *slot == live.slot);
            if !keep {
                effects.push(drop_effect(live));
            }
            keep
        });
        let host_wanted = wanted.iter().any(|(slot, _)| *slot == AccountSlot::Host);
        let guest_is_there = self
            .live
            .iter()
            .any(|live| live.slot != AccountSlot::Host && live.registered);
        if self.host_stale && !host_wanted && guest_is_there {
            self.host_stale = false;
            effects.push(Effect::Unregister {
                slot: AccountSlot::Host,
            });
        }
        effects
    }

    fn ask(&mut self, slot: &AccountSlot, account: &Account, effects: &mut Vec<Effect>) {
        if let Some(live) = self.find(slot) {
            if live.account == *account {
                return;
            }
            // The same account with another secret or proxy is refreshed; another address-of-record or registrar would
            // leave the old binding behind.
            if live.account.aor != account.aor || live.account.registrar != account.registrar {
                effects.push(drop_effect(live));
            }
            self.live.retain(|live| live.slot != *slot);
        }
        if *slot == AccountSlot::Host {
            self.host_stale = false;
        }
        effects.push(Effect::Register {
            slot: slot.clone(),
            account: Box::new(account.clone()),
        });
        self.live.push(Live {
            slot: slot.clone(),
            account: account.clone(),
            registered: false,
            lost: false,
        });
    }

    fn find(&self, slot: &AccountSlot) -> Option<&Live> {
        self.live.iter().find(|live| live.slot == *slot)
    }
}

fn drop_effect(live: &Live) -> Effect {
    let slot = live.slot.clone();
    if live.lost {
        Effect::Abandon { slot }
    } else {
        Effect::Unregister { slot }
    }
}
