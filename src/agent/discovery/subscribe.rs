//! The SUBSCRIBE that asks everybody on the link for this phone's server (RFC 6080 section 5.1, in the form that the servers
//! of the field know). Never sends it.

use std::fmt::Write;
use std::net::SocketAddrV4;

use hotdesk_provisioning::DeviceId;
use hotdesk_sip::wire::quote;

/// Who looks for a server. Some servers serve only makers and models that they know.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The phone.
    pub device: DeviceId,
    /// Its model.
    pub model: String,
    /// The agent's version.
    pub version: String,
    /// The text of `User-Agent`.
    pub user_agent: String,
}

/// What tells one SUBSCRIBE from another.
#[derive(Debug, Clone)]
pub(super) struct Dialog {
    pub(super) call_id: String,
    pub(super) tag: String,
    pub(super) branch: String,
    pub(super) sequence: u32,
}

/// The maker of this agent, as the event package wants one.
const VENDOR: &str = "hotdesk";

pub(super) fn subscribe(
    caller: &Caller,
    dialog: &Dialog,
    group: SocketAddrV4,
    local: SocketAddrV4,
) -> Vec<u8> {
    let device = &caller.device;
    // "MAC:" and the address, escaped as every phone of the field does; only the host is the group's.
    let whom = format!("sip:MAC%3a{device}@{}", group.ip());
    let [model, version] = [&caller.model, &caller.version].map(|text| quote(&plain(text)));
    let lines = [
        format!("SUBSCRIBE {whom} SIP/2.0"),
        format!("Via: SIP/2.0/UDP {local};branch={};rport", dialog.branch),
        "Max-Forwards: 70".to_owned(),
        format!("From: <{whom}>;tag={}", dialog.tag),
        format!("To: <{whom}>"),
        format!("Call-ID: {}", dialog.call_id),
        format!("CSeq: {} SUBSCRIBE", dialog.sequence),
        format!("Contact: <sip:{device}@{local}>"),
        format!(
            "Event: ua-profile;profile-type=\"device\";vendor=\"{VENDOR}\";model={model};version={version}"
        ),
        // One NOTIFY and no lasting subscription.
        "Expires: 0".to_owned(),
        "Accept: application/url, text/plain, message/external-body".to_owned(),
        format!("User-Agent: {} {device}", plain(&caller.user_agent)),
        "Content-Length: 0".to_owned(),
    ];
    let mut message = String::new();
    for line in lines {
        // Writing to a string cannot fail.
        let _ = write!(message, "{line}\r\n");
    }
    message.push_str("\r\n");
    message.into_bytes()
}

/// No line can end inside a value.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use hotdesk_sip::wire::{HeaderName, Method, parse_request};

    use super::*;

    #[test]
    fn it_is_a_message_that_names_the_phone_and_its_model() {
        let caller = Caller {
            device: DeviceId::parse("02:00:5e:10:00:2a").unwrap(),
            model: "HD \"1\"\r\nX: y".to_owned(),
            version: "1.4.0".to_owned(),
            user_agent: "Acme".to_owned(),
        };
        let dialog = Dialog {
            call_id: "pnp-4be1".to_owned(),
            tag: "9f31c2".to_owned(),
            branch: "z9hG4bK-pnp-7d1e".to_owned(),
            sequence: 1,
        };
        let group = "224.0.1.75:5060".parse().unwrap();
        let local = "192.0.2.21:5060".parse().unwrap();
        let bytes = subscribe(&caller, &dialog, group, local);
        let request = parse_request(&bytes).unwrap();
        assert_eq!(request.method, Method::Subscribe);
        assert_eq!(request.uri.as_str(), "sip:MAC%3a02005e10002a@224.0.1.75");
        let header = |name| request.headers.text(&name).unwrap().into_owned();
        assert_eq!(
            header(HeaderName::Event),
            "ua-profile;profile-type=\"device\";vendor=\"hotdesk\";model=\"HD \\\"1\\\"X: y\";version=\"1.4.0\""
        );
        assert_eq!(
            header(HeaderName::Contact),
            "<sip:02005e10002a@192.0.2.21:5060>"
        );
        assert_eq!(header(HeaderName::UserAgent), "Acme 02005e10002a");
        assert_eq!(header(HeaderName::Expires), "0");
    }
}
