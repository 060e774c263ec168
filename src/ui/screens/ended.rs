//! The end that the person did not ask for: soon, or already past.

use hotdesk_provisioning::EndReason;
use hotdesk_session::{Deed, Evicted, Expiring};

use super::Now;
use crate::text::Message;
use crate::{Body, Figure, Icon, Ink, Notice, clock};

pub(super) fn evicted(now: &Now<'_>, evicted: &Evicted) -> Body {
    Body::Notice(Notice {
        icon: Some(Icon::Lock),
        title: now.say(Message::WasLoggedOut, &[&evicted.display_name]),
        lines: now.ending(&evicted.reason).into(),
        ..Notice::default()
    })
}

pub(super) fn expiring(now: &Now<'_>, expiring: &Expiring) -> Body {
    let hint = if expiring.asking {
        Message::ExpiringAsking
    } else {
        why(&expiring.reason)
    };
    Body::Figure(Figure {
        caption: now.text(Message::ExpiringCaption).to_owned(),
        ink: Ink::Plain,
        figure: clock::countdown(now.view.now, expiring.at),
        hint: now.text(hint).to_owned(),
        code: None,
    })
}

/// Whatever else comes announced is a limit.
fn why(reason: &EndReason) -> Message {
    match reason {
        EndReason::Idle => Message::ExpiringIdle,
        EndReason::TimeOfDay => Message::ExpiringTimeOfDay,
        EndReason::BookingEnd => Message::ExpiringBookingEnd,
        EndReason::LoggedOut
        | EndReason::TakenOver { .. }
        | EndReason::Moved { .. }
        | EndReason::Administrator { .. }
        | EndReason::Remote
        | EndReason::Limit
        | EndReason::UserDisabled
        | EndReason::PhoneDisabled
        | EndReason::RolledBack
        | EndReason::Displaced
        | EndReason::Restarted
        | EndReason::Unknown => Message::ExpiringLimit,
    }
}

/// It worked.
pub(super) fn done(now: &Now<'_>, deed: &Deed) -> Body {
    let (title, line) = match deed {
        Deed::PinChanged => (
            Message::PinChanged,
            now.text(Message::PinChangedLine).to_owned(),
        ),
        Deed::EndedElsewhere { desks } if desks.is_empty() => (
            Message::NowhereElse,
            now.text(Message::NowhereElseLine).to_owned(),
        ),
        Deed::EndedElsewhere { desks } => (
            Message::EndedElsewhere,
            now.say(Message::EndedElsewhereLine, &[&desks.join(", ")]),
        ),
    };
    Body::Notice(Notice {
        title: now.text(title).to_owned(),
        lines: vec![line],
        ..Notice::default()
    })
}
