//! INVITE, ACK and CANCEL: no call is taken yet, but every one is answered as the transaction wants.

use std::time::Duration;

use super::requests::{ready, request};
use super::rig::{BOB, Rig, SERVER, SILENCE};
use crate::command::Command;
use crate::transaction::Arrival;
use crate::wire::{parse_request, parse_response};

const INVITE: &str = "INVITE";

fn ack_to(text: &str) -> String {
    text.replace("INVITE", "ACK")
        .replace("net>\r\nCall", "net>;tag=x\r\nCall")
}

#[test]
fn a_call_is_told_that_nobody_is_there_until_it_acknowledges() {
    let mut rig = ready();
    let invite = request(INVITE, "1", "");
    assert_eq!(rig.receive(&invite), [480]);
    assert_eq!(rig.receive(&invite), [480]);
    rig.advance(Duration::from_millis(1500));
    assert_eq!(
        rig.transmits().len(),
        2,
        "repeated after 0.5 and 1.5 seconds"
    );
    assert_eq!(rig.receive(&ack_to(&invite)), SILENCE);
    rig.seconds(4);
    assert_eq!(rig.transmits().len(), 0);
    rig.seconds(2);
    assert_eq!(rig.agent.servers.len(), 0);
}

#[test]
fn an_rfc_2543_call_is_matched_without_a_branch() {
    let mut rig = ready();
    let invite = request(INVITE, "1", "").replace(";branch=z9hG4bK1;rport", "");
    assert_eq!(rig.receive(&invite), [480]);
    assert_eq!(rig.receive(&invite), [480]);
    assert_eq!(rig.agent.servers.len(), 1);
    rig.receive(&ack_to(&invite));
    rig.seconds(1);
    assert_eq!(rig.transmits().len(), 0);
}

#[test]
fn a_call_with_another_body_or_answer_type_is_refused_as_such() {
    let mut rig = ready();
    let with = |n: &str, lines: &str| request(INVITE, n, lines) + "<x/>";
    assert_eq!(
        rig.receive(&with("1", "Content-Type: application/unknown\r\n")),
        [415]
    );
    assert_eq!(
        rig.receive(&with("2", "Content-Type: Application/SDP;charset=x\r\n")),
        [480]
    );
    assert_eq!(rig.receive(&with("3", "Accept: text/nobody\r\n")), [406]);
    assert_eq!(
        rig.receive(&with("4", "Accept: text/plain, application/sdp\r\n")),
        [480]
    );
}

#[test]
fn a_call_in_a_dialog_that_we_do_not_know_is_refused() {
    let mut rig = ready();
    let invite = request(INVITE, "1", "").replace("net>\r\nCall", "net>;tag=x\r\nCall");
    assert_eq!(rig.receive(&invite), [481]);
}

/// An INVITE that somebody is still thinking about, as a call application will.
fn waiting() -> (Rig, String) {
    let mut rig = ready();
    let invite = request(INVITE, "1", "");
    let flow = crate::Flow {
        transport: rig.transport,
        local: super::rig::address(super::rig::LOCAL),
        remote: super::rig::address(SERVER),
    };
    let parsed = parse_request(invite.as_bytes()).unwrap();
    let arrival = rig.agent.servers.receive(rig.now, flow, &parsed);
    assert!(matches!(arrival, Arrival::New(_)));
    (rig, invite)
}

#[test]
fn a_call_that_waits_is_told_so_after_200_ms() {
    let (mut rig, invite) = waiting();
    assert_eq!(rig.receive(&invite), SILENCE);
    rig.advance(Duration::from_millis(199));
    assert_eq!(rig.transmits().len(), 0);
    rig.advance(Duration::from_millis(1));
    let trying = parse_response(&rig.transmits().remove(0).bytes).unwrap();
    assert_eq!(trying.status, 100);
    assert_eq!(trying.headers.to().unwrap().tag(), None);
    assert_eq!(rig.receive(&invite), [100]);
}

#[test]
fn a_cancelled_call_gets_487_and_the_cancel_200() {
    let (mut rig, invite) = waiting();
    let cancel = invite.replace("INVITE", "CANCEL");
    let mut statuses = rig.receive(&cancel);
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 487]);
    assert_eq!(
        rig.receive(&cancel),
        [200],
        "the CANCEL has a transaction of its own"
    );
    rig.receive(&ack_to(&invite));
    rig.seconds(33);
    assert_eq!((rig.transmits().len(), rig.agent.servers.len()), (0, 0));
}

#[test]
fn a_late_cancel_changes_nothing_and_a_lost_one_gets_481() {
    let mut rig = ready();
    let invite = request(INVITE, "1", "");
    rig.receive(&invite);
    assert_eq!(rig.receive(&invite.replace("INVITE", "CANCEL")), [200]);
    assert_eq!(rig.receive(&request("CANCEL", "2", "")), [481]);
}

#[test]
fn a_call_is_untouched_by_what_happens_to_another_account() {
    let (mut rig, invite) = waiting();
    rig.registered(BOB, "bob");
    rig.command(Command::Unregister { id: BOB });
    let unbind = rig.request();
    rig.answer(&unbind, 200, &[]);
    rig.events();
    rig.advance(Duration::from_millis(200));
    assert_eq!(rig.transmits().len(), 1, "100 Trying");
    assert_eq!(rig.receive(&invite), [100]);
    let mut statuses = rig.receive(&invite.replace("INVITE", "CANCEL"));
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 487]);
    rig.registered(BOB, "bob");
    rig.advance(Duration::from_millis(500));
    let repeated = parse_response(&rig.transmits().remove(0).bytes).unwrap();
    assert_eq!(repeated.status, 487);
}
