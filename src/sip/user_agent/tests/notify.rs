//! NOTIFY in the shapes that servers send, and who is believed.

use super::rig::{ALICE, BOB, Rig, text};
use crate::command::Command;
use crate::digest::{Algorithm, Question};
use crate::event::UserAgentEvent;
use crate::notify::CheckSyncKind;
use crate::tests_support::account;
use crate::wire::{HeaderName, parse_response};

/// A NOTIFY with this branch; `lines` come between the headers that every one has and the end.
pub(super) fn notify(user: &str, branch: &str, lines: &str) -> String {
    format!(
        "NOTIFY sip:{user}@192.0.2.21:5060 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK{branch};rport\r\n\
         From: sip:admin@192.0.2.10\r\nTo: sip:{user}@192.0.2.21:5060\r\nCall-ID: {branch}@192.0.2.10\r\n\
         CSeq: 10 NOTIFY\r\n{lines}\r\n\r\n"
    )
}

fn ready() -> Rig {
    let mut rig = Rig::new();
    rig.registered(ALICE, "alice");
    rig
}

fn sync(kind: CheckSyncKind) -> UserAgentEvent {
    UserAgentEvent::CheckSync {
        kind,
        account: Some(ALICE),
    }
}

#[test]
fn the_least_a_script_can_send_is_enough() {
    let mut rig = ready();
    let text = notify("alice", "1", "Event: check-sync;reboot=false");
    assert!(
        !text.contains("Max-Forwards")
            && !text.contains("tag=")
            && !text.contains("Content-Length")
    );
    assert_eq!(rig.receive(&text), [200]);
    assert_eq!(rig.event(), sync(CheckSyncKind::Resync));
}

#[test]
fn the_contact_token_and_a_foreign_dialog_are_fine_too() {
    let mut rig = ready();
    let text = notify("token-alice", "1", "o: check-sync;profileLogout=remote");
    let text = text.replace(
        "To: sip:token-alice@192.0.2.21:5060",
        "To: <sip:x@h>;tag=unknown",
    );
    assert_eq!(rig.receive(&text), [200]);
    assert_eq!(rig.event(), sync(CheckSyncKind::RemoteLogout));
    assert_eq!(
        rig.receive(&notify("02005e10002a", "2", "Event: resync")),
        [200]
    );
    let account = None;
    assert_eq!(
        rig.event(),
        UserAgentEvent::CheckSync {
            kind: CheckSyncKind::Resync,
            account
        }
    );
}

#[test]
fn reboot_is_passed_on_only_where_the_policy_honours_it() {
    for (honour, kind) in [
        (false, CheckSyncKind::Resync),
        (true, CheckSyncKind::Reboot),
    ] {
        let mut rig = Rig::with(|config| config.notify.honour_reboot = honour);
        rig.registered(ALICE, "alice");
        rig.receive(&notify("alice", "1", "Event: check-sync;reboot=true"));
        assert_eq!(rig.event(), sync(kind));
    }
}

#[test]
fn strangers_get_403_and_allowed_sources_do_not() {
    let mut rig = Rig::with(|config| config.allowed_sources = vec!["192.0.2.77".parse().unwrap()]);
    rig.registered(ALICE, "alice");
    let text = notify("alice", "1", "Event: check-sync");
    rig.receive_from("192.0.2.66:5060", text.as_bytes());
    let answer = parse_response(&rig.transmits().remove(0).bytes).unwrap();
    assert_eq!((answer.status, rig.events().len()), (403, 0));
    assert_eq!(rig.agent.servers.len(), 0, "a stranger leaves no state");
    rig.receive_from("192.0.2.77:5060", text.as_bytes());
    assert_eq!(rig.events().len(), 1);
    rig.transmits();
    rig.command(Command::Abandon { id: ALICE });
    rig.receive_from(
        "192.0.2.10:5060",
        notify("x", "2", "Event: check-sync").as_bytes(),
    );
    let answer = parse_response(&rig.transmits().remove(0).bytes).unwrap();
    assert_eq!(
        answer.status, 403,
        "the server of an account that is gone is a stranger"
    );
}

#[test]
fn a_retransmission_is_answered_again_and_does_nothing() {
    let mut rig = ready();
    let text = notify("alice", "1", "Event: check-sync");
    assert_eq!(rig.receive(&text), [200]);
    rig.events();
    for _ in 0..3 {
        rig.seconds(5);
        assert_eq!(rig.receive(&text), [200]);
        assert_eq!(rig.events(), []);
    }
}

#[test]
fn equal_triggers_within_two_seconds_are_one() {
    let mut rig = ready();
    rig.registered(BOB, "bob");
    rig.receive(&notify("alice", "1", "Event: check-sync"));
    rig.receive(&notify("alice", "2", "Event: resync"));
    assert_eq!(rig.event(), sync(CheckSyncKind::Resync));
    rig.receive(&notify("bob", "3", "Event: check-sync"));
    rig.receive(&notify(
        "alice",
        "4",
        "Event: check-sync;profileLogout=remote",
    ));
    assert_eq!(
        rig.events().len(),
        2,
        "another account and another kind are not equal"
    );
    rig.seconds(2);
    rig.receive(&notify("alice", "5", "Event: check-sync"));
    assert_eq!(rig.event(), sync(CheckSyncKind::Resync));
}

#[test]
fn unknown_events_get_489_and_say_what_is_known() {
    let mut rig = ready();
    for (n, event) in [
        "Event: x-gs-screen",
        "Event: check-syncing",
        "Subject: none",
    ]
    .iter()
    .enumerate()
    {
        rig.receive_from(
            "192.0.2.10:5060",
            notify("alice", &n.to_string(), event).as_bytes(),
        );
        let answer = parse_response(&rig.transmits().remove(0).bytes).unwrap();
        assert_eq!(answer.status, 489);
        let allowed = answer.headers.tokens(&HeaderName::AllowEvents);
        assert!(allowed.contains(&"check-sync".to_owned()));
    }
    assert_eq!(rig.events(), []);
}

#[test]
fn pings_are_answered_and_the_lamp_is_passed_on() {
    let mut rig = ready();
    assert_eq!(
        rig.receive(&notify("alice", "1", "Event: keep-alive")),
        [200]
    );
    assert_eq!(rig.events(), []);
    let text = notify("alice", "2", "Event: message-summary") + "Messages-Waiting: yes\r\n";
    assert_eq!(rig.receive(&text), [200]);
    assert_eq!(
        rig.event(),
        UserAgentEvent::MessageWaiting {
            account: Some(ALICE),
            waiting: true
        }
    );
}

#[test]
fn who_left_gets_480_until_they_come_back() {
    let mut rig = ready();
    rig.registered(BOB, "bob");
    rig.command(Command::Abandon { id: ALICE });
    assert_eq!(
        rig.receive(&notify("token-alice", "1", "Event: check-sync")),
        [480]
    );
    assert_eq!(
        rig.receive(&notify("alice", "2", "Event: message-summary")),
        [480]
    );
    assert_eq!(
        rig.receive(&notify("token-bob", "3", "Event: check-sync")),
        [200]
    );
    rig.events();
    rig.registered(ALICE, "alice");
    assert_eq!(
        rig.receive(&notify("alice", "4", "Event: check-sync")),
        [200]
    );
}

/// A rig that wants proof before it logs anybody out, and the NOTIFY that answers its challenge.
fn challenged(change: impl Fn(&mut Question<'_>)) -> (Rig, String) {
    let mut rig = Rig::with(|config| config.notify.challenged = vec![CheckSyncKind::RemoteLogout]);
    rig.registered(ALICE, "alice");
    let plain = notify("token-alice", "1", "Event: check-sync;profileLogout=remote");
    rig.receive_from("192.0.2.10:5060", plain.as_bytes());
    let answer = parse_response(&rig.transmits().remove(0).bytes).unwrap();
    assert_eq!((answer.status, rig.events().len()), (401, 0));
    assert_eq!(answer.headers.all(&HeaderName::WwwAuthenticate).count(), 2);
    let offered = crate::challenge::answerable(answer.headers.all(&HeaderName::WwwAuthenticate));
    let mut question = Question {
        algorithm: offered[0].algorithm,
        realm: "pbx.example.net",
        nonce: &offered[0].nonce,
        method: "NOTIFY",
        uri: "sip:token-alice@192.0.2.21:5060",
        cnonce: "c",
        count: Some(1),
    };
    change(&mut question);
    let response = question.answer("u-alice", &account("alice").secret);
    let line = format!(
        "Event: check-sync;profileLogout=remote\r\nAuthorization: Digest username=\"u-alice\", realm=\"pbx.example.net\", \
         nonce=\"{}\", uri=\"{}\", response=\"{}\", algorithm={}, qop=auth, nc=00000001, cnonce=\"c\"",
        question.nonce,
        question.uri,
        response.expose(),
        question.algorithm
    );
    (rig, notify("token-alice", "2", &line))
}

#[test]
fn a_harmful_event_can_want_proof() {
    for algorithm in [Algorithm::SHA_256, Algorithm::DEFAULT] {
        let (mut rig, proof) = challenged(|question| question.algorithm = algorithm);
        assert_eq!(rig.receive(&proof), [200]);
        assert_eq!(rig.event(), sync(CheckSyncKind::RemoteLogout));
        assert_eq!(
            rig.receive(&proof.replace("z9hG4bK2", "z9hG4bK3")),
            [401],
            "an answer is good once"
        );
        assert_eq!(
            rig.receive(&notify("alice", "4", "Event: check-sync")),
            [200],
            "the others want none"
        );
    }
}

#[test]
fn a_wrong_proof_is_challenged_again() {
    let (mut rig, proof) = challenged(|question| question.method = "OPTIONS");
    assert_eq!(rig.receive(&proof), [401]);
    let (mut rig, proof) = challenged(|question| question.uri = "sip:other@192.0.2.21");
    assert_eq!(rig.receive(&proof), [401]);
    let (mut rig, proof) = challenged(|_| ());
    rig.seconds(60);
    assert_eq!(rig.receive(&proof), [401], "a challenge grows old");
    let (mut rig, proof) = challenged(|_| ());
    let unknown = proof.replace("token-alice@", "nobody@");
    assert_eq!(
        rig.receive(&unknown),
        [403],
        "no account, no secret to prove"
    );
    assert_eq!(rig.events(), []);
    assert_eq!(
        text(
            &crate::wire::parse_request(proof.as_bytes()).unwrap(),
            HeaderName::CSeq
        ),
        "10 NOTIFY"
    );
}
