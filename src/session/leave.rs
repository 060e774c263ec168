//! Logging out, by whomever: the questions before, the desk's account coming back, and what is told and erased. Leaving
//! always works: no answer of a server or registrar can keep a guest signed in.

use std::time::Instant;

use hotdesk_provisioning::{AssociationId, EndReason, Pin, Refusal, RefusalCode};

use crate::desk::Desk;
use crate::pin_keys::{self, Pressed};
use crate::{
    AccountNews, AccountSlot, Activity, ConfirmLogout, Effect, Evicted, Holder, Key, Leaving,
    LogoutPin, Masked, Tone, deadline, dial, guest, policy, switching,
};

/// Log Out was pressed, or a code dialled (which needs no "are you sure").
pub(crate) fn ask(desk: &mut Desk, now: Instant, activity: Activity, confirm: bool) -> Activity {
    if desk.tenure().is_none() || !can_ask(&activity) {
        desk.tone(Tone::Refused);
        return activity;
    }
    if confirm && desk.policy().confirm_logout {
        return Activity::ConfirmLogout(ConfirmLogout {
            give_up_at: now + deadline::QUESTION,
        });
    }
    confirmed(desk, now)
}

/// "Yes, log out."
pub(crate) fn confirmed(desk: &mut Desk, now: Instant) -> Activity {
    if desk.policy().logout_pin {
        return Activity::LogoutPin(LogoutPin {
            pin: Masked::default(),
            refusal: None,
            asking: false,
            give_up_at: now + deadline::ENTRY,
        });
    }
    log_out(desk, now)
}

fn log_out(desk: &mut Desk, now: Instant) -> Activity {
    let rest = desk.rest();
    begin(desk, now, rest, EndReason::LoggedOut)
}

/// Whether a log-out may take the place of what is going on: wherever a log-in may, and while the phone is made known.
fn can_ask(activity: &Activity) -> bool {
    matches!(activity, Activity::Enrolling(_)) || crate::login::can_begin(activity)
}

/// A key that is not a soft key, while the PIN for the log-out is typed.
pub(crate) fn press(desk: &mut Desk, now: Instant, mut logout: LogoutPin, key: Key) -> Activity {
    if logout.asking {
        return Activity::LogoutPin(logout);
    }
    logout.give_up_at = now + deadline::ENTRY;
    match pin_keys::press(desk, now, &mut logout.pin, key) {
        Pressed::Submit => submit(desk, now, logout),
        Pressed::Delete => delete(desk, logout),
        Pressed::Emergency => desk.rest(),
        Pressed::Typed => Activity::LogoutPin(logout),
    }
}

/// Deletes the last character; an empty PIN leads back.
pub(crate) fn delete(desk: &Desk, mut logout: LogoutPin) -> Activity {
    if logout.asking || logout.pin.pop() {
        Activity::LogoutPin(logout)
    } else {
        desk.rest()
    }
}

/// The PIN is typed: ask the server.
pub(crate) fn submit(desk: &mut Desk, now: Instant, mut logout: LogoutPin) -> Activity {
    if logout.asking {
        return Activity::LogoutPin(logout);
    }
    if let Some(number) = policy::emergency(desk.policy(), logout.pin.keys()) {
        dial::emergency(desk, now, number);
        return desk.rest();
    }
    match (Pin::parse(logout.pin.expose()), desk.tenure()) {
        (Ok(pin), Some(tenure)) => {
            let association = tenure.association.clone();
            desk.emit(Effect::CheckLogout { association, pin });
            logout.asking = true;
            logout.give_up_at = now + deadline::SERVER_ANSWER;
        }
        (Ok(_) | Err(_), _) => desk.tone(Tone::Refused),
    }
    Activity::LogoutPin(logout)
}

/// The server's answer to the PIN.
pub(crate) fn checked(
    desk: &mut Desk,
    now: Instant,
    activity: Activity,
    association: &AssociationId,
    answer: Result<(), Refusal>,
) -> Activity {
    if !desk.holds(association) {
        return activity;
    }
    let Activity::LogoutPin(logout) = activity else {
        return activity;
    };
    match answer {
        Err(refusal) if logout.asking && is_about_the_pin(refusal.code) => {
            desk.tone(Tone::Refused);
            Activity::LogoutPin(LogoutPin {
                pin: Masked::default(),
                refusal: Some(refusal),
                asking: false,
                give_up_at: now + deadline::ENTRY,
            })
        }
        Ok(()) | Err(_) if logout.asking => log_out(desk, now),
        Ok(()) | Err(_) => Activity::LogoutPin(logout),
    }
}

/// Nobody pressed a key any more, or the server did not answer.
pub(crate) fn unanswered(desk: &mut Desk, now: Instant, logout: &LogoutPin) -> Activity {
    if logout.asking {
        log_out(desk, now)
    } else {
        desk.rest()
    }
}

/// Whether the PIN was wrong or may not be tried now. Every other refusal means that the server cannot tell.
fn is_about_the_pin(code: RefusalCode) -> bool {
    matches!(
        code,
        RefusalCode::WrongPin | RefusalCode::UserLocked | RefusalCode::PhoneLocked
    )
}

/// Somebody or something that is not the person at the phone wants the guest out: a NOTIFY, a vendor's application. It
/// also ends a log-in that is not committed yet.
pub(crate) fn requested(
    desk: &mut Desk,
    now: Instant,
    activity: Activity,
    reason: EndReason,
) -> Activity {
    if desk.tenure().is_some() {
        return guest::sign_out(desk, now, activity, reason);
    }
    match switching::pending(&activity) {
        Some(admission) => {
            switching::cancel(desk, now, admission);
            desk.rest()
        }
        None => activity,
    }
}

/// Why the guest is leaving, for flash.
pub(crate) fn reason(activity: &Activity) -> Option<EndReason> {
    if let Activity::Leaving(leaving) = activity {
        Some(leaving.reason.clone())
    } else {
        None
    }
}

/// The guest goes. If the screen is free for it, the desk's account comes back first; if somebody is about to log in,
/// the guest goes at once and the log-in continues.
pub(crate) fn begin(
    desk: &mut Desk,
    now: Instant,
    activity: Activity,
    reason: EndReason,
) -> Activity {
    if desk.tenure().is_none() {
        return activity;
    }
    match activity {
        Activity::Leaving(leaving) => Activity::Leaving(better_reason(leaving, reason)),
        Activity::Entering(_)
        | Activity::Admitting(_)
        | Activity::ConfirmTakeover(_)
        | Activity::Switching(_) => {
            depart(desk, now, reason);
            activity
        }
        Activity::Enrolling(_)
        | Activity::Home
        | Activity::Refused(_)
        | Activity::LockedOut(_)
        | Activity::ConfirmLogout(_)
        | Activity::LogoutPin(_)
        | Activity::Evicted(_)
        | Activity::Expiring(_)
        | Activity::Diagnostics
        | Activity::Menu(_)
        | Activity::ChangePin(_)
        | Activity::EndElsewhere(_)
        | Activity::Consent(_)
        | Activity::Done(_) => {
            desk.persist();
            let leaving = Leaving {
                reason,
                give_up_at: now + deadline::LEAVE,
            };
            let nothing_to_wait_for =
                desk.profile.is_none() || desk.accounts.is_registered(&AccountSlot::Host);
            if nothing_to_wait_for {
                finish(desk, now, leaving)
            } else {
                Activity::Leaving(leaving)
            }
        }
    }
}

/// The registrar noticed before the server told why.
fn better_reason(leaving: Leaving, reason: EndReason) -> Leaving {
    if leaving.reason == EndReason::Displaced {
        Leaving { reason, ..leaving }
    } else {
        leaving
    }
}

/// News of the desk's account while it is awaited.
pub(crate) fn host_news(
    desk: &mut Desk,
    now: Instant,
    leaving: Leaving,
    news: AccountNews,
) -> Activity {
    match news {
        AccountNews::Registered | AccountNews::Rejected { .. } | AccountNews::Displaced => {
            finish(desk, now, leaving)
        }
        AccountNews::Failing | AccountNews::Unregistered => Activity::Leaving(leaving),
    }
}

/// The desk's account is back, or it is not and must not be waited for any longer.
pub(crate) fn finish(desk: &mut Desk, now: Instant, leaving: Leaving) -> Activity {
    let display_name = desk.tenure().map(|t| t.guest.display_name.clone());
    depart(desk, now, leaving.reason.clone());
    match display_name {
        Some(display_name) if leaving.reason != EndReason::LoggedOut => {
            Activity::Evicted(Evicted {
                display_name,
                reason: leaving.reason,
                give_up_at: now + deadline::EVICTED,
            })
        }
        Some(_) | None => desk.rest(),
    }
}

/// From here on the phone is vacant.
fn depart(desk: &mut Desk, now: Instant, reason: EndReason) {
    let Holder::Guest(tenure) = std::mem::take(&mut desk.holder) else {
        return;
    };
    desk.owe_end(now, tenure.association.clone(), reason);
    desk.part_with(now, *tenure);
    desk.persist();
}
