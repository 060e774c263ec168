//! Another PIN: the old one, the new one, and the new one again, because nobody sees what they type. Never compares a PIN
//! with anything but the one typed before it.

use std::time::Instant;

use hotdesk_provisioning::{AssociationId, Pin, Refusal, RefusalCode};

use crate::desk::Desk;
use crate::pin_keys::{self, Pressed};
use crate::{
    Activity, ChangePin, Deed, Done, Effect, Key, Masked, PinProblem, Tone, deadline, dial, login,
    policy,
};

/// "Change PIN" was chosen.
pub(crate) fn begin(now: Instant) -> Activity {
    Activity::ChangePin(ChangePin {
        entry: Masked::default(),
        old: None,
        new: None,
        problem: None,
        asking: false,
        give_up_at: now + deadline::ENTRY,
    })
}

/// A key that is not a soft key.
pub(crate) fn press(desk: &mut Desk, now: Instant, mut change: ChangePin, key: Key) -> Activity {
    if change.asking {
        return Activity::ChangePin(change);
    }
    change.give_up_at = now + deadline::ENTRY;
    match pin_keys::press(desk, now, &mut change.entry, key) {
        Pressed::Submit => submit(desk, now, change),
        Pressed::Delete => delete(desk, change),
        Pressed::Emergency => desk.rest(),
        Pressed::Typed => Activity::ChangePin(change),
    }
}

/// Deletes the last character; an empty field leads back to the one before.
pub(crate) fn delete(desk: &Desk, mut change: ChangePin) -> Activity {
    if change.asking || change.entry.pop() {
        return Activity::ChangePin(change);
    }
    change.problem = None;
    if change.new.take().is_none() && change.old.take().is_none() {
        return desk.rest();
    }
    Activity::ChangePin(change)
}

/// On to the next field, or to the server.
pub(crate) fn submit(desk: &mut Desk, now: Instant, mut change: ChangePin) -> Activity {
    if change.asking {
        return Activity::ChangePin(change);
    }
    if let Some(number) = policy::emergency(desk.policy(), change.entry.keys()) {
        dial::emergency(desk, now, number);
        return desk.rest();
    }
    let typed = std::mem::take(&mut change.entry);
    change.give_up_at = now + deadline::ENTRY;
    let Ok(pin) = Pin::parse(typed.expose()) else {
        desk.tone(Tone::Refused);
        change.problem = Some(PinProblem::TooShort);
        return Activity::ChangePin(change);
    };
    change.problem = None;
    match (&change.old, &change.new) {
        (None, _) => change.old = Some(pin),
        (Some(_), None) => change.new = Some(pin),
        (Some(old), Some(new)) if *new == pin => return ask(desk, now, old.clone(), pin),
        (Some(_), Some(_)) => {
            desk.tone(Tone::Refused);
            change.new = None;
            change.problem = Some(PinProblem::Different);
        }
    }
    Activity::ChangePin(change)
}

fn ask(desk: &mut Desk, now: Instant, old: Pin, new: Pin) -> Activity {
    let Some(tenure) = desk.tenure() else {
        return desk.rest();
    };
    let association = tenure.association.clone();
    desk.emit(Effect::ChangePin {
        association,
        old,
        new,
    });
    Activity::ChangePin(ChangePin {
        entry: Masked::default(),
        old: None,
        new: None,
        problem: None,
        asking: true,
        give_up_at: now + deadline::SERVER_ANSWER,
    })
}

/// The server's answer. A wrong PIN is asked for again; anything else is said.
pub(crate) fn changed(
    desk: &mut Desk,
    now: Instant,
    activity: Activity,
    association: &AssociationId,
    answer: Result<(), Refusal>,
) -> Activity {
    let waits = matches!(&activity, Activity::ChangePin(change) if change.asking);
    if !waits || !desk.holds(association) {
        return activity;
    }
    match answer {
        Ok(()) => {
            desk.tone(Tone::Done);
            Activity::Done(Done {
                deed: Deed::PinChanged,
                give_up_at: now + deadline::REFUSAL,
            })
        }
        Err(refusal) => {
            desk.tone(Tone::Refused);
            if refusal.code == RefusalCode::WrongPin {
                again(now, refusal)
            } else {
                login::refused(now, refusal, None)
            }
        }
    }
}

fn again(now: Instant, refusal: Refusal) -> Activity {
    Activity::ChangePin(ChangePin {
        entry: Masked::default(),
        old: None,
        new: None,
        problem: Some(PinProblem::Refused(refusal)),
        asking: false,
        give_up_at: now + deadline::ENTRY,
    })
}

/// Nobody pressed a key any more, or the server did not answer.
pub(crate) fn unanswered(desk: &mut Desk, now: Instant, change: &ChangePin) -> Activity {
    if !change.asking {
        return desk.rest();
    }
    desk.tone(Tone::Refused);
    login::refused(now, Refusal::new(RefusalCode::ServerUnreachable), None)
}
