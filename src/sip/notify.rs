//! What a NOTIFY asks for, judged by its Event header alone: servers send wrong Content-Types, no Subscription-State and
//! requests outside any dialog. Never decides whether the sender is believed.

use crate::message::Request;
use crate::wire::{HeaderName, Params};

/// What a server wants the phone to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CheckSyncKind {
    /// Fetch the profile and apply what changed.
    Resync,
    /// Restart; only when the policy honours it, otherwise [`Self::Resync`].
    Reboot,
    /// Log the user out and stay up.
    RemoteLogout,
    /// Report the configuration.
    Report,
}

/// What a NOTIFY is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Notification {
    /// A check-sync in one of its many forms.
    CheckSync(CheckSyncKind),
    /// The voicemail lamp; `None` when the body does not say (RFC 3842).
    MessageWaiting(Option<bool>),
    /// A NAT ping: answered and forgotten.
    KeepAlive,
}

/// The events that [`classify`] knows, for Allow-Events.
pub(crate) const ALLOW_EVENTS: &str =
    "check-sync, resync, report, service-control, message-summary, keep-alive";

/// Longest message-summary body that is read.
const SUMMARY_BYTES_MAX: usize = 2048;

/// What a NOTIFY is about; `None` when it is about nothing that we know (489 Bad Event).
pub(crate) fn classify(request: &Request, honour_reboot: bool) -> Option<Notification> {
    let event = request.headers.text(&HeaderName::Event)?;
    let (token, params) = event.split_once(';').unwrap_or((&event, ""));
    let params = Params::parse(params, "Event").unwrap_or_default();
    let reboot = if honour_reboot {
        CheckSyncKind::Reboot
    } else {
        CheckSyncKind::Resync
    };
    let kind = match token.trim().to_ascii_lowercase().as_str() {
        "check-sync" if is_remote_logout(&params) => CheckSyncKind::RemoteLogout,
        "check-sync" if wants_reboot(&params) => reboot,
        "check-sync" | "resync" => CheckSyncKind::Resync,
        "report" => CheckSyncKind::Report,
        "reboot" | "reboot_now" | "restart_now" | "reboot=true" => reboot,
        "service-control" => service_control(&request.body.0, reboot)?,
        "message-summary" => {
            return Some(Notification::MessageWaiting(message_waiting(
                &request.body.0,
            )));
        }
        "keep-alive" => return Some(Notification::KeepAlive),
        _ => return None,
    };
    Some(Notification::CheckSync(kind))
}

fn is_remote_logout(params: &Params) -> bool {
    let value = params.value("profileLogout");
    value.is_some_and(|v| v.eq_ignore_ascii_case("remote"))
}

fn wants_reboot(params: &Params) -> bool {
    let value = params.value("reboot").map(|v| v.to_ascii_lowercase());
    matches!(value.as_deref(), Some("true" | "1" | "yes"))
}

/// `action=restart`, `action=reset` or `action=check-version` on a line of its own.
fn service_control(body: &[u8], reboot: CheckSyncKind) -> Option<CheckSyncKind> {
    let action = line_value(body, b'=', "action")?;
    match action.as_str() {
        "check-version" => Some(CheckSyncKind::Resync),
        "restart" | "reset" => Some(reboot),
        _ => None,
    }
}

fn message_waiting(body: &[u8]) -> Option<bool> {
    let value = line_value(body, b':', "messages-waiting")?;
    match value.as_str() {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

/// The value behind `name` on the first line that has it, in lower case.
fn line_value(body: &[u8], separator: u8, name: &str) -> Option<String> {
    let body = body.get(..SUMMARY_BYTES_MAX.min(body.len()))?;
    let text = String::from_utf8_lossy(body).to_ascii_lowercase();
    text.lines().find_map(|line| {
        let (found, value) = line.split_once(char::from(separator))?;
        (found.trim() == name).then(|| value.trim().to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::parse_request;

    fn classified(event: &str, body: &str, honour: bool) -> Option<Notification> {
        let text = format!(
            "NOTIFY sip:a@h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: sip:b@h\r\nTo: sip:a@h\r\n\
             Call-ID: c\r\nCSeq: 1 NOTIFY\r\n{event}\r\n\r\n{body}"
        );
        classify(&parse_request(text.as_bytes()).unwrap(), honour)
    }

    #[test]
    fn every_event_of_the_field_has_its_meaning() {
        use CheckSyncKind::{Reboot, RemoteLogout, Report, Resync};
        for (event, plain, honoured) in [
            ("check-sync", Resync, Resync),
            ("Check-Sync ; reboot=false", Resync, Resync),
            ("check-sync;reboot=true", Resync, Reboot),
            ("check-sync;Reboot=\"YES\"", Resync, Reboot),
            ("check-sync;reboot=1", Resync, Reboot),
            (
                "check-sync;profileLogout=remote",
                RemoteLogout,
                RemoteLogout,
            ),
            ("check-sync;;;", Resync, Resync),
            ("resync", Resync, Resync),
            ("resync;profile=http://evil.example/x", Resync, Resync),
            ("report", Report, Report),
            ("reboot", Resync, Reboot),
            ("reboot_now", Resync, Reboot),
            ("restart_now", Resync, Reboot),
            ("reboot=true", Resync, Reboot),
        ] {
            for (honour, kind) in [(false, plain), (true, honoured)] {
                let found = classified(&format!("o: {event}"), "", honour);
                assert_eq!(found, Some(Notification::CheckSync(kind)), "{event}");
            }
        }
    }

    #[test]
    fn service_control_is_read_from_its_body() {
        let with = |body| classified("Event: service-control", body, false);
        let resync = Some(Notification::CheckSync(CheckSyncKind::Resync));
        assert_eq!(with("action=check-version\nRegisterCallId={}\n"), resync);
        assert_eq!(with("Action = restart\r\n"), resync);
        assert_eq!(with("action=explode"), None);
        assert_eq!(with(""), None);
    }

    #[test]
    fn the_lamp_and_the_ping_are_known_and_the_rest_is_not() {
        let lamp = |body| classified("Event: message-summary", body, false);
        assert_eq!(
            lamp("Messages-Waiting: yes\r\nVoice-Message: 2/8\r\n"),
            Some(Notification::MessageWaiting(Some(true)))
        );
        assert_eq!(
            lamp("messages-waiting:no"),
            Some(Notification::MessageWaiting(Some(false)))
        );
        assert_eq!(lamp(""), Some(Notification::MessageWaiting(None)));
        assert_eq!(
            classified("Event: keep-alive", "", false),
            Some(Notification::KeepAlive)
        );
        for unknown in [
            "Event: sys-control",
            "Event: x-gs-screen",
            "Event: ",
            "Subject: check-sync",
            "Event: check-syncing",
        ] {
            assert_eq!(classified(unknown, "", true), None, "{unknown}");
        }
    }
}
