//! Challenges: answered once, answered before they come, and never answered without end.

use super::rig::{ALICE, BOB, Rig, challenge, text};
use crate::challenge::AuthParams;
use crate::digest::{Algorithm, Question};
use crate::event::{FailedWhy, RejectedWhy, UserAgentEvent};
use crate::message::Request;
use crate::tests_support::account;
use crate::wire::HeaderName;

fn credentials(request: &Request) -> AuthParams {
    let value = text(request, HeaderName::Authorization);
    AuthParams::parse_digest(&value).unwrap().unwrap()
}

/// Whether the request proves that its sender knows the secret.
fn is_proven(request: &Request, user: &str) -> bool {
    let params = credentials(request);
    let question = Question {
        algorithm: params
            .raw("algorithm")
            .map_or(Algorithm::DEFAULT, |a| Algorithm::parse(a).unwrap()),
        realm: params.raw("realm").unwrap(),
        nonce: params.raw("nonce").unwrap(),
        method: "REGISTER",
        uri: request.uri.as_str(),
        cnonce: params.raw("cnonce").unwrap_or(""),
        count: params
            .raw("nc")
            .map(|nc| u32::from_str_radix(nc, 16).unwrap()),
    };
    let secret = account(user).secret;
    let expected = question.answer(&format!("u-{user}"), &secret);
    params.raw("response") == Some(expected.expose())
        && params.raw("uri") == Some(request.uri.as_str())
}

fn round_trips(event: &UserAgentEvent) -> u32 {
    let UserAgentEvent::Registered { round_trips, .. } = event else {
        panic!("not registered: {event:?}");
    };
    *round_trips
}

#[test]
fn a_challenge_is_answered_with_the_next_cseq() {
    for algorithm in [
        "MD5",
        "MD5-sess",
        "SHA-256",
        "SHA-256-sess",
        "SHA-512-256",
        "SHA-512-256-sess",
    ] {
        let mut rig = Rig::new();
        rig.register(ALICE, "alice");
        let first = rig.request();
        let line = format!(
            "WWW-Authenticate: Digest realm=\"pbx\", nonce=\"n\", algorithm={algorithm}, qop=\"auth,auth-int\""
        );
        rig.answer(&first, 401, &[&line]);
        let second = rig.request();
        assert_eq!(text(&second, HeaderName::CSeq), "2 REGISTER");
        assert!(is_proven(&second, "alice"), "{algorithm}");
        rig.ok(&second);
        assert_eq!(round_trips(&rig.event()), 2);
    }
}

#[test]
fn the_old_form_without_qop_and_algorithm_is_answered() {
    let mut rig = Rig::new();
    rig.register(ALICE, "alice");
    let first = rig.request();
    rig.answer(
        &first,
        401,
        &["WWW-Authenticate: Digest realm=\"pbx\",nonce=\"n\""],
    );
    let second = rig.request();
    assert!(is_proven(&second, "alice"));
    assert_eq!(credentials(&second).raw("nc"), None);
}

#[test]
fn a_proxy_and_a_registrar_can_both_be_answered() {
    let mut rig = Rig::new();
    rig.register(ALICE, "alice");
    let request = rig.request();
    rig.answer(
        &request,
        407,
        &["Proxy-Authenticate: Digest realm=\"edge\", nonce=\"p\""],
    );
    let request = rig.request();
    assert!(text(&request, HeaderName::ProxyAuthorization).contains("realm=\"edge\""));
    rig.answer(&request, 401, &[&challenge("n")]);
    let request = rig.request();
    assert!(text(&request, HeaderName::ProxyAuthorization).contains("realm=\"edge\""));
    assert!(is_proven(&request, "alice"));
    rig.ok(&request);
    assert_eq!(round_trips(&rig.event()), 3);
}

#[test]
fn a_switch_of_accounts_costs_one_round_trip() {
    let mut rig = Rig::new();
    rig.registered_by_challenge(ALICE, "alice", "n1");
    rig.register(BOB, "bob");
    let request = rig.request();
    assert!(is_proven(&request, "bob"));
    assert_eq!(credentials(&request).raw("nc"), Some("00000002"));
    rig.ok(&request);
    assert_eq!(round_trips(&rig.event()), 1);
}

#[test]
fn a_known_nonce_that_expired_costs_one_more_with_or_without_stale() {
    for stale in ["", ", stale=true"] {
        let mut rig = Rig::new();
        rig.registered_by_challenge(ALICE, "alice", "n1");
        rig.register(BOB, "bob");
        let request = rig.request();
        let line = format!("{}{stale}", challenge("n2"));
        rig.answer(&request, 401, &[&line]);
        let request = rig.request();
        assert!(is_proven(&request, "bob"));
        rig.ok(&request);
        assert_eq!(round_trips(&rig.event()), 2);
    }
}

#[test]
fn a_wrong_secret_is_tried_once_and_no_more() {
    let mut rig = Rig::new();
    let request = rig.challenged(ALICE, "alice", "n1");
    rig.answer(&request, 401, &[&challenge("n2")]);
    let why = RejectedWhy::WrongCredentials;
    assert_eq!(
        rig.event(),
        UserAgentEvent::Rejected {
            id: ALICE,
            status: 401,
            why
        }
    );
    rig.seconds(100_000);
    assert_eq!(rig.requests().len(), 0);
}

#[test]
fn a_wrong_secret_over_a_known_nonce_is_not_tried_again_on_the_same_one() {
    let mut rig = Rig::new();
    rig.registered_by_challenge(ALICE, "alice", "n1");
    rig.register(BOB, "bob");
    let request = rig.request();
    rig.answer(&request, 401, &[&challenge("n1")]);
    assert!(matches!(
        rig.event(),
        UserAgentEvent::Rejected {
            id: BOB,
            why: RejectedWhy::WrongCredentials,
            ..
        }
    ));
}

#[test]
fn stale_after_stale_ends() {
    let mut rig = Rig::new();
    rig.register(ALICE, "alice");
    let mut sent = 0;
    for n in 0..50 {
        let Some(request) = rig.requests().pop() else {
            break;
        };
        sent += 1;
        let line = format!("{}, stale=true", challenge(&format!("n{n}")));
        rig.answer(&request, 401, &[&line]);
    }
    assert_eq!(sent, 5);
    assert!(matches!(
        rig.event(),
        UserAgentEvent::Failed {
            why: FailedWhy::Server(401),
            ..
        }
    ));
}

#[test]
fn ever_new_realms_end() {
    let mut rig = Rig::new();
    rig.register(ALICE, "alice");
    let mut sent = 0;
    for n in 0..50 {
        let Some(request) = rig.requests().pop() else {
            break;
        };
        sent += 1;
        let line = format!("WWW-Authenticate: Digest realm=\"r{n}\", nonce=\"n\"");
        rig.answer(&request, 401, &[&line]);
    }
    assert_eq!(sent, 10);
    assert!(matches!(rig.event(), UserAgentEvent::Failed { .. }));
}

#[test]
fn unknown_algorithms_are_rejected_without_a_try() {
    let mut rig = Rig::new();
    rig.register(ALICE, "alice");
    let request = rig.request();
    rig.answer(
        &request,
        401,
        &["WWW-Authenticate: Digest realm=\"pbx\", nonce=\"n\", algorithm=SHA3"],
    );
    let why = RejectedWhy::UnknownAlgorithm;
    assert_eq!(
        rig.event(),
        UserAgentEvent::Rejected {
            id: ALICE,
            status: 401,
            why
        }
    );
}

#[test]
fn the_next_nonce_is_used_for_the_refresh() {
    let mut rig = Rig::new();
    let request = rig.challenged(ALICE, "alice", "n1");
    let contact = format!(
        "Contact: {};expires=300",
        text(&request, HeaderName::Contact)
    );
    rig.answer(
        &request,
        200,
        &[&contact, "Authentication-Info: qop=auth, nextnonce=\"n2\""],
    );
    rig.seconds(150);
    let params = credentials(&rig.request());
    assert_eq!(
        (params.raw("nonce"), params.raw("nc")),
        (Some("n2"), Some("00000001"))
    );
}

#[test]
fn a_refused_secret_on_refresh_is_a_lost_binding() {
    let mut rig = Rig::new();
    rig.registered(ALICE, "alice");
    rig.seconds(150);
    let request = rig.request();
    rig.answer(&request, 401, &[&challenge("n1")]);
    let request = rig.request();
    rig.answer(&request, 401, &[&challenge("n2")]);
    assert_eq!(
        rig.event(),
        UserAgentEvent::Lost {
            id: ALICE,
            status: 401
        }
    );
}
