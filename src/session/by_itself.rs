//! The phone lets somebody in by itself, because the server cannot be reached and the policy allows it. Who may come is in
//! `offline`; what happens once they may is in `switching`, as always.

use std::time::Instant;

use hotdesk_provisioning::{
    Admission, AssociationId, AttemptId, Extension, LimitKind, OfflineGrant, OfflineGuest, Pin,
    Refusal, RefusalCode, Secret,
};

use crate::desk::Desk;
use crate::{
    Activity, Admitting, Digits, Effect, Entering, Field, Masked, OfflineFailure, OpenOffline,
    SealOffline, Tone, admitting, deadline, login, offline, switching,
};

/// Tries the PIN on what this phone keeps; `None` when the policy forbids that, or the phone keeps nothing of this guest.
pub(crate) fn instead(desk: &mut Desk, now: Instant, admitting: &Admitting) -> Option<Activity> {
    if desk.policy().offline == 0 || offline::is_tried(admitting) {
        return None;
    }
    let lock = match desk.offline.attempt(now, &admitting.extension)? {
        Ok(lock) => lock,
        Err(refusal) => {
            desk.tone(Tone::Refused);
            let extension = Some(admitting.extension.clone());
            return Some(login::refused(now, refusal, extension));
        }
    };
    desk.persist();
    desk.emit(Effect::OpenOffline(Box::new(OpenOffline {
        attempt: admitting.attempt.clone(),
        extension: lock.extension,
        pin: admitting.pin.clone(),
        sealed: lock.sealed,
    })));
    Some(Activity::Admitting(Admitting {
        offline: Some(lock.id),
        elsewhere: None,
        give_up_at: now + deadline::OFFLINE_ANSWER,
        ..admitting.clone()
    }))
}

/// What came of trying the PIN. Nobody waits for it any more if the server was there after all, or they pressed Cancel.
pub(crate) fn opened(
    desk: &mut Desk,
    now: Instant,
    activity: Activity,
    attempt: &AttemptId,
    answer: Result<Box<OfflineGuest>, OfflineFailure>,
) -> Activity {
    let Activity::Admitting(admitting) = activity else {
        return activity;
    };
    let Some(grant) = admitting
        .offline
        .clone()
        .filter(|_| admitting.attempt == *attempt)
    else {
        return Activity::Admitting(admitting);
    };
    match answer {
        Ok(guest) => match let_in(desk, now, &grant, *guest) {
            Some(admission) => switching::admitted(desk, now, admitting, Box::new(admission)),
            None => admitting::unanswered(desk, now, admitting),
        },
        Err(OfflineFailure::WrongPin) => wrong_pin(desk, now, admitting, &grant),
        Err(OfflineFailure::Unusable) => {
            desk.offline.untried(&grant);
            desk.persist();
            admitting::unanswered(desk, now, admitting)
        }
    }
}

/// What the server would have said. `None` when the server or the time took the grant away meanwhile.
fn let_in(
    desk: &mut Desk,
    now: Instant,
    grant: &AssociationId,
    guest: OfflineGuest,
) -> Option<Admission> {
    let (use_number, left) = desk.offline.opened(now, grant)?;
    desk.persist();
    Some(Admission {
        association: OfflineGrant::association(grant, use_number).ok()?,
        guest: guest.guest,
        // The registrar takes their account no longer than that, unless the server comes back and says so.
        ends_in: Some(guest.limit.map_or(left, |limit| limit.min(left))),
        ends_for: LimitKind::Limit,
        offline: None,
    })
}

fn wrong_pin(
    desk: &mut Desk,
    now: Instant,
    admitting: Admitting,
    grant: &AssociationId,
) -> Activity {
    desk.tone(Tone::Refused);
    let refusal = desk.offline.wrong(now, grant);
    let report = admitting::report(&admitting.attempt, &admitting.extension, refusal.code);
    desk.owe(now, report);
    if refusal.code != RefusalCode::WrongPin {
        return login::refused(now, refusal, Some(admitting.extension));
    }
    ask_pin_again(now, admitting, refusal)
}

/// The PIN was wrong, says the server or the phone.
pub(crate) fn ask_pin_again(now: Instant, admitting: Admitting, refusal: Refusal) -> Activity {
    Activity::Entering(Entering {
        extension: Digits::from(admitting.extension.as_str()),
        pin: Masked::default(),
        field: Field::Pin,
        one_field: admitting.one_field,
        refusal: Some(refusal),
        give_up_at: now + deadline::ENTRY,
    })
}

/// A guest signed in: has what the server gave for the next time sealed with their PIN.
pub(crate) fn keep(
    desk: &mut Desk,
    now: Instant,
    (typed, pin): (&Extension, Pin),
    admission: &Admission,
) {
    if OfflineGrant::of(admission.association.as_str()).is_some() {
        // They came without the server, and what they came with is not used up.
        return;
    }
    let guest = &admission.guest;
    let allowed = desk.policy().offline > 0;
    let granted = admission.offline.as_ref().filter(|_| allowed);
    let names = offline::names(&guest.extension, typed);
    desk.offline.replace(now, names, granted);
    if let Some(granted) = granted {
        let mut guest = guest.clone();
        guest.account = granted.account.clone();
        let limit = granted.limit;
        desk.emit(Effect::SealOffline(Box::new(SealOffline {
            grant: granted.id.clone(),
            pin,
            guest: OfflineGuest { guest, limit },
        })));
    }
}

/// It is sealed, or could not be.
pub(crate) fn sealed(desk: &mut Desk, grant: &AssociationId, sealed: Option<Secret>) {
    if desk.offline.sealed(grant, sealed) {
        desk.persist();
    }
}

/// The server says that these are void.
pub(crate) fn forget(desk: &mut Desk, grants: &[AssociationId]) {
    if desk.offline.forget(|id| grants.contains(id)) {
        desk.persist();
    }
}

/// None is good any more: the policy forbids them, or the phone is not the one that they were given to.
pub(crate) fn forget_all(desk: &mut Desk) {
    if desk.offline.forget(|_| true) {
        desk.persist();
    }
}
