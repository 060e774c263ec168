//! What happens when a deadline passes, for each activity and for what runs beside them.

use std::time::Instant;

use crate::desk::Desk;
use crate::{
    Activity, admitting, call, deadline, dial, elsewhere, emergency, guest, keys, leave, login,
    pin_change, switching,
};

/// Looks at every deadline once.
pub(crate) fn pass(desk: &mut Desk, now: Instant, activity: Activity) -> Activity {
    let jitter = desk.random();
    let undelivered = desk.outbox.pass(now, jitter);
    let expired = desk.offline.pass(now);
    if desk.left_behind.pass(now) || undelivered || expired {
        desk.persist();
    }
    call::pass(desk, now);
    emergency::pass(desk, now);
    let mut activity = dial::pass(desk, now, activity);
    if let Some(pin) = keys::masked(&mut activity) {
        pin.pass(now);
    }
    let due = deadline::of_activity(&activity).is_some_and(|at| at <= now);
    let activity = if due {
        expire(desk, now, activity)
    } else {
        activity
    };
    guest::pass(desk, now, activity)
}

/// The time of an activity is up.
fn expire(desk: &mut Desk, now: Instant, activity: Activity) -> Activity {
    match activity {
        Activity::Admitting(admitting) if now < admitting.give_up_at => {
            login::ask_again(desk, admitting)
        }
        Activity::Admitting(admitting) => admitting::unanswered(desk, now, admitting),
        Activity::ConfirmTakeover(question) => {
            switching::cancel(desk, now, &question.admission);
            desk.rest()
        }
        Activity::Switching(switching) => switching::unanswered(desk, now, switching),
        Activity::LogoutPin(logout) => leave::unanswered(desk, now, &logout),
        Activity::Leaving(leaving) => leave::finish(desk, now, leaving),
        Activity::ChangePin(change) => pin_change::unanswered(desk, now, &change),
        Activity::EndElsewhere(question) => elsewhere::unanswered(desk, now, &question),
        Activity::Menu(_)
        | Activity::Consent(_)
        | Activity::Done(_)
        | Activity::Entering(_)
        | Activity::Refused(_)
        | Activity::LockedOut(_)
        | Activity::ConfirmLogout(_)
        | Activity::Evicted(_) => desk.rest(),
        Activity::Enrolling(_) | Activity::Home | Activity::Expiring(_) | Activity::Diagnostics => {
            activity
        }
    }
}
