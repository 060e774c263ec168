//! What an administrator asks for over the phone.

use hotdesk_provisioning::DeviceId;

use super::{Now, desk_and_number};
use crate::text::{Label, Message};
use crate::{Body, Fact};

pub(super) fn body(now: &Now<'_>) -> Body {
    let (status, facts) = (now.view.status, now.scene.facts);
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
    let took = |ms: u32| now.say(Message::Milliseconds, &[&ms.to_string()]);
    let rows = [
        (Label::Desk, now.view.profile.map(desk_and_number)),
        (Label::Registration, Some(now.text(registration).to_owned())),
        (Label::Server, Some(now.text(server).to_owned())),
        (Label::LastSwitch, status.last_switch_ms.map(took)),
        (Label::Address, facts.address.clone()),
        (Label::Device, facts.device.as_ref().map(mac)),
        (Label::Version, Some(facts.version.clone())),
    ];
    let row = |(label, value): (Label, Option<String>)| Fact {
        label: now.label(label).to_owned(),
        value: value.unwrap_or_else(|| NOTHING.to_owned()),
    };
    Body::Facts(rows.into_iter().map(row).collect())
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
