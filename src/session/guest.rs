//! A guest's time on the phone: its limits, the countdown, more time, and being signed out by somebody else. Never signs
//! anybody out itself: that is `leave`.

use std::time::Instant;

use hotdesk_provisioning::{AssociationId, EndReason, ExtendAnswer, LimitKind, Refusal};

use crate::desk::{Deferred, Desk};
use crate::{Activity, Effect, Expiring, Tone, deadline, emergency, leave, policy, switching};

/// Ends shifted by no more than this are not worth a write to flash.
const DRIFT_SECONDS: u64 = 60;

/// A key was pressed: nobody is idle.
pub(crate) fn touch(desk: &mut Desk, now: Instant) {
    if let Some(tenure) = desk.tenure_mut() {
        tenure.touched_at = now;
    }
}

/// When something about the guest's time is due.
pub(crate) fn deadline(desk: &Desk, activity: &Activity) -> Option<Instant> {
    if matches!(activity, Activity::Leaving(_)) {
        return None;
    }
    if desk.deferred.is_some() {
        return desk.deferred_until();
    }
    let ending = desk.ending()?;
    Some(if shows_countdown(activity) {
        ending.warn_at
    } else {
        ending.at
    })
}

/// Looks at the guest's limits.
pub(crate) fn pass(desk: &mut Desk, now: Instant, activity: Activity) -> Activity {
    if deadline(desk, &activity).is_none_or(|at| now < at) {
        return activity;
    }
    if let Some(deferred) = desk.deferred.take() {
        return leave::begin(desk, now, activity, deferred.reason);
    }
    let Some(ending) = desk.ending() else {
        return activity;
    };
    if ending.at <= now {
        return sign_out(desk, now, activity, ending.reason);
    }
    desk.tone(Tone::Attention);
    Activity::Expiring(Expiring {
        at: ending.at,
        reason: ending.reason,
        asking: false,
    })
}

/// Where a countdown may take the screen without disturbing anybody.
pub(crate) fn shows_countdown(activity: &Activity) -> bool {
    matches!(
        activity,
        Activity::Home | Activity::Diagnostics | Activity::Menu(_) | Activity::Done(_)
    )
}

/// The countdown lasts as long as an end is near: a key press, more time or a call take it away.
pub(crate) fn recount(desk: &Desk, now: Instant, activity: Activity) -> Activity {
    let Activity::Expiring(expiring) = activity else {
        return activity;
    };
    match desk.ending() {
        Some(ending) if ending.warn_at <= now => Activity::Expiring(Expiring {
            at: ending.at,
            reason: ending.reason,
            ..expiring
        }),
        Some(_) | None => desk.rest(),
    }
}

/// "Stay": idleness ended with the key itself; a time limit has to be moved by the server.
pub(crate) fn stay(desk: &mut Desk, activity: Activity) -> Activity {
    let Activity::Expiring(mut expiring) = activity else {
        return activity;
    };
    if expiring.reason == EndReason::Idle {
        return desk.rest();
    }
    if let Some(tenure) = desk.tenure().filter(|_| !expiring.asking) {
        let association = tenure.association.clone();
        desk.emit(Effect::ExtendAssociation { association });
        expiring.asking = true;
    }
    Activity::Expiring(expiring)
}

/// The answer to "Stay". A refusal changes nothing: the countdown goes on.
pub(crate) fn extended(
    desk: &mut Desk,
    now: Instant,
    mut activity: Activity,
    association: &AssociationId,
    answer: Result<ExtendAnswer, Refusal>,
) -> Activity {
    if !desk.holds(association) {
        return activity;
    }
    if let Activity::Expiring(expiring) = &mut activity {
        expiring.asking = false;
    }
    if let Ok(ExtendAnswer { ends_in, ends_for }) = answer {
        move_end(desk, now, ends_in, ends_for);
    }
    activity
}

/// The server moved the end of the tenure, or another limit is the nearest now.
pub(crate) fn move_end(desk: &mut Desk, now: Instant, ends_in: Option<u32>, ends_for: LimitKind) {
    let ends_at = ends_in.map(|seconds| deadline::in_seconds(now, seconds));
    let Some(tenure) = desk.tenure_mut() else {
        return;
    };
    let before = std::mem::replace(&mut tenure.ends_at, ends_at);
    let another = std::mem::replace(&mut tenure.ends_for, ends_for) != ends_for;
    let moved = match (before, ends_at) {
        (Some(a), Some(b)) => a.max(b).duration_since(a.min(b)).as_secs() > DRIFT_SECONDS,
        (a, b) => a != b,
    };
    if moved || another {
        desk.persist();
    }
    let was_limit = |d: &Deferred| policy::is_limit(&d.reason);
    if ends_at.is_none_or(|at| now < at) && desk.deferred.as_ref().is_some_and(was_limit) {
        desk.deferred = None;
    }
}

/// Somebody or something ended an association: the guest's, or one that is being switched to.
pub(crate) fn evicted(
    desk: &mut Desk,
    now: Instant,
    activity: Activity,
    association: &AssociationId,
    reason: EndReason,
) -> Activity {
    if switching::concerns(&activity, association) {
        switching::evicted(desk, now, activity, reason)
    } else if desk.holds(association) {
        sign_out(desk, now, activity, reason)
    } else {
        activity
    }
}

/// Signs the guest out, after their call if there is one, and not while an emergency call may be called back.
pub(crate) fn sign_out(
    desk: &mut Desk,
    now: Instant,
    activity: Activity,
    reason: EndReason,
) -> Activity {
    let busy = desk.calls > 0 || desk.emergency.holds();
    let waits = busy && policy::waits_for_calls(&reason);
    if waits && !matches!(activity, Activity::Leaving(_)) {
        if desk.tenure().is_some() && desk.deferred.is_none() {
            desk.deferred = Some(Deferred {
                reason,
                since: now,
                at_latest: deadline::in_seconds(now, desk.policy().call_defers_max),
            });
        }
        return activity;
    }
    leave::begin(desk, now, activity, reason)
}

/// How many calls are up. A log-out that waited for them is looked at with the other deadlines.
pub(crate) fn calls(desk: &mut Desk, now: Instant, activity: Activity, active: u8) -> Activity {
    let ended = desk.calls > 0 && active == 0;
    desk.calls = active;
    if ended {
        touch(desk, now);
        emergency::over(desk, now, None);
    }
    activity
}
