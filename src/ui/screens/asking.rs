//! Questions before something that cannot be taken back.

use hotdesk_session::ConfirmTakeover;

use super::Now;
use crate::text::Message;
use crate::{Body, Icon, Notice};

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
