//! From the server's yes to the registrar's: the question whether to take over, the switch itself, and the way back.
//! Whoever had the phone keeps it until the registrar has taken the next guest. Never touches an account: which accounts
//! are registered follows from the activity.

use std::time::Instant;

use hotdesk_provisioning::{Admission, AssociationId, EndReason, Refusal, RefusalCode, Takeover};

use crate::desk::Desk;
use crate::{
    AccountNews, AccountSlot, Activity, Admitting, ConfirmTakeover, Evicted, Holder, Switching,
    Tenure, Tone, admitting, by_itself, deadline, login,
};

/// The server admitted the guest.
pub(crate) fn admitted(
    desk: &mut Desk,
    now: Instant,
    admitting: Admitting,
    admission: Box<Admission>,
) -> Activity {
    let Admitting {
        attempt,
        extension,
        pin,
        submitted_at,
        ..
    } = admitting;
    if desk.holds(&admission.association) {
        // The server says that they are signed in here already, and so they are.
        desk.tone(Tone::Done);
        return desk.rest();
    }
    let over_another = desk
        .tenure()
        .is_some_and(|tenure| tenure.guest.extension != admission.guest.extension);
    match desk.policy().takeover {
        Takeover::Ask if over_another => Activity::ConfirmTakeover(ConfirmTakeover {
            admission,
            attempt,
            typed: (extension, pin),
            give_up_at: now + deadline::QUESTION,
        }),
        Takeover::Forbid if over_another => {
            // The policy changed while the server was asked.
            cancel(desk, now, &admission);
            desk.tone(Tone::Refused);
            let refusal = Refusal::new(RefusalCode::TakeoverForbidden);
            login::refused(now, refusal, Some(extension))
        }
        Takeover::Ask | Takeover::Allow | Takeover::Forbid => Activity::Switching(Switching {
            admission,
            attempt,
            typed: (extension, pin),
            submitted_at,
            give_up_at: now + deadline::SWITCH,
        }),
    }
}

/// "Yes, sign them out", or they left by themselves meanwhile. The switch is measured from here.
pub(crate) fn confirmed(now: Instant, question: ConfirmTakeover) -> Activity {
    Activity::Switching(Switching {
        admission: question.admission,
        attempt: question.attempt,
        typed: question.typed,
        submitted_at: now,
        give_up_at: now + deadline::SWITCH,
    })
}

/// Whether a log-in that is not committed yet is about this association.
pub(crate) fn concerns(activity: &Activity, association: &AssociationId) -> bool {
    pending(activity).is_some_and(|admission| admission.association == *association)
}

/// The association that was opened and is not committed yet.
pub(crate) fn pending(activity: &Activity) -> Option<&Admission> {
    match activity {
        Activity::ConfirmTakeover(question) => Some(&question.admission),
        Activity::Switching(switching) => Some(&switching.admission),
        Activity::Enrolling(_)
        | Activity::Home
        | Activity::Entering(_)
        | Activity::Admitting(_)
        | Activity::Refused(_)
        | Activity::LockedOut(_)
        | Activity::ConfirmLogout(_)
        | Activity::LogoutPin(_)
        | Activity::Leaving(_)
        | Activity::Evicted(_)
        | Activity::Expiring(_)
        | Activity::Diagnostics
        | Activity::Menu(_)
        | Activity::ChangePin(_)
        | Activity::EndElsewhere(_)
        | Activity::Consent(_)
        | Activity::Done(_) => None,
    }
}

/// News of the account that is being registered.
pub(crate) fn news(
    desk: &mut Desk,
    now: Instant,
    switching: Switching,
    news: AccountNews,
) -> Activity {
    match news {
        AccountNews::Registered => commit(desk, now, switching),
        AccountNews::Rejected { .. } => failed(desk, now, switching, RefusalCode::RegistrarRefused),
        AccountNews::Displaced => {
            let slot = AccountSlot::Guest(switching.admission.association.clone());
            desk.accounts.lose(&slot);
            failed(desk, now, switching, RefusalCode::RegistrarRefused)
        }
        // It is tried again by itself until the time is up.
        AccountNews::Failing | AccountNews::Unregistered => Activity::Switching(switching),
    }
}

/// The registrar took the guest: from now on the phone is theirs.
fn commit(desk: &mut Desk, now: Instant, switching: Switching) -> Activity {
    let Switching {
        admission,
        typed: (typed, pin),
        submitted_at,
        ..
    } = switching;
    by_itself::keep(desk, submitted_at, (&typed, pin), &admission);
    let Admission {
        association,
        guest,
        ends_in,
        ends_for,
        offline: _,
    } = *admission;
    let elapsed = now.saturating_duration_since(submitted_at).as_millis();
    let switch_ms = u32::try_from(elapsed).unwrap_or(u32::MAX);
    desk.last_extension = Some(guest.extension.clone());
    let tenure = Tenure {
        association: association.clone(),
        guest,
        ends_at: ends_in.map(|seconds| deadline::in_seconds(submitted_at, seconds)),
        ends_for,
        touched_at: now,
        confirmed: true,
    };
    let before = std::mem::replace(&mut desk.holder, Holder::Guest(Box::new(tenure)));
    match before {
        Holder::Nobody => {}
        Holder::Guest(tenure) => desk.part_with(now, *tenure),
    }
    desk.last_switch_ms = Some(switch_ms);
    desk.persist();
    desk.owe_commit(now, association, switch_ms);
    desk.tone(Tone::Done);
    desk.rest()
}

/// The registrar did not take the guest. Whoever had the phone has it still; the server hears why.
fn failed(desk: &mut Desk, now: Instant, switching: Switching, code: RefusalCode) -> Activity {
    let extension = switching.admission.guest.extension.clone();
    cancel(desk, now, &switching.admission);
    desk.owe(now, admitting::report(&switching.attempt, &extension, code));
    desk.tone(Tone::Refused);
    login::refused(now, Refusal::new(code), Some(extension))
}

/// The registrar did not answer in time.
pub(crate) fn unanswered(desk: &mut Desk, now: Instant, switching: Switching) -> Activity {
    failed(desk, now, switching, RefusalCode::RegistrarSilent)
}

/// The association will not be used: the server voids it.
pub(crate) fn cancel(desk: &mut Desk, now: Instant, admission: &Admission) {
    desk.owe_end(now, admission.association.clone(), EndReason::RolledBack);
}

/// The server ended the association before it was committed.
pub(crate) fn evicted(
    desk: &mut Desk,
    now: Instant,
    activity: Activity,
    reason: EndReason,
) -> Activity {
    let Some(admission) = pending(&activity) else {
        return activity;
    };
    let display_name = admission.guest.display_name.clone();
    // Said back to the server, so that it knows that the account is no longer used here.
    desk.owe_end(now, admission.association.clone(), reason.clone());
    desk.tone(Tone::Refused);
    Activity::Evicted(Evicted {
        display_name,
        reason,
        give_up_at: now + deadline::EVICTED,
    })
}

/// The server says that it voided the association that is being switched to.
pub(crate) fn voided(desk: &mut Desk, now: Instant, activity: Activity) -> Activity {
    let Some(admission) = pending(&activity) else {
        return activity;
    };
    let extension = admission.guest.extension.clone();
    desk.tone(Tone::Refused);
    let refusal = Refusal::new(RefusalCode::UnknownAssociation);
    login::refused(now, refusal, Some(extension))
}

/// Whoever was to be signed out has left by themselves: there is nothing to ask any more.
pub(crate) fn unopposed(desk: &Desk, now: Instant, activity: Activity) -> Activity {
    if desk.tenure().is_some() {
        return activity;
    }
    let Activity::ConfirmTakeover(question) = activity else {
        return activity;
    };
    confirmed(now, question)
}
