//! What must hold after every event, seen from outside: from what the phone was told and what it asked for.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use hotdesk_provisioning::{AssociationId, OfflineGrant};

use crate::{AccountSlot, Activity, Digit, Effect, Event, Holder, Key, Phone, Saved};

/// In every PIN and SIP secret of the tests. Longer than the nanoseconds of a printed moment, which may hold any nine digits.
pub(super) const SECRET_MARK: &str = "7304691582";

/// A bookkeeper who believes only what crossed the border of the core.
#[derive(Debug, Default)]
pub(super) struct Reference {
    /// Whom the server admitted, in this life or (on flash) an earlier one.
    admitted: BTreeSet<AssociationId>,
    /// What the SIP side was asked to keep registered.
    pub(super) live: BTreeSet<AccountSlot>,
    /// What it was asked to drop; must not come back.
    dropped: BTreeSet<AccountSlot>,
    /// Until then a phone that nobody has used since it started may be silent.
    silent_until: Option<Instant>,
    /// What was sealed for a log-in without the server, in this life or an earlier one.
    granted: BTreeSet<AssociationId>,
    /// How often a PIN opened one of them in this life, less those who came that way.
    let_in: usize,
}

impl Reference {
    pub(super) fn restarted(saved: &Saved, now: Instant) -> Self {
        let within = saved.host.as_ref().map_or(0, |host| host.register_within);
        Self {
            silent_until: Some(now + Duration::from_secs(within.into())),
            admitted: saved.tenure.iter().map(|t| t.association.clone()).collect(),
            granted: saved.offline.iter().map(|g| g.id.clone()).collect(),
            ..Self::default()
        }
    }

    pub(super) fn heard(&mut self, event: &Event) {
        if matches!(
            event,
            Event::Key(_) | Event::LogIn { .. } | Event::Calls { .. }
        ) {
            self.silent_until = None;
        }
        if let Event::OfflineOpened { answer: Ok(_), .. } = event {
            self.let_in += 1;
        }
        if let Event::Opened {
            answer: Ok(admission),
            ..
        } = event
        {
            self.admitted.insert(admission.association.clone());
        }
    }

    pub(super) fn did(&mut self, effects: &[Effect]) {
        for effect in effects {
            match effect {
                Effect::Register { slot, .. } => {
                    if let AccountSlot::Guest(x) = slot {
                        self.admit_what_came_by_itself(x);
                        assert!(self.admitted.contains(x), "{x} registered, never admitted");
                        assert!(!self.dropped.contains(slot), "{x} registered, was dropped");
                    }
                    self.live.insert(slot.clone());
                }
                Effect::Unregister { slot } | Effect::Abandon { slot } => {
                    self.live.remove(slot);
                    self.dropped.insert(slot.clone());
                }
                Effect::SealOffline(work) => {
                    self.granted.insert(work.grant.clone());
                }
                Effect::Enrol
                | Effect::FetchProfile
                | Effect::Sync { .. }
                | Effect::WarmUp
                | Effect::OpenAssociation { .. }
                | Effect::OpenOffline { .. }
                | Effect::ExtendAssociation { .. }
                | Effect::CheckLogout { .. }
                | Effect::ChangePin { .. }
                | Effect::EndElsewhere { .. }
                | Effect::AnswerConsent { .. }
                | Effect::Deliver { .. }
                | Effect::CleanUp { .. }
                | Effect::Persist(_)
                | Effect::Wipe { .. }
                | Effect::Dial { .. }
                | Effect::Call { .. }
                | Effect::Tone(_) => {}
            }
        }
        let writes = effects.iter().filter(|e| matches!(e, Effect::Persist(_)));
        assert!(writes.count() <= 1, "two writes for one event");
    }

    /// Without the server nobody comes but with a PIN that opened what an earlier log-in left here, once for each time.
    fn admit_what_came_by_itself(&mut self, association: &AssociationId) {
        let grant = OfflineGrant::of(association.as_str());
        let grant = grant.and_then(|name| AssociationId::parse(name).ok());
        let is_granted = grant.is_some_and(|grant| self.granted.contains(&grant));
        if is_granted && self.let_in > 0 && self.admitted.insert(association.clone()) {
            self.let_in -= 1;
        }
    }

    pub(super) fn check(&self, phone: &Phone, now: Instant) {
        let view = phone.view(now);
        let guests = self
            .live
            .iter()
            .filter(|s| **s != AccountSlot::Host)
            .count();
        let host = self.live.contains(&AccountSlot::Host) || view.profile.is_none();
        let switching = matches!(view.activity, Activity::Switching(_));
        let may_be_silent = self.silent_until.is_some_and(|until| now < until);
        match view.holder {
            _ if may_be_silent && self.live.is_empty() => {}
            Holder::Nobody if switching => assert!(host && guests <= 1, "vacant, switching"),
            Holder::Nobody => assert!(host && guests == 0, "vacant: the desk and nobody else"),
            Holder::Guest(tenure) if matches!(view.activity, Activity::Leaving(_)) => {
                assert!(host && guests <= 1, "leaving: {}", tenure.association);
            }
            Holder::Guest(tenure) if !tenure.confirmed => {
                let switching = usize::from(switching);
                assert!(host && guests <= switching, "the server was not asked yet");
            }
            Holder::Guest(tenure) => {
                let slot = AccountSlot::Guest(tenure.association.clone());
                assert!(self.live.contains(&slot), "the guest's account is not up");
                assert!(guests == 1 || switching && guests == 2, "two guests");
            }
        }
        let keys = &view.soft_keys.slots;
        assert!((2..=5).contains(&keys.len()), "{keys:?}");
        assert_emergency_call_is_possible(phone, now);
    }
}

fn assert_emergency_call_is_possible(phone: &Phone, now: Instant) {
    let mut phone = phone.clone();
    let mut effects = phone.handle(now, Event::Key(Key::HookOff));
    for c in ['1', '1', '2'] {
        let key = Key::Digit(Digit::new(c).unwrap());
        effects.extend(phone.handle(now, Event::Key(key)));
    }
    let dialled = effects.iter().any(|effect| {
        matches!(effect, Effect::Dial { number, emergency: true } if number.as_str() == "112")
    });
    assert!(dialled, "112 was not dialled: {effects:?}");
}

/// Neither a PIN nor a SIP secret can be read in what a log might print.
pub(super) fn assert_no_secrets(phone: &Phone, event: &str, effects: &[Effect]) {
    let printed = format!("{phone:?} {event} {effects:?}");
    assert!(!printed.contains(SECRET_MARK), "a secret in {printed}");
}
