//! The beginning of a log-in and the question to the server. Typing is in `entering`, the answer in `admitting`.

use std::time::Instant;

use hotdesk_provisioning::{AttemptId, Extension, Pin, Refusal, RefusalCode, Takeover};

use crate::desk::Desk;
use crate::{
    Activity, Admitting, Digits, Effect, Entering, Field, Masked, Refused, Tone, deadline, policy,
};

/// Begins a log-in, with the extension filled in if it is known already; `one_field` if it began on the dial pad, `2019#`.
pub(crate) fn begin(
    desk: &mut Desk,
    now: Instant,
    activity: Activity,
    extension: Option<Extension>,
    one_field: bool,
) -> Activity {
    if !can_begin(&activity) {
        desk.tone(Tone::Refused);
        return activity;
    }
    if let Some(obstacle) = obstacle(desk, now, extension.as_ref()) {
        desk.tone(Tone::Refused);
        return obstacle;
    }
    desk.emit(Effect::WarmUp);
    let remembered = desk
        .last_extension
        .clone()
        .filter(|_| desk.policy().remember_extension);
    let field = match extension {
        Some(_) => Field::Pin,
        None => Field::Extension,
    };
    let extension = extension.or(remembered);
    Activity::Entering(Entering {
        extension: extension.map_or_else(Digits::default, |e| Digits::from(e.as_str())),
        pin: Masked::default(),
        field,
        one_field,
        refusal: None,
        give_up_at: now + deadline::ENTRY,
    })
}

/// A vendor's own application signs somebody in.
pub(crate) fn request(
    desk: &mut Desk,
    now: Instant,
    activity: Activity,
    extension: Extension,
    pin: Pin,
) -> Activity {
    let emergency = policy::emergency(desk.policy(), extension.as_str()).is_some();
    if emergency || !can_begin(&activity) {
        return activity;
    }
    if let Some(obstacle) = obstacle(desk, now, Some(&extension)) {
        return obstacle;
    }
    submit(desk, now, Submission::new(extension, pin, false))
}

/// Whether nothing is going on that a log-in would trample on.
pub(crate) fn can_begin(activity: &Activity) -> bool {
    match activity {
        Activity::Home
        | Activity::Entering(_)
        | Activity::Refused(_)
        | Activity::LockedOut(_)
        | Activity::ConfirmLogout(_)
        | Activity::Evicted(_)
        | Activity::Expiring(_)
        | Activity::Diagnostics
        | Activity::Menu(_)
        | Activity::Done(_) => true,
        Activity::ChangePin(change) => !change.asking,
        Activity::EndElsewhere(question) => !question.asking,
        Activity::LogoutPin(logout) => !logout.asking,
        Activity::Enrolling(_)
        | Activity::Admitting(_)
        | Activity::ConfirmTakeover(_)
        | Activity::Switching(_)
        | Activity::Leaving(_)
        | Activity::Consent(_) => false,
    }
}

/// Why nobody can log in now, without asking the server.
fn obstacle(desk: &mut Desk, now: Instant, extension: Option<&Extension>) -> Option<Activity> {
    if let Some(lockout) = desk.lockout.clone().filter(|lockout| now < lockout.until) {
        return Some(Activity::LockedOut(lockout));
    }
    desk.lockout = None;
    let tenure = desk.tenure()?;
    match desk.policy().takeover {
        Takeover::Ask | Takeover::Allow => None,
        Takeover::Forbid => {
            let refusal = Refusal {
                subject: Some(tenure.guest.display_name.clone()),
                ..Refusal::new(RefusalCode::TakeoverForbidden)
            };
            Some(refused(now, refusal, extension.cloned()))
        }
    }
}

/// A refusal that can only be read.
pub(crate) fn refused(now: Instant, refusal: Refusal, extension: Option<Extension>) -> Activity {
    Activity::Refused(Refused {
        refusal,
        extension,
        retry: None,
        give_up_at: now + deadline::REFUSAL,
    })
}

/// What is sent to the server, and under which name.
pub(crate) struct Submission {
    /// `None`: a new attempt.
    attempt: Option<AttemptId>,
    extension: Extension,
    pin: Pin,
    one_field: bool,
}

impl Submission {
    pub(crate) fn new(extension: Extension, pin: Pin, one_field: bool) -> Self {
        Self {
            attempt: None,
            extension,
            pin,
            one_field,
        }
    }
}

/// Asks the server.
pub(crate) fn submit(desk: &mut Desk, now: Instant, submission: Submission) -> Activity {
    let attempt = submission.attempt.unwrap_or_else(|| desk.new_attempt());
    desk.emit(Effect::OpenAssociation {
        attempt: attempt.clone(),
        extension: submission.extension.clone(),
        pin: submission.pin.clone(),
    });
    // Whoever can be let in without the server need not wait for it long when it is known to be away.
    let can_wait =
        desk.server || desk.policy().offline == 0 || !desk.offline.knows(&submission.extension);
    let patience = if can_wait {
        deadline::SERVER_ANSWER
    } else {
        deadline::AWAY_ANSWER
    };
    Activity::Admitting(Admitting {
        attempt,
        extension: submission.extension,
        pin: submission.pin,
        one_field: submission.one_field,
        submitted_at: now,
        elsewhere: None,
        offline: None,
        give_up_at: now + patience,
    })
}

/// Retry: the same extension and PIN, so the same attempt, and the server answers it only once.
pub(crate) fn retry(desk: &mut Desk, now: Instant, refused: Refused) -> Activity {
    let (Some(extension), Some((attempt, pin))) = (refused.extension, refused.retry) else {
        return desk.rest();
    };
    let submission = Submission {
        attempt: Some(attempt),
        ..Submission::new(extension, pin, false)
    };
    submit(desk, now, submission)
}

/// The same question once more, because somebody at another phone was still being asked.
pub(crate) fn ask_again(desk: &mut Desk, mut admitting: Admitting) -> Activity {
    desk.emit(Effect::OpenAssociation {
        attempt: admitting.attempt.clone(),
        extension: admitting.extension.clone(),
        pin: admitting.pin.clone(),
    });
    if let Some(elsewhere) = &mut admitting.elsewhere {
        elsewhere.ask_again_at = None;
    }
    Activity::Admitting(admitting)
}
