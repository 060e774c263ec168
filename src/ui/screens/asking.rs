//! Questions before something that cannot be taken back.

use hotdesk_session::{ConfirmTakeover, Consent, EndElsewhere};

use super::Now;
use crate::text::Message;
use crate::{Body, Icon, Notice, Progress, Step, Steps};

/// Names who would be signed out, and for whom.
pub(super) fn takeover(now: &Now<'_>, question: &ConfirmTakeover) -> Body {
    let goes = now
        .tenure()
        .map(|tenure| tenure.guest.display_name.as_str());
    let goes = goes.unwrap_or_default();
    let comes = question.admission.guest.display_name.as_str();
    Body::Notice(Notice {
        icon: Some(Icon::Person),
        title: now.say(Message::AskLogOut, &[goes]),
        lines: vec![
            now.say(Message::TakeoverLine, &[goes]),
            now.say(Message::TakeoverNext, &[comes]),
        ],
        ..Notice::default()
    })
}

pub(super) fn log_out(now: &Now<'_>) -> Body {
    let name = now
        .tenure()
        .map(|tenure| tenure.guest.display_name.as_str());
    Body::Notice(Notice {
        title: now.say(Message::AskLogOut, &[name.unwrap_or_default()]),
        lines: vec![now.text(Message::LogOutLine).to_owned()],
        ..Notice::default()
    })
}

/// "Log out on all other phones?", and then that it is being done.
pub(super) fn elsewhere(now: &Now<'_>, question: &EndElsewhere) -> Body {
    let title = now.text(Message::ElsewhereTitle).to_owned();
    if question.asking {
        let text = now.text(Message::StepAsking).to_owned();
        let progress = Progress::Ongoing;
        let steps = vec![Step { text, progress }];
        return Body::Steps(Steps { title, steps });
    }
    Body::Notice(Notice {
        title,
        lines: vec![now.text(Message::ElsewhereLine).to_owned()],
        ..Notice::default()
    })
}

/// "Jane Doe is signing in at Desk 7."
pub(super) fn consent(now: &Now<'_>, consent: &Consent) -> Body {
    let name = now
        .tenure()
        .map(|tenure| tenure.guest.display_name.as_str());
    Body::Notice(Notice {
        icon: Some(Icon::Person),
        title: now.say(Message::ConsentTitle, &[name.unwrap_or_default()]),
        lines: vec![
            now.say(Message::ConsentLine, &[&consent.desk]),
            now.text(Message::ConsentSilence).to_owned(),
        ],
        ..Notice::default()
    })
}
