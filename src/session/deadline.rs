//! How long each thing may take, and which of them is due next. Never acts on a deadline: that is the activities' business.

use std::time::{Duration, Instant};

use hotdesk_provisioning::Policy;

use crate::{Activity, Admitting};

/// A half-typed log-in is forgotten after this long without a key.
pub(crate) const ENTRY: Duration = Duration::from_secs(30);
/// The longest wait for the server's answer to a log-in or a log-out PIN.
pub(crate) const SERVER_ANSWER: Duration = Duration::from_secs(10);
/// The same while the server is known to be away and the phone can let the guest in by itself.
pub(crate) const AWAY_ANSWER: Duration = Duration::from_secs(4);
/// The longest wait for a PIN to be tried on what the phone keeps: about a second on a phone's processor, and time to spare.
pub(crate) const OFFLINE_ANSWER: Duration = Duration::from_secs(15);
/// The longest wait for somebody at another phone to say whether the guest may move here: as long as the policy of that
/// phone can give them, and the server's answer to one more question.
pub(crate) const CONSENT_ELSEWHERE: Duration =
    Duration::from_secs(*Policy::CONSENT_SECONDS.end() as u64 + 10);
/// The wait before the server is asked again what became of that, in seconds, whatever the server says.
pub(crate) const ASK_AGAIN: (u32, u32) = (1, 5);
/// The longest wait for the registrar during a switch. The transaction itself lives up to 32 s (RFC 3261 timer F), but a
/// person at a desk should not stand before a waiting screen that long, and nothing is lost by giving up early.
pub(crate) const SWITCH: Duration = Duration::from_secs(8);
/// A question is answered with "no" after this long.
pub(crate) const QUESTION: Duration = Duration::from_secs(20);
/// The desk's account has this long to come back before the guest's goes anyway.
pub(crate) const LEAVE: Duration = Duration::from_secs(4);
/// How long a refusal stands on the screen when there is nothing to do about it.
pub(crate) const REFUSAL: Duration = Duration::from_secs(15);
/// How long "you were signed out" stands on the screen.
pub(crate) const EVICTED: Duration = Duration::from_secs(60);
/// A number is complete after this long without a further digit.
pub(crate) const DIGIT: Duration = Duration::from_secs(3);
/// How long "calling 112" or "sign in to call" stands on the screen.
pub(crate) const DIAL_NOTICE: Duration = Duration::from_secs(10);
/// How long a call that is over stands on the screen.
pub(crate) const CALL_ENDED: Duration = Duration::from_secs(4);
/// An emergency call is taken to be over after this long, whatever the call application says.
pub(crate) const EMERGENCY_CALL: Duration = Duration::from_secs(4 * 3600);
/// How long a lock-out lasts if the server does not say.
pub(crate) const LOCKOUT_DEFAULT: u32 = 60;
/// No answer of a server may lock a phone longer than a day.
pub(crate) const LOCKOUT_MAX: u32 = 86_400;
/// How long the registrar's word that a binding is gone is awaited before the guest's account is forgotten for good:
/// longer than a guarded un-registration may take.
pub(crate) const LEFT_BEHIND: Duration = Duration::from_secs(30);

/// The moment after a number of seconds that somebody else chose; very far away if the clock cannot count that far.
pub(crate) fn in_seconds(now: Instant, seconds: u32) -> Instant {
    now.checked_add(Duration::from_secs(seconds.into()))
        .unwrap_or(now)
}

/// When an activity ends by itself. What a guest's own limits say is not in it.
pub(crate) fn of_activity(activity: &Activity) -> Option<Instant> {
    match activity {
        Activity::Entering(a) => sooner(a.give_up_at, a.pin.deadline()),
        Activity::Admitting(a) => sooner(a.give_up_at, ask_again(a)),
        Activity::ConfirmTakeover(a) => Some(a.give_up_at),
        Activity::Switching(a) => Some(a.give_up_at),
        Activity::Refused(a) => Some(a.give_up_at),
        Activity::LockedOut(a) => Some(a.until),
        Activity::ConfirmLogout(a) => Some(a.give_up_at),
        Activity::LogoutPin(a) => sooner(a.give_up_at, a.pin.deadline()),
        Activity::ChangePin(a) => sooner(a.give_up_at, a.entry.deadline()),
        Activity::Menu(a) => Some(a.give_up_at),
        Activity::EndElsewhere(a) => Some(a.give_up_at),
        Activity::Consent(a) => Some(a.give_up_at),
        Activity::Done(a) => Some(a.give_up_at),
        Activity::Leaving(a) => Some(a.give_up_at),
        Activity::Evicted(a) => Some(a.give_up_at),
        Activity::Enrolling(_) | Activity::Home | Activity::Expiring(_) | Activity::Diagnostics => {
            None
        }
    }
}

/// When the server is to be asked again while somebody at another phone thinks about it.
pub(crate) fn ask_again(admitting: &Admitting) -> Option<Instant> {
    admitting.elsewhere.as_ref()?.ask_again_at
}

fn sooner(end: Instant, before: Option<Instant>) -> Option<Instant> {
    Some(before.map_or(end, |before| before.min(end)))
}
