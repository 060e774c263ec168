//! Un-registering: our binding goes, nobody else's does, and it always ends in time.

use std::time::Duration;

use hotdesk_provisioning::Unregister;

use super::rig::{ALICE, Rig, challenge, text};
use crate::command::Command;
use crate::event::{UnregisteredHow, UserAgentEvent};
use crate::message::Request;
use crate::wire::HeaderName;

const OURS: &str = "Contact: <sip:token-alice@192.0.2.21:5060>;expires=200";
const THEIRS: &str = "Contact: <sip:somebody@192.0.2.55:5060>;expires=200";

fn how(rig: &mut Rig) -> UnregisteredHow {
    let UserAgentEvent::Unregistered { id: ALICE, how } = rig.event() else {
        panic!("not the end");
    };
    assert_eq!(rig.agent.registrations.len(), 0, "the account is forgotten");
    how
}

fn leave(rig: &mut Rig) {
    rig.command(Command::Unregister { id: ALICE });
}

fn guarded() -> Rig {
    let mut rig = Rig::new();
    rig.register_with(ALICE, "alice", |r| {
        r.account.unregister = Unregister::Guarded
    });
    let request = rig.request();
    rig.ok(&request);
    rig.events();
    leave(&mut rig);
    rig
}

fn is_unbind(request: &Request) -> bool {
    let contact = text(request, HeaderName::Contact);
    assert!(!contact.contains('*'));
    contact.contains("token-alice@")
        && contact.ends_with(";expires=0")
        && text(request, HeaderName::Expires) == "0"
}

#[test]
fn our_contact_is_removed_under_the_same_call_id_and_nonce() {
    let mut rig = Rig::new();
    let second = rig.challenged(ALICE, "alice", "n1");
    rig.ok(&second);
    rig.events();
    leave(&mut rig);
    let third = rig.request();
    assert!(is_unbind(&third));
    assert_eq!(
        text(&third, HeaderName::CallId),
        text(&second, HeaderName::CallId)
    );
    assert!(text(&third, HeaderName::Authorization).contains("nc=00000002"));
    rig.answer(&third, 200, &[THEIRS]);
    assert_eq!(how(&mut rig), UnregisteredHow::Removed);
    assert_eq!(rig.agent.poll_timeout(), None);
}

#[test]
fn a_guarded_binding_is_removed_only_when_it_is_the_only_one() {
    let mut rig = guarded();
    let query = rig.request();
    assert_eq!(text(&query, HeaderName::Contact), "");
    rig.answer(&query, 401, &[&challenge("n1")]);
    let query = rig.request();
    assert_eq!(text(&query, HeaderName::Contact), "");
    rig.answer(&query, 200, &[OURS]);
    let unbind = rig.request();
    assert!(is_unbind(&unbind));
    rig.answer(&unbind, 200, &[]);
    assert_eq!(how(&mut rig), UnregisteredHow::Removed);
}

#[test]
fn a_guarded_binding_beside_another_or_unknown_is_left_to_expire() {
    for (status, lines, expected) in [
        (200, vec![OURS, THEIRS], UnregisteredHow::LeftToExpire),
        (200, vec![], UnregisteredHow::LeftToExpire),
        (200, vec![THEIRS], UnregisteredHow::NothingBound),
        (403, vec![], UnregisteredHow::LeftToExpire),
        (503, vec![], UnregisteredHow::LeftToExpire),
    ] {
        let mut rig = guarded();
        let query = rig.request();
        rig.answer(&query, status, &lines);
        assert_eq!(how(&mut rig), expected, "{status} {lines:?}");
        assert_eq!(rig.requests().len(), 0);
    }
}

#[test]
fn a_silent_server_is_given_up_within_the_budget() {
    for unregister in [Unregister::Contact, Unregister::Guarded] {
        let mut rig = Rig::new();
        rig.register_with(ALICE, "alice", |r| r.account.unregister = unregister);
        let request = rig.request();
        rig.ok(&request);
        rig.events();
        leave(&mut rig);
        rig.advance(Duration::from_millis(3_999));
        assert_eq!(rig.events(), []);
        rig.advance(Duration::from_millis(1));
        assert_eq!(how(&mut rig), UnregisteredHow::GaveUp);
        rig.transmits();
        rig.seconds(100);
        assert_eq!(
            rig.transmits(),
            [],
            "nothing is sent for an account that is gone"
        );
    }
}

#[test]
fn the_budget_can_be_configured() {
    let mut rig = Rig::with(|config| config.unregister_budget = Duration::from_secs(1));
    rig.registered(ALICE, "alice");
    leave(&mut rig);
    rig.seconds(1);
    assert_eq!(how(&mut rig), UnregisteredHow::GaveUp);
}

#[test]
fn an_outstanding_register_is_waited_for() {
    let mut rig = Rig::new();
    rig.register(ALICE, "alice");
    let register = rig.request();
    leave(&mut rig);
    leave(&mut rig);
    assert_eq!(rig.requests().len(), 0);
    rig.seconds(1);
    rig.transmits();
    rig.ok(&register);
    let unbind = rig.request();
    assert!(is_unbind(&unbind));
    assert!(matches!(rig.event(), UserAgentEvent::Registered { .. }));
    rig.answer(&unbind, 200, &[]);
    assert_eq!(how(&mut rig), UnregisteredHow::Removed);
}

#[test]
fn a_register_that_failed_may_still_have_bound_us() {
    let mut rig = Rig::new();
    rig.register(ALICE, "alice");
    rig.seconds(32);
    rig.requests();
    rig.events();
    leave(&mut rig);
    let unbind = rig.request();
    assert!(is_unbind(&unbind));
    rig.answer(&unbind, 403, &[]);
    assert_eq!(how(&mut rig), UnregisteredHow::Refused(403));
}

#[test]
fn who_was_refused_or_displaced_removes_nothing() {
    let mut rig = Rig::new();
    rig.register(ALICE, "alice");
    let request = rig.request();
    rig.answer(&request, 403, &[]);
    rig.events();
    leave(&mut rig);
    assert_eq!(how(&mut rig), UnregisteredHow::NothingBound);
    let mut rig = Rig::new();
    rig.registered(ALICE, "alice");
    rig.seconds(150);
    let request = rig.request();
    rig.answer(&request, 404, &[]);
    assert!(matches!(rig.event(), UserAgentEvent::Lost { .. }));
    leave(&mut rig);
    assert_eq!(how(&mut rig), UnregisteredHow::NothingBound);
    assert_eq!(rig.requests().len(), 0);
}

#[test]
fn a_refused_register_while_leaving_ends_it() {
    let mut rig = Rig::new();
    rig.register(ALICE, "alice");
    let request = rig.request();
    leave(&mut rig);
    rig.answer(&request, 403, &[]);
    assert_eq!(how(&mut rig), UnregisteredHow::NothingBound);
}

#[test]
fn a_binding_of_an_earlier_process_is_cleaned_up() {
    let mut rig = Rig::new();
    let registrant = rig.registrant("alice", |r| r.contact_token = "from-before".into());
    rig.command(Command::CleanUp {
        id: ALICE,
        registrant,
    });
    let unbind = rig.request();
    assert!(text(&unbind, HeaderName::Contact).starts_with("<sip:from-before@192.0.2.21:5060>"));
    assert_eq!(text(&unbind, HeaderName::Expires), "0");
    rig.answer(&unbind, 401, &[&challenge("n1")]);
    let unbind = rig.request();
    rig.answer(&unbind, 200, &[]);
    assert_eq!(how(&mut rig), UnregisteredHow::Removed);
}

#[test]
fn an_unknown_account_cannot_leave() {
    let mut rig = Rig::new();
    leave(&mut rig);
    assert_eq!((rig.transmits().len(), rig.events().len()), (0, 0));
}
