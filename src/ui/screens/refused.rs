//! Why not: a sentence, what to do, and the short code that the help desk asks for.

use hotdesk_provisioning::{Refusal, RefusalCode};
use hotdesk_session::LockedOut;

use super::Now;
use crate::text::{Count, Message, fill};
use crate::{Body, Figure, Icon, Ink, Notice, clock};

pub(super) fn body(now: &Now<'_>, refusal: &Refusal) -> Body {
    let advice = advice(now, refusal);
    let line = match attempts_left(now, refusal) {
        Some(left) => format!("{left} {advice}"),
        None => advice,
    };
    Body::Notice(Notice {
        logo: false,
        icon: Some(Icon::Refused),
        title: sentence(now, refusal),
        ink: Ink::Refusal,
        lines: vec![line],
        code: Some(code(now, refusal.code)),
    })
}

pub(super) fn locked_out(now: &Now<'_>, locked: &LockedOut) -> Body {
    Body::Figure(Figure {
        caption: sentence(now, &locked.refusal),
        ink: Ink::Refusal,
        figure: clock::countdown(now.view.now, locked.until),
        hint: now.text(Message::LockedHint).to_owned(),
        code: Some(code(now, locked.refusal.code)),
    })
}

/// What is the matter, with whom or what it concerns in it.
pub(super) fn sentence(now: &Now<'_>, refusal: &Refusal) -> String {
    let about_a_phone = matches!(
        refusal.code,
        RefusalCode::InUseElsewhere | RefusalCode::AskingElsewhere | RefusalCode::ConsentDenied
    );
    let unnamed = now.text(if about_a_phone {
        Message::AnotherPhone
    } else {
        Message::SomebodyElse
    });
    let subject = refusal.subject.as_deref().unwrap_or(unnamed);
    capitalised(&fill(now.refusal(refusal.code).sentence, &[subject]))
}

/// A sentence may begin with what it is about.
fn capitalised(sentence: &str) -> String {
    let mut letters = sentence.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

/// What to do; when waiting helps, how long.
pub(super) fn advice(now: &Now<'_>, refusal: &Refusal) -> String {
    match refusal.retry_after.filter(|seconds| *seconds > 0) {
        Some(seconds) => {
            let wait = clock::roughly(u64::from(seconds), now.words());
            now.say(Message::TryAgainIn, &[&wait])
        }
        None => now.refusal(refusal.code).advice.to_owned(),
    }
}

pub(super) fn attempts_left(now: &Now<'_>, refusal: &Refusal) -> Option<String> {
    match refusal.attempts_left? {
        0 => None,
        left => Some(now.words().count(Count::AttemptsLeft, u64::from(left))),
    }
}

/// "Code L01".
pub(super) fn code(now: &Now<'_>, code: RefusalCode) -> String {
    now.say(Message::Code, &[code.short()])
}
