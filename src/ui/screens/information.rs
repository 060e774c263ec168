//! What an administrator asks for over the phone.

use hotdesk_provisioning::DeviceId;

use super::{Now, desk_and_number};
use crate::text::Message;
use crate::{Body, Fact};

pub(super) fn body(now: &Now<'_>) -> Body {
    let status = now.view.status;
    let facts = now.scene.facts;
    let link = |up, yes, no| now.text(if up { yes } else { no }).to_owned();
    let rows = [
        (Message::FactDesk, now.view.profile.map(desk_and_number)),
        (
            Message::FactRegistration,
            Some(link(
                status.registered,
                Message::Registered,
                Message::NotRegistered,
            )),
        ),
        (
            Message::FactServer,
            Some(link(
                status.server,
                Message::Connected,
                Message::ServerOffline,
            )),
        ),
        (
            Message::FactLastSwitch,
            status
                .last_switch_ms
                .map(|ms| now.say(Message::Milliseconds, &[&ms.to_string()])),
        ),
        (
            Message::FactAddress,
            Some(
                facts
                    .address
                    .clone()
                    .unwrap_or_else(|| now.text(Message::NoNetwork).to_owned()),
            ),
        ),
        (Message::FactDevice, facts.device.as_ref().map(mac)),
        (Message::FactVersion, Some(facts.version.clone())),
    ];
    let row = |(label, value): (Message, Option<String>)| Fact {
        label: now.text(label).to_owned(),
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
