//! First contact: looking for the server, then a code to read to the administrator.

use hotdesk_session::Enrolling;

use super::Now;
use crate::text::{Label, Message};
use crate::{Body, Figure, Ink, Notice};

pub(super) fn body(now: &Now<'_>, enrolling: &Enrolling) -> Body {
    match &enrolling.code {
        Some(code) => Body::Figure(Figure {
            caption: now.text(Message::CodeCaption).to_owned(),
            ink: Ink::Plain,
            figure: in_halves(code),
            hint: now.text(Message::CodeHint).to_owned(),
            code: device(now),
        }),
        None if now.view.status.network => {
            looking(now, Message::Connecting, Message::ConnectingHint)
        }
        None => looking(now, Message::NoNetwork, Message::CheckCable),
    }
}

fn looking(now: &Now<'_>, title: Message, hint: Message) -> Body {
    Body::Notice(Notice {
        title: now.text(title).to_owned(),
        lines: vec![now.text(hint).to_owned()],
        code: device(now),
        ..Notice::default()
    })
}

/// What the administrator may ask for as well.
fn device(now: &Now<'_>) -> Option<String> {
    let mac = super::information::mac(now.scene.facts.device.as_ref()?);
    Some(format!("{} {mac}", now.label(Label::Device)))
}

/// Six digits are read out as three and three.
fn in_halves(code: &str) -> String {
    match code.split_at_checked(3) {
        Some((first, second)) if second.len() == 3 => format!("{first} {second}"),
        Some(_) | None => code.to_owned(),
    }
}
