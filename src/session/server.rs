//! What the server says that is no answer to a log-in: enrolment, profile, sync and pushes. Never asks twice for what the
//! shell repeats by itself.

use std::time::Instant;

use hotdesk_provisioning::{AssociationId, Held, HostProfile, Push, Refusal, Report, SyncAnswer};

use crate::desk::{self, Desk};
use crate::outbox::Delivery;
use crate::{AccountSlot, Activity, Effect, Owed, by_itself, elsewhere, guest, switching};

/// Longest enrolment code that is shown; the server makes six digits.
const CODE_MAX: usize = 16;
/// More stores than this no phone has.
const STORES_MAX: usize = 32;
/// Void accounts cleaned up at once: one for each log-in that a power cut interrupted since the last sync.
const VOID_MAX: usize = 16;

/// The server does not know the phone yet.
pub(crate) fn enrol_pending(desk: &mut Desk, activity: Activity, code: &str) -> Activity {
    desk.enrol_code = Some(code.chars().take(CODE_MAX).collect());
    by_itself::forget_all(desk);
    refresh_rest(desk, activity)
}

/// The server knows the phone.
pub(crate) fn enrolled(desk: &mut Desk, activity: Activity) -> Activity {
    desk.enrol_code = None;
    by_itself::forget_all(desk);
    desk.settings.enrolled = true;
    desk.emit(Effect::FetchProfile);
    refresh_rest(desk, activity)
}

/// The idle screen, as it is now that its reasons have changed.
fn refresh_rest(desk: &Desk, activity: Activity) -> Activity {
    if matches!(activity, Activity::Home | Activity::Enrolling(_)) {
        desk.rest()
    } else {
        activity
    }
}

/// A profile as a phone can use it.
pub(crate) fn bounded(profile: HostProfile) -> HostProfile {
    HostProfile {
        policy: profile.policy.bounded(),
        ..profile
    }
}

/// The host profile arrived or changed.
pub(crate) fn profile(desk: &mut Desk, activity: Activity, profile: HostProfile) -> Activity {
    let profile = bounded(profile);
    if desk.profile.as_ref() != Some(&profile) {
        desk.profile = Some(profile);
        desk.persist();
    }
    if desk.policy().offline == 0 {
        by_itself::forget_all(desk);
    }
    refresh_rest(desk, activity)
}

/// The event stream is up or down.
pub(crate) fn link(desk: &mut Desk, up: bool) {
    desk.server = up;
    desk.sync.wanted = up;
    if up {
        desk.outbox.hurry();
    }
}

/// The server's answer to what we said we hold.
pub(crate) fn synced(
    desk: &mut Desk,
    now: Instant,
    mut activity: Activity,
    answer: SyncAnswer,
) -> Activity {
    desk.emit(Effect::FetchProfile);
    by_itself::forget(desk, &answer.forget);
    for void in answer.void.iter().take(VOID_MAX) {
        if switching::concerns(&activity, &void.association) {
            activity = switching::voided(desk, now, activity);
        }
        let slot = AccountSlot::Guest(void.association.clone());
        if !desk.accounts.is_live(&slot) {
            desk.emit(desk::clean_up(void));
        }
    }
    let named = desk.sync.named.take();
    let Some(association) = named.filter(|association| desk.holds(association)) else {
        return activity;
    };
    match answer.held {
        Some(Held::Active { ends_in, ends_for }) => {
            if let Some(tenure) = desk.tenure_mut() {
                tenure.confirmed = true;
            }
            guest::move_end(desk, now, ends_in, ends_for);
            activity
        }
        Some(Held::Ended { reason }) => guest::evicted(desk, now, activity, &association, reason),
        None => activity,
    }
}

/// Something from the event stream.
pub(crate) fn push(desk: &mut Desk, now: Instant, activity: Activity, push: Push) -> Activity {
    match push {
        Push::Evicted {
            association,
            reason,
        } => guest::evicted(desk, now, activity, &association, reason),
        Push::Extended {
            association,
            ends_in,
            ends_for,
        } => {
            if desk.holds(&association) {
                guest::move_end(desk, now, ends_in, ends_for);
            }
            activity
        }
        Push::ConsentWanted {
            association,
            attempt,
            desk: other,
        } => elsewhere::consent_wanted(desk, now, activity, (association, attempt, other)),
        // The shell has the screen.
        Push::ScreenWanted { .. } => activity,
        Push::ForgetOffline { grants } => {
            by_itself::forget(desk, &grants);
            activity
        }
        Push::ProfileChanged => {
            desk.emit(Effect::FetchProfile);
            activity
        }
    }
}

/// The answer to something that the server had to be told.
pub(crate) fn delivered(desk: &mut Desk, now: Instant, number: u64, answer: Result<(), Refusal>) {
    let jitter = desk.random();
    match desk.outbox.delivered(now, number, answer, jitter) {
        Delivery::Told { rewrite } => {
            if rewrite {
                desk.persist();
            }
        }
        Delivery::Pointless(Owed::Commit { association, .. }) => {
            // The server gave the association up before it heard of the commit: let it say what became of it.
            if desk.holds(&association) {
                desk.sync.wanted = true;
            }
        }
        Delivery::Pointless(Owed::End { .. } | Owed::Report { .. }) | Delivery::Open => {}
    }
}

/// The traces of a guest are erased.
pub(crate) fn wiped(
    desk: &mut Desk,
    now: Instant,
    association: AssociationId,
    mut stores: Vec<String>,
) {
    stores.truncate(STORES_MAX);
    let report = Report::Wiped {
        association,
        stores,
    };
    desk.owe(now, Owed::Report { report });
}

/// Tells the server what it is owed, and then asks it what it knows. Not while somebody logs in: the server would take
/// their association for one that an earlier life of this phone left behind.
pub(crate) fn talk(desk: &mut Desk, now: Instant, activity: &Activity) {
    if !desk.settings.enrolled {
        return;
    }
    if let Some((number, owed)) = desk.outbox.next(now) {
        desk.emit(Effect::Deliver { number, owed });
    }
    let logging_in =
        matches!(activity, Activity::Admitting(_)) || switching::pending(activity).is_some();
    if desk.sync.wanted && desk.server && desk.outbox.is_empty() && !logging_in {
        let holding = desk.tenure().map(|tenure| tenure.association.clone());
        desk.sync.wanted = false;
        desk.sync.named.clone_from(&holding);
        let offline = desk.offline.names();
        desk.emit(Effect::Sync { holding, offline });
    }
}
