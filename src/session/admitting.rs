//! The server's answer to a log-in, and what each refusal leads to. Never registers anything: that is `switching`.

use std::time::Instant;

use hotdesk_provisioning::{
    Admission, AttemptId, EndReason, Extension, Refusal, RefusalCode, Report,
};

use crate::desk::Desk;
use crate::{
    Activity, Admitting, Elsewhere, LockedOut, Owed, Refused, Tone, by_itself, deadline, login,
    offline, switching,
};

/// The server's answer.
pub(crate) fn opened(
    desk: &mut Desk,
    now: Instant,
    activity: Activity,
    attempt: &AttemptId,
    answer: Result<Box<Admission>, Refusal>,
) -> Activity {
    let mut activity = activity;
    if let Activity::Admitting(admitting) = activity {
        if admitting.attempt == *attempt {
            return match answer {
                Ok(admission) => switching::admitted(desk, now, admitting, admission),
                Err(refusal) if refusal.code == RefusalCode::AskingElsewhere => {
                    somebody_is_asked(now, admitting, refusal)
                }
                // What the phone keeps is being tried: only the server's own word comes before that.
                Err(refusal) if offline::is_tried(&admitting) && is_no_word(refusal.code) => {
                    Activity::Admitting(admitting)
                }
                Err(refusal) => turned_down(desk, now, admitting, refusal),
            };
        }
        activity = Activity::Admitting(admitting);
    }
    if let Ok(admission) = answer {
        void(desk, now, &mut activity, attempt, &admission);
    }
    activity
}

/// Whoever is at the guest's other phone is asked; the server says later what they answered.
fn somebody_is_asked(now: Instant, admitting: Admitting, refusal: Refusal) -> Activity {
    let (least, most) = deadline::ASK_AGAIN;
    let wait = refusal.retry_after.unwrap_or(least).clamp(least, most);
    let first = admitting.elsewhere.is_none();
    Activity::Admitting(Admitting {
        elsewhere: Some(Elsewhere {
            desk: refusal.subject,
            ask_again_at: Some(deadline::in_seconds(now, wait)),
        }),
        offline: None,
        give_up_at: if first {
            now + deadline::CONSENT_ELSEWHERE
        } else {
            admitting.give_up_at
        },
        ..admitting
    })
}

/// Somebody was admitted whom nobody waits for any more: the association must not linger, and its account is never
/// registered. A repeated answer about an association that is in use changes nothing.
fn void(
    desk: &mut Desk,
    now: Instant,
    activity: &mut Activity,
    attempt: &AttemptId,
    admission: &Admission,
) {
    let association = &admission.association;
    if desk.holds(association) || switching::concerns(activity, association) {
        return;
    }
    desk.owe_end(now, association.clone(), EndReason::RolledBack);
    if let Activity::Refused(refused) = activity {
        // The server would answer a repetition of this attempt with the association that was just ended.
        refused.retry = refused.retry.take().map(|(named, pin)| {
            let same = named == *attempt;
            (if same { desk.new_attempt() } else { named }, pin)
        });
    }
}

/// The server did not answer in time.
pub(crate) fn unanswered(desk: &mut Desk, now: Instant, admitting: Admitting) -> Activity {
    let refusal = Refusal::new(RefusalCode::ServerUnreachable);
    turned_down(desk, now, admitting, refusal)
}

/// The server, or the way to it, said no.
fn turned_down(desk: &mut Desk, now: Instant, admitting: Admitting, refusal: Refusal) -> Activity {
    if refusal.code == RefusalCode::ServerUnreachable {
        if let Some(activity) = by_itself::instead(desk, now, &admitting) {
            return activity;
        }
    }
    desk.tone(Tone::Refused);
    match reaction(refusal.code) {
        Reaction::AskPinAgain => by_itself::ask_pin_again(now, admitting, refusal),
        Reaction::LockOut => {
            let seconds = refusal.retry_after.unwrap_or(deadline::LOCKOUT_DEFAULT);
            let until = deadline::in_seconds(now, seconds.min(deadline::LOCKOUT_MAX));
            let lockout = LockedOut { refusal, until };
            desk.lockout = Some(lockout.clone());
            Activity::LockedOut(lockout)
        }
        Reaction::OfferRetry => {
            let report = report(&admitting.attempt, &admitting.extension, refusal.code);
            desk.owe(now, report);
            Activity::Refused(Refused {
                refusal,
                extension: Some(admitting.extension),
                retry: Some((admitting.attempt, admitting.pin)),
                give_up_at: now + deadline::ENTRY,
            })
        }
        Reaction::Tell => login::refused(now, refusal, Some(admitting.extension)),
    }
}

/// A failed log-in that the server has to hear of because it did not cause it.
pub(crate) fn report(attempt: &AttemptId, extension: &Extension, code: RefusalCode) -> Owed {
    Owed::Report {
        report: Report::Refused {
            attempt: attempt.clone(),
            extension: extension.clone(),
            code,
            seconds_ago: 0,
        },
    }
}

/// Whether the server has said nothing about the guest with that.
fn is_no_word(code: RefusalCode) -> bool {
    matches!(reaction(code), Reaction::OfferRetry)
}

/// What a refusal leads to.
enum Reaction {
    AskPinAgain,
    LockOut,
    OfferRetry,
    Tell,
}

fn reaction(code: RefusalCode) -> Reaction {
    match code {
        RefusalCode::WrongPin => Reaction::AskPinAgain,
        RefusalCode::PhoneLocked => Reaction::LockOut,
        RefusalCode::ServerUnreachable
        | RefusalCode::ServerNonsense
        | RefusalCode::ClockWrong
        | RefusalCode::ServerUntrusted
        | RefusalCode::Busy
        | RefusalCode::Internal => Reaction::OfferRetry,
        RefusalCode::UnknownUser
        | RefusalCode::UserNotEnabled
        | RefusalCode::UserDisabled
        | RefusalCode::NumberIsHost
        | RefusalCode::UserLocked
        | RefusalCode::PhoneNotEnabled
        | RefusalCode::PhoneWithoutAddress
        | RefusalCode::InUseElsewhere
        | RefusalCode::TakeoverForbidden
        | RefusalCode::PinNotSet
        | RefusalCode::AskingElsewhere
        | RefusalCode::ConsentDenied
        | RefusalCode::RegistrarRefused
        | RefusalCode::RegistrarSilent
        | RefusalCode::NotAuthenticated
        | RefusalCode::UnknownAssociation
        | RefusalCode::Malformed => Reaction::Tell,
    }
}
