//! The guest's other phones: signing out there from here, and saying here whether they may move there. Silence never keeps
//! anybody from their number: the person with the PIN is at the other phone.

use std::time::Instant;

use hotdesk_provisioning::{AssociationId, AttemptId, ElsewhereAnswer, Refusal, RefusalCode};

use crate::desk::Desk;
use crate::{Activity, Consent, Deed, Done, Effect, EndElsewhere, Tone, deadline, guest, login};

/// Desks that are named; nobody is signed in on more.
const DESKS_MAX: usize = 8;

/// "Log me out elsewhere" was chosen.
pub(crate) fn ask(now: Instant) -> Activity {
    Activity::EndElsewhere(EndElsewhere {
        asking: false,
        give_up_at: now + deadline::QUESTION,
    })
}

/// "Yes."
pub(crate) fn confirmed(desk: &mut Desk, now: Instant) -> Activity {
    let Some(tenure) = desk.tenure() else {
        return desk.rest();
    };
    let association = tenure.association.clone();
    desk.emit(Effect::EndElsewhere { association });
    Activity::EndElsewhere(EndElsewhere {
        asking: true,
        give_up_at: now + deadline::SERVER_ANSWER,
    })
}

/// The server's answer.
pub(crate) fn ended(
    desk: &mut Desk,
    now: Instant,
    activity: Activity,
    association: &AssociationId,
    answer: Result<ElsewhereAnswer, Refusal>,
) -> Activity {
    let waits = matches!(&activity, Activity::EndElsewhere(question) if question.asking);
    if !waits || !desk.holds(association) {
        return activity;
    }
    match answer {
        Ok(ElsewhereAnswer { mut desks }) => {
            desks.truncate(DESKS_MAX);
            desk.tone(Tone::Done);
            Activity::Done(Done {
                deed: Deed::EndedElsewhere { desks },
                give_up_at: now + deadline::REFUSAL,
            })
        }
        Err(refusal) => {
            desk.tone(Tone::Refused);
            login::refused(now, refusal, None)
        }
    }
}

/// Nobody said yes, or the server did not answer.
pub(crate) fn unanswered(desk: &mut Desk, now: Instant, question: &EndElsewhere) -> Activity {
    if !question.asking {
        return desk.rest();
    }
    desk.tone(Tone::Refused);
    login::refused(now, Refusal::new(RefusalCode::ServerUnreachable), None)
}

/// The server asks whether the guest may move. Somebody in the middle of something else is not disturbed.
pub(crate) fn consent_wanted(
    desk: &mut Desk,
    now: Instant,
    activity: Activity,
    (association, attempt, other): (AssociationId, AttemptId, String),
) -> Activity {
    let free = guest::shows_countdown(&activity) || matches!(activity, Activity::Expiring(_));
    if !desk.holds(&association) || !free {
        return activity;
    }
    desk.tone(Tone::Attention);
    Activity::Consent(Consent {
        association,
        attempt,
        desk: other,
        give_up_at: deadline::in_seconds(now, desk.policy().consent),
    })
}

/// Somebody answered.
pub(crate) fn consent(desk: &mut Desk, consent: Consent, granted: bool) -> Activity {
    desk.emit(Effect::AnswerConsent {
        association: consent.association,
        attempt: consent.attempt,
        granted,
    });
    desk.rest()
}
