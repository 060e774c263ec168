//! The idle screen: an invitation while nobody is signed in, else whose phone it is and until when.

use std::time::Instant;

use hotdesk_provisioning::{HostProfile, VacantCalls};
use hotdesk_session::Tenure;

use super::Now;
use crate::text::Message;
use crate::{Body, Identity, Notice, Wording, clock};

/// A limit further away than this is a date rather than a time of day.
const DAY: u64 = 24 * 60 * 60;

pub(super) fn body(now: &Now<'_>) -> Body {
    match now.tenure() {
        Some(tenure) => Body::Identity(occupied(now, tenure)),
        None => Body::Notice(vacant(now)),
    }
}

fn vacant(now: &Now<'_>) -> Notice {
    Notice {
        logo: true,
        title: now.text(Message::VacantTitle).to_owned(),
        lines: now
            .view
            .profile
            .map(|profile| now.text(what_works(now, profile)).to_owned())
            .into_iter()
            .collect(),
        ..Notice::default()
    }
}

fn what_works(now: &Now<'_>, profile: &HostProfile) -> Message {
    if !now.view.status.network {
        return Message::VacantNoNetwork;
    }
    if !now.view.status.registered {
        return Message::VacantUnregistered;
    }
    match profile.policy.vacant_calls {
        VacantCalls::EmergencyOnly => Message::VacantEmergencyOnly,
        VacantCalls::Internal => Message::VacantInternal,
        VacantCalls::All => Message::VacantAll,
    }
}

fn occupied(now: &Now<'_>, tenure: &Tenure) -> Identity {
    let registered = now.view.status.registered;
    let lamp = now.text(match (tenure.confirmed, registered) {
        (false, _) => Message::Confirming,
        (true, true) => Message::Registered,
        (true, false) => Message::NotRegistered,
    });
    // Where there is little room for words, the lamp beside them is enough for what is as it should be.
    let lamp_says_it = registered && now.scene.wording == Wording::Brief;
    let state = match until(now, tenure) {
        Some(until) if lamp_says_it => until,
        Some(until) if now.scene.wording == Wording::Full => format!("{lamp} · {until}"),
        Some(_) | None => lamp.to_owned(),
    };
    Identity {
        name: tenure.guest.display_name.clone(),
        number: tenure.guest.extension.to_string(),
        registered,
        state,
    }
}

/// When the guest is signed out, or until when an emergency call may be called back, before which they are not.
fn until(now: &Now<'_>, tenure: &Tenure) -> Option<String> {
    match (now.view.held_until, tenure.ends_at) {
        (Some(held), _) => Some(when(
            now,
            held,
            [Message::CallBackUntil, Message::CallBackFor],
        )),
        (None, Some(end)) => Some(when(now, end, [Message::SignsOutAt, Message::SignsOutIn])),
        (None, None) => None,
    }
}

/// A time of day, or the time left without a clock or when it is far away.
fn when(now: &Now<'_>, end: Instant, [at, after]: [Message; 2]) -> String {
    let left = end.saturating_duration_since(now.view.now);
    let near = left.as_secs() < DAY;
    match now.scene.wall.filter(|_| near) {
        Some(wall) => {
            let end = clock::time_of_day(wall.saturating_add(left), now.utc_offset());
            now.say(at, &[&end])
        }
        None => {
            let left = clock::roughly(left.as_secs(), now.words());
            now.say(after, &[&left])
        }
    }
}
