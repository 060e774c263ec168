//! A phone whose user logged in elsewhere does not take them back.

use super::rig::{ALICE, Rig, challenge, text};
use crate::event::UserAgentEvent;
use crate::message::Request;
use crate::wire::HeaderName;

const OURS: &str = "Contact: <sip:token-alice@192.0.2.21:5060>;expires=200";
const THEIRS: &str = "Contact: <sip:somebody@192.0.2.55:5060>;expires=200";

/// Registered with the check on, and now its query.
fn asking() -> (Rig, Request) {
    let mut rig = Rig::new();
    rig.register_with(ALICE, "alice", |_| ());
    let request = rig.request();
    rig.ok(&request);
    rig.events();
    rig.seconds(150);
    let query = rig.request();
    assert_eq!(text(&query, HeaderName::Contact), "");
    assert_eq!(text(&query, HeaderName::Expires), "");
    (rig, query)
}

#[test]
fn somebody_else_instead_of_us_is_displacement() {
    let (mut rig, query) = asking();
    rig.answer(&query, 200, &[THEIRS]);
    assert_eq!(rig.event(), UserAgentEvent::Displaced { id: ALICE });
    rig.seconds(100_000);
    assert_eq!(
        rig.requests().len(),
        0,
        "neither a refresh nor an un-registration"
    );
}

#[test]
fn us_alone_or_beside_others_or_nobody_or_no_answer_is_an_ordinary_refresh() {
    for (status, lines) in [
        (200, vec![OURS]),
        (200, vec![THEIRS, OURS]),
        (200, vec![]),
        (403, vec![]),
        (404, vec![]),
        (500, vec![THEIRS]),
    ] {
        let (mut rig, query) = asking();
        rig.answer(&query, status, &lines);
        let refresh = rig.request();
        assert!(
            text(&refresh, HeaderName::Contact).contains("token-alice@"),
            "{status} {lines:?}"
        );
        rig.ok(&refresh);
        assert_eq!(rig.events(), []);
    }
}

#[test]
fn a_silent_answer_to_the_query_does_not_delay_the_refresh() {
    let (mut rig, _) = asking();
    rig.seconds(4);
    let refresh = rig.requests().pop().unwrap();
    assert!(text(&refresh, HeaderName::Contact).contains("token-alice@"));
    rig.ok(&refresh);
    assert_eq!(rig.events(), []);
}

#[test]
fn the_query_may_be_challenged() {
    let (mut rig, query) = asking();
    rig.answer(&query, 401, &[&challenge("n1")]);
    let query = rig.request();
    assert_eq!(text(&query, HeaderName::Contact), "");
    assert!(text(&query, HeaderName::Authorization).contains("nc=00000001"));
    rig.answer(&query, 200, &[THEIRS]);
    assert_eq!(rig.event(), UserAgentEvent::Displaced { id: ALICE });
}

#[test]
fn a_forbidden_refresh_is_a_lost_binding() {
    for status in [403, 404] {
        let (mut rig, query) = asking();
        rig.answer(&query, 200, &[OURS]);
        let refresh = rig.request();
        rig.answer(&refresh, status, &[]);
        assert_eq!(rig.event(), UserAgentEvent::Lost { id: ALICE, status });
    }
}

#[test]
fn after_a_failed_refresh_the_next_try_asks_first() {
    let (mut rig, query) = asking();
    rig.answer(&query, 200, &[OURS]);
    let refresh = rig.request();
    rig.answer(&refresh, 503, &["Retry-After: 20"]);
    rig.events();
    rig.seconds(20);
    let query = rig.request();
    assert_eq!(text(&query, HeaderName::Contact), "");
    rig.answer(&query, 200, &[THEIRS]);
    assert_eq!(rig.event(), UserAgentEvent::Displaced { id: ALICE });
}
