//! A number being dialled, over whatever else goes on. An emergency call looks like nothing else.

use hotdesk_provisioning::Policy;
use hotdesk_session::{DialNotice, Dialling};

use super::{Now, desk_and_number};
use crate::text::Message;
use crate::{Body, Ink, Note, Number};

pub(super) fn body(now: &Now<'_>, dialling: &Dialling) -> Body {
    let digits = dialling.digits.as_str();
    Body::Number(match &dialling.notice {
        Some(DialNotice::Calling {
            number,
            emergency: true,
        }) => emergency(now, Message::EmergencyCalling, number),
        Some(DialNotice::Calling {
            number,
            emergency: false,
        }) => Number {
            caption: now.text(Message::CallingCaption).to_owned(),
            digits: number.clone(),
            open: false,
            note: None,
            emergency: false,
        },
        Some(DialNotice::SignInToCall) => Number {
            note: Some(note(now.text(Message::SignInToCall), Ink::Refusal)),
            ..typing(now, digits)
        },
        None if is_emergency(now, digits) => {
            let how = if dialling.lifted {
                Message::EmergencyLifted
            } else {
                Message::EmergencyHow
            };
            Number {
                open: true,
                note: Some(note(now.text(how), Ink::Plain)),
                ..emergency(now, Message::EmergencyCaption, digits)
            }
        }
        None => typing(now, digits),
    })
}

/// Where the person is, because that is the first question they are asked.
pub(super) fn emergency(now: &Now<'_>, caption: Message, digits: &str) -> Number {
    let place = now.view.profile.map(|profile| {
        let place = desk_and_number(profile);
        note(&now.say(Message::EmergencyWhere, &[&place]), Ink::Plain)
    });
    Number {
        caption: now.text(caption).to_owned(),
        digits: digits.to_owned(),
        open: false,
        note: place,
        emergency: true,
    }
}

fn typing(now: &Now<'_>, digits: &str) -> Number {
    Number {
        caption: now.text(Message::DialCaption).to_owned(),
        digits: digits.to_owned(),
        open: true,
        note: Some(note(&emergency_numbers(now), Ink::Quiet)),
        emergency: false,
    }
}

fn note(text: &str, ink: Ink) -> Note {
    Note {
        text: text.to_owned(),
        ink,
        code: None,
    }
}

/// "Emergency: 112 · 999 · 911".
fn emergency_numbers(now: &Now<'_>) -> String {
    let policy = policy(now);
    let numbers: Vec<&str> = policy
        .emergency_numbers
        .iter()
        .map(|number| number.as_str())
        .collect();
    now.say(Message::DialEmergency, &[&numbers.join(" · ")])
}

fn is_emergency(now: &Now<'_>, digits: &str) -> bool {
    policy(now)
        .emergency_numbers
        .iter()
        .any(|number| number.as_str() == digits)
}

/// The site's rules, or those that hold until they are known.
fn policy(now: &Now<'_>) -> Policy {
    now.view
        .profile
        .map(|profile| profile.policy.clone())
        .unwrap_or_default()
}
