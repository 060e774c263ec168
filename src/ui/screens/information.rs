//! What an administrator asks for over the phone.

use hotdesk_provisioning::DeviceId;

use super::{Now, desk_and_number};
use crate::text::{Label, Message};
use crate::{Body, Fact, Wording};

pub(super) fn body(now: &Now<'_>) -> Body {
    let rows = match now.scene.wording {
        Wording::Full => in_full(now),
        Wording::Brief => in_brief(now),
    };
    let row = |(label, value): (Label, Option<String>)| Fact {
        label: now.label(label).to_owned(),
        value: value.unwrap_or_else(|| NOTHING.to_owned()),
    };
    Body::Facts(rows.into_iter().map(row).collect())
}

type Row = (Label, Option<String>);

fn in_full(now: &Now<'_>) -> Vec<Row> {
    let facts = now.scene.facts;
    let [registration, server] = connections(now);
    vec![
        (Label::Desk, now.view.profile.map(desk_and_number)),
        (Label::Registration, Some(registration.to_owned())),
        (Label::Server, Some(server.to_owned())),
        (Label::LastSwitch, last_switch(now)),
        (Label::Address, facts.address.clone()),
        (Label::Device, facts.device.as_ref().map(mac)),
        (Label::Version, Some(facts.version.clone())),
    ]
}

/// The same on four lines; the desk is in the status bar.
fn in_brief(now: &Now<'_>) -> Vec<Row> {
    let facts = now.scene.facts;
    let [registration, server] = connections(now);
    let status = now.view.status;
    let state = match (status.registered, status.server) {
        (true, _) => format!("{registration}, {}", server.to_lowercase()),
        (false, true) => registration.to_owned(),
        (false, false) => server.to_owned(),
    };
    let version = match last_switch(now) {
        Some(took) => format!("{} · {took}", facts.version),
        None => facts.version.clone(),
    };
    vec![
        (Label::Registration, Some(state)),
        (Label::Address, facts.address.clone()),
        (Label::Device, facts.device.as_ref().map(mac)),
        (Label::Version, Some(version)),
    ]
}

/// Whether calls reach the phone, and whether its server does.
fn connections(now: &Now<'_>) -> [&'static str; 2] {
    let status = now.view.status;
    let registration = if status.registered {
        Message::Registered
    } else {
        Message::NotRegistered
    };
    let server = if status.server {
        Message::Connected
    } else {
        Message::NotConnected
    };
    [registration, server].map(|message| now.text(message))
}

fn last_switch(now: &Now<'_>) -> Option<String> {
    let ms = now.view.status.last_switch_ms?;
    Some(now.say(Message::Milliseconds, &[&ms.to_string()]))
}

/// Stands where there is nothing to say yet.
const NOTHING: &str = "–";

/// As it is printed on the phone: "00:11:22:AA:BB:CC".
pub(super) fn mac(device: &DeviceId) -> String {
    let digits: Vec<char> = device.as_str().chars().collect();
    let pairs: Vec<String> = digits
        .chunks(2)
        .map(|pair| pair.iter().collect::<String>().to_uppercase())
        .collect();
    pairs.join(":")
}
