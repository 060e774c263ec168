//! Registering and staying registered.

use std::time::Duration;

use super::rig::{ALICE, BOB, Rig, address, text};
use crate::command::Command;
use crate::event::{RejectedWhy, UserAgentEvent};
use crate::wire::{HeaderName, write_request};

#[test]
fn a_registration_names_us_and_is_announced_once() {
    let mut rig = Rig::new();
    rig.register(ALICE, "alice");
    let request = rig.request();
    assert_eq!(request.uri.as_str(), "sip:pbx.example.net");
    assert_eq!(
        text(&request, HeaderName::To),
        "<sip:alice@pbx.example.net>"
    );
    assert_eq!(
        text(&request, HeaderName::Supported),
        "path, gruu, outbound"
    );
    assert!(
        text(&request, HeaderName::Via).starts_with("SIP/2.0/UDP 192.0.2.21:5060;branch=z9hG4bK")
    );
    rig.advance(Duration::from_millis(40));
    rig.ok(&request);
    assert_eq!(
        rig.event(),
        UserAgentEvent::Registered {
            id: ALICE,
            granted: Duration::from_secs(300),
            round_trips: 1,
            took: Duration::from_millis(40)
        }
    );
    rig.ok(&request);
    assert_eq!(rig.events(), []);
}

#[test]
fn short_bindings_are_refreshed_half_way_and_long_ones_ten_minutes_before_the_end() {
    for (granted, wait) in [
        (30, 15),
        (300, 150),
        (1200, 600),
        (1201, 601),
        (3600, 3000),
        (2, 5),
    ] {
        let mut rig = Rig::new();
        rig.register(ALICE, "alice");
        let first = rig.request();
        rig.granted(&first, granted);
        rig.seconds(wait - 1);
        assert_eq!(rig.requests().len(), 0, "granted {granted}");
        rig.seconds(1);
        let refresh = rig.request();
        assert_eq!(
            text(&refresh, HeaderName::CallId),
            text(&first, HeaderName::CallId)
        );
        assert_eq!(text(&refresh, HeaderName::CSeq), "2 REGISTER");
        assert_ne!(
            text(&refresh, HeaderName::Via),
            text(&first, HeaderName::Via)
        );
    }
}

#[test]
fn refreshes_are_silent_and_go_on_for_hours() {
    let mut rig = Rig::new();
    rig.registered(ALICE, "alice");
    for n in 2..50 {
        rig.seconds(150);
        let request = rig.request();
        assert_eq!(text(&request, HeaderName::CSeq), format!("{n} REGISTER"));
        rig.ok(&request);
        assert_eq!(rig.events(), []);
    }
}

#[test]
fn each_identity_session_has_its_own_call_id() {
    let mut rig = Rig::new();
    rig.register(ALICE, "alice");
    let first = rig.request();
    rig.register(ALICE, "alice");
    let second = rig.request();
    assert_ne!(
        text(&first, HeaderName::CallId),
        text(&second, HeaderName::CallId)
    );
    assert_eq!(text(&second, HeaderName::CSeq), "1 REGISTER");
}

#[test]
fn two_accounts_are_kept_apart() {
    let mut rig = Rig::new();
    rig.register(ALICE, "alice");
    rig.register(BOB, "bob");
    let requests = rig.requests();
    rig.ok(&requests[1]);
    assert!(matches!(
        rig.event(),
        UserAgentEvent::Registered { id: BOB, .. }
    ));
    rig.ok(&requests[0]);
    assert!(matches!(
        rig.event(),
        UserAgentEvent::Registered { id: ALICE, .. }
    ));
}

#[test]
fn an_answer_from_elsewhere_or_with_another_branch_is_nobodys() {
    let mut rig = Rig::new();
    rig.register(ALICE, "alice");
    let mut request = rig.request();
    let contact = format!(
        "Contact: {};expires=300",
        text(&request, HeaderName::Contact)
    );
    let forged = super::rig::response(&request, 200, &[&contact]);
    rig.receive_from("192.0.2.66:5060", forged.as_bytes());
    rig.receive_from(
        "192.0.2.10:5060",
        forged.replace("z9hG4bK", "z9hG4bKx").as_bytes(),
    );
    assert_eq!(rig.events(), []);
    request
        .headers
        .push(HeaderName::Subject, "still the same transaction");
    rig.ok(&request);
    assert_eq!(rig.events().len(), 1);
}

#[test]
fn a_new_place_is_registered_at_once_under_the_same_call_id() {
    let mut rig = Rig::new();
    rig.register(ALICE, "alice");
    let first = rig.request();
    rig.ok(&first);
    rig.events();
    rig.command(Command::Rebind {
        id: ALICE,
        server: address("192.0.2.11:5060"),
        local: address("[2001:db8::21]:5060"),
    });
    let transmit = rig.transmits().remove(0);
    assert_eq!(transmit.destination, address("192.0.2.11:5060"));
    let moved = crate::wire::parse_request(&transmit.bytes).unwrap();
    assert!(text(&moved, HeaderName::Contact).contains("token-alice@[2001:db8::21]:5060"));
    assert_eq!(
        text(&moved, HeaderName::CallId),
        text(&first, HeaderName::CallId)
    );
    rig.receive_from(
        "192.0.2.11:5060",
        super::rig::response(
            &moved,
            200,
            &["Contact: <sip:token-alice@192.0.2.9>;expires=60"],
        )
        .as_bytes(),
    );
    assert!(matches!(rig.event(), UserAgentEvent::Registered { .. }));
}

#[test]
fn refresh_all_registers_everybody_again_and_says_so() {
    let mut rig = Rig::new();
    rig.registered(ALICE, "alice");
    rig.registered(BOB, "bob");
    rig.command(Command::RefreshAll);
    let requests = rig.requests();
    assert_eq!(requests.len(), 2);
    rig.command(Command::RefreshAll);
    assert_eq!(
        rig.requests().len(),
        0,
        "one REGISTER at a time for each account"
    );
    for request in &requests {
        rig.ok(request);
    }
    assert_eq!(rig.events().len(), 2);
}

#[test]
fn an_abandoned_account_sends_nothing_more() {
    let mut rig = Rig::new();
    rig.register(ALICE, "alice");
    let request = rig.request();
    rig.command(Command::Abandon { id: ALICE });
    rig.ok(&request);
    rig.seconds(100_000);
    assert_eq!((rig.requests().len(), rig.events().len()), (0, 0));
    assert_eq!(rig.agent.poll_timeout(), None);
    assert_eq!(rig.agent.clients.len(), 0);
}

#[test]
fn what_cannot_be_written_is_rejected_and_nothing_is_sent() {
    let is_unusable = |rig: &mut Rig| {
        let event = rig.event();
        assert_eq!(rig.transmits(), []);
        matches!(
            event,
            UserAgentEvent::Rejected {
                status: 0,
                why: RejectedWhy::Unusable,
                ..
            }
        )
    };
    for token in ["", "a b", "a@h", "a\r\nX: y", "a>", &"t".repeat(65)] {
        let mut rig = Rig::new();
        rig.register_with(ALICE, "alice", |r| r.contact_token = token.to_owned());
        assert!(is_unusable(&mut rig), "{token:?}");
    }
    let mut rig = Rig::new();
    rig.register_with(ALICE, "alice", |r| {
        r.account.auth_user = "a\r\nX-Evil: 1".into()
    });
    let request = rig.request();
    rig.answer(&request, 401, &[&super::rig::challenge("n1")]);
    assert!(is_unusable(&mut rig));
}

#[test]
fn there_are_at_most_as_many_accounts_as_the_limit_says() {
    let mut rig = Rig::new();
    for n in 0..20 {
        rig.register(crate::AccountId(n), &format!("user{n}"));
    }
    assert_eq!(rig.events().len(), 12);
    assert_eq!(rig.requests().len(), 8);
}

#[test]
fn udp_servers_with_a_binding_get_a_line_end_every_25_seconds() {
    let mut rig = Rig::with(|config| config.udp_keep_alive = Some(Duration::from_secs(25)));
    rig.register(ALICE, "alice");
    rig.register(BOB, "bob");
    for request in rig.requests() {
        rig.granted(&request, 3600);
    }
    rig.seconds(60);
    let sent = rig.transmits();
    assert_eq!(
        sent.len(),
        2,
        "one for each server and time, not for each account"
    );
    assert!(
        sent.iter()
            .all(|t| t.bytes == b"\r\n" && t.destination == address("192.0.2.10:5060"))
    );
    rig.command(Command::Abandon { id: ALICE });
    rig.command(Command::Abandon { id: BOB });
    rig.seconds(60);
    assert_eq!(rig.transmits(), []);
}

#[test]
fn over_tcp_the_contact_says_so_and_nothing_is_sent_again() {
    let mut rig = Rig::over_tcp();
    rig.register(ALICE, "alice");
    let request = rig.request();
    assert!(text(&request, HeaderName::Via).starts_with("SIP/2.0/TCP "));
    assert!(text(&request, HeaderName::Contact).contains(";transport=tcp>"));
    rig.seconds(31);
    assert_eq!(rig.requests().len(), 0);
    rig.ok(&request);
    assert!(matches!(rig.event(), UserAgentEvent::Registered { .. }));
    rig.receive_from("192.0.2.10:5060", b"\r\n\r\n");
    assert_eq!(rig.transmits().remove(0).bytes, b"\r\n");
}

#[test]
fn debug_output_holds_no_secret() {
    let mut rig = Rig::new();
    rig.register(ALICE, "alice");
    let request = rig.request();
    rig.answer(&request, 401, &[&super::rig::challenge("n1")]);
    let transmit = rig.transmits().remove(0);
    let request = crate::wire::parse_request(&transmit.bytes).unwrap();
    let credentials = text(&request, HeaderName::Authorization);
    let response = credentials
        .split("response=\"")
        .nth(1)
        .unwrap()
        .get(..64)
        .unwrap();
    let shown = format!(
        "{transmit:?} {request:?} {:?}",
        super::rig::registrant("alice")
    );
    assert!(
        !shown.contains(response) && !shown.contains("secret-of-alice") && !shown.contains("n1"),
        "{shown}"
    );
    assert!(
        write_request(&request)
            .is_ok_and(|bytes| String::from_utf8_lossy(&bytes).contains(response))
    );
}
